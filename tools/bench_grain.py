"""Measures whether the grain of 500 files costs more than that of 20: `make bench-grain`.

One model is trained for a minute. Each corpus gives it a bank, built by a process of its own; then all of them render
the same sounds in turn, on one thread, and processes of their own say how much memory each takes above the program that
plays the model without a bank. The last row, a bank without limit, must measure badly. Figures go to
build/bench/bench-grain.json.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

import numpy as np
import torch

from distill_app.cli.bench import Figures, machine_load, write_figures
from distill_app.cli.report import note
from distill_app.corpus.corpus import Corpus
from distill_app.generation.config import GenerationConfig
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model, save_model
from distill_app.training.axes.level_calibration import calibrate_levels
from distill_app.training.vae.build_model import build_model
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.trainer import Trainer
from tools.bench_grain_corpus import CORPORA, QUICK, Sizes, write_sounds
from tools.bench_grain_playing import play
from tools.vocoder_report import markdown

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "bench" / "bench-grain.json"
PLAIN = "plain.distillgan"
BASELINE = "few"
_COLUMNS = {
    "files": "files",
    "hours": "hours",
    "recordings": "in the bank",
    "bank_minutes": "bank, min",
    "bank_mb": "bank, MB",
    "build_s": "built in, s",
    "build_mib": "building, MiB",
    "first_s": "first second, s",
    "rtf": "RTF",
    "ratio": "render / few",
    "memory_mib": "playing, MiB",
}


def main() -> int:
    options = _options()
    torch.set_num_threads(1)
    sizes = QUICK if options.quick else Sizes()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["XDG_CACHE_HOME"] = f"{scratch}/cache"
        note("Writing the sounds …")
        write_sounds(Path(scratch), sizes)
        note("Training …")
        minutes = 0.02 if options.quick else 1.0
        save_model(_trained(CORPORA[BASELINE].read(Path(scratch), sizes), minutes), Path(scratch) / PLAIN)
        rows = measure(Path(scratch), sizes, 2 if options.quick else options.times)
    print(table(rows))
    figures: Figures = {f"{name}.{key}": value for name, row in rows.items() for key, value in row.items()}
    write_figures(options.out, figures | {"machine.cores": os.cpu_count() or 0, "machine.load": machine_load()})
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=9, help="renders of each bank at each length (9)")
    parser.add_argument("--quick", action="store_true", help="a few files of seconds: whether it works, in a minute")
    parser.add_argument("--out", type=Path, default=OUT, metavar="FILE.json", help="where the figures go")
    return parser.parse_args()


def _trained(corpus: Corpus, minutes: float) -> DistillModel:
    trainer = Trainer(corpus, TrainingConfig(minutes=minutes), clock=time.process_time)
    for _ in trainer.run():
        pass
    return calibrate_levels(build_model(corpus, trainer.result(), "Bench"), corpus)


def measure(scratch: Path, sizes: Sizes, times: int) -> dict[str, dict[str, float]]:
    """Figures by corpus, from a folder with the sounds and the model."""
    rows = {name: _built(scratch, name, sizes) for name in CORPORA}
    models = {name: load_model(scratch / f"{name}.distillgan") for name in CORPORA}
    for name, first in _first_seconds(models).items():
        rows[name]["first_s"] = first
    for name, found in render_times(models, times).items():
        rows[name] |= found
    note("Measuring memory …")
    for name, row in rows.items():
        row["memory_mib"] = float(_output("tools.bench_grain_playing", scratch / PLAIN, scratch / f"{name}.distillgan"))
    return rows


def _built(scratch: Path, name: str, sizes: Sizes) -> dict[str, float]:
    note(f"Building the bank of {CORPORA[name].title} …")
    CORPORA[name].read(scratch, sizes)  # decoded here, so that the process finds the mels in the cache
    found: dict[str, float] = json.loads(_output("tools.bench_grain_bank", scratch, name, json.dumps(asdict(sizes))))
    return found


def _output(module: str, *arguments: object) -> str:
    """Last line that a process of its own prints."""
    program = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(program, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()[-1]


def _first_seconds(models: Mapping[str, DistillModel]) -> dict[str, float]:
    """Processor seconds for a first second of sound of each, with its recordings decoded and analysed."""
    note("Rendering …")
    for model in models.values():
        _render_seconds(model.with_grain(None), GenerationConfig(seconds=1.0))  # torch has to be warm
    return {name: _render_seconds(model, GenerationConfig(seconds=1.0)) for name, model in models.items()}


def render_times(
    models: Mapping[str, DistillModel], times: int, lengths: Sequence[float] = (8.0, 60.0)
) -> dict[str, dict[str, float]]:
    """Real-time factor of each, and the median ratio of its time to that of `BASELINE` for the same sound.

    The models render in turns, at random places of the sliders.
    """
    random, axes = np.random.default_rng(0), len(models[BASELINE].axes.axes)
    configs = [
        GenerationConfig(sliders=tuple(random.uniform(-1, 1, axes).tolist()), seconds=seconds, seed=seed)
        for seed in range(times)
        for seconds in lengths
    ]
    taken = [{name: _render_seconds(model, config) for name, model in models.items()} for config in configs]
    return {name: {"rtf": _rtf(name, taken, configs), "ratio": _ratio(name, taken)} for name in models}


def _render_seconds(model: DistillModel, config: GenerationConfig) -> float:
    """Processor seconds of a whole render by the model's own vocoder."""
    begun = time.process_time()
    play(model, config)
    return time.process_time() - begun


def _rtf(name: str, taken: Sequence[Mapping[str, float]], configs: Sequence[GenerationConfig]) -> float:
    return median(each[name] / config.seconds for each, config in zip(taken, configs, strict=True))


def _ratio(name: str, taken: Sequence[Mapping[str, float]]) -> float:
    return median(each[name] / each[BASELINE] for each in taken)


def table(rows: Mapping[str, Mapping[str, float]]) -> str:
    """Markdown, a row for each corpus."""
    cells = [(CORPORA[name].title, *(f"{row[key]:.3g}" for key in _COLUMNS)) for name, row in rows.items()]
    return markdown([("corpus", *_COLUMNS.values()), *cells])


if __name__ == "__main__":
    sys.exit(main())
