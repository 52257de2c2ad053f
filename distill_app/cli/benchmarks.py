"""What `distill bench` measures. Times and memory are those of fresh processes, never of this one."""

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
_CHILD = """
import sys
from distill_app.cli.main import main
from distill_app.cli.benchmarks import peak_memory_mib
status = main(sys.argv[1:])
print(peak_memory_mib())
sys.exit(status)
"""


class BenchError(DistillError):
    """A measurement could not be taken."""


def start() -> Figures:
    """Launch → window on the screen and → first sound, the median of three starts, with fresh settings."""
    with open_screen() as (environment, screen):
        runs = sorted((_marks(environment) for _ in range(_STARTS)), key=lambda marks: marks["first-sound"])
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
    """An environment with a display: the real one, else Xvfb, else Qt's offscreen platform; and which it is."""
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


def _marks(environment: Mapping[str, str]) -> dict[str, float]:
    """Starts the app, and reads the moments that it prints, in seconds since its process began."""
    command = [sys.executable, "-m", "distill_app", "--window", "--marks", "--quit-after-first-sound"]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=_START_SECONDS_MAX)
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"The window gave no sound within {_START_SECONDS_MAX} seconds.") from error
    marks = dict(line.split() for line in done.stdout.splitlines() if len(line.split()) == 2)
    if done.returncode != 0 or not {"shown", "first-sound"} <= marks.keys():
        raise BenchError(f"The window could not be measured: {(done.stderr or done.stdout).strip()[-300:]}")
    return {name: float(marks[name]) for name in ("shown", "first-sound")}


def sliders() -> Figures:
    """Spearman's rho of each named slider and its descriptor, measured on rendered sound, the others at 0."""
    from distill_app.dsp.descriptors import DESCRIPTORS
    from distill_app.generation.slider_renderer import SliderRenderer
    from distill_app.models.model_file import load_model
    from distill_app.training.axes.analysis import sweep

    model, audition = load_model(STARTER_MODEL), SliderRenderer()
    place = {descriptor.id: number for number, descriptor in enumerate(DESCRIPTORS)}
    figures: Figures = {}
    for number, axis in enumerate(model.axes.axes):
        if axis.descriptor:
            measured = sweep(model, number, audition)
            figures[f"sliders.rho.{axis.name}"] = measured.rho(place[axis.descriptor])
            figures[f"sliders.audible_steps.{axis.name}"] = measured.steps(place[axis.descriptor])
    rhos = [value for name, value in figures.items() if name.startswith("sliders.rho.") and isinstance(value, float)]
    return figures | {"sliders.named": float(len(rhos)), "sliders.rho_least": min(rhos, key=abs, default=0.0)}


def memory() -> Figures:
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
    """MiB and the seconds it took."""
    with tempfile.TemporaryDirectory() as folder:
        render = ["render", str(Path(folder) / "bench.wav"), "--seconds", str(seconds), "--drift", "0.5"]
        started = time.monotonic()
        done = subprocess.run([sys.executable, "-c", _CHILD, *render], capture_output=True, text=True)
        elapsed = time.monotonic() - started
    if done.returncode != 0:
        raise BenchError(f"Rendering {seconds} s failed: {done.stderr.strip()[-300:]}")
    return float(done.stdout.split()[-1]), elapsed


def peak_memory_mib() -> float:
    """Of this process so far. Linux's own figure: getrusage would also count the parent at the moment of the fork."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def model() -> Figures:
    """What the starter model's file says of its training, beside what it has."""
    header = read_header(STARTER_MODEL)
    record = {name: value for name, value in header.training.items() if isinstance(value, int | float)}
    figures: Figures = {f"model.{name}": float(value) for name, value in record.items()}
    named = sum(bool(axis.descriptor) for axis in header.axes)
    size = STARTER_MODEL.stat().st_size / 1e6
    return figures | {"model.axes": float(len(header.axes)), "model.named_axes": float(named), "model.MB": size}
