"""Compares VAE architectures on small corpora by their validation error.

`python tools/bench_architectures.py [--minutes 3] [--threads 1] [--only NAME] [FOLDER …]`

Each network trains for the same processor time, so that a busy machine changes no result. Without folders the corpora
are two selections of Debian's sonic-pi-samples: sustained sounds and drums. The table goes to standard output,
the figures to build/bench/bench-architectures.json.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_app.corpus.corpus import Corpus  # noqa: E402
from distill_app.models.vae import build_vae, parameter_count  # noqa: E402
from distill_app.training.vae.config import TrainingConfig  # noqa: E402
from distill_app.training.vae.trainer import Trainer  # noqa: E402
from tools.corpus_scan import scan_corpus  # noqa: E402

SAMPLES = Path("/usr/share/sonic-pi/samples")
SUSTAINED = """ambi_choir ambi_dark_woosh ambi_drone ambi_glass_hum ambi_glass_rub ambi_haunted_hum ambi_lunar_land
ambi_piano ambi_soft_buzz ambi_swoosh bass_drop_c bass_hard_c bass_thick_c bass_trance_c bass_voxy_c bass_woodsy_c
guit_e_fifths guit_e_slide guit_em9 guit_harmonics"""
DRUMS = """bd_boom drum_cymbal_hard drum_cymbal_open drum_roll drum_snare_hard drum_splash_hard drum_tom_lo_hard
loop_amen loop_amen_full loop_breakbeat loop_compus loop_garzul loop_industrial loop_mika tabla_ghe2 tabla_ghe5
tabla_na_o tabla_tas1 tabla_tun1 tabla_tun2"""


@dataclass(frozen=True)
class Candidate:
    """Architecture with its training settings, and its own budget in `minutes` if it needs less."""

    name: str
    architecture: dict[str, Any]
    recipe: dict[str, Any] = field(default_factory=dict)
    minutes: float | None = None


_FIRST_RECIPE = {
    "beta": 4.0,
    "mixed": 0.5,
    "learning_rate": 2e-3,
    "pitch_semitones": 0.0,
    "stretch": 0.0,
    "tilt_db": 0.0,
}
"""Training settings of the first architecture that was shipped."""
_START_ALONE = 1e-4
_PATCHES = {"name": "conv1d", "latent": 32, "width": 256, "stride": 8}
CANDIDATES = (
    Candidate("PCA start, 128", {"name": "basis", "latent": 128, "width": 256}, minutes=_START_ALONE),
    Candidate("PCA start, 256", {"name": "basis", "latent": 256, "width": 256}, minutes=_START_ALONE),
    Candidate("PCA start, 256, + residual decoder", {"name": "basis", "latent": 256, "width": 256}),
    Candidate("1-D patches of 8, ConvNeXt, z 32 (first)", _PATCHES | {"blocks": 1}, _FIRST_RECIPE),
    Candidate("1-D patches of 8, linear decoder, z 32", _PATCHES | {"blocks": 0}, _FIRST_RECIPE),
    Candidate(
        "2-D conv 32-64-128-256, z 64",
        {"name": "conv2d", "latent": 64, "width": 32},
        _FIRST_RECIPE | {"learning_rate": 1e-3},
    ),
    Candidate("1-D ConvNeXt on every frame, z 32", _PATCHES | {"blocks": 1, "stride": 1}, _FIRST_RECIPE),
)


def main() -> None:
    arguments = _arguments()
    torch.set_num_threads(arguments.threads)
    rows = []
    print(f"{'corpus':12} {'architecture':40} {'M params':>8} {'steps/s':>8} {'dB':>6} {'R²':>6} {'nats':>6} active")
    with tempfile.TemporaryDirectory() as folder:
        for title, corpus in _corpora(arguments.folders, Path(folder)):
            for candidate in CANDIDATES:
                if arguments.only in candidate.name:
                    rows.append(_row(title, corpus, candidate, arguments.minutes, arguments.threads))
                    print(_line(rows[-1]), flush=True)
    out = ROOT / "build" / "bench" / "bench-architectures.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    figures = {"minutes": arguments.minutes, "threads": arguments.threads, "torch": torch.__version__, "rows": rows}
    out.write_text(json.dumps(figures, indent=1))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--minutes", type=float, default=3.0, help="processor time for each network and thread")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", default="", help="candidates whose name holds this")
    return parser.parse_args()


def _corpora(folders: list[Path], scratch: Path) -> Iterator[tuple[str, Corpus]]:
    for folder in folders:
        yield folder.name, scan_corpus(folder)
    if not folders:
        yield "sustained", _selection(SUSTAINED, scratch / "sustained")
        yield "drums", _selection(DRUMS, scratch / "drums")


def _selection(names: str, folder: Path) -> Corpus:
    if not SAMPLES.is_dir():
        sys.exit("The recordings are not installed; on Debian: apt-get install sonic-pi-samples")
    folder.mkdir()
    for name in names.split():
        (folder / f"{name}.flac").symlink_to(SAMPLES / f"{name}.flac")
    return scan_corpus(folder)


def _row(corpus_name: str, corpus: Corpus, candidate: Candidate, minutes: float, threads: int) -> dict[str, Any]:
    budget = candidate.minutes or minutes
    config = TrainingConfig(minutes=budget, architecture=candidate.architecture, seed=0, **candidate.recipe)
    trainer = Trainer(corpus, config, clock=lambda: time.process_time() / threads)
    for _ in trainer.run():
        pass
    record = trainer.result().record
    return {
        "corpus": corpus_name,
        "architecture": candidate.name,
        "parameters": parameter_count(build_vae(corpus.mel_format.bands, candidate.architecture)),
        "seconds": record["seconds"],
        "steps_per_second": round(record["steps"] / record["seconds"], 2),
        **{key: record[key] for key in ("held_out_error_db", "held_out_r2", "kl_nats", "active_dimensions")},
    }


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['corpus']:12} {row['architecture']:40} {row['parameters'] / 1e6:8.2f} {row['steps_per_second']:8.2f} "
        f"{row['held_out_error_db']:6.2f} {row['held_out_r2']:6.3f} {row['kl_nats']:6.0f} {row['active_dimensions']:6d}"
    )


if __name__ == "__main__":
    main()
