"""Vocoder that estimates phases by Griffin-Lim iterations, optionally with a network for the high band.

Long mels are processed in chunks. The samples already given out stay fixed as the left context of the next chunk, whose
own estimate fades in over the last chunk's guess. Both are coherent, so that phases continue across the border. The
iterations themselves are in `phase_retrieval`.
"""

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.chunking import Chunk, cut_chunks, split_batch, validate_blocks
from distill_app.vocoders.phase.phase_retrieval import ChunkStates, Estimate, HighBand, IterationBudget, estimate

BUDGET, PREVIEW_BUDGET = IterationBudget(low=256, full=8), IterationBudget(low=32, full=4)
_CHUNK_FRAMES = 256
_CONTEXT_FRAMES = 8


class GriffinLim:
    """`distill_app.vocoders.base.Vocoder` by phase retrieval.

    Args:
        budget: iterations for a render.
        preview_budget: iterations for a preview.
        high_band: spectrum above 2.5 kHz, estimated like the rest if None.
    """

    context_frames = 4

    def __init__(
        self,
        info: VocoderInfo,
        budget: IterationBudget = BUDGET,
        preview_budget: IterationBudget = PREVIEW_BUDGET,
        high_band: HighBand | None = None,
    ) -> None:
        self.info = info
        self._budget, self._preview_budget = budget, preview_budget
        self._high_band = high_band

    @property
    def sample_rate(self) -> int:
        return self.info.mel_format.sample_rate

    @torch.inference_mode()
    def mel_to_waveform(self, mel: Tensor) -> Tensor:
        """Samples `[batch, 1, mel_format.samples(frames)]` of a log-mel `[batch, bands, frames]`."""
        return torch.stack([torch.cat(list(self.stream([item])), dim=1) for item in split_batch(mel)])

    @torch.inference_mode()
    def preview(self, mel: Tensor) -> Tensor:
        """Samples `[1, mel_format.samples(frames)]` of one mel `[bands, frames]`, with fewer iterations."""
        return torch.cat(list(self._stream([mel], self._preview_budget)), dim=1)

    def stream(self, blocks: Iterable[Tensor]) -> Iterator[Tensor]:
        """Samples `[1, n]` chunk by chunk, with empty blocks between iterations. Raises VocoderError."""
        return self._stream(blocks, self._budget)

    @torch.inference_mode()
    def _stream(self, blocks: Iterable[Tensor], budget: IterationBudget) -> Iterator[Tensor]:
        mel_format = self.info.mel_format
        states: ChunkStates | None = None
        for chunk in cut_chunks(validate_blocks(blocks, mel_format), _CHUNK_FRAMES, _CONTEXT_FRAMES):
            iterations = estimate(chunk.mel, mel_format, budget, states, self._high_band)
            while (found := next(iterations, None)) is None:
                yield chunk.mel.new_empty(1, 0)
            yield self._without_context(found, chunk)
            states = None if chunk.last else found.states(chunk.before + chunk.frames, _CONTEXT_FRAMES, mel_format)

    def _without_context(self, found: Estimate, chunk: Chunk) -> Tensor:
        """Samples `[1, n]` of the chunk's own frames."""
        hop, padding = self.info.mel_format.hop, self.info.mel_format.padding
        start = chunk.before * hop if chunk.before else padding
        end = len(found.full) - padding if chunk.last else (chunk.before + chunk.frames) * hop
        return found.full[None, start:end]
