"""AdamW makes the steps of torch's."""

import pytest
import torch
from torch import nn

from distill_app.training.run.adamw import AdamW


def _trained(kind: type[torch.optim.AdamW], fused: bool) -> tuple[nn.Linear, torch.optim.AdamW]:
    torch.manual_seed(0)
    network, batch = nn.Linear(5, 3), torch.randn(4, 5)
    optimizer = kind(network.parameters(), 1e-2, (0.9, 0.98), weight_decay=0.02, fused=fused)
    for number in range(6):
        if number == 3:
            optimizer.load_state_dict(optimizer.state_dict())
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(network(batch).square().mean())
        optimizer.step()
    return network, optimizer


@pytest.mark.parametrize("fused", [False, True])
def test_steps_and_state_are_those_of_torch(fused: bool) -> None:
    (network, optimizer), (expected, torchs) = (_trained(kind, fused) for kind in (AdamW, torch.optim.AdamW))
    for tensor, its in zip(network.parameters(), expected.parameters(), strict=True):
        assert torch.equal(tensor, its)
        assert tensor.requires_grad
    torch.testing.assert_close(optimizer.state_dict(), torchs.state_dict(), rtol=0, atol=0)
