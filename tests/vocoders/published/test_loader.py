"""Published folders are read under every name and in every format."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from distill_app.common.errors import VocoderError
from distill_app.dsp.mel import filterbank, hann_window
from distill_app.dsp.mel_format import DISTILL_MEL, MelFormat
from distill_app.vocoders.networks import build_generator
from distill_app.vocoders.networks.config import HifiGanConfig
from distill_app.vocoders.networks.hifigan import add_weight_norm
from distill_app.vocoders.networks.presets import (
    BIGVGAN_V1_24K,
    BIGVGAN_V2_44K,
    HIFIGAN_V1_22K,
    HIFIGAN_V3_22K,
    TINY,
    VOCOS_24K,
)
from distill_app.vocoders.networks.weights_file import WeightsHeader, save_generator
from distill_app.vocoders.published.loader import find_files, load_published, read_published
from tests.paths import GOLDEN
from tests.vocoders.golden_networks import golden_network, golden_samples, golden_tensors
from tests.vocoders.published.published_folders import (
    BIGVGAN,
    HIFIGAN,
    VOCOS,
    WEIGHTS,
    folder_like,
    official_state,
    with_json,
    with_state,
    with_yaml,
)

FRAMES = 6


def golden_mel(name: str) -> Tensor:
    return golden_tensors(name)["mel"][..., :FRAMES]


@torch.inference_mode()
def samples(path: Path, name: str = HIFIGAN) -> Tensor:
    found: Tensor = load_published(path)[0](golden_mel(name))
    return found


def test_mel_formats_are_those_of_the_configs() -> None:
    mel = {path.name: read_published(path).mel_format for path in GOLDEN.iterdir() if path.is_dir()}
    assert mel["hifigan_v1"] == MelFormat(22_050, 1_024, 256, 1_024, 80, high_hz=8_000.0)
    assert mel["bigvgan_v2_44khz_512x"] == DISTILL_MEL
    assert mel["bigvgan_v1_24khz"] == BIGVGAN_V1_24K.mel_format == MelFormat(24_000, 1_024, 256, 1_024, 100)
    assert mel["vocos_center"] == VOCOS_24K.mel_format
    assert mel["vocos_same"] == replace(VOCOS_24K.mel_format, centred=False)


def test_configs_are_those_of_the_papers_in_miniature() -> None:
    assert read_published(GOLDEN / "hifigan_v1") == replace(HIFIGAN_V1_22K, channels=32)
    assert read_published(GOLDEN / "hifigan_v3") == replace(HIFIGAN_V3_22K, channels=32)
    assert read_published(GOLDEN / "bigvgan_v1_24khz") == replace(BIGVGAN_V1_24K, channels=64)
    assert read_published(GOLDEN / "bigvgan_v2_44khz_512x") == replace(BIGVGAN_V2_44K, channels=64)
    assert read_published(GOLDEN / "vocos_center") == replace(VOCOS_24K, channels=32, blocks=3, hidden=96)


def test_configs_are_read_without_torch() -> None:
    read = (
        f"import sys, pathlib; from distill_app.vocoders.published.loader import read_published as read; {{}}; {'{}'}"
    )
    places = [f"read(pathlib.Path({str(GOLDEN / name)!r}))" for name in (HIFIGAN, VOCOS)]
    script = read.format("; ".join(places), "assert 'torch' not in sys.modules")
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("name", ["generator_v1", "g_02500000", "generator.pth.tar", "hifigan.pth", "model.ckpt"])
def test_checkpoints_are_found_under_their_published_names(tmp_path: Path, name: str) -> None:
    folder = folder_like(HIFIGAN, tmp_path)
    (folder / "generator.pt").rename(folder / name)
    for other in ("do_02500000", "discriminator_v1.pt", "README.md", "LICENSE", ".cache.pt"):
        (folder / other).write_bytes(b"something else")
    assert find_files(folder).weights.name == name
    assert torch.equal(samples(folder), golden_samples(HIFIGAN, FRAMES))


def test_of_several_checkpoints_one_can_be_chosen(tmp_path: Path) -> None:
    folder = folder_like(HIFIGAN, tmp_path)
    (folder / "generator.pt").rename(folder / "g_00000002")
    (folder / "g_00000001").write_bytes(b"an earlier one")
    with pytest.raises(VocoderError, match=r"several checkpoints \(g_00000001, g_00000002\)"):
        load_published(folder)
    assert torch.equal(samples(folder / "g_00000002"), golden_samples(HIFIGAN, FRAMES))


def test_the_official_name_goes_before_others(tmp_path: Path) -> None:
    """A copy of BigVGAN's repository has several checkpoints."""
    folder = folder_like(BIGVGAN, tmp_path)
    for other in ("bigvgan_generator_3msteps.pt", "bigvgan_discriminator_optimizer.pt"):
        (folder / other).write_bytes(b"something else")
    assert find_files(folder).weights.name == "bigvgan_generator.pt"


