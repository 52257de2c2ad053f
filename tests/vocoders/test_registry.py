"""The registry lists every vocoder with its state, and loads it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from distill_app.common.errors import VocoderError
from distill_app.common.paths import BUILT_IN_WEIGHTS
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.built_in import BUILT_IN_VOCODERS
from distill_app.vocoders.registry import UnknownVocoderError, VocoderEntry, find_vocoder, vocoder_entries, vocoders
from distill_app.vocoders.runtime.compute_config import ComputeConfig, Runtime
from tests.mel_formats import HIFIGAN_22K
from tests.paths import GOLDEN

FOLDERS = ("bigvgan_v1_24khz", "bigvgan_v2_44khz_512x", "hifigan_v1", "hifigan_v3", "vocos_center", "vocos_same")


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("DISTILL_VOCODERS", raising=False)


def _known() -> dict[str, VocoderEntry]:
    return {entry.info.id: entry for entry in vocoder_entries()}


def test_built_in_vocoders_come_first_and_available_ones_follow() -> None:
    states, count = [entry.state for entry in vocoder_entries()], len(BUILT_IN_VOCODERS)
    assert states == ["built in"] * count + ["available"] * (len(states) - count)
    assert "available" in states
    assert vocoders() == tuple(BUILT_IN_VOCODERS)


def test_every_entry_is_complete() -> None:
    assert vocoder_entries()
    for entry in vocoder_entries():
        info = entry.info
        assert info.title
        assert info.summary.endswith(".")
        assert info.licence
        assert "stream" in info.features
        assert entry.ready or entry.download_bytes == info.size_bytes > 50_000_000
        assert entry.ready or entry.gmac_per_second > 1
        assert 8_000 <= entry.top_hz <= info.mel_format.sample_rate / 2


def test_ids_are_unique() -> None:
    assert len(_known()) == len(vocoder_entries())


def test_a_vocoder_that_is_not_installed_states_its_size_and_how_to_install_it() -> None:
    with pytest.raises(VocoderError) as refused:
        get_vocoder("bigvgan-v2-44k")
    for words in ("BigVGAN v2, 44.1 kHz", "489 MB", "window", "`distill vocoders get bigvgan-v2-44k`"):
        assert words in str(refused.value)


@pytest.mark.parametrize("name", ["nothing", "", "a/b/c", "x" * 5_000, "\x00", Path("no folder")])
def test_an_unknown_name_is_refused_with_the_known_ones(name: str | Path) -> None:
    with pytest.raises(UnknownVocoderError, match=r"griffin-lim, .*bigvgan"):
        get_vocoder(name)


@pytest.mark.parametrize(
    ("name", "runtime"), [*((name, "torch") for name in FOLDERS), ("hifigan_v3", "onnx"), ("vocos_center", "onnx")]
)
def test_a_folder_as_published_gives_the_official_sound(name: str, runtime: Runtime) -> None:
    vocoder = get_vocoder(GOLDEN / name, ComputeConfig("cpu", runtime))
    tensors = load_file(GOLDEN / name / "golden.safetensors")
    mel, wanted = tensors["mel"], tensors["audio"].flatten()
    sound = vocoder.mel_to_waveform(mel)
    assert sound.shape == (1, 1, vocoder.info.mel_format.samples(mel.shape[2]))
    assert (sound.flatten() - wanted).abs().max() < 1e-4 * wanted.abs().max()


def test_the_contract_that_scripts_rely_on() -> None:
    vocoder = get_vocoder(str(GOLDEN / "hifigan_v3"))
    assert vocoder.sample_rate == 22_050
    assert vocoder.info.mel_format == HIFIGAN_22K
    assert vocoder.mel_to_waveform(torch.full((1, 80, 10), -5.0)).shape == (1, 1, 2_560)


def test_a_folder_describes_itself() -> None:
    info = get_vocoder(GOLDEN / "hifigan_v1").info
    assert (info.title, info.summary) == ("hifigan_v1", "HiFi-GAN, in a folder of yours.")
    assert info.mel_format.top_hz == 8_000
    assert info.size_bytes > 0


def test_weights_that_distill_trained_are_opened_too() -> None:
    vocoder = get_vocoder(BUILT_IN_WEIGHTS)
    assert vocoder.info.title == "built-in"
    assert vocoder.mel_to_waveform(torch.full((1, 128, 4), -5.0)).shape == (1, 1, 2_048)


def test_a_name_goes_before_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "griffin-lim").mkdir()
    for name in ("griffin-lim", Path("griffin-lim")):
        assert get_vocoder(name).info.id == "griffin-lim"
    (tmp_path / "mine").mkdir()
    assert find_vocoder("mine") == Path("mine")


def test_a_damaged_one_is_not_offered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "Distill" / "vocoders" / "vocos-24k"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_bytes(b"x" * 461)
    entry = _known()["vocos-24k"]
    assert (entry.state, entry.ready) == ("damaged", False)
    assert entry.reason == (
        "“pytorch_model.bin” of Vocos, 24 kHz is missing or damaged; remove the vocoder and get it again."
    )
    with pytest.raises(VocoderError, match="is missing or damaged"):
        get_vocoder("vocos-24k")


def test_files_of_the_right_size_with_other_bytes_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "Distill" / "vocoders" / "vocos-24k"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_bytes(b"x" * 461)
    with (folder / "pytorch_model.bin").open("wb") as file:
        file.truncate(54_365_991)
    assert _known()["vocos-24k"].ready
    with pytest.raises(VocoderError):
        get_vocoder("vocos-24k")


def test_a_copied_folder_is_listed(tmp_path: Path) -> None:
    store = tmp_path / "data" / "Distill" / "vocoders"
    shutil.copytree(GOLDEN / "hifigan_v2", store / "My Vocoder")
    (store / "notes").mkdir()
    entry = _known()["My Vocoder"]
    assert (entry.state, entry.info.summary) == ("installed", "HiFi-GAN, in a folder of yours.")
    assert get_vocoder("My Vocoder").sample_rate == 22_050
    assert "notes" not in _known()


def test_a_folder_of_an_unknown_kind_is_listed_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(GOLDEN / "vocos_center", tmp_path / "shared" / "codes")
    config = tmp_path / "shared" / "codes" / "config.yaml"
    config.write_text(config.read_text().replace("MelSpectrogramFeatures", "EncodecFeatures"))
    monkeypatch.setenv("DISTILL_VOCODERS", str(tmp_path / "shared"))
    entry = _known()["codes"]
    assert entry.state == "unsupported"
    assert "EnCodec" in entry.reason
    with pytest.raises(VocoderError, match="EnCodec"):
        get_vocoder("codes")


@pytest.mark.parametrize("place", ["x" * 5_000, "nowhere", "a-file"])
def test_an_unreadable_shared_folder_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    (tmp_path / "a-file").touch()
    monkeypatch.setenv("DISTILL_VOCODERS", str(tmp_path / place))
    assert vocoders() == tuple(BUILT_IN_VOCODERS)


def test_listing_does_not_import_torch() -> None:
    code = (
        "import sys\nfrom distill_app.vocoders.registry import vocoder_entries\n"
        "vocoder_entries()\nprint('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"
