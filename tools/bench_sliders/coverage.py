"""Measures which of a set's recordings the sliders reach: python -m tools.bench_sliders.coverage [--group GROUP].

    coverage     share of the recordings of which a window is the nearest one, by the latent, at some place of the
                 sliders: at the places of all windows, and at 2,000 random ones between −1 and +1
    own          share of the recordings of which a window is the nearest one at its own place
    own R²       latents of all windows against those that the sliders give at the windows' own places
    rest, random median level of the sound at rest, and of random sounds, above that of the windows, in dB
    step, flux   largest change while a slider moves by 1 % of its way (20 ms of 2 s), the others at 0: of the level in
                 dB, of the mel in dB over all bands
    learned      own and own R² of the windows that training takes, which the anchors are chosen from; own and own R²
                 are of windows between these
    blind        a known-bad instrument: latents at places of other windows; its R² has to be low

The sets are those of `make bench-sound`; tuning is for the group "tuned" alone.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import numpy as np
import torch
from torch import Tensor

from distill_app.cli.bench import Figures, write_figures
from distill_app.cli.report import table
from distill_app.corpus.corpus import Corpus
from distill_app.models.axis import SLIDER_LIMIT
from distill_app.models.loudness import NATS_PER_DB, window_levels
from distill_app.models.model import DistillModel
from distill_app.models.slider_sampling import sample_sliders
from distill_app.training.axes.found_axes import Windows, with_found_axes
from distill_app.training.axes.level_calibration import calibrate_levels
from distill_app.training.vae.build_model import HOP
from distill_app.training.vae.memory_estimate import ANALYSED_MAX
from tools.bench_sound.instrument import Excerpt, Instrument, corpus_of, load_instrument
from tools.bench_sound.set_files import write_sets
from tools.bench_sound.sets import SETS, Group, next_set

ROOT = Path(__file__).resolve().parents[2]
FOLDER, FIGURES = ROOT / "build" / "sound-sets", ROOT / "build" / "bench" / "bench-coverage.json"
_PLACES, _RANDOM, _SWEEP = 2_000, 64, 101
_BATCH = 64


@dataclass(frozen=True)
class Coverage:
    """Figures of one set, as the module's text explains them."""

    sliders: int
    coverage: float
    own: float
    own_r2: float
    rest_db: float
    random_db: float
    step_db: float
    flux_db: float
    learned: float
    learned_r2: float
    blind_r2: float


