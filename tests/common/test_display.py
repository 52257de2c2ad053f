"""Detection of a usable display, before Qt would abort without one."""

import socket
from pathlib import Path

import pytest

from distill_app.common.display import find_display


def test_without_any_display_there_is_none() -> None:
    display = find_display({}, "linux")
    assert not display.available
    assert "DISPLAY" in display.description


def test_a_display_that_does_not_answer_is_none() -> None:
    assert not find_display({"DISPLAY": ":4711"}, "linux").available
    assert not find_display({"WAYLAND_DISPLAY": "wayland-4711", "XDG_RUNTIME_DIR": "/nowhere"}, "linux").available


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "offscreen:fontconfig"])
def test_a_platform_that_shows_nothing_is_no_display(platform: str) -> None:
    assert not find_display({"QT_QPA_PLATFORM": platform, "DISPLAY": ":0"}, "linux").available


def test_a_wayland_socket_that_answers_is_a_display(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "wayland-0"))
        compositor.listen()
        environment = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
        assert find_display(environment, "linux").available


def test_other_systems_have_a_desktop() -> None:
    assert find_display({}, "darwin").available
    assert find_display({}, "win32").available


@pytest.mark.parametrize(
    "platform", ["nonsense", "nonsense:scale=2", "xcb", "wayland", "wayland;xcb", "eglfs", "linuxfb"]
)
def test_a_platform_that_is_not_there_does_not_start(platform: str) -> None:
    display = find_display({"QT_QPA_PLATFORM": platform}, "linux")
    assert (display.available, display.qt_starts, display.explicit) == (False, False, True)


def test_the_first_platform_that_starts_is_taken() -> None:
    for wanted in ("nonsense;offscreen", "xcb;minimal", "offscreen;nonsense"):
        display = find_display({"QT_QPA_PLATFORM": wanted}, "linux")
        assert (display.available, display.qt_starts) == (False, True)


def test_wayland_alone_is_not_shown_on_an_x_display(tmp_path: Path) -> None:
    environment = {"QT_QPA_PLATFORM": "wayland", "DISPLAY": ":0", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert not find_display(environment, "linux").qt_starts


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_a_platform_that_is_not_there_does_not_start_on_other_systems(system: str) -> None:
    assert not find_display({"QT_QPA_PLATFORM": "nonsense"}, system).qt_starts
