"""Spectrograms of a held sound: `python -m tools.hold_pictures [--folder docs] MODEL…` writes hold-MODEL.png for each.

Above the model alone through the built-in vocoder, as all models played before they carried recordings; below the
grain. Both are at rest and 12 s long; the repetition in the titles is that of `make bench-sound`.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from distill_app.common.errors import DistillError
from distill_app.dsp.sound import Samples
from distill_app.dsp.spectrogram import Spectrogram, spectrogram
from distill_app.generation.config import GenerationConfig
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model
from distill_app.vocoders import get_vocoder
from tools.bench_sound.measures import repetition
from tools.picture_sheet import draw_sheet
from tools.vocoder_audio import RATE_HZ

_SECONDS = 12.0
_WIDTH, _HEIGHT, _ROWS = 640, 190, 160


class PictureError(DistillError):
    """A model has no held sound with and without grain."""


def held_sounds(model: DistillModel) -> Iterator[tuple[str, Samples]]:
    """Samples `[n]` without and with grain, by the name of the vocoder. Raises PictureError."""
    if model.grain is None or model.header.lead_frames:
        raise PictureError(f"“{model.header.name}” carries no recordings, or plays one-shots, which are not held.")
    for name, played in (("built-in", model.with_grain(None)), ("grain", model)):
        pipeline = GenerationPipeline(played, get_vocoder(name, model=played), mono=True)
        yield name, pipeline.render(GenerationConfig(seconds=_SECONDS)).samples[0]


def draw_hold(model: DistillModel, path: Path) -> None:
    """Writes the picture of a model. Raises PictureError, or OSError if the file cannot be written."""
    pictures = {f"{name}: repetition {repetition(sound):.2f}": _overview(sound) for name, sound in held_sounds(model)}
    draw_sheet(pictures, path, _WIDTH, _HEIGHT, columns=1)


def _overview(samples: Samples) -> Spectrogram:
    return spectrogram(samples, RATE_HZ, _ROWS, _WIDTH)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path, nargs="+", metavar="MODEL", help=".distillgan files with recordings")
    parser.add_argument("--folder", type=Path, default=Path("docs"), help="where the pictures go (docs)")
    options = parser.parse_args()
    try:
        for model in options.models:
            draw_hold(load_model(model), options.folder / f"hold-{model.stem}.png")
    except DistillError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
