"""Converting mels keeps pitch, length, level, time and noise; the reference is the mel of the resampled sound."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from distill_app.common.errors import VocoderError
from distill_app.dsp import DISTILL_MEL, MelFormat, to_mel
from distill_app.dsp.mel import filterbank
from distill_app.dsp.resample import resample
from distill_app.vocoders import mel_adapter
from distill_app.vocoders.built_in import GRIFFIN_LIM
from distill_app.vocoders.mel_adapter import MelAdapter
from distill_app.vocoders.phase import griffin_lim
from distill_app.vocoders.phase.griffin_lim import BUDGET, GriffinLim
from distill_app.vocoders.phase.phase_retrieval import IterationBudget
from tests.mel_formats import BIGVGAN_22K, BIGVGAN_24K, HIFIGAN_22K, HOP_1024, VOCOS_24K

RATE = DISTILL_MEL.sample_rate
FORMATS = {
    "hifigan 22k": HIFIGAN_22K,
    "bigvgan 24k": BIGVGAN_24K,
    "vocos 24k": VOCOS_24K,
    "hop 1024": HOP_1024,
}
every_format = pytest.mark.parametrize("target", FORMATS.values(), ids=FORMATS)
LOW_HZ = (60.0, 82.41, 100.0, 331.0, 1_000.0, 1_760.0)
HIGH_HZ = (3_200.0, 5_000.0, 7_000.0)
ESTIMATES: dict[bytes, Tensor] = {}
"""Estimated sound of each mel."""


def sine(hz: float, seconds: float = 1.0) -> Tensor:
    return 0.5 * torch.sin(2 * math.pi * hz * torch.arange(round(seconds * RATE), dtype=torch.float64) / RATE).float()


def noise(seconds: float) -> Tensor:
    return 0.3 * torch.randn(round(seconds * RATE), generator=torch.Generator().manual_seed(1))


def adapted(samples: Tensor, target: MelFormat) -> Tensor:
    return converted(to_mel(samples), target)


def converted(mel: Tensor, target: MelFormat) -> Tensor:
    """Mel in another format; the sound, whose estimate does not depend on that format, is estimated once."""
    adapter = MelAdapter(DISTILL_MEL, target)
    estimate = adapter._estimator.stream

    def estimate_once(blocks: Iterable[Tensor]) -> Iterator[Tensor]:
        whole = torch.cat(list(blocks), dim=1)
        sound = ESTIMATES.get(whole.numpy().tobytes())
        if sound is None:
            sound = ESTIMATES[whole.numpy().tobytes()] = torch.cat(list(estimate([whole])), dim=1)
        yield sound

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adapter._estimator, "stream", estimate_once)
        return torch.cat(list(adapter.stream([mel])), dim=1)


def recorded(samples: Tensor, target: MelFormat) -> Tensor:
    return to_mel(resample(samples, RATE, target.sample_rate), target)


def inner(mel: Tensor, target: MelFormat) -> Tensor:
    """Linear mel without 0.12 s at either end, where windows cross the edges."""
    edge = round(0.12 * target.sample_rate / target.hop)
    return mel[:, edge:-edge].exp()


def level_db(mel: Tensor, target: MelFormat) -> float:
    """Mean level of all bands above the format's floor."""
    magnitude = inner(mel, target)
    heard = torch.where(magnitude > 1.001 * target.floor, magnitude, 0.0)
    return float(10 * torch.log10(heard.sum(dim=0).square().mean()))


def loudest_db(mel: Tensor, target: MelFormat) -> float:
    """Mean level of the loudest band, which is above the floor even for a soft sound."""
    return float(20 * torch.log10(inner(mel, target).mean(dim=1).max()))


