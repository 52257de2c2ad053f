"""Renders a model at given sliders, for the analysis that names the sliders."""

from distill_app.dsp.sound import Sound
from distill_app.generation.config import GenerationConfig
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.models.model import DistillModel
from distill_app.vocoders.base import Vocoder


class SliderRenderer:
    """Renders in "slider" mode and in mono, with one vocoder for all renders.

    Args:
        vocoder: created when first needed where none is given.
        seconds: length of each render; the default is that of `GenerationConfig`.
    """

    def __init__(self, vocoder: Vocoder | None = None, seconds: float = GenerationConfig.seconds) -> None:
        self._vocoder, self._seconds = vocoder, seconds

    def __call__(self, model: DistillModel, sliders: tuple[float, ...]) -> Sound:
        pipeline = GenerationPipeline(model, self._vocoder, mono=True)
        self._vocoder = pipeline.vocoder
        return pipeline.render(GenerationConfig(sliders=sliders, seconds=self._seconds))
