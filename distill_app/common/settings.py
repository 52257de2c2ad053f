"""Settings kept between starts, in a small TOML file in the user's configuration folder."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import tomli_w

from distill_app.common.atomic_io import atomic_path
from distill_app.common.parsing import TOML_BYTES_MAX, ParseError, parse_toml, read_limited
from distill_app.common.paths import config_folder
from distill_app.common.typed_values import (
    decode_path,
    encode_path,
    excerpt,
    get_bool,
    get_text,
    require_int,
    require_number,
    require_object,
)

VERSION = 1
_DEFAULTS = "Distill starts with its defaults"
_SEED_MAX, _RATE_MAX, _TEXT_MAX, _SLIDERS_MAX = 2**63 - 1, 10**6, 4_096, 1_024


@dataclass(frozen=True)
class Settings:
    """Last sound and last choices of the export dialog. Ranges are checked where the values are used.

    Args:
        model: path of the last model, "" for the starter model.
        vocoder: id of the vocoder, "" for Distill's choice.
        mode, seconds, seed, drift, grain: as in `distill_app.generation.config.GenerationConfig`.
        endless: whether a sustained sound plays on until it is stopped; a file of earlier versions has a length.
        sliders: values by slider name, because the model may return with other sliders.
        tone: values of the tone by the names of its fields.
        loop: whether playback loops.
        live_picture: whether the spectrogram follows playback.
        device, host_api: chosen sound output, "" for the system's default.
        device_rate: Hz, 0 for the rate of the sounds.
        latency: "low", "normal" or "safe".
        limiter: whether the safety limiter is on.
        volume: position of the output fader, 0 … 1.
        muted: whether the output is muted.
        preview_on_release: whether a slider that is released during silence plays once.
        adapt_latency: whether a safer latency is chosen automatically after dropouts.
        compute_device: device of the vocoders: "auto", "cpu", "cuda" or "mps".
        compute_runtime: runtime of the vocoders: "auto", "torch" or "onnx".
        export_folder: folder of the last export, "" if there was none.
        export_rate: Hz.
        export_bits: "16", "24" or "32f".
        export_seamless: whether exports of sustained sounds are loops.
        export_mono: whether exports of stereo sounds have one channel.
        file_seconds: length of the last file made of an endless sound.
    """

    model: str = ""
    vocoder: str = ""
    mode: str = "slider"
    sliders: Mapping[str, float] = field(default_factory=dict)
    tone: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 4.0
    endless: bool = True
    seed: int = 0
    drift: float = 0.0
    grain: float = 1.0
    loop: bool = True
    live_picture: bool = True
    device: str = ""
    host_api: str = ""
    device_rate: int = 0
    latency: str = "normal"
    limiter: bool = True
    volume: float = 1.0
    muted: bool = False
    preview_on_release: bool = True
    adapt_latency: bool = False
    compute_device: str = "auto"
    compute_runtime: str = "auto"
    export_folder: str = ""
    export_rate: int = 44_100
    export_bits: str = "24"
    export_seamless: bool = False
    export_mono: bool = False
    file_seconds: float = 8.0


def settings_file() -> Path:
    return config_folder() / "settings.toml"


def load_settings(path: Path | None = None) -> tuple[Settings, str]:
    """Settings, and a sentence about the values that could not be read ("" if all could).

    An invalid value is replaced by its default; the file is then kept as `.bad`.
    """
    path = path or settings_file()
    try:
        settings, reasons = _parse(read_limited(path, TOML_BYTES_MAX))
    except FileNotFoundError:
        return Settings(), ""
    except OSError as error:
        return Settings(), _keep_bad_file(path, f"The settings could not be read ({error.strerror}); {_DEFAULTS}")
    except ParseError as error:
        return Settings(), _keep_bad_file(path, f"The settings could not be read ({error}); {_DEFAULTS}")
    if reasons:
        more = f" and {len(reasons) - 1} more" if len(reasons) > 1 else ""
        return settings, _keep_bad_file(
            path, f"Settings could not be read ({reasons[0]}{more}) and have their defaults"
        )
    return settings, ""


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Write the settings file atomically. Raises OSError."""
    path = path or settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    content = tomli_w.dumps(_writable({"version": VERSION} | asdict(settings))).encode()
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


def _writable(value: Any) -> Any:
    """Value with paths encoded, because TOML cannot hold the lone surrogates of file names."""
    if isinstance(value, dict):
        return {encode_path(name): _writable(each) for name, each in value.items()}
    return encode_path(value) if isinstance(value, str) else value


def _parse(content: bytes) -> tuple[Settings, list[str]]:
    """Settings, and a reason for each value that was replaced by its default. Raises ParseError.

    Unknown names are ignored: a later version may have written them.
    """
    values = parse_toml(content)
    if values.get("version") != VERSION:
        raise ParseError(f"settings version {excerpt(values.get('version'))}")
    settings, reasons = replace(Settings(), endless="seconds" not in values), []
    for each in fields(Settings):
        try:
            if each.name in values:
                value = _parse_value(each.name, getattr(settings, each.name), values[each.name])
                settings = replace(settings, **{each.name: value})
        except ParseError as error:
            reasons.append(str(error))
    return settings, reasons


def _parse_value(name: str, default: Any, value: Any) -> Any:
    """`value` checked to be of the type of `default`. Raises ParseError."""
    if isinstance(default, dict):
        return _sliders(value)
    if isinstance(default, float):
        return require_number(value, name)
    if isinstance(default, bool):
        return get_bool({name: value}, name, default)
    if isinstance(default, int):
        return require_int(value, name, 0, _SEED_MAX if name == "seed" else _RATE_MAX)
    return decode_path(get_text({name: value}, name, length_max=_TEXT_MAX))


def _sliders(values: Any) -> dict[str, float]:
    if len(require_object(values)) > _SLIDERS_MAX:
        raise ParseError(f"there are {len(values)} values of sliders")
    return {decode_path(name): require_number(value, name) for name, value in values.items()}


def _keep_bad_file(path: Path, sentence: str) -> str:
    """Rename the file so that nothing is saved over it; returns `sentence` with the file's new name."""
    kept = path.with_name(path.name + ".bad")
    try:
        path.replace(kept)
    except OSError as error:
        return f"{sentence}; “{path}” cannot be kept as “{kept.name}” ({error.strerror})."
    return f"{sentence}; the file is kept as “{kept}”."
