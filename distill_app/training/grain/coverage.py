"""Choice of the places that cover a latent space best."""

from collections.abc import Sequence

import torch
from torch import Tensor

_SAME = 1e-6


def farthest_first(latents: Tensor, seconds: Sequence[float], budget: float) -> list[int]:
    """Numbers of places whose durations fit in a budget, each the farthest from all before (Gonzalez 1985).

    The first is the nearest to the mean. Places that equal a chosen one are left out.

    Args:
        latents: `[n, latent]`.
        seconds: durations of the places.
        budget: seconds in all.
    """
    distances = torch.full((len(latents),), torch.inf)
    candidate = int((latents - latents.mean(0)).square().sum(1).argmin())
    chosen: list[int] = []
    while distances[candidate] > _SAME:
        if seconds[candidate] <= budget:
            chosen.append(candidate)
            budget -= seconds[candidate]
            distances = torch.minimum(distances, (latents - latents[candidate]).square().sum(1))
        distances[candidate] = 0.0
        candidate = int(distances.argmax())
    return chosen
