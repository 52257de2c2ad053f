"""Settings of the window kept apart from the settings file: geometry, arrangement of sliders, recent files."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from distill_app.common.paths import starter_models
from distill_app.common.typed_values import decode_path, encode_path
from distill_app.models.header import ModelHeader
from distill_app.ui.common.model_headers import header_of

_RECENT_COUNT = 8
_NAMES_MAX, _NAME_LENGTH_MAX = 256, 256
_MODELS, _PROJECTS = "recent", "projects"


class WindowSettings:
    """Typed access to QSettings."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    @property
    def geometry(self) -> QByteArray:
        value = self._store.value("geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        """Saves the geometry at once, as the process may end without cleaning up."""
        self._store.setValue("geometry", value)
        self._store.sync()

    def names(self, key: str) -> frozenset[str]:
        """Names stored by `keep_names`; none where they cannot be read."""
        value = self._store.value(key)
        found = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return frozenset(name for name in found[:_NAMES_MAX] if isinstance(name, str) and name)

    def keep_names(self, key: str, names: Iterable[str]) -> None:
        """Stores names, at most _NAMES_MAX."""
        short = sorted(name for name in names if len(name) <= _NAME_LENGTH_MAX)
        self._store.setValue(key, short[:_NAMES_MAX])

    def recent(self) -> list[Path]:
        """Recent models that exist, newest first."""
        return [path for path in self._paths(_MODELS) if path.is_file()]

    def remember(self, path: Path) -> None:
        if path not in starter_models():
            self._put_first(_MODELS, path, self.recent())

    def forget(self, path: Path) -> None:
        """Removes a model from the recent ones."""
        self._store.setValue(_MODELS, [encode_path(str(each)) for each in self.recent() if each != path])

    def recent_projects(self) -> list[Path]:
        """Folders of recent projects that exist, newest first."""
        return [path for path in self._paths(_PROJECTS) if path.is_dir()]

    def remember_project(self, folder: Path) -> None:
        self._put_first(_PROJECTS, folder, self.recent_projects())

    def _paths(self, key: str) -> list[Path]:
        value = self._store.value(key)
        names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return [Path(decode_path(name)) for name in names if isinstance(name, str) and "\0" not in name]

    def _put_first(self, key: str, path: Path, others: list[Path]) -> None:
        paths = dict.fromkeys([path, *others])
        self._store.setValue(key, [encode_path(str(item)) for item in list(paths)[:_RECENT_COUNT]])

    def models(self, current: Path | None) -> list[tuple[Path, ModelHeader]]:
        """Path and header of the starter models, the current one and the recent ones, as far as they can be read."""
        paths = dict.fromkeys([*starter_models(), *([current] if current else []), *self.recent()])
        found = [(path, header_of(path)) for path in paths]
        return [(path, header) for path, header in found if header is not None]
