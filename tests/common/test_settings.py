"""Settings survive damage, and saving loses nothing."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from distill_app.common.settings import Settings, load_settings, save_settings, settings_file

OTHER = Settings(
    model="/music/bells.distillgan", sliders={"Warmth": 0.5, "Axis 2": -1.25}, seconds=12.5, seed=7, loop=False
)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "settings.toml"
    save_settings(OTHER, path)
    assert load_settings(path) == (OTHER, "")


def test_the_first_start_has_the_defaults_and_no_message(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.toml") == (Settings(), "")


@pytest.mark.parametrize(
    "content",
    [
        b"not toml at all [",
        b"\xff\xfe\x00binary",
        b"",
        b"version = 2\n",
        b"version = 1\nseconds = 'long'\n",
        b"version = 1\nseconds = nan\n",
        b"version = 1\nseed = true\n",
        b"version = 1\nsliders = 3\n",
        b"version = 1\nsliders = {Warmth = 'much'}\n",
    ],
)
def test_an_unreadable_file_is_kept_and_the_defaults_are_used(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    settings, message = load_settings(path)
    assert replace(settings, endless=True) == Settings()
    assert "settings.toml.bad" in message
    assert (tmp_path / "settings.toml.bad").read_bytes() == content
    assert not path.exists()


def test_a_name_of_a_later_version_is_left_out_and_whole_numbers_are_seconds_too(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("version = 1\ncolour = 'mint'\nseconds = 8\n")
    assert load_settings(path) == (Settings(seconds=8.0, endless=False), "")


def test_a_full_disk_leaves_the_old_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.toml"
    save_settings(OTHER, path)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save_settings(Settings(), path)
    assert load_settings(path) == (OTHER, "")
    assert [file.name for file in tmp_path.iterdir()] == ["settings.toml"]


def test_the_file_lies_in_the_configuration_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distill_app.common.settings.config_folder", lambda: tmp_path)
    save_settings(OTHER)
    assert settings_file() == tmp_path / "settings.toml"
    assert load_settings() == (OTHER, "")
