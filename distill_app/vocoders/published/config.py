"""Parses the configs that HiFi-GAN, BigVGAN and Vocos are published with. No torch.

Every function raises ValueError with the reason where a config is invalid or unsupported.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from distill_app.dsp.mel_format import MelFormat, Scale
from distill_app.vocoders.networks.config import Activation, BigVganConfig, GeneratorConfig, HifiGanConfig, VocosConfig

_VOCOS_FLOOR = 1e-7
_NORM_OF_SCALE: Mapping[str, str | None] = {"htk": None, "slaney": "slaney"}
_OTHER_NETWORKS = {
    "gen_istft_n_fft": "iSTFTNet is unsupported",
    "model_type": "the layout of the transformers library is unsupported",
}

_EXTRACTOR_ARGS = {"sample_rate", "n_fft", "hop_length", "n_mels", "padding", "f_min", "f_max", "norm", "mel_scale"}
_BACKBONE_ARGS = {
    *("input_channels", "dim", "intermediate_dim", "num_layers", "layer_scale_init_value", "adanorm_num_embeddings"),
}


@dataclass(frozen=True)
class _Table:
    """Typed access to the values of a config file."""

    values: Mapping[str, Any]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def get(self, name: str) -> Any:
        if name not in self.values:
            raise ValueError(f"“{name}” is missing")
        return self.values[name]

    def whole(self, name: str) -> int:
        value = self.get(name)
        if type(value) is not int:
            raise ValueError(f"“{name}” is no whole number")
        return value

    def hertz(self, name: str) -> float:
        value = self.get(name)
        if type(value) not in (int, float):
            raise ValueError(f"“{name}” is no number")
        return float(value)

    def flag(self, name: str, default: bool) -> bool:
        value = self.values.get(name, default)
        if type(value) is not bool:
            raise ValueError(f"“{name}” is neither true nor false")
        return value

    def wholes(self, name: str) -> tuple[int, ...]:
        return _wholes(name, self.get(name))

    def lists(self, name: str) -> tuple[tuple[int, ...], ...]:
        value = self.get(name)
        if not isinstance(value, list):
            raise ValueError(f"“{name}” is no list")
        return tuple(_wholes(name, each) for each in value)

    def class_args(self, name: str, class_name: str, known: set[str]) -> "_Table":
        """Arguments of the class `class_name` in a Vocos config."""
        part = self.get(name)
        if not isinstance(part, dict) or not isinstance(part.get("init_args"), dict):
            raise ValueError(f"“{name}” has no “init_args”")
        found = str(part.get("class_path", "")).rpartition(".")[2]
        if found != class_name:
            raise ValueError(_unsupported_class(name, found))
        others = sorted(map(str, set(part["init_args"]) - known))
        if others:
            raise ValueError(f"“{others[0]}” of “{name}” is unsupported")
        return _Table(part["init_args"])


def _wholes(name: str, values: object) -> tuple[int, ...]:
    if not isinstance(values, list) or not all(type(each) is int for each in values):
        raise ValueError(f"“{name}” is no list of whole numbers")
    return tuple(values)


def _unsupported_class(name: str, found: str) -> str:
    if found == "EncodecFeatures":
        return "vocoders of EnCodec's codes are unsupported, those of a mel spectrogram are supported"
    return f"“{found}” as “{name}” is unsupported"


def config_from_json(values: object) -> GeneratorConfig:
    """Config of HiFi-GAN or BigVGAN from `config.json`; only BigVGAN's has an activation."""
    if not isinstance(values, dict):
        raise ValueError("it is no table of names and values")
    table = _Table(values)
    for name, reason in _OTHER_NETWORKS.items():
        if name in table:
            raise ValueError(reason)
    return _bigvgan(table) if "activation" in table else HifiGanConfig(**_gan_values(table))


def _bigvgan(table: _Table) -> BigVganConfig:
    activation = table.get("activation")
    if activation not in ("snake", "snakebeta"):
        raise ValueError(f"the activation “{activation}” is unsupported")
    return BigVganConfig(
        **_gan_values(table),
        activation=cast(Activation, activation),
        log_scale=table.flag("snake_logscale", default=True),
        tanh=table.flag("use_tanh_at_final", default=True),
        bias=table.flag("use_bias_at_final", default=True),
    )


