"""Measures which of a set's recordings the sliders reach: python -m tools.bench_coverage [--group GROUP] [--set NAME].

    coverage     share of the recordings of which a window is the nearest one, by the latent, at some place of the
                 sliders: at the places of all windows, and at 2,000 random ones between −1 and +1
    own R²       latents of all windows against those that the sliders give at the windows' own places
    rest, random level of the sound at rest, and of random sounds, above the mean of the windows, in dB
    step         largest change of level while a slider moves by 1 % of its way, in dB, the others at 0
    blind        a known-bad instrument: latents at places of other windows; its R² has to be low

The sets are those of `make bench-sound`; tuning is for the group "tuned" alone.
"""

import argparse
import math
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
import torch
from torch import Tensor

from distill_app.cli.bench import Figures, write_figures
from distill_app.cli.report import table
from distill_app.models.axis import SLIDER_LIMIT
from distill_app.models.loudness import NATS_PER_DB, window_levels
from distill_app.models.model import DistillModel
from distill_app.models.slider_sampling import sample_sliders
from tools.bench_sound.instrument import Instrument, load_instrument
from tools.bench_sound.set_files import write_sets
from tools.bench_sound.sets import SETS, Group, next_set

ROOT = Path(__file__).resolve().parent.parent
FOLDER, FIGURES = ROOT / "build" / "sound-sets", ROOT / "build" / "bench" / "bench-coverage.json"
_PLACES, _RANDOM, _SWEEP = 2_000, 64, 201


@dataclass(frozen=True)
class Coverage:
    """Figures of one set, as the module's text explains them."""

    sliders: int
    coverage: float
    own_r2: float
    rest_db: float
    random_db: float
    step_db: float
    blind_r2: float


@torch.inference_mode()
def measure(instrument: Instrument) -> Coverage:
    model, axes = instrument.model, instrument.model.axes
    latents = model.encode(torch.stack([each.mel for each in instrument.excerpts]))
    own = [tuple(float(np.clip(value, -SLIDER_LIMIT, SLIDER_LIMIT)) for value in axes.to_sliders(z)) for z in latents]
    reached = torch.stack([axes.to_latent(place) for place in own])
    random = np.random.default_rng(0)
    places = random.uniform(-1, 1, (_PLACES, len(axes.axes)))
    anywhere = torch.cat([reached, torch.stack([axes.to_latent(place.tolist()) for place in places])])
    nearest = torch.cdist(anywhere, latents).argmin(1).tolist()
    found = {instrument.excerpts[number].file for number in nearest}
    windows = window_levels(model.decode_at_corpus_level(latents), model.header.mel_format)
    mean = float(windows.mul(2).logsumexp(0) - math.log(len(windows))) / 2
    return Coverage(
        len(axes.axes),
        len(found) / len({each.file for each in instrument.excerpts}),
        _r2(latents, reached),
        (_levels(model, [()])[0] - mean) / NATS_PER_DB,
        float(np.mean(_levels(model, _random_places(model, random))) - mean) / NATS_PER_DB,
        max(_largest_step(model, number) for number in range(len(axes.axes))) / NATS_PER_DB,
        _r2(latents, reached.roll(len(reached) // 2, 0)),
    )


def _r2(wanted: Tensor, found: Tensor) -> float:
    return float(1 - (found - wanted).square().sum() / (wanted - wanted.mean(0)).square().sum())


def _random_places(model: DistillModel, random: np.random.Generator) -> list[tuple[float, ...]]:
    centre = np.zeros(len(model.axes.axes))
    return [tuple(sample_sliders(model.axes, centre, random).clip(-1, 1).tolist()) for _ in range(_RANDOM)]


def _levels(model: DistillModel, places: list[tuple[float, ...]]) -> list[float]:
    """K-weighted level of the decoded window at each place, in nepers."""
    mels = model.decode_at_corpus_level(torch.stack([model.axes.to_latent(place) for place in places]))
    return window_levels(mels, model.header.mel_format).tolist()


def _largest_step(model: DistillModel, number: int) -> float:
    places = [(*[0.0] * number, float(value)) for value in np.linspace(-1, 1, _SWEEP)]
    return float(np.abs(np.diff(_levels(model, places))).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--group", choices=get_args(Group))
    parser.add_argument("--set", action="append", choices=[each.name for each in SETS])
    parser.add_argument("--out", type=Path, default=FIGURES, metavar="FILE.json", help="where the figures go")
    options = parser.parse_args()
    torch.set_num_threads(1)
    chosen = [
        each for each in SETS if options.group in (None, each.group) and (not options.set or each.name in options.set)
    ]
    write_sets(list(dict.fromkeys([*chosen, *map(next_set, chosen)])), FOLDER)
    rows = [("SET", "SLIDERS", "COVERAGE", "OWN R²", "REST dB", "RANDOM dB", "STEP dB", "BLIND R²")]
    figures: Figures = {}
    for each in chosen:
        found = vars(measure(load_instrument(each, FOLDER)))
        rows.append(
            (each.name, *(f"{value:.2f}" if isinstance(value, float) else str(value) for value in found.values()))
        )
        figures |= {f"{each.name}.{name}": float(value) for name, value in found.items()}
        print(table(rows[-1:]), flush=True)
    write_figures(options.out, figures)
    print("\n" + table(rows))


if __name__ == "__main__":
    main()
