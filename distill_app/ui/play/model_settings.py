"""Settings kept for each model: sliders, mode, length, seed, drift and loop."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from distill_app.common.errors import SettingsError
from distill_app.common.json_cache import load, save
from distill_app.common.paths import config_folder
from distill_app.generation.config import GenerationConfig
from distill_app.generation.preset import preset_from, preset_values
from distill_app.models.header import ModelHeader

_FILE = "models.json"
_MODELS_MAX = 100
_LOOP = True


@dataclass(frozen=True)
class _Left:
    """Settings with which a model was last used.

    Args:
        sliders: their names; a model trained anew may have others.
    """

    sliders: tuple[str, ...]
    config: GenerationConfig
    looping: bool


class ModelSettings:
    """Settings of each model by its path, in the order in which they were left; a new model has the defaults."""

    def __init__(self, left: Mapping[Path, _Left] | None = None) -> None:
        self._left = dict(left or {})

    @classmethod
    def load(cls, path: Path | None = None) -> "ModelSettings":
        """Reads the settings that were saved; none where the file is missing or damaged."""
        return load(path or config_folder() / _FILE, lambda values: cls(_parsed(values)), cls())

    def save(self, path: Path | None = None) -> None:
        """The models left last. A failure is logged."""
        latest = list(self._left.items())[-_MODELS_MAX:]
        save(path or config_folder() / _FILE, {str(model): _values(left) for model, left in latest})

    def config(self, model: Path, header: ModelHeader) -> GenerationConfig:
        """Sliders at 0 where the model has other ones by now."""
        left = self._left.get(model)
        if left is None:
            return GenerationConfig()
        return left.config if left.sliders == _names(header) else replace(left.config, sliders=())

    def looping(self, model: Path) -> bool:
        left = self._left.get(model)
        return _LOOP if left is None else left.looping

    def keep(self, model: Path, header: ModelHeader, config: GenerationConfig) -> None:
        """Store a model's settings; its loop setting stays as it was."""
        self._put(model, _Left(_names(header), config, self.looping(model)))

    def keep_looping(self, model: Path, header: ModelHeader, looping: bool) -> None:
        left = self._left.get(model)
        config = GenerationConfig() if left is None else left.config
        self._put(model, _Left(_names(header), config, looping))

    def _put(self, model: Path, left: _Left) -> None:
        self._left.pop(model, None)
        self._left[model] = left


def _names(header: ModelHeader) -> tuple[str, ...]:
    return tuple(axis.name for axis in header.axes)


def _values(left: _Left) -> dict[str, Any]:
    return preset_values(left.config, "") | {"names": list(left.sliders), "loop": left.looping}


def _parsed(values: Mapping[str, Any]) -> dict[Path, _Left]:
    """Parse the stored settings of each model; unreadable entries are skipped."""
    found = {}
    for model, each in values.items():
        try:
            config, _ = preset_from(each)
            names = each["names"]
        except (SettingsError, KeyError, TypeError):
            continue
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            found[Path(model)] = _Left(tuple(names), config, each.get("loop") is not False)
    return found
