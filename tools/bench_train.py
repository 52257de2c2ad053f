"""Measures training as a user experiences it: `make bench-train`, or python -m tools.bench_train [--only PART].

    start    20 files, 75 s of sound: time of `distill train --minutes 0`; of a training as from the window, which ends
             by itself, times of the first model, the first demo and the refined model; both errors, and the same with
             one thread
    error    the same files for 10 minutes of processor time: validation error, against the first network shipped
    kills    SIGKILL at 20 random moments, some of them during the analysis, and the training lost
    live     a moving slider beside a training from the window: underflows
    memory   83 hours of sound; --real-files decodes 500 files of ten minutes instead of one mel 500 times

The files are CC0 recordings of Debian's sonic-pi-samples if installed, else generated tones; the figures say which.
Figures go to build/bench/bench-train.json; parts that are not measured stay in it.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import torch

from distill_app.cli.bench import Figures, machine_load, write_figures
from distill_app.cli.benchmarks import open_screen
from distill_app.cli.report import note, table
from distill_app.corpus.corpus import Corpus
from distill_app.models.model_file import load_model
from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.spec import ModelSpec
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.trainer import Trainer
from distill_app.workers.training.process import TrainingEnd, TrainingProcess
from tools.bench_live import Bench
from tools.bench_train_corpus import make_corpus
from tools.corpus_scan import scan_corpus
from tools.crash_test import kill_repeatedly, summary

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "bench" / "bench-train.json"
PARTS = ("start", "error", "kills", "live", "memory")
FIRST = TrainingConfig(
    architecture={"name": "conv1d", "latent": 32, "width": 256, "blocks": 1, "stride": 8},
    beta=4.0,
    learning_rate=2e-3,
    mixed=0.5,
    gain_db=3.0,
    pitch_semitones=0.0,
    stretch=0.0,
    tilt_db=0.0,
)
"""Network and training of the first release."""
_RECORDED = ("held_out_error_db", "held_out_r2", "active_dimensions", "steps", "held_out_windows")
_END_SECONDS_MAX = 1800.0
_Measure = Callable[[argparse.Namespace, Path], Figures]


def main() -> int:
    options = _options()
    known: Figures = json.loads(OUT.read_text()) if OUT.is_file() else {}
    measures: Mapping[str, _Measure] = dict(zip(PARTS, (_start, _error, _kills, _live, _memory), strict=True))
    for part in options.only or PARTS:
        note(f"{part} …")
        with tempfile.TemporaryDirectory() as scratch:
            found = measures[part](options, Path(scratch)) | {"machine_load": machine_load()}
        known = {name: value for name, value in known.items() if not name.startswith(f"{part}.")}
        known |= {f"{part}.{name}": value for name, value in found.items()} | {"machine.cores": os.cpu_count() or 0}
        write_figures(OUT, known)
    print(table([(name, f"{value:.4g}" if isinstance(value, float) else str(value)) for name, value in known.items()]))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=PARTS, help="one part")
    parser.add_argument(
        "--minutes", type=float, default=10.0, help="of processor time for each network in “error” (10)"
    )
    parser.add_argument("--seeds", type=int, default=1, help="splits of the files in “error” (1)")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--soak-minutes", type=float, default=10.0, help="of live playing (10)")
    parser.add_argument("--real-files", action="store_true", help="500 files in “memory”: an hour, 15 GB of disk")
    return parser.parse_args()


class _TimedTraining:
    """Training in a process as from the window, with the times of its first files and its end in seconds."""

    def __init__(self, spec: ModelSpec) -> None:
        self.model_seconds = self.demo_seconds = self.end_seconds = float("nan")
        self.outcome = ""
        self._begun = time.monotonic()
        self._process = TrainingProcess(spec, self._on_status, self._on_end)

    def _on_status(self, line: TrainingStatus) -> None:
        if line.first_model is not None:
            self.model_seconds = time.monotonic() - self._begun
        if line.demo is not None and self.demo_seconds != self.demo_seconds:
            self.demo_seconds = time.monotonic() - self._begun

    def _on_end(self, end: TrainingEnd) -> None:
        self.outcome, self.end_seconds = end.outcome, time.monotonic() - self._begun

    def wait(self) -> "_TimedTraining":
        if not self._process.wait(_END_SECONDS_MAX) or self.outcome != "finished":
            raise SystemExit(f"The training did not finish: {self.outcome}")
        return self


def _start(_: argparse.Namespace, scratch: Path) -> Figures:
    figures: Figures = {"source": make_corpus(scratch / "recordings")}
    figures |= _command_line(scratch)
    for threads in (1, 2):
        out, corpora = scratch / f"{threads}.distillgan", (CorpusSpec.of(scratch / "recordings"),)
        with _empty_cache(scratch):
            timed = _TimedTraining(ModelSpec(corpora, out, threads=threads, demos=True, ends_early=True)).wait()
        figures |= {
            f"threads{threads}.first_model_seconds": timed.model_seconds,
            f"threads{threads}.first_demo_seconds": timed.demo_seconds,
            f"threads{threads}.refined_model_seconds": timed.end_seconds,
        }
    record = load_model(out).header.training
    first, refined = record["first_error_db"], record["held_out_error_db"]
    recorded: Figures = {name: record[name] for name in ("seconds", "first_error_db", *_RECORDED)}
    return figures | recorded | {"first_error_above_percent": 100 * (first / refined - 1)}


def _command_line(scratch: Path) -> Figures:
    """Times of the command that writes the first model, its start and the import of torch included.

    Beside other work only the processor time says something.
    """
    arguments = [str(scratch / "recordings"), "--out", str(scratch / "first.distillgan"), "--minutes", "0"]
    begun, used = time.monotonic(), _processor_seconds()
    with _empty_cache(scratch):
        command = [sys.executable, "-m", "distill_app.cli", "train", *arguments]
        subprocess.run(command, check=True, capture_output=True)
    return {
        "command_line.seconds": time.monotonic() - begun,
        "command_line.processor_seconds": _processor_seconds() - used,
    }


def _processor_seconds() -> float:
    """Processor time of the child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def _empty_cache(scratch: Path) -> Iterator[None]:
    """Context in whose processes no recording is decoded yet."""
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(dir=scratch)
    try:
        yield
    finally:
        del os.environ["XDG_CACHE_HOME"]
        if before is not None:
            os.environ["XDG_CACHE_HOME"] = before


