"""Number formats that a training computes with."""

import torch

from distill_app.training.run.spec import Precision


def mixed_precision(device: str, precision: Precision = "auto") -> torch.autocast:
    """Context in which layers compute in bfloat16 where that is asked for and fast, else in float32.

    Args:
        device: "cpu", "cuda" or "mps"; the last one computes in float32 in any case.
        precision: "auto" takes bfloat16 on CUDA cards that have it. Processors are slower with it unless made for it,
            so that there it has to be asked for. Weights, losses and evaluations are float32 everywhere.
    """
    return torch.autocast(device, torch.bfloat16, enabled=_is_bfloat16(device, precision), cache_enabled=False)


def _is_bfloat16(device: str, precision: Precision) -> bool:
    if precision == "auto":
        return device == "cuda" and torch.cuda.is_bf16_supported()
    return precision == "bfloat16" and device != "mps"
