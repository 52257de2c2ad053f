"""`distill doctor`: check of this installation; it reports broken parts and continues."""

import argparse
import importlib
import os
import platform
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from distill_app import __version__
from distill_app.cli.arguments import Commands, add_command, add_json
from distill_app.cli.report import Report, table
from distill_app.common.display import find_display
from distill_app.common.errors import DistillError
from distill_app.common.logging_setup import log_file
from distill_app.common.paths import STARTER_MODEL, cache_folder, config_folder, data_folder
from distill_app.models.header import read_header

_PACKAGES = (
    "torch",
    "torchaudio",
    "numpy",
    "PySide6-Essentials",
    "pyqtgraph",
    "sounddevice",
    "rtmixer",
    "soundfile",
    "safetensors",
    "huggingface-hub",
    "onnxruntime",
)
_Values = dict[str, Any]


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "doctor", run, "check this installation")
    add_json(parser)


def run(_: argparse.Namespace) -> Report:
    sections: dict[str, Callable[[], _Values]] = {
        "versions": _versions,
        "computing": _computing,
        "audio": _audio,
        "display": _display,
        "starter": _starter,
        "folders": _folders,
    }
    values = {name: section() for name, section in sections.items()}
    return Report(values, "\n\n".join(_section(name, facts) for name, facts in values.items()))


def _section(name: str, facts: _Values) -> str:
    rows = [(f"  {fact}", _format(value)) for fact, value in facts.items()]
    return f"{name.capitalize()}\n{table(rows)}"


def _format(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(map(str, value)) or "none"
    return "–" if value is None else str(value)


def _versions() -> _Values:
    packages = {name: _installed(name) for name in _PACKAGES}
    return {"distill": __version__, "python": platform.python_version(), "system": platform.platform()} | packages


def _installed(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _computing() -> _Values:
    """State of torch, found by importing it."""
    try:
        torch = importlib.import_module("torch")
    except (ImportError, OSError, RuntimeError) as error:
        return {"torch": f"cannot be loaded: {error}", "cpu_count": os.cpu_count(), "devices": []}
    gpus = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    apple = ["Apple GPU (mps)"] if torch.backends.mps.is_available() else []
    return {"torch": "works", "cpu_count": os.cpu_count(), "threads": torch.get_num_threads(), "devices": gpus + apple}


def _audio() -> _Values:
    from distill_app.audio.portaudio import list_outputs

    try:
        return {"portaudio": "works", "outputs": [device.name for device in list_outputs()]}
    except DistillError as error:
        return {"portaudio": str(error), "outputs": []}


def _display() -> _Values:
    display = find_display()
    return {"available": display.available, "found": display.description}


def _starter() -> _Values:
    try:
        header = read_header(STARTER_MODEL)
    except DistillError as error:
        return {"file": str(STARTER_MODEL), "model": str(error)}
    return {"file": str(STARTER_MODEL), "model": header.name, "sliders": [axis.name for axis in header.axes]}


def _folders() -> _Values:
    folders = {"settings": config_folder(), "data": data_folder(), "cache": cache_folder()}
    parts = {"cache": (), "mels": ("mels",), "recordings": ("recordings",)}
    sizes = {f"{name}_bytes": _folder_bytes(cache_folder().joinpath(*within)) for name, within in parts.items()}
    return {name: str(path) for name, path in folders.items()} | {"log": str(log_file())} | sizes


def _folder_bytes(folder: Path) -> int | None:
    """Total size of the files in a folder; None if it cannot be read."""
    try:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    except OSError:
        return None
