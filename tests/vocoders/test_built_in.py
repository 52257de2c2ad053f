"""Every vocoder that ships with the app keeps the contract of `Vocoder`; a new entry is tested without a new test."""

import pytest
import torch

from distill_app.common.errors import VocoderError
from distill_app.common.paths import BUILT_IN_WEIGHTS
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.base import Vocoder, VocoderInfo
from distill_app.vocoders.built_in import BUILT_IN, BUILT_IN_VOCODERS

FRAMES = 12


@pytest.fixture(scope="module", params=BUILT_IN_VOCODERS, ids=lambda info: info.id)
def info(request: pytest.FixtureRequest) -> VocoderInfo:
    info: VocoderInfo = request.param
    return info


@pytest.fixture(scope="module")
def vocoder(info: VocoderInfo) -> Vocoder:
    return get_vocoder(info.id)


def mel_of(info: VocoderInfo) -> torch.Tensor:
    """Log-mel `[bands, frames]` of noise around −4."""
    return torch.randn(info.mel_format.bands, FRAMES, generator=torch.Generator().manual_seed(0)) - 4


def test_its_entry_describes_it(info: VocoderInfo, vocoder: Vocoder) -> None:
    assert vocoder.info == info
    assert vocoder.sample_rate == info.mel_format.sample_rate


def test_a_batch_of_mels_gives_a_batch_of_sounds(info: VocoderInfo, vocoder: Vocoder) -> None:
    samples = vocoder.mel_to_waveform(torch.stack([mel_of(info), mel_of(info) - 1]))
    assert samples.shape == (2, 1, info.mel_format.samples(FRAMES))
    assert samples.isfinite().all()
    assert samples[0].square().mean() > samples[1].square().mean() > 0


def test_the_preview_is_as_long_as_the_sound(info: VocoderInfo, vocoder: Vocoder) -> None:
    assert vocoder.preview(mel_of(info)).shape == (1, info.mel_format.samples(FRAMES))


@pytest.mark.parametrize("cut", [1, 5, FRAMES])
def test_the_stream_is_the_sound_however_the_mel_is_cut(info: VocoderInfo, vocoder: Vocoder, cut: int) -> None:
    blocks = torch.split(mel_of(info), cut, dim=1)
    streamed = torch.cat(list(vocoder.stream(blocks)), dim=1)
    torch.testing.assert_close(streamed, vocoder.mel_to_waveform(mel_of(info)[None])[0])


@pytest.mark.parametrize("shape", [(1, 7, FRAMES), (1, 0), (0, 128, FRAMES), (1, 128, 0)])
def test_a_tensor_that_is_no_mel_is_refused(vocoder: Vocoder, shape: tuple[int, ...]) -> None:
    with pytest.raises(VocoderError):
        vocoder.mel_to_waveform(torch.zeros(shape))


def test_the_size_of_the_built_in_weights_is_the_one_listed() -> None:
    assert BUILT_IN.size_bytes == BUILT_IN_WEIGHTS.stat().st_size
