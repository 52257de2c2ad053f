"""The one mel format, against the official convention's vectors and known values."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torchaudio.functional import melscale_fbanks
from torchaudio.transforms import MelSpectrogram

from distill_app.dsp import DISTILL_MEL, MelFormat, to_mel
from distill_app.dsp.mel import band_centres_hz
from distill_app.dsp.mel_format import Scale
from tests.mel_formats import BIGVGAN_24K, HIFIGAN_22K, VOCOS_24K
from tests.paths import GOLDEN

GOLDEN_MEL = GOLDEN / "mel.safetensors"
FORMATS = {
    "44k_128_512": DISTILL_MEL,
    "22k_80_256_fmax8k": HIFIGAN_22K,
    "24k_100_256": BIGVGAN_24K,
}


def _sine(hz: float, sample_rate: int, seconds: float = 1.0) -> torch.Tensor:
    return 0.5 * torch.sin(2 * math.pi * hz * torch.arange(round(seconds * sample_rate)) / sample_rate)


@pytest.mark.parametrize("name", FORMATS)
def test_equals_the_official_convention(name: str) -> None:
    golden = load_file(GOLDEN_MEL)
    assert (to_mel(golden["audio"], FORMATS[name]) - golden[name]).abs().max() < 1e-4


@pytest.mark.parametrize("samples", [1_024, 24_000, 24_100])
def test_the_centred_htk_mel_is_torchaudios(samples: int) -> None:
    """Vocos's features: its published code takes torchaudio's MelSpectrogram of power 1."""
    audio = load_file(GOLDEN_MEL)["audio"][0, :samples]
    theirs = MelSpectrogram(24_000, n_fft=1_024, hop_length=256, n_mels=100, power=1, center=True)(audio)
    ours = to_mel(audio, VOCOS_24K)
    assert ours.shape == (100, samples // 256 + 1)
    assert (ours - theirs.clamp_min(1e-7).log()).abs().max() < 1e-5


@pytest.mark.parametrize("mel_format", [DISTILL_MEL, VOCOS_24K])
def test_silence_is_the_floor_everywhere(mel_format: MelFormat) -> None:
    floor = torch.tensor(math.log(mel_format.floor))
    assert torch.allclose(to_mel(torch.zeros(44_100), mel_format), floor, atol=1e-5)


@pytest.mark.parametrize("centred", [False, True])
def test_a_frame_lies_where_its_format_says(centred: bool) -> None:
    """An impulse is loudest in the frame whose middle it is in."""
    mel_format = replace(VOCOS_24K, centred=centred)
    samples = torch.zeros(24_000)
    samples[40 * 256 + (0 if centred else 128)] = 1
    assert to_mel(samples, mel_format)[50].argmax() == 40


@pytest.mark.parametrize(
    ("mel_format", "band", "values"),
    [
        (HIFIGAN_22K, 26, (0.6622, 1.42784, -0.22668)),
        (DISTILL_MEL, 31, (0.55405, 2.27231, 1.56209)),
    ],
)
def test_a_sine_at_1_khz_has_the_known_values(mel_format: MelFormat, band: int, values: tuple[float, ...]) -> None:
    mel = to_mel(_sine(1_000, mel_format.sample_rate), mel_format)
    assert mel.shape == (mel_format.bands, 86)
    middle = mel[band - 1 : band + 2, 43]
    assert torch.allclose(middle, torch.tensor(values), atol=2e-3)
    assert mel[:, 43].argmax() == band


@pytest.mark.parametrize("samples", [769, 1_023, 1_024, 44_100, 44_543])
def test_frames_are_whole_hops(samples: int) -> None:
    assert to_mel(torch.zeros(samples)).shape[-1] == samples // 512 == DISTILL_MEL.frames(samples)


@pytest.mark.parametrize("samples", [513, 767, 768, 24_000])
def test_centred_frames_are_one_more(samples: int) -> None:
    frames = to_mel(torch.zeros(samples), VOCOS_24K).shape[-1]
    assert frames == samples // 256 + 1 == VOCOS_24K.frames(samples)
    assert VOCOS_24K.samples(frames) == samples // 256 * 256
    assert VOCOS_24K.samples(0) == 0


def test_arrays_and_leading_dimensions_are_kept() -> None:
    assert to_mel(np.zeros((2, 3, 4_096), np.float32)).shape == (2, 3, 128, 8)


def test_too_few_samples_to_reflect_are_refused() -> None:
    with pytest.raises(ValueError, match="768"):
        to_mel(torch.zeros(768))


def test_a_format_survives_its_dictionary_and_nothing_else_does() -> None:
    assert MelFormat.from_dict(HIFIGAN_22K.to_dict()) == HIFIGAN_22K != DISTILL_MEL
    with pytest.raises(ValueError, match="fields"):
        MelFormat.from_dict({"hop": 512})
    with pytest.raises(ValueError, match="another kind"):
        MelFormat.from_dict(DISTILL_MEL.to_dict() | {"hop": "512"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"sample_rate": 22_051},
        {"hop": 0},
        {"hop": 511},
        {"bands": 5_000},
        {"high_hz": 30_000.0},
        {"low_hz": -1.0},
        {"floor": 0.0},
    ],
)
def test_impossible_formats_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a mel format needs"):
        MelFormat.from_dict(DISTILL_MEL.to_dict() | wrong)


@pytest.mark.parametrize("scale", ["slaney", "htk"])
def test_the_centres_of_the_bands_are_the_peaks_of_the_filters(scale: Scale) -> None:
    mel_format = replace(HIFIGAN_22K, scale=scale)
    points = 4 * 11_025 + 1
    high = mel_format.top_hz
    filters = melscale_fbanks(points, mel_format.low_hz, high, mel_format.bands, 22_050, None, scale)
    assert torch.equal(band_centres_hz(mel_format), filters.argmax(0) * 0.25)
