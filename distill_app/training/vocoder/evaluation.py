"""Evaluation of a vocoder on held-out sound, compared with the built-in vocoder and Griffin-Lim."""

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from distill_app.dsp import distances
from distill_app.dsp.mel import to_mel
from distill_app.dsp.mel_format import MelFormat
from distill_app.models.header import ModelHeader
from distill_app.models.model import DistillModel
from distill_app.models.window import WINDOW_FRAMES
from distill_app.training.vocoder.reconstruction_batches import at_model_level, model_mels
from distill_app.training.vocoder.recordings import Piece
from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.built_in import BUILT_IN, GRIFFIN_LIM
from distill_app.vocoders.embedded.quality_gate import DECIDING, Distance, QualityGate
from distill_app.vocoders.embedded.vocoder import OWN
from distill_app.vocoders.registry import get_vocoder

_SHORTEST_FRAMES = 24
_SILENT_RMS = 1e-3
"""RMS of a recording at its own level below which it counts as silent."""
_TINY = 1e-9
_DB_PER_NEPER = 20 / math.log(10)


@dataclass(frozen=True, eq=False)
class MelExcerpt:
    """Held-out samples `[n]` at the model's level, and their mel or the model's reconstruction, `[bands, frames]`."""

    samples: Tensor
    mel: Tensor


def select_excerpts(pieces: Sequence[Piece], header: ModelHeader, most: int) -> list[MelExcerpt]:
    """Excerpts that are not silent, at most `most`, at the level of the model with this header."""
    non_silent = [samples for piece in pieces if _sounds(samples := _read(piece, header.mel_format))]
    kept = [torch.from_numpy(at_model_level(samples, header)) for samples in _thinned(non_silent, most)]
    return [MelExcerpt(samples, to_mel(samples, header.mel_format)) for samples in kept]


def _read(piece: Piece, mel_format: MelFormat) -> np.ndarray:
    frames = min(WINDOW_FRAMES, max(_SHORTEST_FRAMES, mel_format.frames(piece.length)))
    return piece.read(0, mel_format.samples(frames))


def _sounds(samples: np.ndarray) -> bool:
    return float(np.sqrt(np.mean(np.square(samples)))) > _SILENT_RMS


def _thinned(found: Sequence[np.ndarray], most: int) -> Sequence[np.ndarray]:
    return found[:: max(1, -(-len(found) // most))]


def reconstruct(model: DistillModel, excerpt: MelExcerpt) -> MelExcerpt:
    """Excerpt whose mel is what the model gives for it."""
    frames, floor = excerpt.mel.shape[1], math.log(model.header.mel_format.floor)
    window = torch.nn.functional.pad(excerpt.mel, (0, WINDOW_FRAMES - frames), value=floor)
    return MelExcerpt(excerpt.samples, model_mels(model, window[None])[0, :, :frames])


def distance(vocoder: Vocoder, excerpt: MelExcerpt) -> Distance:
    """Distance of the vocoder's copy from the excerpt."""
    copy = vocoder.mel_to_waveform(excerpt.mel[None])[0, 0].cpu()
    measured = (
        distances.log_mel_l1,
        distances.multi_resolution_stft,
        distances.group_delay_error,
        distances.instantaneous_frequency_error,
        distances.level_difference,
    )
    return Distance(*(measure(excerpt.samples, copy) for measure in measured))


@dataclass(frozen=True)
class EvaluationResult:
    """Quality of a vocoder on excerpts.

    Args:
        gain: fraction by which its distances are smaller than the built-in vocoder's (`Gate`).
        error_db: mean STFT distance in dB.
    """

    gain: float
    error_db: float


def evaluate_vocoder(vocoder: Vocoder, known: Sequence[MelExcerpt], reference: Sequence[Distance]) -> EvaluationResult:
    """Evaluation of a vocoder, given the built-in vocoder's distances `reference`."""
    own = [distance(vocoder, each) for each in known]
    error = sum(each.mr_stft for each in own) / len(own)
    return EvaluationResult(float(np.median(gains(own, reference))), _DB_PER_NEPER * error)


def gains(own: Sequence[Distance], reference: Sequence[Distance]) -> list[float]:
    """Fraction by which the first distance of each pair is smaller than the second."""
    return [1 - math.exp(_log_ratio(*pair)) for pair in zip(own, reference, strict=True)]


def _log_ratio(own: Distance, reference: Distance) -> float:
    """Log ratio of the geometric means of the deciding distances."""
    ratios = [math.log(max(getattr(own, name), _TINY) / max(getattr(reference, name), _TINY)) for name in DECIDING]
    return sum(ratios) / len(ratios)


def run_quality_gate(
    vocoder: Vocoder, model: DistillModel, known: Sequence[MelExcerpt]
) -> Generator[float, None, QualityGate]:
    """Quality gate of a vocoder; yields the fraction done after each excerpt."""
    reference = {OWN: vocoder, BUILT_IN.id: get_vocoder(BUILT_IN.id), GRIFFIN_LIM.id: get_vocoder(GRIFFIN_LIM.id)}
    sounds = {"recordings": known, "reconstructions": [reconstruct(model, each) for each in known]}
    done, total = 0, len(sounds) * len(reference) * len(known)
    found: dict[str, dict[str, list[Distance]]] = {}
    for name, each in sounds.items():
        found[name] = {}
        for other, maker in reference.items():
            rows = found[name][other] = []
            for excerpt in each:
                rows.append(distance(maker, excerpt))
                done += 1
                yield done / total
    gained = gains(found["recordings"][OWN], found["recordings"][BUILT_IN.id])
    tables = {name: {other: _mean(rows) for other, rows in table.items()} for name, table in found.items()}
    seconds = sum(len(each.samples) for each in known) / model.header.mel_format.sample_rate
    nearer, gain = sum(each > 0 for each in gained), float(np.median(gained))
    return QualityGate(
        len(known), nearer, round(seconds, 2), round(gain, 5), tables["recordings"], tables["reconstructions"]
    )


def _mean(rows: Sequence[Distance]) -> Distance:
    names = [each.name for each in fields(Distance)]
    return Distance(**{name: round(sum(getattr(row, name) for row in rows) / len(rows), 5) for name in names})
