"""Frames that are read faster or slower are in tune and as loud as before."""

import numpy as np
import pytest
import torch

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.grain.source import GrainSource
from distill_app.grain.synthesis import add_frames, shaped_frames
from tests.grain.synthetic import RATE

HOP = DISTILL_MEL.hop


def sine(hertz: float, seconds: float = 3.0) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)[None]


def read(source: GrainSource, ratio: float, frames: int = 100) -> np.ndarray:
    """Samples of a recording that is read on and on."""
    positions = source.starts[0] + 8 * HOP + torch.arange(frames) * HOP * ratio
    spectra = source.spectra(positions, ratio)
    blocks = [shaped_frames(spectra, torch.zeros(DISTILL_MEL.bands, frames), DISTILL_MEL)]
    return torch.cat(list(add_frames(blocks, DISTILL_MEL)), 1).numpy()[0, 4 * HOP : -4 * HOP]


def frequency(samples: np.ndarray) -> float:
    size = 2**20
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), size))
    return float(spectrum.argmax() * RATE / size)


@pytest.mark.parametrize("semitones", [-12, -5, -0.5, 0.5, 7, 12])
@pytest.mark.parametrize("hertz", [110.0, 440.0, 5_000.0])
def test_a_sine_is_transposed_in_tune_and_as_loud(hertz: float, semitones: float) -> None:
    source = GrainSource.of_samples([sine(hertz)], DISTILL_MEL)
    ratio = 2 ** (semitones / 12)
    heard = read(source, ratio)
    assert 1_200 * np.log2(frequency(heard) / (hertz * ratio)) == pytest.approx(0, abs=1.5)
    assert np.sqrt(np.square(heard).mean()) == pytest.approx(0.5 / np.sqrt(2), rel=0.01)


def test_a_ratio_of_one_is_the_recording() -> None:
    source = GrainSource.of_samples([sine(440.0)], DISTILL_MEL)
    positions = source.starts[0] + 8 * HOP + torch.arange(20) * HOP
    near = source.spectra(positions, 1 + 1e-9)
    torch.testing.assert_close(near, source.spectra(positions), atol=1e-2, rtol=1e-4)


def test_a_frame_reaches_into_no_other_recording() -> None:
    source = GrainSource.of_samples([np.zeros((1, 8_192), np.float32), sine(440.0)], DISTILL_MEL)
    last = torch.tensor([source.stops[0] - HOP])
    assert float(source.spectra(last, 2.0).abs().max()) == 0


def test_the_silence_before_all_recordings_is_silent_at_every_pitch() -> None:
    source = GrainSource.of_samples([sine(440.0)], DISTILL_MEL)
    assert float(source.spectra(torch.zeros(3), 2.0).abs().max()) == 0


def test_a_mono_signal_is_transposed_as_its_channels_are() -> None:
    stereo = np.concatenate([sine(300.0), 0.5 * sine(500.0)])
    source = GrainSource.of_samples([stereo], DISTILL_MEL, weights=[(0.25, 0.75)])
    positions = source.starts[0] + 8 * HOP + torch.arange(9) * HOP * 1.5
    channels = source.spectra(positions, 1.5)
    torch.testing.assert_close(source.mono_spectra(positions, 1.5)[0], 0.25 * channels[0] + 0.75 * channels[1])
