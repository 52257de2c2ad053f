"""Detection of a display for the window, without loading Qt into this process."""

import ctypes
import importlib.util
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

_PLATFORM = "QT_QPA_PLATFORM"
_PLUGINS = Path("plugins" if sys.platform == "win32" else "Qt/plugins", "platforms")
_HEADLESS_PLATFORMS = ("offscreen", "minimal", "vnc")


@dataclass(frozen=True)
class Display:
    """Display on which a window would open.

    Args:
        available: whether the window would be visible.
        description: the display, or the reason why there is none.
        qt_starts: whether Qt can start, visible or not; otherwise it would abort the process.
        explicit: whether the user has chosen the platform.
    """

    available: bool
    description: str
    qt_starts: bool = True
    explicit: bool = False


def find_display(environment: Mapping[str, str] | None = None, system: str = sys.platform) -> Display:
    """Display of a window of this process, by platform and environment variables."""
    environment = os.environ if environment is None else environment
    explicit = [part.split(":")[0] for part in environment.get(_PLATFORM, "").split(";") if part]
    if not explicit:
        return _desktop(environment, system)
    found = [_platform_display(name, environment, system) for name in explicit]
    return replace(next((each for each in found if each.qt_starts), found[0]), explicit=True)


def _desktop(environment: Mapping[str, str], system: str) -> Display:
    if not system.startswith("linux"):
        return Display(True, "the desktop")
    if _wayland_answers(environment):
        return _wayland(environment)
    return _x11(environment)


def _platform_display(name: str, environment: Mapping[str, str], system: str) -> Display:
    """Display of the Qt platform plugin `name`."""
    known = _known_platforms(environment)
    if known and name not in known:
        return Display(False, f"{_PLATFORM} is {name}; Qt knows {', '.join(sorted(known))} here", qt_starts=False)
    if name in _HEADLESS_PLATFORMS:
        return Display(False, f"{_PLATFORM} is {name}, which shows nothing")
    if not system.startswith("linux"):
        return Display(True, "the desktop")
    if name.startswith("wayland"):
        return _wayland(environment)
    if name == "xcb":
        return _x11(environment)
    return Display(False, f"{_PLATFORM} is {name}, which is for computers without a desktop", qt_starts=False)


def _known_platforms(environment: Mapping[str, str]) -> set[str]:
    """Names of Qt's platform plugins (`libqxcb.so`, `qwindows.dll`, `libqcocoa.dylib`); empty if unknown."""
    folders = [_plugin_folder(), Path(environment.get("QT_QPA_PLATFORM_PLUGIN_PATH", "/nonexistent"))]
    files = [path for folder in folders if folder is not None and folder.is_dir() for path in folder.iterdir()]
    names = {path.stem.removeprefix("lib").removeprefix("q") for path in files}
    return names | {"wayland" for name in names if name.startswith("wayland")}


def _wayland(environment: Mapping[str, str]) -> Display:
    if _wayland_answers(environment):
        return Display(True, f"Wayland {environment['WAYLAND_DISPLAY']}")
    return Display(False, "WAYLAND_DISPLAY leads to no display", qt_starts=False)


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


def _x11(environment: Mapping[str, str]) -> Display:
    name = environment.get("DISPLAY")
    if name is None:
        return Display(False, "neither DISPLAY nor WAYLAND_DISPLAY leads to a display", qt_starts=False)
    try:
        answers = _x_server_answers(name)
        ctypes.CDLL(str(_platform_plugin()))
    except OSError as error:
        return Display(False, f"a library that Qt needs is missing: {error}", qt_starts=False)
    if answers:
        return Display(True, f"X display {name}")
    return Display(False, f"the X display {name} does not answer", qt_starts=False)


def _x_server_answers(name: str) -> bool:
    """Whether an X server accepts a connection. Raises OSError if libxcb is missing."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    for call in (xcb.xcb_connection_has_error, xcb.xcb_disconnect):
        call.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(name.encode(), None)
    error = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return error == 0


def _platform_plugin() -> Path:
    """Qt's X11 plugin, which can be loaded only if all libraries it needs are installed."""
    folder = _plugin_folder()
    if folder is None:
        raise OSError("PySide6 is not installed")
    return folder / "libqxcb.so"


def _plugin_folder() -> Path | None:
    found = importlib.util.find_spec("PySide6")
    folders = found.submodule_search_locations if found else None
    return Path(next(iter(folders))) / _PLUGINS if folders else None
