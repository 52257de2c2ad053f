"""What the app remembers from one start to the next: a small TOML file in the person's configuration folder."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import tomli_w

from distill_app.atomic import atomic_path
from distill_app.paths import config_folder

VERSION = 1


@dataclass(frozen=True)
class Settings:
    """The last sound and the last choices of the export dialog. Ranges are checked where the values are used.

    Args:
        model: path of the last model, "" for the starter model.
        vocoder: id of the vocoder, "" for the one that Distill chooses.
        mode, seconds, seed, drift: as in `distill_app.generation.config.GenerationConfig`.
        sliders: values by the sliders' names, because a model may come back with other sliders.
        loop: whether playing starts again at the end.
        live_picture: whether the picture follows what is heard while it plays.
        device, host_api: the chosen sound output, "" for the system's default.
        device_rate: Hz, 0 for that of the sounds.
        latency: "low", "normal" or "safe".
        limiter: whether the safety limiter is on.
        volume: place of the output's fader, 0 … 1.
        muted: whether the output is muted.
        compute_device: where vocoders compute, "auto", "cpu", "cuda" or "mps".
        compute_runtime: with what, "auto", "torch" or "onnx".
        export_folder: where the last export went, "" where there was none.
        export_rate: Hz.
        export_bits: "16", "24" or "32f".
    """

    model: str = ""
    vocoder: str = ""
    mode: str = "slider"
    sliders: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 4.0
    seed: int = 0
    drift: float = 0.0
    loop: bool = True
    live_picture: bool = True
    device: str = ""
    host_api: str = ""
    device_rate: int = 0
    latency: str = "normal"
    limiter: bool = True
    volume: float = 1.0
    muted: bool = False
    compute_device: str = "auto"
    compute_runtime: str = "auto"
    export_folder: str = ""
    export_rate: int = 44_100
    export_bits: str = "24"


def settings_file() -> Path:
    return config_folder() / "settings.toml"


def load_settings(path: Path | None = None) -> tuple[Settings, str]:
    """The settings and "", or the defaults and a sentence where the file cannot be used; it is then kept as `.bad`."""
    path = path or settings_file()
    try:
        return _parse(path.read_bytes().decode()), ""
    except FileNotFoundError:
        return Settings(), ""
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        return Settings(), _put_aside(path, error)


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Writes the file whole or not at all. Raises OSError."""
    path = path or settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as temporary:
        temporary.write_text(tomli_w.dumps({"version": VERSION} | asdict(settings)), encoding="utf-8")


def _parse(text: str) -> Settings:
    """Raises ValueError, KeyError, TypeError or AttributeError.

    Unknown names are left out: a later version may have written them.
    """
    values = tomllib.loads(text)
    if values["version"] != VERSION:
        raise ValueError(f"settings version {values['version']!r:.20}")
    defaults = Settings()
    known = {field.name for field in fields(Settings)} & values.keys()
    return Settings(**{name: _like(getattr(defaults, name), values[name]) for name in known})


def _like(default: Any, value: Any) -> Any:
    """`value` where it is of the same kind as `default`, a whole number being a good fraction. Raises ValueError."""
    if isinstance(default, dict):
        return {name: _like(0.0, item) for name, item in value.items()}
    if isinstance(default, float) and type(value) is int:
        value = float(value)
    if type(value) is not type(default) or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError(f"{value!r:.40} where something like {default!r} belongs")
    return value


def _put_aside(path: Path, error: Exception) -> str:
    kept = path.with_name(path.name + ".bad")
    try:
        path.replace(kept)
    except OSError as cause:
        return f"The settings file “{path}” cannot be read ({cause.strerror}); Distill starts with its defaults."
    return f"The settings could not be read ({error}); Distill starts with its defaults and kept the file as “{kept}”."
