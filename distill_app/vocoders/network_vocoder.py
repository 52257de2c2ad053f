"""A vocoder that is one feed-forward network, whichever: chunk after chunk, each with the frames its sound depends on.

Where a device's memory is full, the chunk is halved and tried again, down to a single frame, and then the processor
goes on. The sound is the same throughout, and the next one begins anew, on the device and with whole chunks.
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
"""At the least, of a vocoder that is live and of one that is not. Two seconds waste less on context (Vocos: 0.043 s
instead of 0.057 s for a second of sound), but no chunk can be given up half way."""
_CHUNK_CONTEXTS = 6
"""At the least: a third is computed besides, for context. (Of BigVGAN at 24 kHz, whose second is 2.5 contexts, it would
be four fifths: 4.0 s instead of 2.6 s for a second of sound.)"""

_log = logging.getLogger(__name__)


class NetworkVocoder:
    """See the module. Meets `distill_app.vocoders.base.Vocoder`; may be used by several threads at once.

    Args:
        network: a module on the processor, ready to use, or something else that is called like one.
        context_frames: how many frames on either side of a place its sound depends on.
        compute: where a module computes. Raises VocoderError where that is not there.
        chunk_frames: how many are computed at once, 0 for as many as waste little on context.
        tell: given a sentence for the person, once, when memory has become scarce.
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
        self._chunk = chunk_frames or self._economical_chunk()
        self._seats = self._seated(network, compute)
        self._told = False

    @property
    def sample_rate(self) -> int:
        return self.info.mel_format.sample_rate

    @property
    def device(self) -> torch.device:
        """Where a sound begins to be computed."""
        return self._seats[0].device

    def _economical_chunk(self) -> int:
        shortest = round(_CHUNK_SECONDS[self.info.live] * self.sample_rate / self.info.mel_format.hop)
        return max(1, shortest, _CHUNK_CONTEXTS * self.context_frames)

    @torch.inference_mode()
    def mel_to_waveform(self, mel: Tensor) -> Tensor:
        """Samples `[batch, 1, mel_format.samples(frames)]` of a log-mel `[batch, bands, frames]`, as `stream`.

        Raises VocoderError, also where the batch is empty.
        """
        return torch.stack([self.preview(item) for item in split_batch(mel)])

    @torch.inference_mode()
    def preview(self, mel: Tensor) -> Tensor:
        """The same numbers `[1, mel_format.samples(frames)]` of one mel `[bands, frames]`, as `stream`."""
        return torch.cat(list(self.stream([mel])), dim=1)

    @torch.inference_mode()
    def stream(self, blocks: Iterable[Tensor]) -> Iterator[Tensor]:
        """Samples `[1, n]`, chunk after chunk, of mel blocks `[bands, frames]`.

        Raises VocoderError where they are no mel of this format, and where memory is too short for a single frame.
        """
        room = _Room(self._seats, self._chunk + self.context_frames)
        for chunk in cut_chunks(validate_blocks(blocks, self.info.mel_format), self._chunk, self.context_frames):
            yield from self._fitted(chunk, room)

    def _fitted(self, chunk: Chunk, room: "_Room") -> Iterator[Tensor]:
        """Its samples, in as many pieces as there is room for; an empty one where there was none."""
        waiting = [chunk]
        while waiting:
            piece = waiting.pop()
            if piece.frames > room.frames:
                waiting += reversed(piece.halves(self.context_frames))
            elif (samples := self._tried(piece, room.seat)) is not None:
                yield samples
            else:
                self._make_do(piece, room)
                waiting.append(piece)
                yield piece.mel.new_empty(1, 0)

    def _tried(self, piece: Chunk, seat: DevicePlacement) -> Tensor | None:
        """Its samples `[1, n]` without those of its context; None where memory is full."""
        hop = self.info.mel_format.hop
        try:
            samples = seat(piece.mel[None])
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            _log.info("out of memory with %d frames on %s: %s", piece.frames, seat.device, error)
            return None
        return samples[:, piece.before * hop : None if piece.last else (piece.before + piece.frames) * hop]

    def _make_do(self, piece: Chunk, room: "_Room") -> None:
        """Smaller pieces from now on, or the processor. Raises VocoderError where neither is left."""
        empty_cache(room.seat.device)
        self._tell_once(room.seat.device)
        if not room.shrink(piece.frames):
            raise VocoderError(
                f"There is not enough memory for “{self.info.title}”; close other programs or choose a smaller vocoder."
            )

    def _tell_once(self, device: torch.device) -> None:
        if not self._told:
            self._told = True
            whose = "The computer's" if device == CPU else "The graphics card's"
            self.notify(
                f"{whose} memory is full: “{self.info.title}” goes on with less, sounds the same and takes longer."
            )

    def _seated(self, network: Network, compute: ComputeConfig) -> tuple[DevicePlacement, ...]:
        """The device chosen, and behind it the processor, half of which a live vocoder leaves to everything else."""
        processor = DevicePlacement(network, CPU, max(1, cpu_count() // 2) if self.info.live else cpu_count())
        device = choose_device(compute.device) if isinstance(network, nn.Module) else CPU
        return (processor,) if device == CPU else (DevicePlacement(network, device), processor)


class _Room:
    """Where one sound is computed, and in how large pieces; it becomes smaller only.

    Args:
        seats: tried one after the other.
        frames: of the largest piece, without its context.
    """

    def __init__(self, seats: tuple[DevicePlacement, ...], frames: int) -> None:
        self.seat, *self._others = seats
        self.frames = self._most = frames

    def shrink(self, tried: int) -> bool:
        """After `tried` frames were too many; false where nothing smaller is left."""
        if tried > 1:
            self.frames = (tried + 1) // 2
            return True
        if not self._others:
            return False
        self.seat, self.frames = self._others.pop(0), self._most
        return True
