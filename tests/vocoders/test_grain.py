"""The grain vocoder makes a mel of the recordings' frames; without recordings it is one sentence."""

import numpy as np
import pytest
import torch
from torch import Tensor

from distill_app.common.errors import VocoderError
from distill_app.dsp.mel import to_mel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.generation.vocoder_lookup import vocoder_for
from distill_app.grain.targets import mean_power
from distill_app.models.model import DistillModel
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.base import Vocoder
from tests.grain.synthetic import synthetic_recordings

HOP = DISTILL_MEL.hop


@pytest.fixture(scope="module")
def vocoder(grain_model: DistillModel) -> Vocoder:
    return get_vocoder("grain", model=grain_model)


@pytest.fixture(scope="module")
def noise_mel() -> Tensor:
    return to_mel(synthetic_recordings()["noise.wav"][0])


def test_the_mel_of_a_recording_becomes_that_recording(vocoder: Vocoder) -> None:
    samples = synthetic_recordings()["chirp.wav"]
    found = vocoder.mel_to_waveform(to_mel(samples))[0].numpy()
    inside = slice(8 * HOP, 100 * HOP)
    error = found[:, inside] - samples[:, inside]
    assert np.linalg.norm(error) < 0.25 * np.linalg.norm(samples[:, inside])


def test_it_has_the_wanted_spectrum(vocoder: Vocoder, noise_mel: Tensor) -> None:
    wanted = noise_mel + torch.linspace(-1, 1, 128)[:, None]
    found = to_mel(vocoder.mel_to_waveform(wanted[None])[0, 0])
    difference = (mean_power(found) - mean_power(wanted))[8:]
    assert float(difference.square().mean().sqrt()) < 0.2


@pytest.mark.parametrize("frames", [1, 5, 40, 172])
def test_it_gives_a_hop_for_each_frame(vocoder: Vocoder, noise_mel: Tensor, frames: int) -> None:
    mel = noise_mel[None, :, :frames].expand(2, -1, -1)
    assert vocoder.mel_to_waveform(mel).shape == (2, 1, frames * HOP)


@pytest.mark.parametrize("size", [1, 50, 97, 500])
def test_however_it_is_cut_it_is_the_same_sound(vocoder: Vocoder, noise_mel: Tensor, size: int) -> None:
    mel = noise_mel.repeat(1, 3)
    blocks = torch.cat(list(vocoder.stream(torch.split(mel, size, 1))), 1)
    torch.testing.assert_close(blocks, vocoder.preview(mel), atol=1e-5, rtol=0)


@pytest.mark.parametrize("mel", [torch.zeros(1, 80, 10), torch.zeros(1, 128, 0), torch.full((1, 128, 4), torch.nan)])
def test_an_invalid_mel_is_refused(vocoder: Vocoder, mel: Tensor) -> None:
    with pytest.raises(VocoderError):
        vocoder.mel_to_waveform(mel)


def test_without_a_model_or_its_recordings_it_is_one_sentence(tiny_model: DistillModel) -> None:
    for model in (None, tiny_model):
        with pytest.raises(VocoderError, match="carries no recordings"):
            get_vocoder("grain", model=model)
        with pytest.raises(VocoderError, match="carries no recordings"):
            vocoder_for(model, "grain")


def test_auto_is_the_grain_of_a_model_with_recordings(grain_model: DistillModel, tiny_model: DistillModel) -> None:
    assert vocoder_for(grain_model, "auto").info.id == "grain"
    assert vocoder_for(tiny_model, "auto").info.id == "built-in"
