"""Vocoders that retrieve phases: Griffin-Lim, and what a network can do with its help.

Long mels are done in chunks. In every projection the samples already given out stay fixed as the left context of the
next chunk, and the chunk's own estimate takes over from the last one's guess in a ramp (the two are coherent), so that
the phases continue and the mel is met across the border as well as elsewhere. The projections themselves are in
`phase_retrieval`.
"""

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.chunking import Chunk, cut_chunks, split_batch, validate_blocks
from distill_app.vocoders.phase.phase_retrieval import ChunkStates, Estimate, HighBand, IterationBudget, estimate

BUDGET, PREVIEW_BUDGET = IterationBudget(low=256, full=8), IterationBudget(low=64, full=4)
_CHUNK = 256  # frames given out at a time
_CONTEXT = 8  # frames on either side: already given out, and not yet


class GriffinLim:
    """See the module. Meets `distill_app.vocoders.base.Vocoder`.

    Args:
        effort, sketch: how much is done for a sound, and for one that is to be there at once.
        treble: what is known above 2.5 kHz.
    """

    context_frames = 4

    def __init__(
        self,
        info: VocoderInfo,
        budget: IterationBudget = BUDGET,
        preview: IterationBudget = PREVIEW_BUDGET,
        high_band: HighBand | None = None,
    ) -> None:
        self.info = info
        self._budget, self._preview_budget = budget, preview
        self._treble = high_band

    @property
    def sample_rate(self) -> int:
        return self.info.mel_format.sample_rate

    @torch.inference_mode()
    def mel_to_waveform(self, mel: Tensor) -> Tensor:
        """Samples `[batch, 1, mel_format.samples(frames)]` of a log-mel `[batch, bands, frames]`.

        Raises VocoderError.
        """
        return torch.stack([torch.cat(list(self.stream([item])), dim=1) for item in split_batch(mel)])

    @torch.inference_mode()
    def preview(self, mel: Tensor) -> Tensor:
        """The same `[1, mel_format.samples(frames)]` of one mel `[bands, frames]`, sooner and rougher.

        Raises VocoderError.
        """
        return torch.cat(list(self._streamed([mel], self._preview_budget)), dim=1)

    def stream(self, blocks: Iterable[Tensor]) -> Iterator[Tensor]:
        """Samples `[1, n]`, chunk after chunk, of mel blocks `[bands, frames]`. Raises VocoderError.

        Between them come empty ones `[1, 0]`: a chunk takes long, and whoever asked may want something else now.
        """
        return self._streamed(blocks, self._budget)

    @torch.inference_mode()
    def _streamed(self, blocks: Iterable[Tensor], budget: IterationBudget) -> Iterator[Tensor]:
        mel_format = self.info.mel_format
        states: ChunkStates | None = None
        for chunk in cut_chunks(validate_blocks(blocks, mel_format), _CHUNK, _CONTEXT):
            work = estimate(chunk.mel, mel_format, budget, states, self._treble)
            while (found := next(work, None)) is None:
                yield chunk.mel.new_empty(1, 0)
            yield self._given_out(found, chunk)
            states = None if chunk.last else found.states(chunk.before + chunk.frames, _CONTEXT, mel_format)

    def _given_out(self, found: Estimate, chunk: Chunk) -> Tensor:
        """One chunk's samples `[1, n]` without the context of both sides."""
        hop, padding = self.info.mel_format.hop, self.info.mel_format.padding
        start = chunk.before * hop if chunk.before else padding
        end = len(found.full) - padding if chunk.last else (chunk.before + chunk.frames) * hop
        return found.full[None, start:end]
