"""JSON caches of measurements: read, written, ignored where damaged."""

import logging
from pathlib import Path
from typing import Any

import pytest

from distill_app.common.json_cache import load, save


def _numbers(values: Any) -> dict[str, int]:
    return {name: int(value) for name, value in values.items()}


NOTHING: dict[str, int] = {}


def test_saved_values_are_loaded(tmp_path: Path) -> None:
    path = tmp_path / "not there yet" / "numbers.json"
    save(path, {"a": 1})
    assert load(path, _numbers, NOTHING) == {"a": 1}


def test_values_under_names_that_are_no_unicode_are_loaded(tmp_path: Path) -> None:
    save(tmp_path / "numbers.json", {"d\udce9j\udce0 vu": 1})
    assert load(tmp_path / "numbers.json", _numbers, NOTHING) == {"d\udce9j\udce0 vu": 1}


def test_a_missing_file_is_empty(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert load(tmp_path / "none.json", _numbers, {"b": 2}) == {"b": 2}
    assert not caplog.records


@pytest.mark.parametrize("damage", [b"", b"[1]", b'{"a": "x"}', b'{"a": null}', b"\xff", b"[" * 100_000])
def test_a_damaged_file_is_ignored_and_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: bytes) -> None:
    (tmp_path / "numbers.json").write_bytes(damage)
    assert load(tmp_path / "numbers.json", _numbers, NOTHING) == {}
    assert "numbers.json" in caplog.text


def test_an_unwritable_file_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_bytes(b"in the way")
    with caplog.at_level(logging.WARNING):
        save(tmp_path / "file" / "numbers.json", {"a": 1})
    assert "not remembered" in caplog.text
