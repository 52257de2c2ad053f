"""Spectrograms of each tone slider at its ends and in the middle: `python -m tools.tone_pictures [--out FILE]`."""

import argparse
import sys
from pathlib import Path

from distill_app.common.errors import DistillError
from distill_app.common.paths import STARTER_MODEL
from distill_app.dsp.spectrogram import Spectrogram, spectrogram
from distill_app.generation.config import GenerationConfig
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model
from distill_app.tone.tone import TONE_CONTROLS, Tone
from distill_app.vocoders import get_vocoder
from tools.picture_sheet import draw_sheet
from tools.vocoder_audio import RATE_HZ

_SECONDS, _COLUMNS = 3.0, 3
_WIDTH, _HEIGHT, _ROWS = 260, 110, 96


def tone_pictures(model: DistillModel) -> dict[str, Spectrogram]:
    """Pictures of a model at rest, by slider and value."""
    pipeline = GenerationPipeline(model, get_vocoder("grain" if model.grain else "built-in", model=model), mono=True)
    pictures = {}
    for control in TONE_CONTROLS:
        for value in (control.low, (control.low + 1) / 2, 1.0):
            config = GenerationConfig(seconds=_SECONDS, tone=Tone().with_value(control.id, value))
            samples = pipeline.render(config).samples[0]
            pictures[f"{control.name} {value:+g}"] = spectrogram(samples, RATE_HZ, _ROWS, _WIDTH)
    return pictures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, nargs="?", default=STARTER_MODEL, help="a .distillgan file (the starter)")
    parser.add_argument("--out", type=Path, default=Path("docs/tone.png"), help="the picture (docs/tone.png)")
    options = parser.parse_args()
    try:
        pictures = tone_pictures(load_model(options.model))
        draw_sheet(pictures, options.out, _WIDTH, _HEIGHT, columns=_COLUMNS)
    except DistillError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
