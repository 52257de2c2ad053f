"""The built-in vocoder: its weights, its sound, and errors without weights."""

import itertools
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from distill_app.common.errors import VocoderError
from distill_app.common.paths import BUILT_IN_WEIGHTS
from distill_app.dsp import DISTILL_MEL, to_mel
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.built_in import BUILT_IN
from distill_app.vocoders.networks import build_generator
from distill_app.vocoders.networks.presets import GENERATORS, HIFIGAN_V2_44K
from distill_app.vocoders.networks.weights_file import WeightsHeader, load_generator, save_generator
from distill_app.vocoders.phase import griffin_lim
from distill_app.vocoders.phase.hybrid import load_hybrid
from distill_app.vocoders.phase.phase_retrieval import IterationBudget

RATE = DISTILL_MEL.sample_rate
LEAST = IterationBudget(low=4, full=1)
TONES = [(30.0, 120, 1), (65, 2, 0.1), (220, 4, 0.1), (440, 2, 0.1), (1_000, 2, 0.1), (2_000, 2, 0.1), (2_100, 2, 0.1)]
TONES += [(hertz, 2, 0.1) for hertz in (2_600.0, 4_000.0, 8_000.0, 12_000.0)]
"""Frequency in Hz, error in cents and in dB."""


def _seconds(count: float) -> Tensor:
    return torch.arange(round(count * RATE) // 512 * 512) / RATE


def _noise(seconds: float, level: float = 0.1) -> Tensor:
    return level * torch.randn(len(_seconds(seconds)), generator=torch.Generator().manual_seed(0))


def _copy(samples: Tensor) -> Tensor:
    return get_vocoder("built-in").mel_to_waveform(to_mel(samples)[None])[0, 0]


def _level_dbfs(samples: Tensor) -> float:
    return 20 * math.log10(max(float(samples.square().mean().sqrt()), 1e-9))


def test_the_weights_are_those_of_the_entry() -> None:
    network, header = load_generator(BUILT_IN_WEIGHTS)
    assert sum(each.numel() for each in network.parameters()) == BUILT_IN.parameters
    assert header.config == GENERATORS["256x6"]
    assert header.config.mel_format == BUILT_IN.mel_format
    assert BUILT_IN_WEIGHTS.stat().st_size <= 25 * 1024**2


def test_the_file_says_how_it_was_trained() -> None:
    _, header = load_generator(BUILT_IN_WEIGHTS)
    assert header.training["steps"] > 1_000
    assert header.training["hours_of_sound"] > 1
    assert {"held_out_mel", "held_out_group_delay", "held_out_frequency"} <= set(header.training)


@pytest.mark.parametrize(("hertz", "cents", "decibels"), TONES)
def test_a_tone_keeps_its_pitch_and_level(hertz: float, cents: float, decibels: float) -> None:
    tone = 0.3 * torch.sin(2 * math.pi * hertz * _seconds(2))
    copy = _copy(tone)[RATE // 2 : RATE // 2 + RATE]
    spectrum = torch.fft.rfft(copy * torch.hann_window(RATE), n=8 * RATE).abs()
    found = float(spectrum.argmax()) / 8
    assert abs(1200 * math.log2(found / hertz)) < cents
    assert abs(_level_dbfs(copy) - _level_dbfs(tone)) < decibels


def test_noise_keeps_its_level_in_every_third() -> None:
    noise = _noise(2)
    before, after = (torch.fft.rfft(each).abs().square() for each in (noise, _copy(noise)))
    edges = [round(100 * 2 ** (k / 3) * len(noise) / RATE) for k in range(23)]
    for low, high in itertools.pairwise(edges):
        assert abs(10 * math.log10(float(after[low:high].sum() / before[low:high].sum()))) < 2.5


@pytest.mark.parametrize("level", [0.0, 1e-4])
def test_silence_stays_silent(level: float) -> None:
    copy = _copy(_noise(2, level))
    assert _level_dbfs(copy) < -70
    lines = torch.fft.rfft(copy * torch.hann_window(len(copy))).abs() * (2 / (len(copy) * 0.5))
    assert 20 * math.log10(max(float(lines.max()), 1e-9)) < -70


@pytest.mark.parametrize("cut", [7, 100])
def test_streamed_equals_whole(cut: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(griffin_lim, "_CHUNK_FRAMES", 64)
    vocoder = load_hybrid(BUILT_IN, BUILT_IN_WEIGHTS, LEAST)
    mel = to_mel(_noise(1.7))
    blocks = list(vocoder.stream(torch.split(mel, cut, dim=1)))
    assert torch.equal(torch.cat(blocks, dim=1), vocoder.mel_to_waveform(mel[None])[0])


def test_a_preview_is_as_long_and_has_nearly_the_mel() -> None:
    vocoder, mel = get_vocoder("built-in"), to_mel(_noise(0.5))
    preview = vocoder.preview(mel)
    assert preview.shape == (1, mel.shape[1] * 512)
    assert (to_mel(preview[0]) - mel).abs().mean() < 0.5


def test_without_weights_there_is_a_sentence_and_no_sound(tmp_path: Path) -> None:
    with pytest.raises(VocoderError, match="cannot be opened"):
        load_hybrid(BUILT_IN, tmp_path / "none.safetensors")


def test_weights_of_another_kind_are_refused(tmp_path: Path) -> None:
    config = replace(HIFIGAN_V2_44K, channels=16)
    path = tmp_path / "hifigan.safetensors"
    save_generator(build_generator(config), WeightsHeader(config), path)
    with pytest.raises(VocoderError, match="another kind"):
        load_hybrid(BUILT_IN, path)
