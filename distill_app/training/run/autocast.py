"""Numbers that a network computes with while it learns: 32 bits, or where that is faster 16 of them."""

from typing import Literal, get_args

import torch

Precision = Literal["auto", "float32", "bfloat16"]
PRECISIONS = get_args(Precision)


def computing(device: str, asked: Precision) -> torch.autocast:
    """A context in which layers compute in bfloat16, or in which nothing is changed.

    “auto” takes bfloat16 on CUDA cards that have it. Processors are slower with it unless made for it, so there it has
    to be asked for; MPS computes in float32 in any case. Weights, losses and what is judged are float32 everywhere.
    """
    return torch.autocast(device, torch.bfloat16, enabled=_halved(device, asked), cache_enabled=False)


def _halved(device: str, asked: Precision) -> bool:
    if asked == "auto":
        return device == "cuda" and torch.cuda.is_bf16_supported()
    return asked == "bfloat16" and device != "mps"
