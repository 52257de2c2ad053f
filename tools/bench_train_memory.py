"""Process that trains on 83 hours, analyses a slider, and prints its peak memory as one line of JSON."""

import argparse
import json
import os
import resource
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray

from distill_app.corpus.band_stats import BandStats
from distill_app.corpus.corpus import Corpus, Recording
from distill_app.generation.slider_renderer import SliderRenderer
from distill_app.training.axes.analysis import sweep
from distill_app.training.vae.build_model import build_model
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.memory_estimate import training_bytes
from distill_app.training.vae.trainer import Trainer
from tools.corpus_scan import scan_corpus

FILES, SECONDS = 500, 600
_RATE = 44_100
_DIFFERENT = 10
_LEARNED_MINUTES = 2.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--real-files", action="store_true")
    options = parser.parse_args()
    os.environ["XDG_CACHE_HOME"] = str(options.scratch)
    torch.set_num_threads(1)
    begun = time.monotonic()
    corpus = _scan_generated(options.scratch, FILES) if options.real_files else _repeated(options.scratch)
    read = time.monotonic() - begun
    trainer = Trainer(corpus, TrainingConfig(minutes=_LEARNED_MINUTES))
    for _ in trainer.run():
        pass
    learned = _peak()
    model = build_model(corpus, trainer.result(), "83 hours")
    sweep(model, 0, SliderRenderer())
    figures = {
        "files": "decoded" if options.real_files else "one mel, read 500 times",
        "hours": corpus.seconds / 3600,
        "read_seconds": read,
        "learning_peak_bytes": learned,
        "peak_bytes": _peak(),
        "estimated_bytes": training_bytes(TrainingConfig(), corpus.mel_format.bands, corpus.frames),
        "seconds": time.monotonic() - begun,
    }
    print(json.dumps(figures))


def _scan_generated(scratch: Path, files: int) -> Corpus:
    folder = scratch / "recordings"
    folder.mkdir()
    for number in range(files):
        path = folder / f"{number:03}.flac"
        if number < _DIFFERENT:
            made = get_context("spawn").Process(target=_write, args=(path, number))  # its memory must not count
            made.start()
            made.join()
        else:
            path.hardlink_to(folder / f"{number % _DIFFERENT:03}.flac")
    return scan_corpus(folder)


def _write(path: Path, number: int) -> None:
    soundfile.write(path, wandering_tones(number), _RATE, subtype="PCM_16")


def _repeated(scratch: Path) -> Corpus:
    one = _scan_generated(scratch, 1).files[0]
    band_stats = one.band_stats or BandStats.of(one.mel)
    return Corpus(tuple(Recording(f"{number:03}.flac", one.seconds, one.mel, band_stats) for number in range(FILES)))


def wandering_tones(seed: int, seconds: int = SECONDS) -> NDArray[np.float64]:
    """Tones whose pitch and loudness wander, under a little noise: `[seconds · 44,100]`."""
    random = np.random.default_rng(seed)
    points = np.linspace(0, seconds * _RATE, seconds * 4)
    place = np.arange(seconds * _RATE)
    hz = np.interp(place, points, 80 * 2 ** random.uniform(0, 4, len(points)))
    loud = np.interp(place, points, random.uniform(0.05, 0.3, len(points)))
    phase = 2 * np.pi * np.cumsum(hz) / _RATE
    tone = np.sum([np.sin(partial * phase) / partial for partial in range(1, 6)], 0)
    return loud * tone + 0.01 * random.standard_normal(len(place))


def _peak() -> int:
    kilo = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kilo


if __name__ == "__main__":
    main()
