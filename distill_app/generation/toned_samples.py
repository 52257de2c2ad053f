"""Stream of samples with a tone."""

from collections.abc import Iterable, Iterator

import numpy as np

from distill_app.dsp.sound import Samples
from distill_app.tone.sample_tone import SampleTone

_BLOCK = 32_768


def toned_stream(blocks: Iterable[Samples], tone: SampleTone, first: int, context: int) -> Iterator[Samples]:
    """Blocks `[channels, n]` with the tone, as many samples as go in; an empty one where a block completes none.

    Args:
        first: number of the first sample in the sound.
        context: samples before and after each that its tone depends on.
    """
    if tone.is_neutral:
        yield from blocks
        return
    held, done = None, 0  # samples from `first` on, of which `done` are yielded
    for block in blocks:
        held = block if held is None else np.concatenate([held, block], 1)
        if held.shape[1] < done + context + _BLOCK:
            yield block[:, :0]
            continue
        ready = held.shape[1] - context
        yield tone.process(held, first)[:, done:ready]
        spare = max(0, ready - context)
        held, first, done = held[:, spare:], first + spare, ready - spare
    if held is not None and held.shape[1] > done:
        yield tone.process(held, first)[:, done:]
