"""Griffin-Lim: pitch, level, time and seams of the estimated sound."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from distill_app.common.errors import VocoderError
from distill_app.dsp import DISTILL_MEL, MelFormat, to_mel
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.built_in import GRIFFIN_LIM
from distill_app.vocoders.phase import griffin_lim as module
from distill_app.vocoders.phase.griffin_lim import GriffinLim
from distill_app.vocoders.phase.phase_retrieval import IterationBudget
from tests.mel_formats import HIFIGAN_22K, VOCOS_24K

RATE = DISTILL_MEL.sample_rate
SILENCE = math.log(DISTILL_MEL.floor)


def _tone(hz: float, seconds: float = 1.2) -> Tensor:
    return 0.5 * torch.sin(2 * math.pi * hz * torch.arange(round(seconds * RATE)) / RATE)


def _resynthesis(samples: Tensor) -> Tensor:
    return get_vocoder().mel_to_waveform(to_mel(samples[None]))[0, 0]


def _pitch_hz(samples: Tensor, rate: int = RATE) -> float:
    """Strongest partial of the inner half, by interpolation of the Hann window's lobe."""
    inner = samples[len(samples) // 4 : -len(samples) // 4]
    spectrum = torch.fft.rfft(inner * torch.hann_window(len(inner))).abs()
    peak = int(spectrum.argmax())
    left, right = spectrum[peak - 1], spectrum[peak + 1]
    ratio = max(left, right) / spectrum[peak]
    offset = (2 * ratio - 1) / (ratio + 1) * (1 if right > left else -1)
    return float((peak + offset) * rate / len(inner))


def _level_db(samples: Tensor) -> float:
    inner = samples[RATE // 4 : -RATE // 4]
    return float(10 * torch.log10(inner.square().mean()))


@pytest.mark.parametrize("hz", [65.41, 110.0, 220.0, 261.63, 440.0, 700.0, 1_000.0, 1_760.0, 3_000.0, 8e3])
def test_a_tone_keeps_pitch_and_level(hz: float) -> None:
    heard = _resynthesis(_tone(hz))
    assert abs(1_200 * math.log2(_pitch_hz(heard) / hz)) < 2
    assert abs(_level_db(heard) - _level_db(_tone(hz))) < 0.3


@pytest.mark.parametrize("hz", [110.0, 700.0, 1_337.0, 2_093.0])
@pytest.mark.parametrize("mel_format", [HIFIGAN_22K, VOCOS_24K])
def test_other_formats_are_inverted_as_well(mel_format: MelFormat, hz: float) -> None:
    rate = mel_format.sample_rate
    tone = 0.5 * torch.sin(2 * math.pi * hz * torch.arange(6 * rate // 5) / rate)
    mel = to_mel(tone[None], mel_format)
    heard = GriffinLim(replace(GRIFFIN_LIM, mel_format=mel_format)).mel_to_waveform(mel)[0, 0]
    assert len(heard) == mel_format.samples(mel.shape[2])
    assert abs(1_200 * math.log2(_pitch_hz(heard, rate) / hz)) < 10
    assert abs(_level_db(heard) - _level_db(tone)) < 0.5


def test_noise_keeps_its_level() -> None:
    noise = 0.1 * torch.randn(2 * RATE, generator=torch.Generator().manual_seed(1))
    assert abs(_level_db(_resynthesis(noise)) - _level_db(noise)) < 0.5


def test_a_level_step_stays_linear() -> None:
    loud, soft = _resynthesis(_tone(440)), _resynthesis(0.1 * _tone(440))
    assert abs(_level_db(loud) - _level_db(soft) - 20) < 0.5


def test_no_pre_echo_beyond_the_window() -> None:
    """A hit in silence is preceded by silence up to one window before it."""
    samples = torch.zeros(RATE)
    decay = torch.exp(-torch.arange(8_000) / 1_000)
    samples[22_050:30_050] = decay * torch.randn(8_000, generator=torch.Generator().manual_seed(2))
    heard = _resynthesis(samples)
    before = heard[: 22_050 - DISTILL_MEL.n_fft]
    assert 20 * torch.log10(before.abs().max() / heard.abs().max()) < -90


def test_silence_stays_silence() -> None:
    assert not get_vocoder().mel_to_waveform(torch.full((1, 128, 40), SILENCE)).any()


def test_the_sound_follows_the_mel() -> None:
    vocoder = get_vocoder()
    low, high = (vocoder.mel_to_waveform(to_mel(_tone(hz, 0.5)[None])) for hz in (200, 2_000))
    assert _pitch_hz(high[0, 0]) > 5 * _pitch_hz(low[0, 0])


def test_its_mel_comes_back() -> None:
    """Mean absolute log-mel error of a resynthesised chord with noise."""
    noise = 0.02 * torch.randn(len(_tone(220)), generator=torch.Generator().manual_seed(3))
    chord = (_tone(220) + _tone(277) + _tone(330)) / 3 + noise
    assert (to_mel(_resynthesis(chord)) - to_mel(chord)).abs().mean() < 0.1


@pytest.mark.parametrize("frames", [1, 2, 5, 40])
def test_samples_are_frames_times_hop(frames: int) -> None:
    assert get_vocoder().mel_to_waveform(torch.zeros(1, 128, frames)).shape == (1, 1, frames * 512)


def _glide(frames: int) -> Tensor:
    """Mel `[128, frames]` of a rising chord with a beat."""
    time = torch.arange(frames * 512) / RATE
    phase = 2 * math.pi * (200 * time + 15 * time.square())
    beat = 0.6 + 0.4 * torch.sin(2 * math.pi * 3 * time)
    return to_mel(0.2 * beat * (torch.sin(phase) + torch.sin(1.5 * phase) + torch.sin(2.01 * phase)))


@pytest.mark.parametrize("cut", [1, 7, 100])
def test_streamed_equals_whole_however_the_mel_is_cut(cut: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CHUNK_FRAMES", 64)
    vocoder, mel = GriffinLim(GRIFFIN_LIM, IterationBudget(8, 4)), _glide(140)
    whole = vocoder.mel_to_waveform(mel[None])[0]
    assert torch.equal(torch.cat(list(vocoder.stream(torch.split(mel, cut, dim=1))), dim=1), whole)


def test_chunks_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a chunk's border, mel error and curvature are those of the rest."""
    mel = _glide(180)
    whole = get_vocoder().mel_to_waveform(mel[None])[0]
    monkeypatch.setattr(module, "_CHUNK_FRAMES", 60)
    heard = get_vocoder().mel_to_waveform(mel[None])[0]
    error = (to_mel(heard)[0] - mel).abs().mean(dim=0)
    bend, bend_whole = heard[0].diff(n=2).abs(), whole[0].diff(n=2).abs()
    for frame in (60, 120):
        border = frame * 512 - DISTILL_MEL.padding
        assert error[frame - 4 : frame + 4].mean() < 1.5 * error.mean()
        assert bend[border - 8 : border + 2_048].max() < 1.2 * bend_whole[border - 9_000 : border + 9_000].max()


def test_a_batch_is_its_items() -> None:
    vocoder = GriffinLim(GRIFFIN_LIM, IterationBudget(4, 2))
    mels = torch.stack([_glide(30), torch.full((128, 30), -4.0)])
    both = vocoder.mel_to_waveform(mels)
    assert torch.equal(both[1], vocoder.mel_to_waveform(mels[1:])[0])


@pytest.mark.parametrize(
    "mel",
    [
        *(torch.zeros(1, 80, 10), torch.zeros(1, 128, 0), torch.full((1, 128, 4), math.nan)),
        *(torch.zeros(0, 128, 10), torch.zeros(128, 10)),
    ],
)
def test_a_wrong_mel_is_refused_in_words(mel: Tensor) -> None:
    with pytest.raises(VocoderError):
        get_vocoder().mel_to_waveform(mel)


def test_an_unknown_vocoder_is_refused_with_the_known_ones() -> None:
    with pytest.raises(VocoderError, match="griffin-lim"):
        get_vocoder("no-such-thing")


def test_its_mel_format_is_the_one_of_the_app() -> None:
    assert get_vocoder().info.mel_format == DISTILL_MEL != MelFormat(bands=80)
