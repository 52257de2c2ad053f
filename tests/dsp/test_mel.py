"""The one mel format, against the official convention's vectors and known values."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from distill_app.dsp import DISTILL_MEL, MelFormat, to_mel

GOLDEN = Path(__file__).parent.parent / "golden" / "mel.safetensors"
HIFIGAN_22K = MelFormat(22_050, 1_024, 256, 1_024, 80, 0, 8_000)
FORMATS = {
    "44k_128_512": DISTILL_MEL,
    "22k_80_256_fmax8k": HIFIGAN_22K,
    "24k_100_256": MelFormat(24_000, 1_024, 256, 1_024, 100),
}


def _sine(hz: float, sample_rate: int, seconds: float = 1.0) -> torch.Tensor:
    return 0.5 * torch.sin(2 * math.pi * hz * torch.arange(round(seconds * sample_rate)) / sample_rate)


@pytest.mark.parametrize("name", FORMATS)
def test_equals_the_official_convention(name: str) -> None:
    golden = load_file(GOLDEN)
    assert (to_mel(golden["audio"], FORMATS[name]) - golden[name]).abs().max() < 1e-4


def test_silence_is_the_floor_everywhere() -> None:
    assert torch.allclose(to_mel(torch.zeros(44_100)), torch.tensor(-11.51293), atol=1e-5)


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
    "wrong", [{"hop": 0}, {"bands": 5_000}, {"high_hz": 30_000.0}, {"low_hz": -1.0}, {"floor": 0.0}]
)
def test_impossible_formats_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a mel format needs"):
        MelFormat.from_dict(DISTILL_MEL.to_dict() | wrong)
