"""Measures a slider that moves thirty times a second in the complete window.

`make bench-live`, or `python -m tools.bench_live [--seconds S] [--soak-minutes M] [--latency low|normal|safe]`

    card    into a device without hardware: delay from a movement to the changed output
    sink    into a recorded sound server: written samples against recorded ones
    soak    into the sound server for M minutes, beside a training as from the window
    still   a loop, then an endless sound, that plays while only the live spectrogram moves: processor time

Times are from the slider's event to the write of the first changed sample into the ring that the device reads. The
latencies of ring and device come on top and are listed separately. Figures go to build/bench/bench-live.json.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

from distill_app.audio.devices import LATENCIES
from distill_app.cli.bench import Figures, machine_load, write_figures
from distill_app.cli.benchmarks import open_screen
from distill_app.cli.report import note, table
from distill_app.dsp.sound import Samples
from distill_app.dsp.spectrogram import spectrogram
from distill_app.generation.export import ExportFormat, export_sound
from distill_app.headless import draw_spectrogram
from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.spec import ModelSpec
from distill_app.workers.training.process import TrainingProcess
from tools.capture_analysis import count_lost_samples, read_samples
from tools.live_window import WRITTEN
from tools.sound_server import RATE, sound_server

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "bench"
_VOCODERS = ("grain", "built-in", "griffin-lim")
_SOAKED = "built-in"
_STILL_SECONDS = 15.0
_RECORDINGS, _RECORDING_SECONDS = 12, 4
_PATIENCE_SECONDS = 120


def main() -> None:
    options = _options()
    figures: Figures = {"machine.cores": float(os.cpu_count() or 0), "machine.load_before": machine_load()}
    with open_screen() as (environment, name), tempfile.TemporaryDirectory() as folder:
        figures["machine.screen"] = name
        bench = Bench(Path(folder), environment, options.latency)
        for part in options.only or ("card", "sink", "soak", "still"):
            note(f"{part} …")
            figures |= bench.measure(part, options.seconds, options.soak_minutes)
    figures["machine.load_after"] = machine_load()
    print(table([(name, f"{value:.4g}" if isinstance(value, float) else value) for name, value in figures.items()]))
    write_figures(FOLDER / "bench-live.json", figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each sweep (20)")
    parser.add_argument("--soak-minutes", type=float, default=1.0, help="of the long sweep (1)")
    parser.add_argument("--latency", choices=LATENCIES, default="normal")
    parser.add_argument("--only", action="append", choices=("card", "sink", "soak", "still"), help="one part")
    return parser.parse_args()


class Bench:
    """Measurements, each in a separate process with a window.

    Args:
        folder: for recordings.
        environment: variables of a process with a screen.
        latency: as in the Preferences.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], latency: str) -> None:
        self._folder, self._environment, self._latency = folder, environment, latency

    def measure(self, part: str, seconds: float, soak_minutes: float) -> Figures:
        match part:
            case "card":
                return self._card(seconds)
            case "sink":
                return self._sink(seconds)
            case "soak":
                return self._soak(60 * soak_minutes)
        return self._still()

    def _card(self, seconds: float) -> Figures:
        figures: Figures = {}
        for vocoder in _VOCODERS:
            figures |= _with_prefix(f"card.{vocoder}", self._run_window(vocoder, seconds, "--card"))
        return figures

    def _sink(self, seconds: float) -> Figures:
        with self._recorded_server("sink") as (folder, environment, raw):
            figures = self._run_window(_SOAKED, seconds, folder=folder, environment=environment)
        recorded = np.fromfile(raw, "<f4")[0::2]
        figures["samples_lost"] = float(count_lost_samples(read_samples(folder / WRITTEN), recorded))
        _save_recording(recorded, FOLDER / "live-sweep")
        return _with_prefix("sink", figures)

    def _soak(self, seconds: float) -> Figures:
        with self._recorded_server("soak") as (folder, environment, raw), _training(folder):
            figures = self._run_window(_SOAKED, seconds, folder=folder, environment=environment)
        recorded = np.fromfile(raw, "<f4")[0::2]
        figures["samples_lost"] = float(count_lost_samples(read_samples(folder / WRITTEN), recorded))
        return _with_prefix("soak", {"minutes": seconds / 60} | figures)

    def _still(self) -> Figures:
        return self._still_window("still", _SOAKED) | self._still_window("still-endless", "grain", "--endless")

    def _still_window(self, name: str, vocoder: str, *words: str) -> Figures:
        with self._recorded_server(name) as (folder, environment, _):
            options = ("--still", *words)
            found = self._run_window(vocoder, _STILL_SECONDS, *options, folder=folder, environment=environment)
        return _with_prefix(name, found)

    @contextmanager
    def _recorded_server(self, name: str) -> Iterator[tuple[Path, Mapping[str, str], Path]]:
        """Folder, environment of a sound server, and file into which its output is recorded."""
        folder = self._folder / name
        folder.mkdir()
        raw = folder / "recorded.raw"
        with sound_server(folder) as server, server.recorded(raw):
            yield folder, server.environment, raw

    def _run_window(
        self,
        vocoder: str,
        seconds: float,
        *words: str,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> dict[str, float]:
        """Figures of a process with a window, and the load of the machine."""
        command = [sys.executable, "-m", "tools.live_window", str(folder or self._folder), "--vocoder", vocoder]
        options = ["--seconds", str(seconds), "--latency", self._latency, *words]
        environment_variables = {**self._environment, **(environment or {}), "OMP_WAIT_POLICY": "PASSIVE"}
        done = subprocess.run(
            [*command, *options],
            cwd=ROOT,
            env=environment_variables,
            stdout=subprocess.PIPE,
            text=True,
            timeout=2 * seconds + _PATIENCE_SECONDS,
            check=True,
        )
        figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return figures | {"machine_load": machine_load()}


def _with_prefix(part: str, figures: Mapping[str, float]) -> Figures:
    return {f"{part}.{name}": value for name, value in figures.items()}


@contextmanager
def _training(folder: Path) -> Iterator[None]:
    """Runs a training on noise in a process as from the window."""
    recordings = folder / "recordings"
    recordings.mkdir()
    random = np.random.default_rng(0)
    for number in range(_RECORDINGS):
        samples = (0.1 * random.standard_normal(RATE * _RECORDING_SECONDS)).astype(np.float32)
        soundfile.write(recordings / f"{number}.wav", samples, RATE)  # without Distill's mark
    spec = ModelSpec((CorpusSpec.of(recordings),), folder / "learned.distillgan", minutes=60)
    process = TrainingProcess(spec, lambda _: None, lambda _: None)
    try:
        yield
        if not process.running:
            raise RuntimeError("the training beside the soak ended before it")
    finally:
        process.suspend()
        process.wait()


def _write(path: Path, samples: Samples) -> None:
    for _ in export_sound(path, [samples], RATE, ExportFormat(RATE, 24), overwrite=True):
        pass


def _save_recording(recorded: Samples, path: Path) -> None:
    """Writes the recorded output as a sound file and as a picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path.with_suffix(".wav"), recorded)
    draw_spectrogram(spectrogram(recorded, RATE), path.with_suffix(".png"))


if __name__ == "__main__":
    main()