def test_files_of_before_torch_1_6_are_read(tmp_path: Path) -> None:
    folder = folder_like(HIFIGAN, tmp_path)
    state = {"generator": official_state(HIFIGAN)}
    torch.save(state, folder / "generator.pt", _use_new_zipfile_serialization=False)
    assert torch.equal(samples(folder), golden_samples(HIFIGAN, FRAMES))


def test_either_form_of_weight_norm_is_removed(tmp_path: Path) -> None:
    """Weight norm of torch before 2.0, and of later versions."""
    folder = folder_like(HIFIGAN, tmp_path)
    network, config = load_published(folder)
    assert not any("_g" in name or "parametrizations" in name for name in network.state_dict())
    before = golden_samples(HIFIGAN, FRAMES)
    torch.save({"generator": add_weight_norm(network).state_dict()}, folder / "generator.pt")
    loaded, _ = load_published(folder)
    assert set(loaded.state_dict()) == set(build_generator(config).state_dict())
    assert torch.allclose(samples(folder), before, rtol=0, atol=1e-6)


def test_weights_without_weight_norm_and_without_a_wrapper_are_read(tmp_path: Path) -> None:
    folder = folder_like(BIGVGAN, tmp_path)
    torch.save(golden_network(BIGVGAN)[0].state_dict(), folder / "bigvgan_generator.pt")
    assert torch.equal(samples(folder, BIGVGAN), golden_samples(BIGVGAN, FRAMES))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions_become_single(tmp_path: Path, dtype: torch.dtype) -> None:
    folder = folder_like(VOCOS, tmp_path)
    before = golden_samples(VOCOS, FRAMES)
    with_state(folder, lambda state: state.update({name: value.to(dtype) for name, value in state.items()}))
    assert {value.dtype for value in load_published(folder)[0].state_dict().values()} == {torch.float32}
    assert (samples(folder, VOCOS) - before).abs().max() < 0.02 * before.abs().max()


def test_a_loaded_network_does_not_need_its_file(tmp_path: Path) -> None:
    folder = folder_like(BIGVGAN, tmp_path)
    network, _ = load_published(folder)
    weights = folder / WEIGHTS[BIGVGAN]
    before = network(golden_mel(BIGVGAN))
    with weights.open("r+b") as file:  # in place: what is mapped would change
        file.write(bytes(weights.stat().st_size))
    assert torch.equal(network(golden_mel(BIGVGAN)), before)


@pytest.mark.parametrize("name", [HIFIGAN, BIGVGAN, VOCOS])
def test_loading_leaves_nothing_behind(name: str) -> None:
    """Networks are first built on the meta device; cached tensors must not be."""
    filterbank.cache_clear()
    hann_window.cache_clear()
    torch.manual_seed(5)
    wanted = torch.rand(3)
    torch.manual_seed(5)
    network, config = load_published(GOLDEN / name)
    assert torch.equal(torch.rand(3), wanted)
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())
    constants = (hann_window(config.mel_format.n_fft), filterbank(config.mel_format))
    assert {value.device.type for value in (*network.state_dict().values(), *constants)} == {"cpu"}


