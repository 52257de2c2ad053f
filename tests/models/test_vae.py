"""Architectures that a header may and may not request."""

from typing import Any

import pytest
import torch

from distill_app.models.vae import build_vae, parameter_count
from distill_app.models.window import WINDOW_FRAMES

BASIS = {"name": "basis", "latent": 4, "width": 8}
ONE = {"name": "conv1d", "latent": 4, "width": 16, "blocks": 1, "stride": 4}
TWO = {"name": "conv2d", "latent": 64, "width": 32}


@pytest.mark.parametrize("architecture", [*[ONE | {"stride": s} for s in (1, 2, 4, 8, 16)], TWO | {"width": 4}, BASIS])
def test_encodes_windows_to_vectors_and_back(architecture: dict[str, Any]) -> None:
    vae = build_vae(128, architecture).eval()
    mean, log_variance = vae.encode(torch.randn(3, 128, WINDOW_FRAMES))
    assert mean.shape == log_variance.shape == (3, architecture["latent"])
    assert vae.decode(mean).shape == (3, 128, WINDOW_FRAMES)


def test_the_documented_original_has_4_2_million_parameters() -> None:
    assert parameter_count(build_vae(128, TWO)) == pytest.approx(4.2e6, rel=0.02)


@pytest.mark.parametrize("architecture", [ONE, TWO | {"width": 4}])
def test_no_head_bounds_the_output(architecture: dict[str, Any]) -> None:
    """A final sigmoid or tanh would compress loud and soft into its range."""
    vae = build_vae(128, architecture).eval()
    with torch.no_grad():
        out = vae.decode(1000 * torch.randn(8, architecture["latent"], generator=torch.Generator().manual_seed(0)))
    assert out.max() > 2
    assert out.min() < -2


def test_frames_leave_in_the_order_in_which_patches_hold_them() -> None:
    """A network trained on one ramp over time reproduces the ramp, not an interleaved one."""
    torch.manual_seed(0)
    vae = build_vae(16, ONE)
    ramp = torch.linspace(-1, 1, WINDOW_FRAMES).expand(1, 16, -1)
    optimizer = torch.optim.Adam(vae.parameters(), 1e-2)
    for _ in range(60):
        optimizer.zero_grad()
        loss = (vae.decode(torch.zeros(1, 4)) - ramp).square().mean()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert loss < 0.02


@pytest.mark.parametrize(
    "architecture",
    [
        {},
        {"name": "gan"},
        {"name": ["conv1d"]},
        ONE | {"latent": 0},
        ONE | {"latent": 10**9},
        ONE | {"width": 10**9},
        ONE | {"width": "16"},
        ONE | {"width": True},
        ONE | {"width": 16.5},
        ONE | {"blocks": 10**6},
        ONE | {"stride": 3},
        ONE | {"extra": 1},
        {key: value for key, value in ONE.items() if key != "latent"},
        TWO | {"width": 4096},
        TWO | {"latent": -1},
        BASIS | {"latent": 2000},
        BASIS | {"width": 0},
        BASIS | {"stride": 8},
    ],
)
def test_a_hostile_header_is_refused(architecture: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="architecture"):
        build_vae(128, architecture)


def test_the_largest_architecture_allowed_costs_nothing_on_the_meta_device() -> None:
    largest = {"name": "conv1d", "latent": 1024, "width": 2048, "blocks": 16, "stride": 1}
    with torch.device("meta"):
        assert parameter_count(build_vae(128, largest)) > 10**9
