"""Whether there is a display to open a window on. Asks the display itself, without loading Qt into this process."""

import ctypes
import importlib.util
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_HEADLESS_PLATFORMS = ("offscreen", "minimal", "linuxfb", "vnc")


@dataclass(frozen=True)
class Display:
    """Whether a window can be opened, and what there is or why not, in words."""

    available: bool
    words: str


def find_display(environment: Mapping[str, str] | None = None, system: str = sys.platform) -> Display:
    """What a window would open on. Qt would abort the whole process where it cannot open one, so this asks first."""
    environment = os.environ if environment is None else environment
    platform = environment.get("QT_QPA_PLATFORM", "").split(":")[0]
    if platform in _HEADLESS_PLATFORMS:
        return Display(False, f"QT_QPA_PLATFORM is {platform}, which shows nothing")
    if not system.startswith("linux"):
        return Display(True, "the desktop")
    if platform != "xcb" and _wayland_answers(environment):
        return Display(True, f"Wayland {environment['WAYLAND_DISPLAY']}")
    if "DISPLAY" in environment:
        return _x11(environment["DISPLAY"])
    return Display(False, "neither DISPLAY nor WAYLAND_DISPLAY leads to a display")


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY", "")
    path = Path(environment.get("XDG_RUNTIME_DIR", "/")) / name
    if not name:
        return False
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
    except OSError:
        return False
    return True


def _x11(name: str) -> Display:
    try:
        answers = _x_server_answers(name)
        ctypes.CDLL(str(_platform_plugin()))
    except OSError as error:
        return Display(False, f"a library that Qt needs is missing: {error}")
    return Display(answers, f"X display {name}" if answers else f"the X display {name} does not answer")


def _x_server_answers(name: str) -> bool:
    """Connects and hangs up again. Raises OSError where libxcb is missing."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    for call in (xcb.xcb_connection_has_error, xcb.xcb_disconnect):
        call.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(name.encode(), None)
    error = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return error == 0


def _platform_plugin() -> Path:
    """Qt's own X11 plugin: it loads where every library it needs is there."""
    found = importlib.util.find_spec("PySide6")
    folders = found.submodule_search_locations if found else None
    if not folders:
        raise OSError("PySide6 is not installed")
    return Path(next(iter(folders))) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