@torch.inference_mode()
def measure(instrument: Instrument, windows: Windows) -> Coverage:
    """Figures of an instrument whose training takes these windows."""
    model, excerpts, random = instrument.model, instrument.excerpts, np.random.default_rng(0)
    latents = model.encode(torch.stack([each.mel for each in excerpts]))
    reached = torch.stack([model.axes.to_latent(_own_place(model, latent)) for latent in latents])
    places = random.uniform(-1, 1, (_PLACES, len(model.axes.axes)))
    anywhere = torch.stack([model.axes.to_latent(place.tolist()) for place in places])
    levels = window_levels(torch.stack([each.mel for each in excerpts]), model.header.mel_format)
    sweeps = [_sweep(model, number) for number in range(len(model.axes.axes))]
    return Coverage(
        len(model.axes.axes),
        _share(excerpts, torch.cat([_nearest(reached, latents), _nearest(anywhere, latents)])),
        _own_share(excerpts, _nearest(reached, latents)),
        _r2(latents, reached),
        _above(_levels(_decoded(model, [()]), model), levels),
        _above(_levels(_decoded(model, _random_places(model, random)), model), levels),
        max(float(_levels(mels, model).diff().abs().max()) for mels in sweeps) / NATS_PER_DB,
        max(float(mels.diff(dim=0).abs().mean((1, 2)).max()) for mels in sweeps) / NATS_PER_DB,
        *_learned(model, windows),
        _r2(latents, reached.roll(len(reached) // 2, 0)),
    )


def _learned(model: DistillModel, windows: Windows) -> tuple[float, float]:
    """Share of the recordings nearest at a place of their own, and R² of the latents there."""
    latents = torch.cat([model.encode(batch) for batch in torch.split(windows.mels, _BATCH)])
    reached = torch.stack([model.axes.to_latent(_own_place(model, latent)) for latent in latents])
    found = windows.recordings[_nearest(reached, latents)]
    own = set(found[found == windows.recordings].tolist())
    return len(own) / len(set(windows.recordings.tolist())), _r2(latents, reached)


def _own_place(model: DistillModel, latent: Tensor) -> list[float]:
    return [min(max(value, -SLIDER_LIMIT), SLIDER_LIMIT) for value in model.axes.to_sliders(latent)]


def _nearest(found: Tensor, latents: Tensor) -> Tensor:
    return torch.cdist(found, latents).argmin(1)


def _share(excerpts: list[Excerpt], nearest: Tensor) -> float:
    return len({excerpts[number].file for number in nearest.tolist()}) / len({each.file for each in excerpts})


def _own_share(excerpts: list[Excerpt], nearest: Tensor) -> float:
    """Share of the files that are the nearest one at the place of one of their own windows."""
    pairs = [(excerpts[number].file, own.file) for number, own in zip(nearest.tolist(), excerpts, strict=True)]
    return len({own for found, own in pairs if found == own}) / len({own for _, own in pairs})


def _r2(wanted: Tensor, found: Tensor) -> float:
    return float(1 - (found - wanted).square().sum() / (wanted - wanted.mean(0)).square().sum())


def _above(found: Tensor, recorded: Tensor) -> float:
    return float(found.median() - recorded.median()) / NATS_PER_DB


def _random_places(model: DistillModel, random: np.random.Generator) -> list[list[float]]:
    centre = np.zeros(len(model.axes.axes))
    return [sample_sliders(model.axes, centre, random).clip(-1, 1).tolist() for _ in range(_RANDOM)]


def _decoded(model: DistillModel, places: list[list[float]] | list[tuple[()]]) -> Tensor:
    """Log-mels `[n, bands, frames]` at places of the sliders."""
    return model.decode_at_corpus_level(torch.stack([model.axes.to_latent(place) for place in places]))


def _levels(mels: Tensor, model: DistillModel) -> Tensor:
    """K-weighted level of each window `[n, bands, frames]`, in nepers."""
    return window_levels(mels, model.header.mel_format)


def _sweep(model: DistillModel, number: int) -> Tensor:
    return _decoded(model, [[*[0.0] * number, float(value)] for value in np.linspace(-1, 1, _SWEEP)])


def _renewed(instrument: Instrument, corpus: Corpus, windows: Windows) -> Instrument:
    """Instrument whose model has the sliders that training finds today."""
    found, _ = with_found_axes(instrument.model, windows)
    return replace(instrument, model=calibrate_levels(found, corpus))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--group", choices=get_args(Group))
    parser.add_argument("--set", action="append", choices=[each.name for each in SETS])
    parser.add_argument("--kept", action="store_true", help="the sliders in the trained files, not those of today")
    parser.add_argument("--out", type=Path, default=FIGURES, metavar="FILE.json", help="where the figures go")
    options = parser.parse_args()
    torch.set_num_threads(1)
    chosen = [
        each for each in SETS if options.group in (None, each.group) and (not options.set or each.name in options.set)
    ]
    write_sets(list(dict.fromkeys([*chosen, *map(next_set, chosen)])), FOLDER)
    rows: list[tuple[str, ...]] = [
        (
            "SET",
            "SLIDERS",
            "COVERAGE",
            "OWN",
            "OWN R²",
            "REST dB",
            "RANDOM dB",
            "STEP dB",
            "FLUX dB",
            "LEARNED",
            "LEARNED R²",
            "BLIND R²",
        )
    ]
    figures: Figures = {}
    for each in chosen:
        instrument = load_instrument(each, FOLDER)
        corpus = corpus_of(each, FOLDER)
        windows = Windows.of(corpus, HOP, ANALYSED_MAX)
        found = vars(measure(instrument if options.kept else _renewed(instrument, corpus, windows), windows))
        rows.append(
            (each.name, *(f"{value:.2f}" if isinstance(value, float) else str(value) for value in found.values()))
        )
        figures |= {f"{each.name}.{name}": float(value) for name, value in found.items()}
    write_figures(options.out, figures)
    print(table(rows))


if __name__ == "__main__":
    main()
