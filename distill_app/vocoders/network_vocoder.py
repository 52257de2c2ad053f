"""A vocoder made of one feed-forward network, computed in chunks with the context that their samples depend on.

When a device runs out of memory, the chunk is halved and tried again, down to a single frame; then the CPU takes over.
The samples do not change. The next sound starts on the device again, with whole chunks.
"""

import logging
from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor, nn

from distill_app.common.errors import VocoderError
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.chunking import Chunk, cut_chunks, split_batch, validate_blocks
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.vocoders.runtime.devices import (
    CPU,
    DevicePlacement,
    Network,
    choose_device,
    empty_cache,
    is_out_of_memory,
)
from distill_app.vocoders.runtime.thread_tuning import cpu_count

_CHUNK_SECONDS = {True: 2.0, False: 1.0}
"""Shortest chunk of a live vocoder and of another one. Two seconds spend less on context (Vocos: 0.043 s instead of
0.057 s for a second of sound), but a chunk cannot be cancelled."""
_CHUNK_CONTEXTS = 6
"""Shortest chunk in contexts, so that at most a third is computed in addition. (BigVGAN at 24 kHz has 2.5 contexts per
second, which would make it four fifths: 4.0 s instead of 2.6 s for a second of sound.)"""

_log = logging.getLogger(__name__)


class NetworkVocoder:
    """`distill_app.vocoders.base.Vocoder` of a network; thread-safe.

    Args:
        network: an `nn.Module` on the CPU in eval mode, or another callable.
        context_frames: frames on either side that a frame's samples depend on.
        compute: device of an `nn.Module`; VocoderError if it does not exist.
        chunk_frames: frames computed at once, 0 for a default that spends little on context.
        notify: called once, with a sentence for the user, when memory runs out.
    """

    def __init__(
        self,
        info: VocoderInfo,
        network: Network,
        context_frames: int,
        compute: ComputeConfig = ComputeConfig(),  # noqa: B008 - frozen
        chunk_frames: int = 0,
        notify: Callable[[str], None] = _log.warning,
    ) -> None:
        self.info, self.context_frames, self.notify = info, context_frames, notify
        self._chunk_frames = chunk_frames or self._default_chunk_frames()
        self._placements = self._place(network, compute)
        self._notified = False

    @property
    def sample_rate(self) -> int:
        return self.info.mel_format.sample_rate

    @property
    def device(self) -> torch.device:
        """Device that is tried first."""
        return self._placements[0].device

    def _default_chunk_frames(self) -> int:
        shortest = round(_CHUNK_SECONDS[self.info.live] * self.sample_rate / self.info.mel_format.hop)
        return max(1, shortest, _CHUNK_CONTEXTS * self.context_frames)

    def _place(self, network: Network, compute: ComputeConfig) -> tuple[DevicePlacement, ...]:
        """Selected device, then the CPU; a live vocoder uses at most half of its cores."""
        cpu = DevicePlacement(network, CPU, max(1, cpu_count() // 2) if self.info.live else cpu_count())
        device = choose_device(compute.device) if isinstance(network, nn.Module) else CPU
        return (cpu,) if device == CPU else (DevicePlacement(network, device), cpu)

    @torch.inference_mode()
    def mel_to_waveform(self, mel: Tensor) -> Tensor:
        """Samples `[batch, 1, mel_format.samples(frames)]` of a log-mel `[batch, bands, frames]`."""
        return torch.stack([self.preview(item) for item in split_batch(mel)])

    @torch.inference_mode()
    def preview(self, mel: Tensor) -> Tensor:
        """Samples `[1, mel_format.samples(frames)]` of one mel `[bands, frames]`, in full quality."""
        return torch.cat(list(self.stream([mel])), dim=1)

    @torch.inference_mode()
    def stream(self, blocks: Iterable[Tensor]) -> Iterator[Tensor]:
        """Samples `[1, n]` chunk by chunk; an empty block after each attempt that ran out of memory.

        Raises VocoderError where the mel is invalid, and where memory is too short for a single frame.
        """
        limit = _Limit(self._placements, self._chunk_frames + self.context_frames)
        for chunk in cut_chunks(validate_blocks(blocks, self.info.mel_format), self._chunk_frames, self.context_frames):
            yield from self._compute(chunk, limit)

    def _compute(self, chunk: Chunk, limit: "_Limit") -> Iterator[Tensor]:
        """Samples of a chunk, in as many pieces as memory requires."""
        waiting = [chunk]
        while waiting:
            piece = waiting.pop()
            if piece.frames > limit.frames:
                waiting += reversed(piece.split(self.context_frames))
            elif (samples := self._try(piece, limit.placement)) is not None:
                yield samples
            else:
                self._reduce(limit, piece)
                waiting.append(piece)
                yield piece.mel.new_empty(1, 0)

    def _try(self, piece: Chunk, placement: DevicePlacement) -> Tensor | None:
        """Samples `[1, n]` without those of the context; None if memory is full."""
        hop = self.info.mel_format.hop
        try:
            samples = placement(piece.mel[None])
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            _log.info("out of memory with %d frames on %s: %s", piece.frames, placement.device, error)
            return None
        return samples[:, piece.before * hop : None if piece.last else (piece.before + piece.frames) * hop]

    def _reduce(self, limit: "_Limit", piece: Chunk) -> None:
        """Lower the limit after a piece that did not fit. Raises VocoderError where it cannot be lowered."""
        empty_cache(limit.placement.device)
        self._notify_once(limit.placement.device)
        if not limit.reduce(piece.frames):
            raise VocoderError(
                f"There is not enough memory for “{self.info.title}”; close other programs or choose a smaller vocoder."
            )

    def _notify_once(self, device: torch.device) -> None:
        if not self._notified:
            self._notified = True
            whose = "The computer's" if device == CPU else "The graphics card's"
            self.notify(
                f"{whose} memory is full: “{self.info.title}” goes on with less, sounds the same and takes longer."
            )


class _Limit:
    """Device and largest piece of one sound; only ever lowered.

    Args:
        placements: devices in the order in which they are tried.
        frames: largest piece at first, without its context.
    """

    def __init__(self, placements: tuple[DevicePlacement, ...], frames: int) -> None:
        self.placement, *self._others = placements
        self.frames = self._most = frames

    def reduce(self, tried: int) -> bool:
        """Halve the pieces, or change to the next device. False if neither is possible.

        Args:
            tried: frames of the piece that did not fit.
        """
        if tried > 1:
            self.frames = (tried + 1) // 2
            return True
        if not self._others:
            return False
        self.placement, self.frames = self._others.pop(0), self._most
        return True
