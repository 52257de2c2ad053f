"""The instrument's middle sounds like the corpus, not like its mean."""

import torch
from torch import nn

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.axes import LatentAxes
from distill_app.models.axis import Axis
from distill_app.models.header import ModelHeader
from distill_app.models.model import DistillModel
from distill_app.models.vae import VAE, WINDOW_FRAMES
from distill_app.training.rest import rested

AXES = (Axis("Axis 1", "", 0.0, -2.0, 0.0, 2.0),)


def model_of_levels() -> DistillModel:
    """The second latent is the level of the window in nats, the first one, which is the axis, changes nothing."""
    draw = nn.Linear(2, 128 * WINDOW_FRAMES, bias=False).requires_grad_(False)
    draw.weight.copy_(torch.tensor([0.0, 1.0]).expand(128 * WINDOW_FRAMES, 2))
    vae = VAE(2, nn.Identity(), nn.Sequential(draw, nn.Unflatten(1, (128, WINDOW_FRAMES))))
    header = ModelHeader("Levels", DISTILL_MEL, {}, AXES)
    axes = LatentAxes(AXES, torch.tensor([0.0, -7.0]), torch.eye(2)[:1])
    return DistillModel(header, vae, torch.zeros(128), torch.ones(128), axes)


def test_the_middle_comes_to_the_level_of_the_corpus_and_no_coordinate_changes() -> None:
    model = model_of_levels()
    latents = torch.tensor([[0.1, -1.0], [-0.1, -3.0], [0.0, -2.0], [1.9, -2.0], [-1.9, -2.0], [1.8, -2.0], [1.7, 0.0]])
    windows = latents[:, 1, None, None].expand(-1, 128, WINDOW_FRAMES)
    moved = rested(model, windows, latents)
    torch.testing.assert_close(moved.axes.mean, torch.tensor([0.0, -2.0]))
    assert moved.axes.to_sliders(torch.tensor([1.0, 5.0])) == model.axes.to_sliders(torch.tensor([1.0, 5.0]))


def test_far_from_the_sliders_middle_nothing_is_taken() -> None:
    """The only window at the corpus's level stands at a slider's end: the nearest ones give what they can."""
    model = model_of_levels()
    latents = torch.tensor([[0.0, -1.0], [2.0, -2.0], [2.0, -2.0], [-2.0, -2.0]])
    windows = latents[:, 1, None, None].expand(-1, 128, WINDOW_FRAMES)
    assert float(rested(model, windows, latents).axes.mean[1]) == -1.0
