"""The starter model is as loud as its recordings at all slider positions, and small."""

from pathlib import Path

import numpy as np
import pytest

from distill_app.common.paths import STARTER_MODEL, starter_models
from distill_app.generation.config import GenerationConfig
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model
from distill_app.vocoders import get_vocoder
from tools.starter_figures import measured_places

CORNERS = 4
SECONDS = 1.2


@pytest.fixture(scope="module")
def model() -> DistillModel:
    return load_model(STARTER_MODEL)


def peak_dbfs(pipeline: GenerationPipeline, sliders: tuple[float, ...]) -> float:
    samples = pipeline.render(GenerationConfig(sliders=sliders, seconds=SECONDS)).samples
    return float(20 * np.log10(np.abs(samples).max()))


def test_models_that_ship_are_small() -> None:
    sizes, banks = [path.stat().st_size for path in starter_models()], [bank_bytes(path) for path in starter_models()]
    assert all(size - bank <= 12e6 for size, bank in zip(sizes, banks, strict=True))
    assert all(0 < bank <= 2e6 for bank in banks)
    assert sum(sizes) <= 40e6


def bank_bytes(path: Path) -> int:
    grain = load_model(path).grain
    return 0 if grain is None else grain.size_bytes


@pytest.mark.parametrize("vocoder", ["grain", "built-in"])
def test_no_slider_position_is_louder_than_the_recordings_or_silent(model: DistillModel, vocoder: str) -> None:
    header, pipeline = model.header, GenerationPipeline(model, get_vocoder(vocoder, model=model))
    assert header.peak_dbfs is not None
    peaks = [peak_dbfs(pipeline, place) for place in measured_places(len(header.axes), CORNERS)]
    assert max(peaks) < min(header.peak_dbfs + 1, 0.0)
    assert min(peaks) > -30
