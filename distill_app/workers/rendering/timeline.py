"""Which frame of which sound lies at a sample of the playing loop."""

from dataclasses import dataclass

from distill_app.generation.config import GenerationConfig
from distill_app.generation.pipeline import GenerationPipeline


@dataclass(frozen=True)
class RenderPlace:
    """Frame of a render.

    Args:
        config: of the render.
        frame: counted from its beginning.
        origin: sample of the loop at which the render begins.
    """

    config: GenerationConfig
    frame: int
    origin: int


@dataclass(frozen=True)
class Timeline:
    """Course of a sound in the loop: once round it, on and on, or another hit in each lap.

    Args:
        config: of the sound.
        hop: samples from one frame to the next.
        length: samples of the sound, or of a hit.
        hits: whether each lap is another hit.
    """

    config: GenerationConfig
    hop: int
    length: int
    hits: bool

    @classmethod
    def of(cls, pipeline: GenerationPipeline, config: GenerationConfig) -> "Timeline":
        return cls(config, pipeline.model.header.mel_format.hop, pipeline.samples(config), pipeline.one_shot)

    @property
    def is_ring(self) -> bool:
        """Whether it is played from a ring, which is written while it plays."""
        return self.hits or self.config.endless

    @property
    def lap(self) -> int:
        """Samples after which a ring begins anew, 0 where it does not."""
        return self.length if self.hits else 0

    def at(self, sample: int) -> RenderPlace:
        """Place of a sample."""
        if not self.hits:
            return RenderPlace(self.config, sample // self.hop, 0)
        lap, inside = divmod(sample, self.length)
        return RenderPlace(self.config.of_hit(lap), inside // self.hop, lap * self.length)
