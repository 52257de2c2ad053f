"""Cache of sound statistics in one file, valid while the sound files are unchanged. No torch."""

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from distill_app.common.atomic_io import atomic_path
from distill_app.common.logging_setup import logger
from distill_app.common.parsing import ParseError, parse_guard, parse_json, read_limited, replace_surrogates
from distill_app.common.typed_values import get_text, require_int, require_number, require_object
from distill_app.corpus.sound_stats import SoundStats
from distill_app.project.json_values import absolute

_FILE = "facts-2.json"
_FILES_MAX = 20_000
_BYTES_MAX = 64 * 2**20
_VALUE_MAX, _DECIBELS_MAX = 10**15, 1_000


class StatsCache:
    """Statistics by path, size and modification time. A damaged or unwritable cache acts as an empty one."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self._known: dict[str, Any] = self._read()
        self._new = False

    def _read(self) -> dict[str, Any]:
        try:
            return parse_json(read_limited(self._path, _BYTES_MAX), size_max=_BYTES_MAX, paths=True)
        except FileNotFoundError:
            return {}
        except (OSError, ParseError) as error:
            logger.info("statistics of recordings are measured again: %s", error)
            return {}

    def find(self, path: Path) -> SoundStats | None:
        try:
            with parse_guard():
                return _parse_stats(self._known[_key(path)])
        except (ParseError, OSError):
            return None

    def add(self, path: Path, stats: SoundStats) -> None:
        """Store the statistics of a file. Raises OSError if the file is gone."""
        key = _key(path)
        self._new |= key not in self._known
        self._known[key] = asdict(stats)

    def save(self) -> None:
        """Write the newest entries, if there are new ones; a failure is logged."""
        if not self._new:
            return
        newest = dict(list(self._known.items())[-_FILES_MAX:])
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_path(self._path) as temporary:
                temporary.write_text(json.dumps(newest), encoding="utf-8")
            self._new = False
        except OSError as error:
            logger.info("statistics of recordings are not cached: %s", error)


def _parse_stats(values: object) -> SoundStats:
    """Parsed statistics. Raises KeyError or ParseError."""
    known = require_object(values)
    return SoundStats(
        **{each.name: _parse_value(each.name, known[each.name], each.type) for each in fields(SoundStats)}
    )


def _parse_value(name: str, value: object, kind: object) -> Any:
    """Value checked for type and plausible range."""
    if kind is str:
        return get_text({name: replace_surrogates(value) if isinstance(value, str) else value}, name)
    if kind is int:
        return require_int(value, name, 0, _VALUE_MAX)
    return require_number(value, name, -_DECIBELS_MAX, _DECIBELS_MAX if name.endswith("dbfs") else _VALUE_MAX)


def _key(path: Path) -> str:
    stat = path.stat()
    return f"{absolute(path)} {stat.st_size} {stat.st_mtime_ns}"