def _error(options: argparse.Namespace, scratch: Path) -> Figures:
    figures: Figures = {"source": make_corpus(scratch / "recordings"), "minutes": options.minutes}
    torch.set_num_threads(1)
    corpus = scan_corpus(scratch / "recordings")
    errors: dict[str, list[float]] = {"first": [], "now": []}
    for seed in range(options.seeds):
        for name, config in (("first", FIRST), ("now", TrainingConfig())):
            record = _train(corpus, config, options.minutes, seed)
            figures |= {f"seed{seed}.{name}.{key}": record[key] for key in _RECORDED}
            errors[name].append(record["held_out_error_db"])
    first, now = (sum(each) / len(each) for each in errors.values())
    return figures | {"first_error_db": first, "now_error_db": now, "smaller_percent": 100 * (1 - now / first)}


def _train(corpus: Corpus, config: TrainingConfig, minutes: float, seed: int) -> Mapping[str, float]:
    values = {name: getattr(config, name) for name in config.__dataclass_fields__} | {"minutes": minutes, "seed": seed}
    trainer = Trainer(corpus, TrainingConfig(**values), clock=time.process_time)
    for _ in trainer.run():
        pass
    return trainer.result().record


def _kills(options: argparse.Namespace, scratch: Path) -> Figures:
    figures: Figures = {"source": make_corpus(scratch / "recordings")}
    spec = ModelSpec((CorpusSpec.of(scratch / "recordings"),), scratch / "a.distillgan", minutes=600, demos=True)
    return figures | summary(kill_repeatedly(spec, options.kills, longest_seconds=40.0))


def _live(options: argparse.Namespace, scratch: Path) -> Figures:
    with open_screen() as (environment, name):
        found = Bench(scratch, environment, "normal").measure("soak", 0.0, options.soak_minutes)
    return {"screen": name} | {key.removeprefix("soak."): value for key, value in found.items()}


def _memory(options: argparse.Namespace, scratch: Path) -> Figures:
    real = ["--real-files"] if options.real_files else []
    program = [sys.executable, "-m", "tools.bench_train_memory", str(scratch), *real]
    done = subprocess.run(program, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    sys.exit(main())
