"""Settings kept for each model: sliders, mode, length or ∞, seed, drift, grain and loop."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from distill_app.common.errors import SettingsError
from distill_app.common.json_cache import load, save
from distill_app.common.paths import config_folder
from distill_app.generation.config import GenerationConfig
from distill_app.generation.preset import parse_preset, preset_values
from distill_app.models.header import ModelHeader
from distill_app.ui.play.slider_values import default_config

_FILE = "models.json"
_MODELS_MAX = 100
_LOOP_DEFAULT = True
_DEFAULTS = {"grain": GenerationConfig().grain}
"""Values that older files lack; in a take they mean a sound without grain, here one of a model that had none."""


@dataclass(frozen=True)
class _Stored:
    """Settings with which a model was last used.

    Args:
        sliders: names of the sliders; a model that was trained again may have others.
    """

    sliders: tuple[str, ...]
    config: GenerationConfig
    looping: bool


class ModelSettings:
    """Settings of each model by its path, in the order of their last use; a new model has the defaults."""

    def __init__(self, stored: Mapping[Path, _Stored] | None = None) -> None:
        self._stored = dict(stored or {})

    @classmethod
    def load(cls, path: Path | None = None) -> "ModelSettings":
        """Reads the saved settings; none where the file is missing or damaged."""
        return load(path or config_folder() / _FILE, lambda values: cls(_parse(values)), cls())

    def save(self, path: Path | None = None) -> None:
        """Saves the settings of the models used last; a failure is logged."""
        latest = list(self._stored.items())[-_MODELS_MAX:]
        save(path or config_folder() / _FILE, {str(model): _values(stored) for model, stored in latest})

    def config(self, model: Path, header: ModelHeader) -> GenerationConfig:
        """Configuration of a model; sliders at 0 where the model has other ones by now."""
        stored = self._stored.get(model)
        if stored is None:
            return default_config(header)
        return stored.config if stored.sliders == _names(header) else replace(stored.config, sliders=())

    def looping(self, model: Path) -> bool:
        stored = self._stored.get(model)
        return _LOOP_DEFAULT if stored is None else stored.looping

    def keep(self, model: Path, header: ModelHeader, config: GenerationConfig) -> None:
        """Stores a model's configuration; its loop setting stays as it was."""
        self._put(model, _Stored(_names(header), config, self.looping(model)))

    def keep_looping(self, model: Path, header: ModelHeader, looping: bool) -> None:
        stored = self._stored.get(model)
        config = default_config(header) if stored is None else stored.config
        self._put(model, _Stored(_names(header), config, looping))

    def _put(self, model: Path, stored: _Stored) -> None:
        self._stored.pop(model, None)
        self._stored[model] = stored


def _names(header: ModelHeader) -> tuple[str, ...]:
    return tuple(axis.name for axis in header.axes)


def _values(stored: _Stored) -> dict[str, Any]:
    return preset_values(stored.config, "") | {"names": list(stored.sliders), "loop": stored.looping}


def _parse(values: Mapping[str, Any]) -> dict[Path, _Stored]:
    """Settings of each model from the values of the file; unreadable entries are skipped."""
    found = {}
    for model, each in values.items():
        try:
            config, _ = parse_preset(_DEFAULTS | each)
            names = each["names"]
        except (SettingsError, KeyError, TypeError):
            continue
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            found[Path(model)] = _Stored(tuple(names), config, each.get("loop") is not False)
    return found