def _gan_values(table: _Table) -> dict[str, Any]:
    return {
        "mel_format": _hifigan_mel(table),
        "channels": table.whole("upsample_initial_channel"),
        "rates": table.wholes("upsample_rates"),
        "rate_kernels": table.wholes("upsample_kernel_sizes"),
        "resblock": _resblock(table.get("resblock")),
        "resblock_kernels": table.wholes("resblock_kernel_sizes"),
        "resblock_dilations": table.lists("resblock_dilation_sizes"),
    }


def _resblock(value: Any) -> int:
    """Kind of residual block, which is published as a string."""
    if value not in ("1", "2"):
        raise ValueError("“resblock” is neither “1” nor “2”")
    return int(value)


def _hifigan_mel(table: _Table) -> MelFormat:
    rate = table.whole("sampling_rate")
    return MelFormat(
        rate,
        n_fft=table.whole("n_fft"),
        hop=table.whole("hop_size"),
        win=table.whole("win_size"),
        bands=table.whole("num_mels"),
        low_hz=table.hertz("fmin"),
        high_hz=_high_hz(table, "fmax", rate),
    )


def _high_hz(table: _Table, name: str, rate: int) -> float | None:
    """Upper limit of the mel bands; None for the Nyquist frequency, however it is written."""
    if table.get(name) is None:
        return None
    return None if table.hertz(name) == rate / 2 else table.hertz(name)


def config_from_yaml(values: object) -> VocosConfig:
    """Config of Vocos from `config.yaml`."""
    if not isinstance(values, dict):
        raise ValueError("it is no table of names and values")
    table = _Table(values)
    extractor = table.class_args("feature_extractor", "MelSpectrogramFeatures", _EXTRACTOR_ARGS)
    backbone = table.class_args("backbone", "VocosBackbone", _BACKBONE_ARGS)
    head = table.class_args("head", "ISTFTHead", {"dim", "n_fft", "hop_length", "padding"})
    if backbone.values.get("adanorm_num_embeddings") is not None:
        raise ValueError("“adanorm_num_embeddings”, a backbone for several bandwidths, is unsupported")
    _check_agreement(extractor, backbone, head)
    return VocosConfig(
        _vocos_mel(extractor),
        channels=backbone.whole("dim"),
        blocks=backbone.whole("num_layers"),
        hidden=backbone.whole("intermediate_dim"),
    )


def _check_agreement(extractor: _Table, backbone: _Table, head: _Table) -> None:
    pairs = {
        "the number of bands": (extractor.whole("n_mels"), backbone.whole("input_channels")),
        "the width": (backbone.whole("dim"), head.whole("dim")),
        "“n_fft”": (extractor.whole("n_fft"), head.whole("n_fft")),
        "“hop_length”": (extractor.whole("hop_length"), head.whole("hop_length")),
        "“padding”": (extractor.values.get("padding", "center"), head.values.get("padding", "same")),
    }
    for name, (one, other) in pairs.items():
        if one != other:
            raise ValueError(f"{name} is {one} in one place and {other} in another")


def _vocos_mel(table: _Table) -> MelFormat:
    rate, n_fft = table.whole("sample_rate"), table.whole("n_fft")
    return MelFormat(
        rate,
        n_fft=n_fft,
        hop=table.whole("hop_length"),
        win=n_fft,
        bands=table.whole("n_mels"),
        low_hz=table.hertz("f_min") if "f_min" in table else 0.0,
        high_hz=_high_hz(table, "f_max", rate) if "f_max" in table else None,
        floor=_VOCOS_FLOOR,
        scale=_vocos_scale(table),
        centred=_is_centred(table.values.get("padding", "center")),
        power_floor=0.0,
    )


def _vocos_scale(table: _Table) -> Scale:
    """Scale of the mel filters; torchaudio's default is HTK without a norm."""
    scale, norm = table.values.get("mel_scale", "htk"), table.values.get("norm")
    if scale not in ("htk", "slaney") or _NORM_OF_SCALE[scale] != norm:
        raise ValueError(f"mel filters of the scale “{scale}” and the norm “{norm}” are unsupported")
    return cast(Scale, scale)


def _is_centred(padding: object) -> bool:
    if padding not in ("center", "same"):
        raise ValueError("“padding” is neither “center” nor “same”")
    return padding == "center"