def pitch_cents(mel: Tensor, target: MelFormat, hz: float) -> float:
    """Distance from `hz` of the sine whose normalised mel is nearest to the mean of this one."""
    cents = torch.arange(-40, 40.1, 0.5, dtype=torch.float64)
    moments = torch.arange(target.win) / target.sample_rate
    turns = torch.exp(2j * math.pi * hz * 2 ** (cents / 1_200)[:, None] * moments)
    spectra = torch.fft.fft(turns * torch.hann_window(target.win)).abs()[:, : target.n_fft // 2 + 1]
    profiles = torch.nn.functional.normalize(spectra @ filterbank(target).double().T)
    own = torch.nn.functional.normalize(inner(mel, target).mean(dim=1).double(), dim=0)
    return float(cents[(profiles - own).norm(dim=1).argmin()])


def resynthesis_cents(mel: Tensor, target: MelFormat, hz: float) -> float:
    """Distance from `hz` of the strongest partial near it, in the sound that Griffin-Lim estimates."""
    sound = GriffinLim(replace(GRIFFIN_LIM, mel_format=target), BUDGET).mel_to_waveform(mel[None])[0, 0]
    middle = sound[len(sound) // 6 : -len(sound) // 6]
    spectrum = torch.fft.rfft(middle * torch.hann_window(len(middle)), n=16 * len(middle)).abs()
    found = torch.fft.rfftfreq(16 * len(middle), 1 / target.sample_rate)
    near = (found > 0.9 * hz) & (found < 1.1 * hz)
    return 1_200 * math.log2(float(found[near][spectrum[near].argmax()]) / hz)


@pytest.mark.parametrize("hz", [*LOW_HZ, *HIGH_HZ])
@every_format
def test_a_tone_keeps_pitch_and_level(target: MelFormat, hz: float) -> None:
    """Within 5 cents; above 4 kHz, where neither mel holds more of a tone than two wide bands, within 7."""
    mel = adapted(sine(hz), target)
    assert abs(pitch_cents(mel, target, hz)) <= (5 if hz < 4_000 else 7)
    assert abs(level_db(mel, target) - level_db(recorded(sine(hz), target), target)) < 0.5


@every_format
def test_another_pitch_is_detected(target: MelFormat) -> None:
    """The pitch measurement detects a difference of a third of a semitone."""
    mel = recorded(sine(440 * 2 ** (1 / 36)), target)
    assert pitch_cents(mel, target, 440) == pytest.approx(100 / 3, abs=0.5)


@pytest.mark.parametrize("hz", [110.0, 1_000.0])
@pytest.mark.parametrize("target", [HIFIGAN_22K, VOCOS_24K])
def test_the_resynthesised_tone_is_in_tune(target: MelFormat, hz: float) -> None:
    """Up to the error of the target format itself, whose coarse hops and bands are ambiguous."""
    samples = sine(hz)
    unadapted = abs(resynthesis_cents(recorded(samples, target), target, hz))
    assert abs(resynthesis_cents(adapted(samples, target), target, hz)) < 5 + unadapted


@every_format
def test_the_level_is_linear_over_60_db(target: MelFormat) -> None:
    for samples in (sine(440, 0.6), noise(0.6)):
        loud = loudest_db(adapted(samples, target), target)
        for decibels in (-20, -60):
            soft = loudest_db(adapted(10 ** (decibels / 20) * samples, target), target)
            assert abs(soft - loud - decibels) < 0.5


@every_format
def test_noise_keeps_its_level_in_every_band(target: MelFormat) -> None:
    samples = noise(1.5)
    own, true = inner(adapted(samples, target), target), inner(recorded(samples, target), target)
    assert abs(20 * torch.log10(own.mean() / true.mean())) < 0.5
    below = target.bands * 9 // 10  # the uppermost bands hold the resampler's slope
    bands = 20 * torch.log10(own.square().mean(dim=1) / true.square().mean(dim=1)).abs() / 2
    assert bands[4:below].mean() < 0.5


@every_format
def test_a_step_of_level_is_as_high_and_where_it_was(target: MelFormat) -> None:
    samples = sine(440) * torch.where(torch.arange(RATE) < RATE // 2, 0.1, 1.0)
    own, true = (mel.exp().sum(dim=0) for mel in (adapted(samples, target), recorded(samples, target)))
    second = target.sample_rate / target.hop
    soft, loud = slice(round(0.15 * second), round(0.4 * second)), slice(round(0.6 * second), round(0.85 * second))
    assert 20 * math.log10(own[loud].mean() / own[soft].mean()) == pytest.approx(20, abs=0.5)
    middle = math.sqrt(0.1) * true[loud].mean()
    assert abs(int((own > middle).int().argmax()) - int((true > middle).int().argmax())) <= 1


@every_format
def test_impulses_come_at_their_times(target: MelFormat) -> None:
    """The centre of each impulse is within half a frame of its time."""
    samples, struck = torch.zeros(RATE), torch.arange(5_000, 40_000, 11_025)
    samples[struck] = 0.9
    energy = adapted(samples, target).exp().sum(dim=0)
    energy -= energy.min()
    middle = 0 if target.centred else target.hop / 2
    for place in struck.tolist():
        expected = (place / RATE * target.sample_rate - middle) / target.hop
        reach = max(3, round(target.win / target.hop))
        frames = torch.arange(round(expected) - reach, round(expected) + reach + 1)
        centre = float((energy[frames] * frames).sum() / energy[frames].sum())
        assert abs(centre - expected) < 0.5


@every_format
def test_silence_stays_silence(target: MelFormat) -> None:
    silence = torch.full((DISTILL_MEL.bands, 60), math.log(DISTILL_MEL.floor))
    mel = converted(silence, target)
    assert torch.equal(mel, torch.full_like(mel, math.log(target.floor)))


@pytest.mark.parametrize("frames", [1, 7, 86, 87])
@pytest.mark.parametrize("target", [*FORMATS.values(), BIGVGAN_22K])
def test_the_length_is_kept_to_a_frame(target: MelFormat, frames: int) -> None:
    mel = converted(torch.zeros(DISTILL_MEL.bands, frames), target)
    least = max(frames * DISTILL_MEL.hop / RATE, target.n_fft / target.sample_rate)  # one window at least
    longer = target.samples(mel.shape[1]) / target.sample_rate - least
    assert 0 <= longer * target.sample_rate < target.hop


@pytest.mark.parametrize("cut", [1, 37])
def test_the_block_size_makes_no_difference(cut: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(griffin_lim, "_CHUNK_FRAMES", 64)
    monkeypatch.setattr(mel_adapter, "_BUDGET", IterationBudget(low=8, full=2, inversion=4))
    mel, adapter = to_mel(noise(1.2)), MelAdapter(DISTILL_MEL, VOCOS_24K)
    whole = torch.cat(list(adapter.stream([mel])), dim=1)
    assert torch.equal(torch.cat(list(adapter.stream(torch.split(mel, cut, dim=1))), dim=1), whole)


def test_memory_does_not_grow_with_the_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more of a long mel is read ahead than one chunk of the estimate needs."""
    monkeypatch.setattr(griffin_lim, "_CHUNK_FRAMES", 64)
    monkeypatch.setattr(mel_adapter, "_BUDGET", IterationBudget(low=8, full=2, inversion=4))
    given = 0

    def blocks() -> Iterator[Tensor]:
        nonlocal given
        for _ in range(10):
            given += 24
            yield torch.zeros(DISTILL_MEL.bands, 24)

    sent = 0
    for block in MelAdapter(DISTILL_MEL, HIFIGAN_22K).stream(blocks()):
        sent += block.shape[1]
        assert given - sent < 128 + 24  # one chunk of the estimate, its context and a block
    assert sent == 10 * 24


def test_a_mel_of_22_khz_is_converted_to_44_khz() -> None:
    """A tone below 8 kHz keeps its pitch and level."""
    samples = resample(sine(440), RATE, 22_050)
    mel = torch.cat(list(MelAdapter(HIFIGAN_22K, DISTILL_MEL).stream([to_mel(samples, HIFIGAN_22K)])), dim=1)
    assert abs(pitch_cents(mel, DISTILL_MEL, 440)) <= 5
    assert level_db(mel, DISTILL_MEL) == pytest.approx(level_db(to_mel(sine(440)), DISTILL_MEL), abs=0.5)


@pytest.mark.parametrize("framing", [{"win": 1_024}, {"hop": 500}, {"hop": 2_048}])
def test_a_format_without_inverse_is_refused_in_words(framing: dict[str, int]) -> None:
    with pytest.raises(VocoderError, match=r"^This model.*\.$"):
        MelAdapter(MelFormat(**framing), HIFIGAN_22K)  # type: ignore[arg-type]


@pytest.mark.parametrize("mel", [torch.zeros(80, 10), torch.zeros(128, 0), torch.full((128, 4), math.nan)])
def test_a_wrong_mel_is_refused_in_words(mel: Tensor) -> None:
    with pytest.raises(VocoderError):
        list(MelAdapter(DISTILL_MEL, HIFIGAN_22K).stream([mel]))
