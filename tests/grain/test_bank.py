"""Segments are kept as FLAC and come back; damaged ones are refused."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.grain.bank import GrainBank, decode_segment, encode_segment
from distill_app.grain.source import GrainSource
from tests.grain.synthetic import mono_bank, stereo_bank

RATE = DISTILL_MEL.sample_rate


def tone(channels: int = 1, peak: float = 0.5) -> np.ndarray:
    return np.repeat(peak * np.sin(np.arange(5_000) / 9)[None].astype(np.float32), channels, 0)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("peak", [0.5, 3.0])
def test_a_segment_comes_back(channels: int, peak: float) -> None:
    samples = tone(channels, peak)
    segment = encode_segment("a.wav", samples, RATE)
    assert len(segment.flac) < samples.size * 2
    np.testing.assert_allclose(decode_segment(segment), samples, atol=peak / 2**15)


@pytest.mark.parametrize("damage", ["cut", "garbage", "empty", "length", "channels"])
def test_a_damaged_segment_is_refused(damage: str) -> None:
    segment = encode_segment("a.wav", tone(1 + (damage == "channels")), RATE, None, (1.0,))
    flac = {"cut": segment.flac[:900], "garbage": segment.flac.flip(0), "empty": segment.flac[:0]}
    with pytest.raises(ValueError, match=r"\w"):
        decode_segment(
            replace(segment, flac=flac.get(damage, segment.flac), samples=segment.samples + (damage == "length"))
        )


def test_a_bank_counts_its_recordings() -> None:
    segments = tuple(encode_segment(name, tone(), RATE) for name in ("a.wav", "b.wav", "a.wav"))
    bank = GrainBank(segments, RATE)
    assert bank.recordings == ("a.wav", "b.wav")
    assert bank.seconds == pytest.approx(15_000 / RATE)
    assert bank.size_bytes == sum(len(each.flac) for each in segments)


def test_mono_and_stereo_segments_make_a_stereo_source() -> None:
    segments = (encode_segment("a.wav", tone(1), RATE), encode_segment("b.wav", tone(2), RATE))
    source = GrainSource.of(GrainBank(segments, RATE), DISTILL_MEL)
    assert source.samples.shape[0] == 2
    assert torch.equal(source.samples[0], source.samples[1])


def test_the_mel_is_that_of_the_mono_signals() -> None:
    stereo, mono = (GrainSource.of(bank, DISTILL_MEL) for bank in (stereo_bank(0.5), mono_bank(0.5)))
    assert (stereo.channels, mono.channels) == (2, 1)
    loud = mono.mel > mono.silence + 6
    torch.testing.assert_close(stereo.mel[loud], mono.mel[loud], atol=0.05, rtol=0)
    positions = torch.cat([torch.arange(-700, 700, 300) + start for start in mono.starts])
    assert (mono.mel_at(positions) > mono.silence + 6).any()
    torch.testing.assert_close(stereo.mel_at(positions).exp(), mono.mel_at(positions).exp(), atol=2e-3, rtol=0.01)


def test_recordings_of_another_rate_are_refused() -> None:
    with pytest.raises(ValueError, match="rate"):
        GrainSource.of(GrainBank((encode_segment("a.wav", tone(), 48_000),), 48_000), DISTILL_MEL)


def test_peaks_are_those_of_the_mono_signal_or_of_a_channel_that_exceeds_it_more_than_elsewhere() -> None:
    samples = np.full((2, 20 * 512), 0.4, np.float32)
    samples[1, 10 * 512 :] *= -1
    source = GrainSource.of_samples([samples, 0.5 * samples[:, : 10 * 512]], DISTILL_MEL)
    together, cancelled, softer = (source.starts[number] + frame * 512 for number, frame in ((0, 5), (0, 15), (1, 5)))
    found = source.peaks.at(torch.tensor([together, cancelled, softer])).numpy()
    np.testing.assert_allclose(found, [0.4, 0.4, 0.2], rtol=1e-6)
    left = GrainSource.of_samples([samples[:, : 10 * 512] * np.array([[1], [0]], np.float32)], DISTILL_MEL)
    np.testing.assert_allclose(left.peaks.at(torch.tensor([left.starts[0] + 5 * 512])).numpy(), [0.2], rtol=1e-6)
