"""`distill vocode` and `distill render` through folders as vocoders are published: official configs, random weights."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from distill_app.dsp import to_mel
from distill_app.dsp.high_pass import HighPass
from distill_app.dsp.resample import resample
from distill_app.vocoders import get_vocoder
from tests.cli.conftest import Distill
from tests.paths import GOLDEN

SOUND = 0.1 * torch.randn(26_461, generator=torch.Generator().manual_seed(0))
"""0.6 s at 44.1 kHz, of an odd number of samples."""


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "in.wav", SOUND.numpy(), 44_100, "FLOAT")
    return tmp_path / "in.wav"


@pytest.mark.parametrize("name", ["hifigan_v2", "vocos_center", "vocos_same"])
def test_the_mel_has_the_format_of_the_vocoder(distill: Distill, sound: Path, name: str) -> None:
    """The file holds what the network makes of the mel of the resampled sound without offset, as long as that is."""
    vocoder = get_vocoder(GOLDEN / name)
    rate, mel_format = vocoder.sample_rate, vocoder.info.mel_format
    out = sound.with_name("out.wav")
    options = ("--vocoder", GOLDEN / name, "--rate", rate, "--bits", "32f", "--json")
    values = distill("vocode", sound, out, *options).values
    (heard,) = HighPass(44_100).push(SOUND[None].numpy())
    resampled = resample(torch.from_numpy(heard), 44_100, rate)
    whole = torch.nn.functional.pad(resampled, (0, -len(resampled) % mel_format.hop))
    expected = vocoder.mel_to_waveform(to_mel(whole, mel_format)[None])[0, 0, : len(resampled)].numpy()
    samples, file_rate = soundfile.read(out, dtype="float32")
    length = round(len(SOUND) / 44_100 * rate)
    assert (file_rate, values["frames"], len(samples)) == (rate, length, length)
    np.testing.assert_allclose(samples, expected[:length], atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("vocoder", ["griffin-lim", GOLDEN / "hifigan_v2", GOLDEN / "vocos_center"])
def test_the_file_is_as_long_as_the_sound_whatever_the_vocoders_rate(
    distill: Distill, tmp_path: Path, vocoder: str | Path
) -> None:
    source, out = tmp_path / "in.wav", tmp_path / "out.wav"
    for length in (857, 9_699):
        soundfile.write(source, SOUND[:length].numpy(), 44_100, "FLOAT")
        values = distill("vocode", source, out, "--vocoder", vocoder, "--overwrite", "--json").values
        assert values["frames"] == soundfile.info(out).frames == length


def test_a_model_is_rendered_through_a_folder(distill: Distill, tiny_model_path: Path, tmp_path: Path) -> None:
    """The file is at 44.1 kHz whatever the vocoder's rate, and holds nothing beyond what that rate can."""
    assert _treble(distill, tiny_model_path, tmp_path / "a.wav", GOLDEN / "hifigan_v2") < 1e-9
    assert _treble(distill, tiny_model_path, tmp_path / "b.wav", "griffin-lim") > 1e-3


def _treble(distill: Distill, model: Path, out: Path, vocoder: object) -> float:
    """The share of the power above 11.2 kHz."""
    options = ("--model", model, "--vocoder", vocoder, "--seconds", "0.5", "--bits", "32f", "--json")
    assert distill("render", out, *options).values["frames"] == 22_050
    samples, rate = soundfile.read(out)
    assert (rate, len(samples)) == (44_100, 22_050)
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    return float(power[round(11_200 * len(samples) / rate) :].sum() / power.sum())