def test_folders_with_weights_of_distill_are_read(tmp_path: Path) -> None:
    torch.manual_seed(0)
    generator = build_generator(TINY)
    save_generator(generator, WeightsHeader(TINY), tmp_path / "mine.safetensors")
    mel = torch.randn(1, 128, 5)
    for path in (tmp_path, tmp_path / "mine.safetensors"):
        assert read_published(path) == TINY
        network, config = load_published(path)
        assert config == TINY
        assert torch.equal(network(mel), generator(mel))


def test_published_networks_can_be_saved_as_weights_of_distill(tmp_path: Path) -> None:
    for name in (HIFIGAN, BIGVGAN, VOCOS):
        network, config = golden_network(name)
        save_generator(network, WeightsHeader(config), tmp_path / f"{name}.safetensors")
        assert torch.equal(samples(tmp_path / f"{name}.safetensors", name), golden_samples(name, FRAMES))


def test_final_tanh_and_bias_are_the_default(tmp_path: Path) -> None:
    folder = with_json(folder_like(BIGVGAN, tmp_path), {}, without="use_tanh_at_final")
    assert samples(folder, BIGVGAN).abs().max() < golden_samples(BIGVGAN, FRAMES).abs().max()
    with_json(folder, {}, without="use_bias_at_final")
    with pytest.raises(VocoderError, match=r"“conv_post.bias” \(1\) is missing"):
        load_published(folder)


def test_without_tanh_samples_are_cut_off_at_full_scale(tmp_path: Path) -> None:
    def louder(state: dict[str, Tensor]) -> None:
        state["conv_post.weight_g"] *= 100

    found = samples(with_state(folder_like(BIGVGAN, tmp_path), louder), BIGVGAN)
    wanted = (100 * golden_samples(BIGVGAN, FRAMES)).clamp(-1, 1)
    assert (wanted.abs() == 1).any()
    assert (found - wanted).abs().max() < 1e-4


def test_the_variants_at_44_khz_are_read_from_such_configs(tmp_path: Path) -> None:
    """HiFi-GAN with rates 8·8·4·2 and 8·8·8·2, whose hops are 512 and 1024."""
    for rates, hop in (([8, 8, 4, 2], 512), ([8, 8, 8, 2], 1_024)):
        values = {"upsample_rates": rates, "upsample_kernel_sizes": [2 * rate for rate in rates], "hop_size": hop}
        values |= {"sampling_rate": 44_100, "n_fft": 2_048, "win_size": 2_048, "num_mels": 128, "fmax": None}
        (tmp_path / str(hop)).mkdir()
        config = read_published(with_json(folder_like(HIFIGAN, tmp_path / str(hop)), values))
        assert isinstance(config, HifiGanConfig)
        assert config.mel_format == replace(DISTILL_MEL, hop=hop)
        assert build_generator(config)(torch.zeros(1, 128, 3)).shape == (1, 3 * hop)


def test_the_mel_filters_in_a_checkpoint_are_those_of_its_config(tmp_path: Path) -> None:
    """Vocos's published weights contain the filters of their mel."""
    mel_format = VOCOS_24K.mel_format
    before = golden_samples(VOCOS, FRAMES)

    def add(state: dict[str, Tensor]) -> None:
        state["feature_extractor.mel_spec.spectrogram.window"] = torch.hann_window(1_024)
        state["feature_extractor.mel_spec.mel_scale.fb"] = filterbank(mel_format).T.clone()

    folder = with_state(folder_like(VOCOS, tmp_path), add)
    assert torch.equal(samples(folder, VOCOS), before)
    with_yaml(folder, lambda config: config["feature_extractor"]["init_args"].update(f_max=8_000))
    with pytest.raises(VocoderError, match="its mel spectrogram is another than the config's"):
        load_published(folder)


def test_vocos_of_slaney_filters_is_read(tmp_path: Path) -> None:
    others = {"mel_scale": "slaney", "norm": "slaney", "f_min": 0, "f_max": 8_000}
    folder = with_yaml(
        folder_like(VOCOS, tmp_path), lambda config: config["feature_extractor"]["init_args"].update(others)
    )
    wanted = replace(VOCOS_24K.mel_format, scale="slaney", high_hz=8_000.0)
    assert read_published(folder).mel_format == wanted
