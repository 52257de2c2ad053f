"""What an envelope network is taught by: the likelihood of the recording's own envelopes."""

import math

import torch
from torch import Tensor, nn

from distill_app.dsp.band_envelopes import log_envelopes

_EDGE = 4
"""Steps at each end of a segment whose window looks beyond it."""
_DECIBELS = 20 / math.log(10)


class EnvelopeLoss(nn.Module):
    """Negative log-likelihood of the recorded envelopes under Laplace distributions, in nats; the sharper and the
    righter, the less. Called as the spectral loss is."""

    def forward(self, predicted: Tensor, recorded: Tensor) -> dict[str, Tensor]:
        """Of `EnvelopeNetwork`'s answer and samples `[batch, n]`."""
        error, log_scale = _errors(predicted, recorded)
        return {"envelope": (error * (-log_scale).exp() + log_scale).mean()}


@torch.no_grad()
def envelope_error_db(predicted: Tensor, recorded: Tensor) -> float:
    """Mean distance of the predicted medians from the recorded levels."""
    return _DECIBELS * float(_errors(predicted, recorded)[0].mean())


def _errors(predicted: Tensor, recorded: Tensor) -> tuple[Tensor, Tensor]:
    inner = slice(_EDGE, -_EDGE)
    median, log_scale = predicted.float().unbind(1)
    return (log_envelopes(recorded) - median)[..., inner].abs(), log_scale[..., inner]
