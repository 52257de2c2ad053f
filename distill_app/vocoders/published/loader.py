"""Reads vocoders from published folders: a config and a checkpoint. torch is imported late.

    config.json + generator.pt (generator_v1, g_02500000, bigvgan_generator.pt, …)   HiFi-GAN, BigVGAN
    config.yaml + pytorch_model.bin                                                  Vocos
    one .safetensors                                                                 trained with Distill

See docs/vocoder-checkpoints.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distill_app.common.errors import VocoderError
from distill_app.common.parsing import ParseError, parse_guard, parse_json, read_limited, strip_control_characters
from distill_app.vocoders.networks.config import GeneratorConfig
from distill_app.vocoders.published.config import config_from_json, config_from_yaml

if TYPE_CHECKING:
    from torch import nn

    from distill_app.vocoders.published.torch_checkpoint import StoredWeight

_DISTILL_SUFFIX = ".safetensors"
_CONFIG_BYTES_MAX = 64 * 1024
_SUFFIXES = (".pt", ".pth", ".tar", ".bin", ".ckpt")
_GENERATOR_STARTS = ("g_", "generator")
_FINAL_NAMES = ("bigvgan_generator.pt", "pytorch_model.bin")
"""Names that the projects give their final checkpoint; earlier ones may be beside it."""
_EXTRACTOR = "feature_extractor.mel_spec."
_TOLERANCE = 1e-4


@dataclass(frozen=True)
class PublishedFiles:
    """Files of a published vocoder.

    Args:
        config: the config, None if the weights file contains it (`.safetensors`).
        weights: checkpoint of the generator.
    """

    config: Path | None
    weights: Path


def find_files(path: Path) -> PublishedFiles:
    """Config and weights in a folder; `path` may also be one of several checkpoints.

    Looks at names only. Raises VocoderError where a file is missing or several are possible.
    """
    folder = path.parent if path.is_file() else path
    if not folder.is_dir():
        raise VocoderError(f"There is no folder “{path}”.")
    if path.suffix == _DISTILL_SUFFIX:
        return PublishedFiles(None, path)
    try:
        files = sorted(each for each in folder.iterdir() if each.is_file() and not each.name.startswith("."))
    except OSError as error:
        raise VocoderError(f"The folder “{path}” cannot be read: {error.strerror}.") from error
    if path.is_file() and not (path.name in _READERS or _may_be_weights(path)):
        raise VocoderError(f"“{path.name}” is no vocoder; give the folder that holds one, or its weights.")
    config = _config_file(files, folder)
    if config is None:
        return PublishedFiles(None, _safetensors_file(files, folder))
    return PublishedFiles(config, path if path.is_file() and path != config else _checkpoint(files, folder))


def _may_be_weights(path: Path) -> bool:
    return path.suffix in _SUFFIXES or path.name.startswith(("do_", *_GENERATOR_STARTS))


def _config_file(files: list[Path], folder: Path) -> Path | None:
    configs = [each for each in files if each.name in _READERS]
    if len(configs) > 1:
        raise VocoderError(f"“{folder_name(folder)}” holds two configs; keep the one that belongs to the weights.")
    return configs[0] if configs else None


def _safetensors_file(files: list[Path], folder: Path) -> Path:
    found = [each for each in files if each.suffix == _DISTILL_SUFFIX]
    if len(found) != 1:
        raise VocoderError(
            f"“{folder_name(folder)}” holds no vocoder: a config.json or config.yaml belongs beside the weights."
            if not found
            else _several_checkpoints(folder, found)
        )
    return found[0]


def _checkpoint(files: list[Path], folder: Path) -> Path:
    named = [each for each in files if _may_be_weights(each)]
    training = [each for each in named if each.name.startswith("do_") or "discriminator" in each.name.lower()]
    candidates = [each for each in named if each not in training]
    final = [each for each in candidates if each.name in _FINAL_NAMES]
    if len(final or candidates) == 1:
        return (final or candidates)[0]
    if candidates:
        raise VocoderError(_several_checkpoints(folder, candidates))
    if training:
        raise VocoderError(
            f"“{folder_name(folder)}” holds “{training[0].name}”, "
            "which only a training needs; the generator is missing."
        )
    raise VocoderError(
        f"“{folder_name(folder)}” holds a config but no weights, such as generator.pt or pytorch_model.bin."
    )


def _several_checkpoints(folder: Path, candidates: list[Path]) -> str:
    names = ", ".join(each.name for each in candidates[:3]) + (", …" if len(candidates) > 3 else "")
    return f"“{folder_name(folder)}” holds several checkpoints ({names}); keep one there, or choose the file itself."


def folder_name(folder: Path) -> str:
    """Name of a folder, also for a relative path such as “.”."""
    return folder.resolve().name


def read_published(path: Path) -> GeneratorConfig:
    """Config of the vocoder in a folder. Raises VocoderError where there is none or it is unsupported."""
    files = find_files(path)
    if files.config is None:
        from distill_app.vocoders.networks.weights_file import read_weights_header

        return read_weights_header(files.weights).config
    return _read_config(files.config)


def _read_config(path: Path) -> GeneratorConfig:
    parse, convert = _READERS[path.name]
    try:
        values = parse(read_limited(path, _CONFIG_BYTES_MAX))
        with parse_guard():
            return convert(values)
    except OSError as error:
        raise VocoderError(f"“{path.name}” cannot be opened: {error.strerror}.") from error
    except ParseError as error:
        reason = strip_control_characters(error)
        raise VocoderError(f"The {path.name} of “{folder_name(path.parent)}” cannot be used: {reason}.") from error


def _parse_yaml(content: bytes) -> object:
    from distill_app.vocoders.published.safe_yaml import parse_yaml

    return parse_yaml(content)


_READERS: Mapping[str, tuple[Callable[[bytes], object], Callable[[object], GeneratorConfig]]] = {
    "config.json": (parse_json, config_from_json),
    "config.yaml": (_parse_yaml, config_from_yaml),
}


def load_published(path: Path) -> "tuple[nn.Module, GeneratorConfig]":
    """Network of a folder with its config: single precision, on the CPU, eval mode, weight norm removed.

    Names, shapes and values are checked before it is built. Raises VocoderError.
    """
    files = find_files(path)
    if files.config is None:
        from distill_app.vocoders.networks.weights_file import load_generator

        generator, header = load_generator(files.weights)
        return generator, header.config
    config = _read_config(files.config)
    return _network(config, files.weights), config


def _network(config: GeneratorConfig, path: Path) -> "nn.Module":
    from distill_app.vocoders.networks.state_loading import load_tensors, meta_network
    from distill_app.vocoders.published.torch_checkpoint import read_checkpoint

    weights = read_checkpoint(path)
    try:
        _pop_mel_filters(weights, config)
        network = meta_network(config, {name: weight.shape for name, weight in weights.items()})
        return load_tensors(network, {name: weight.merged() for name, weight in weights.items()})
    except (ValueError, MemoryError) as error:
        reason = str(error) or "there is not enough memory"
        raise VocoderError(f"“{path.name}” does not belong to its config, or is damaged: {reason}.") from error


def _pop_mel_filters(weights: "dict[str, StoredWeight]", config: GeneratorConfig) -> None:
    """Remove the mel filters from a Vocos checkpoint. Raises ValueError where they are not those of the config."""
    import torch

    from distill_app.dsp.mel import filterbank, hann_window

    mel_format = config.mel_format
    constants: dict[str, Any] = {"spectrogram.window": hann_window(mel_format.win)}
    constants["mel_scale.fb"] = filterbank(mel_format).T
    for name, wanted in constants.items():
        found = weights.pop(_EXTRACTOR + name, None)
        if found and not (found.shape == wanted.shape and torch.allclose(found.merged(), wanted, atol=_TOLERANCE)):
            raise ValueError("its mel spectrogram is another than the config's")
