"""Segments: reproducible by step, at any level, never clipped, seldom silent."""

from pathlib import Path

import numpy as np
import soundfile
import torch

from distill_app.training.vocoder.recordings import Recordings
from distill_app.training.vocoder.sampler import SegmentSampler
from tests.training.vocoder.synthetic import RATE, gathered, plucks


def sampler(recordings: Recordings, batch: int = 64, rank: int = 0, seed: int = 0) -> SegmentSampler:
    return SegmentSampler(recordings.pieces, 4_096, batch, seed, rank)


def test_a_batch_depends_on_seed_process_and_step_alone(recordings: Recordings) -> None:
    batch = sampler(recordings).draw(7)
    assert batch.shape == (64, 4_096)
    assert batch.dtype == torch.float32
    assert torch.equal(batch, sampler(recordings).draw(7))
    others = [sampler(recordings).draw(8), sampler(recordings, rank=1).draw(7), sampler(recordings, seed=1).draw(7)]
    assert not any(torch.equal(batch, other) for other in others)


def test_levels_span_thirty_decibels_and_nothing_is_clipped(tmp_path: Path) -> None:
    (tmp_path / "loud").mkdir()
    soundfile.write(tmp_path / "loud" / "loud.wav", np.clip(4 * plucks(), -1, 1), RATE)
    peaks = sampler(gathered(tmp_path / "loud", tmp_path / "cache"), batch=256).draw(0).abs().amax(1)
    assert peaks.max() <= 1.0 + 1e-6
    assert (peaks > 0.9999).sum() > 5  # what would clip is brought to full scale
    assert peaks.min() < 0.1


def test_both_polarities_occur(recordings: Recordings) -> None:
    pieces = (recordings.pieces[0],)
    segments = SegmentSampler(pieces, pieces[0].length, 32, 0).draw(0)
    assert {int(sign) for sign in torch.sign((segments * torch.from_numpy(plucks())).sum(1))} == {-1, 1}


def test_silence_is_rarely_sampled(tmp_path: Path) -> None:
    (tmp_path / "gaps").mkdir()
    soundfile.write(tmp_path / "gaps" / "gaps.wav", np.concatenate([np.zeros(4 * RATE), plucks()]), RATE)
    segments = sampler(gathered(tmp_path / "gaps", tmp_path / "cache"), batch=200).draw(0)
    silent = int((segments.abs().amax(1) == 0).sum())
    assert 0 < silent < 60  # four fifths of the recording


def test_a_recording_shorter_than_a_segment_is_followed_by_silence(tmp_path: Path) -> None:
    (tmp_path / "short").mkdir()
    soundfile.write(tmp_path / "short" / "short.wav", plucks(0.05), RATE)
    segments = sampler(gathered(tmp_path / "short", tmp_path / "cache"), batch=8).draw(0)
    assert segments[:, :2_000].abs().amax(1).min() > 0
    assert not segments[:, 2_205:].any()
