"""A network vocoder gives the samples of its network, however the mel is cut."""

import subprocess
import sys
from collections.abc import Iterator
from functools import cache

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from distill_app.common.errors import VocoderError
from distill_app.vocoders.network_vocoder import NetworkVocoder
from distill_app.vocoders.networks.presets import PUBLISHED
from tests.vocoders.small_networks import SMALL, info_of, mel_of, small_network

FAMILIES = pytest.mark.parametrize("name", SMALL)


@cache
def _network(name: str) -> nn.Module:
    return small_network(SMALL[name])


def _vocoder(name: str, chunk_frames: int = 0) -> NetworkVocoder:
    config = SMALL[name]
    return NetworkVocoder(info_of(name, config), _network(name), config.context_frames, chunk_frames=chunk_frames)


@torch.inference_mode()
def _network_itself(name: str, mel: Tensor) -> Tensor:
    samples: Tensor = _network(name)(mel[None])
    return samples


def _assert_same(heard: Tensor, expected: Tensor) -> None:
    """Assert equality to 1e-5 of the peak."""
    assert heard.shape == expected.shape
    assert expected.abs().max() > 1e-3 or not expected.numel()
    assert (heard - expected).abs().max() <= 1e-5 * expected.abs().max() if expected.numel() else True


@FAMILIES
@settings(max_examples=12, deadline=None, derandomize=True)
@given(chunk=st.integers(4, 40), frames=st.integers(2, 90), cuts=st.lists(st.integers(0, 30), max_size=6))
def test_however_it_is_cut_it_is_the_sound_of_the_network(name: str, chunk: int, frames: int, cuts: list[int]) -> None:
    mel = mel_of(SMALL[name], frames)
    heard = torch.cat(list(_vocoder(name, chunk).stream(_cut(mel, cuts))), dim=1)
    _assert_same(heard, _network_itself(name, mel))


def _cut(mel: Tensor, cuts: list[int]) -> Iterator[Tensor]:
    """Blocks of those lengths, which may be 0, and one block of the rest."""
    for length in cuts:
        yield mel[:, :length]
        mel = mel[:, length:]
    yield mel


@FAMILIES
def test_one_frame_at_a_time(name: str) -> None:
    mel = mel_of(SMALL[name], 2 * SMALL[name].context_frames + 9)
    _assert_same(_vocoder(name, 1).preview(mel), _network_itself(name, mel))


@FAMILIES
@pytest.mark.parametrize("frames", [1, 2, 30])
def test_gives_as_many_samples_as_its_mel_format_says(name: str, frames: int) -> None:
    mel_format = SMALL[name].mel_format
    samples = _vocoder(name).mel_to_waveform(torch.stack([mel_of(SMALL[name], frames, seed) for seed in (1, 2)]))
    assert samples.shape == (2, 1, mel_format.samples(frames))


@FAMILIES
def test_a_batch_is_its_items_and_a_preview_is_in_full_quality(name: str) -> None:
    mels = torch.stack([mel_of(SMALL[name], 20, seed) for seed in (1, 2)])
    both = _vocoder(name).mel_to_waveform(mels)
    assert not torch.equal(both[0], both[1])
    assert torch.equal(both[1], _vocoder(name).preview(mels[1]))


@FAMILIES
def test_with_half_of_its_context_the_seams_show(name: str) -> None:
    """The tests above would detect missing context."""
    config, mel = SMALL[name], mel_of(SMALL[name], 80)
    narrow = NetworkVocoder(info_of(name, config), _network(name), config.context_frames // 2, chunk_frames=7)
    expected = _network_itself(name, mel)
    assert (narrow.preview(mel) - expected).abs().max() > 1e-4 * expected.abs().max()


@pytest.mark.parametrize("name", PUBLISHED)
def test_little_of_a_long_sound_is_computed_twice(name: str) -> None:
    """At most two fifths more frames than the mel has are computed."""
    config, computed = PUBLISHED[name], list[int]()

    def counting(mel: Tensor) -> Tensor:
        computed.append(mel.shape[-1])
        return torch.zeros(1, config.mel_format.samples(mel.shape[-1]))

    vocoder = NetworkVocoder(info_of(name, config, live=False), counting, config.context_frames)
    heard = vocoder.preview(mel_of(config, 3_000))
    assert heard.shape[1] == config.mel_format.samples(3_000)
    assert 3_000 < sum(computed) < 1.4 * 3_000
    assert max(computed) < 4 * config.mel_format.sample_rate / config.mel_format.hop


def test_blocks_are_yielded_before_the_mel_ends() -> None:
    """Each is about a second long and waits for no more than its context."""
    config = SMALL["convnext"]
    info = info_of("convnext", config, live=False)
    vocoder = NetworkVocoder(info, small_network(config), config.context_frames)
    read = []

    def blocks() -> Iterator[Tensor]:
        for number in range(500):
            read.append(number)
            yield mel_of(config, 1, number)

    stream = vocoder.stream(blocks())
    first = next(stream)
    assert first.shape == (1, 86 * 512)
    assert len(read) == 86 + config.context_frames + 1
    assert all(block.shape[1] <= 44_100 + config.context_frames * 512 for block in stream)


_PEAKS = """
import atexit, gc, resource, torch
atexit.register(gc.freeze)
torch.set_num_threads(1)
from distill_app.vocoders.network_vocoder import NetworkVocoder
from tests.vocoders.small_networks import SMALL, info_of, mel_of, small_network
config = SMALL["convnext"]
vocoder = NetworkVocoder(info_of("convnext", config), small_network(config), config.context_frames)
mel = mel_of(config, 100)
for seconds in (10, 40):
    heard = sum(block.shape[1] for block in vocoder.stream(mel for _ in range(seconds * 441 // 512)))
    print(heard / vocoder.sample_rate, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no getrusage")
def test_memory_does_not_grow_with_the_length() -> None:
    """Four times the length takes less than 2 MB more; the 30 s of samples alone would be 5 MB."""
    shown = subprocess.run([sys.executable, "-c", _PEAKS], capture_output=True, text=True, check=True, timeout=100)
    (short, before), (long, after) = ([float(word) for word in line.split()] for line in shown.stdout.splitlines())
    assert long > 3.9 * short > 36
    assert after - before < 2 * 1024 * (1024 if sys.platform == "darwin" else 1)


def test_a_callable_that_is_no_module_is_called() -> None:
    config = SMALL["convnext"]
    network = small_network(config)
    called = NetworkVocoder(info_of("called", config), lambda mel: network(mel), config.context_frames)
    mel = mel_of(config, 30)
    assert torch.equal(called.preview(mel), _vocoder("convnext").preview(mel))


@pytest.mark.parametrize(
    "mel",
    [
        *(torch.zeros(1, 80, 10), torch.zeros(1, 128, 0), torch.full((1, 128, 4), torch.nan)),
        *(torch.zeros(0, 128, 10), torch.zeros(128, 10)),
    ],
)
def test_a_wrong_mel_is_refused_in_words(mel: Tensor) -> None:
    with pytest.raises(VocoderError):
        _vocoder("convnext").mel_to_waveform(mel)


def test_gradients_are_not_kept() -> None:
    samples = _vocoder("convnext").mel_to_waveform(mel_of(SMALL["convnext"], 3)[None].requires_grad_())
    assert not samples.requires_grad
