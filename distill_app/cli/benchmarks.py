"""Measurements of `distill bench`. Times and memory are those of fresh processes."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from distill_app.common.display import find_display
from distill_app.common.errors import DistillError
from distill_app.common.paths import STARTER_MODEL
from distill_app.models.header import read_header

Figures = dict[str, float | str]
_STARTS = 3
_START_SECONDS_MAX = 120
_SHORT, _LONG = 60, 600
_MIB = 1024 * 1024
_CHILD_SCRIPT = """
import sys
from distill_app.cli.main import main
from distill_app.cli.benchmarks import peak_memory_mib
status = main(sys.argv[1:])
print(peak_memory_mib())
sys.exit(status)
"""


class BenchError(DistillError):
    """A measurement failed."""


def measure_start() -> Figures:
    """Seconds from launch to the window and to the first sound: median of three starts with fresh settings."""
    with open_screen() as (environment, screen):
        runs = sorted((_start_times(environment) for _ in range(_STARTS)), key=lambda marks: marks["first-sound"])
    shown = sorted(marks["shown"] for marks in runs)
    middle = _STARTS // 2
    return {
        "start.screen": screen,
        "start.window_shown_s": shown[middle],
        "start.window_shown_worst_s": shown[-1],
        "start.first_sound_s": runs[middle]["first-sound"],
        "start.first_sound_worst_s": runs[-1]["first-sound"],
    }


@contextmanager
def open_screen() -> Iterator[tuple[dict[str, str], str]]:
    """Environment variables with a display, and its kind: the real one, else Xvfb, else Qt's offscreen platform."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, **{f"XDG_{name}_HOME": home for name in ("CONFIG", "CACHE", "DATA", "STATE")}}
        display = find_display()
        if display.available:
            yield environment, display.description
        elif shutil.which("Xvfb"):
            with _xvfb() as number:
                environment.pop("QT_QPA_PLATFORM", None)
                yield {**environment, "DISPLAY": number}, "Xvfb"
        else:
            yield {**environment, "QT_QPA_PLATFORM": "offscreen"}, "offscreen"


@contextmanager
def _xvfb() -> Iterator[str]:
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            yield f":{answer.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def _start_times(environment: Mapping[str, str]) -> dict[str, float]:
    """Start the app; returns the times it prints, in seconds since its process began."""
    command = [sys.executable, "-m", "distill_app", "--window", "--marks", "--quit-after-first-sound"]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=_START_SECONDS_MAX)
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"The window gave no sound within {_START_SECONDS_MAX} seconds.") from error
    marks = dict(line.split() for line in done.stdout.splitlines() if len(line.split()) == 2)
    if done.returncode != 0 or not {"shown", "first-sound"} <= marks.keys():
        raise BenchError(f"The window could not be measured: {(done.stderr or done.stdout).strip()[-300:]}")
    return {name: float(marks[name]) for name in ("shown", "first-sound")}


def measure_sliders() -> Figures:
    """Spearman's rho of each named slider with its descriptor, on rendered sound with the other sliders at 0."""
    from distill_app.dsp.descriptors import DESCRIPTORS
    from distill_app.generation.slider_renderer import SliderRenderer
    from distill_app.models.model_file import load_model
    from distill_app.training.axes.analysis import sweep

    model, renderer = load_model(STARTER_MODEL), SliderRenderer()
    place = {descriptor.id: number for number, descriptor in enumerate(DESCRIPTORS)}
    figures: Figures = {}
    for number, axis in enumerate(model.axes.axes):
        if axis.descriptor:
            measured = sweep(model, number, renderer)
            figures[f"sliders.rho.{axis.name}"] = measured.rho(place[axis.descriptor])
            figures[f"sliders.audible_steps.{axis.name}"] = measured.steps(place[axis.descriptor])
    rhos = [value for name, value in figures.items() if name.startswith("sliders.rho.") and isinstance(value, float)]
    return figures | {"sliders.named": float(len(rhos)), "sliders.rho_least": min(rhos, key=abs, default=0.0)}


def measure_memory() -> Figures:
    """Peak resident memory of `distill render` for a short and a long sound, each in its own process."""
    short, long = _render_peak(_SHORT), _render_peak(_LONG)
    return {
        f"memory.render_{_SHORT}s_MiB": short[0],
        f"memory.render_{_LONG}s_MiB": long[0],
        "memory.ratio": long[0] / short[0],
        f"memory.render_{_SHORT}s_took_s": short[1],
        f"memory.render_{_LONG}s_took_s": long[1],
    }


def _render_peak(seconds: int) -> tuple[float, float]:
    """Peak memory of a render in MiB, and its time in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        render = ["render", str(Path(folder) / "bench.wav"), "--seconds", str(seconds), "--drift", "0.5"]
        started = time.monotonic()
        done = subprocess.run([sys.executable, "-c", _CHILD_SCRIPT, *render], capture_output=True, text=True)
        elapsed = time.monotonic() - started
    if done.returncode != 0:
        raise BenchError(f"Rendering {seconds} s failed: {done.stderr.strip()[-300:]}")
    return float(done.stdout.split()[-1]), elapsed


def peak_memory_mib() -> float:
    """Peak memory of this process in MiB. Linux: VmHWM, as getrusage includes the parent at the time of the fork."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def measure_model() -> Figures:
    """Training record and size of the starter model."""
    header = read_header(STARTER_MODEL)
    record = {name: value for name, value in header.training.items() if isinstance(value, int | float)}
    figures: Figures = {f"model.{name}": float(value) for name, value in record.items()}
    named = sum(bool(axis.descriptor) for axis in header.axes)
    size = STARTER_MODEL.stat().st_size / 1e6
    return figures | {"model.axes": float(len(header.axes)), "model.named_axes": float(named), "model.MB": size}
