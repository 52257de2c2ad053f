"""The PCA network is exact within its components, and a VAE in z-score units."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from distill_app.common.errors import ModelFileError
from distill_app.common.safetensors_io import read_metadata
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.axes import LatentAxes
from distill_app.models.axis import Axis
from distill_app.models.half_precision import rounded_network, rounding_db
from distill_app.models.header import ModelHeader, read_header
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model, save_model
from distill_app.models.pca_vae import PcaVAE

ARCHITECTURE = {"name": "basis", "latent": 8, "width": 4}
AXES = (Axis("Axis 1", "", 0.0, -1.0, 0.0, 1.0),)


def windows(count: int, rank: int = 5) -> Tensor:
    """`[count, 128, 128]` made of `rank` patterns."""
    random = torch.Generator().manual_seed(0)
    patterns = torch.randn(rank, 128 * 128, generator=random)
    sizes = torch.randn(count, rank, generator=random) * torch.arange(rank, 0, -1)
    return (0.5 + sizes @ patterns / 10).reshape(-1, 128, 128)


def started(count: int = 40, latent: int = 8, rank: int = 5) -> PcaVAE:
    vae = PcaVAE(128, latent, 4)
    vae.initialize(windows(count, rank), 0)
    return vae.eval().requires_grad_(False)


def test_a_window_in_the_span_of_the_components_is_reconstructed() -> None:
    vae, given = started(), windows(40)
    back = vae.decode(vae.encode(given)[0])
    assert float((back - given).square().mean() / given.var()) < 1e-5


def test_the_components_are_orthonormal_and_sorted_by_size() -> None:
    vae = started()
    torch.testing.assert_close(vae.basis[:5] @ vae.basis[:5].T, torch.eye(5), atol=2e-3, rtol=0)
    assert bool((vae.deviation[:5].diff() < 0).all())
    means = vae.to_prior_units(*vae.encode(windows(40)))[0][:, :5]
    torch.testing.assert_close(means.std(0, correction=0), torch.ones(5), atol=0.02, rtol=0)


def test_directions_beyond_the_rank_of_two_windows_are_zero() -> None:
    vae = started(count=2)
    assert not vae.basis[1:].any()
    latents = torch.zeros(2, 8)
    latents[1, 3] = 1.0
    assert torch.equal(*vae.decode(latents))


def test_the_posterior_is_expressed_in_prior_units() -> None:
    vae = started()
    mean, log_variance = vae.to_prior_units(3 * vae.deviation[None], 2 * vae.deviation.log()[None])
    torch.testing.assert_close(mean, torch.full((1, 8), 3.0))
    torch.testing.assert_close(log_variance, torch.zeros(1, 8))


def test_the_residual_decoder_starts_at_zero_and_is_trainable() -> None:
    vae = PcaVAE(128, 8, 4)
    vae.initialize(windows(40), 0)
    assert not vae.decoder(torch.randn(2, 8)).any()
    vae.decode(torch.randn(2, 8)).sum().backward()  # type: ignore[no-untyped-call]
    assert {name for name, p in vae.named_parameters() if p.grad is not None and p.grad.any()} == {
        "decoder.4.weight",
        "decoder.4.bias",
    }


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.distillgan"
    header = ModelHeader("A", DISTILL_MEL, ARCHITECTURE, AXES)
    axes = LatentAxes(AXES, torch.zeros(8), torch.eye(8)[:1])
    save_model(DistillModel(header, started(), torch.zeros(128), torch.ones(128), axes), path)
    return path


def test_a_file_stores_half_precision(file: Path) -> None:
    stored = load_file(file)
    assert {stored[f"vae.{name}"].dtype for name in ("basis", "centre", "decoder.0.weight")} == {torch.float16}
    assert read_header(file).format_version == 5


def test_a_rounded_network_is_restored_exactly(file: Path) -> None:
    latents, back = torch.randn(2, 8), load_model(file).vae
    assert torch.equal(back.decode(latents), rounded_network(started()).decode(latents))
    assert torch.equal(rounded_network(back).decode(latents), back.decode(latents))


def test_a_file_in_single_precision_is_read(file: Path) -> None:
    """Up to version 4 only the components were stored in half precision."""
    values = json.loads(read_metadata(file)) | {"format_version": 3}
    plain = {f"vae.{name}": tensor for name, tensor in started().state_dict().items() if name != "basis"}
    save_file(load_file(file) | plain, file, {"distill": json.dumps(values)})
    latents = torch.randn(2, 8)
    assert torch.equal(load_model(file).vae.decode(latents), started().decode(latents))


def test_rounding_is_measured_relative_to_the_spectra(file: Path) -> None:
    model = replace(load_model(file), mean=torch.full((128,), -5.0))
    louder = replace(model, mean=model.mean + torch.tensor(1.1).log())
    mel = model.decode(torch.zeros(1, 8))
    assert rounding_db(model, louder, mel) == pytest.approx(-20, abs=0.01)
    assert rounding_db(model, model, mel) == pytest.approx(-200)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vae.deviation", torch.zeros(8)),
        ("vae.deviation", -torch.ones(8)),
        ("vae.basis", torch.zeros(8, 128 * 128)),
        ("vae.basis", torch.full((8, 128 * 128), torch.inf, dtype=torch.float16)),
        ("vae.basis", torch.zeros(7, 128 * 128, dtype=torch.float16)),
        ("vae.centre", torch.zeros(128 * 128)),
    ],
)
def test_a_file_of_implausible_numbers_is_refused(file: Path, name: str, value: Tensor) -> None:
    save_file(load_file(file) | {name: value}, file, {"distill": read_metadata(file)})
    with pytest.raises(ModelFileError, match="damaged"):
        load_model(file)
