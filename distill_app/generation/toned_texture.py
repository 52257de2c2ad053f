"""Texture with a tone: its frames have the spectrum that the tone asks for."""

from distill_app.generation.texture import Texture
from distill_app.grain.blocks import GrainBlock
from distill_app.grain.source import GrainSource
from distill_app.tone.mel_tone import reach, toned_mel
from distill_app.tone.tone import Tone


class TonedTexture:
    """A texture with a tone.

    Args:
        texture: at the pitch and the speed of the tone.
        hit_frames: frames over which the level of a hit is held; 0 where it is no hit.
    """

    def __init__(self, texture: Texture, source: GrainSource, tone: Tone, hit_frames: int) -> None:
        self._texture, self._source, self._tone, self._hit_frames = texture, source, tone, hit_frames
        self._latest: tuple[range, GrainBlock] | None = None

    def shaped(self, start: int, stop: int) -> GrainBlock:
        latest = self._latest
        if latest is None or start not in latest[0] or stop - 1 not in latest[0]:
            self._latest = latest = range(start, stop), self._toned(start, stop)
        return latest[1].part(start - latest[0].start, stop - latest[0].start)

    def _toned(self, start: int, stop: int) -> GrainBlock:
        around = reach(self._tone)
        first, last = max(0, start - around), stop + around
        if self._hit_frames:
            first, last = 0, max(last, self._hit_frames)
        block = self._texture.shaped(first, last)
        mel = toned_mel(block.mel, self._tone, self._source.mel_format, first, self._hit_frames)
        return block.with_mel(mel).part(start - first, stop - first)
