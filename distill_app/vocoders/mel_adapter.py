"""Converts a mel to another format, for a vocoder that reads another one than the model gives.

    mel ─▶ quick Griffin-Lim estimate of the sound ─▶ resampled ─▶ mel in the target format

A mel does not determine the bins of another STFT: a tone's peak grows with the window's length, noise with its square
root, a click not at all. A sound that has the mel does. Mean error against the mel of the resampled recording, in nats,
over 29 excerpts, compared with the target's filters over interpolated magnitudes:

    target                      by way of the sound    interpolated
    24 kHz                      0.10                   0.12
    window of twice the length  0.11                   0.26
    same window and hop         0.06                   0.06

The budget keeps pure tones in tune. With half the projections, tones below 200 Hz were up to 12 cents off; with a third
of the inversion's iterations, tones above 2.5 kHz up to 8.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import torch
from torch import Tensor

from distill_app.common.errors import VocoderError
from distill_app.dsp.mel_format import MelFormat
from distill_app.dsp.streaming_mel import mel_stream
from distill_app.dsp.streaming_resampler import StreamingResampler
from distill_app.vocoders.built_in import GRIFFIN_LIM
from distill_app.vocoders.phase.griffin_lim import GriffinLim
from distill_app.vocoders.phase.phase_retrieval import IterationBudget

_BUDGET = IterationBudget(low=256, full=4, inversion=24)


class MelAdapter:
    """Converts log-mels from one format to another.

    Args:
        source: format of the input.
        target: format of the output.

    Raises VocoderError where the source format cannot be inverted.
    """

    def __init__(self, source: MelFormat, target: MelFormat) -> None:
        _check_invertible(source)
        self.source, self.target = source, target
        self._estimator = GriffinLim(replace(GRIFFIN_LIM, mel_format=source), _BUDGET)

    def stream(self, blocks: Iterable[Tensor]) -> Iterator[Tensor]:
        """Log-mel blocks `[target.bands, frames]` of consecutive log-mel blocks `[source.bands, frames]`.

        They last as long as the input, up to the end of the last frame. The result does not depend on how the input is
        cut, and memory does not grow with its length. Raises VocoderError for no frames or a wrong number of bands.
        """
        return mel_stream(self._samples(blocks), self.target)

    def _samples(self, blocks: Iterable[Tensor]) -> Iterator[Tensor]:
        """Estimated samples `[n]` at the target's rate."""
        resampler = StreamingResampler(self.source.sample_rate, self.target.sample_rate, channels=1)
        for block in self._estimator.stream(blocks):
            yield torch.from_numpy(resampler.push(block.numpy())[0])
        yield torch.from_numpy(resampler.flush()[0])


def _check_invertible(source: MelFormat) -> None:
    if source.win != source.n_fft or source.n_fft % source.hop or source.n_fft < 2 * source.hop:
        raise VocoderError(
            "This model's mel fits only vocoders of the very same format; choose one of those, or train the model anew."
        )
