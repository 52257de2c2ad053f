"""Validation of a generator on held-out sound by perceptually relevant measures."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from distill_app.dsp.mel import to_mel
from distill_app.dsp.mel_format import MelFormat
from distill_app.training.vocoder.losses import Spectra, phase_errors
from distill_app.training.vocoder.recordings import Piece, Recordings

_VALIDATION_ONE_IN = 40
"""One piece in so many is held out."""
_EXCERPTS_MAX = 12
_EXCERPT_SECONDS = 2.0
_WINDOW, _HOP = 1_024, 256


@dataclass(frozen=True, eq=False)
class ValidationSplit:
    """Training pieces, and excerpts `[samples]` of the others.

    With too few pieces to hold any out, the excerpts are taken from training pieces and `unseen` is False.
    """

    train: tuple[Piece, ...]
    excerpts: tuple[Tensor, ...]
    unseen: bool


def hold_out_pieces(recordings: Recordings) -> ValidationSplit:
    """Hold out every 40th piece for validation."""
    pieces = recordings.pieces
    chosen = pieces[_VALIDATION_ONE_IN // 2 :: _VALIDATION_ONE_IN]
    unseen, kept_out = bool(chosen), set(chosen)
    train = tuple(piece for piece in pieces if piece not in kept_out)
    listened = _thinned(chosen or pieces)
    length = round(_EXCERPT_SECONDS * recordings.sample_rate)
    excerpts = [each.read(max(0, (each.length - length) // 2), length) for each in listened]
    return ValidationSplit(train, tuple(map(torch.from_numpy, excerpts)), unseen)


def _thinned(pieces: Sequence[Piece]) -> Sequence[Piece]:
    return pieces[:: -(-len(pieces) // _EXCERPTS_MAX)]


@torch.no_grad()
def validate(
    generator: nn.Module, excerpts: Sequence[Tensor], mel_format: MelFormat, device: torch.device
) -> dict[str, float]:
    """Log-mel L1 in nats, and weighted errors in rad of group delay and instantaneous frequency (1024/256, Hann)."""
    rows = [_measure(generator, excerpt.to(device), mel_format) for excerpt in excerpts]
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}


def _measure(generator: nn.Module, excerpt: Tensor, mel_format: MelFormat) -> dict[str, float]:
    recorded = excerpt[: mel_format.samples(mel_format.frames(len(excerpt)))][None]
    mel = to_mel(recorded, mel_format)
    predicted = generator(mel)
    window = torch.hann_window(_WINDOW, device=recorded.device)
    errors = phase_errors(Spectra.of(predicted, recorded, window, _HOP))
    mel_error = (to_mel(predicted, mel_format) - mel).abs().mean()
    return {"mel": float(mel_error)} | {name: float(errors[name]) for name in ("group_delay", "frequency")}
