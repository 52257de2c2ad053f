"""Windows joined into one mel."""

import math

import pytest
import torch

from distill_app.generation.windows import fade_weights, join_windows


@pytest.mark.parametrize("hop", [32, 96, 100])
def test_equal_windows_join_to_themselves(hop: int) -> None:
    """A steady window repeated is steady: no dip and no bump where the windows overlap."""
    window = torch.arange(4.0)[:, None].expand(4, 128)
    joined = torch.cat([block for block, _ in zip(join_windows([window] * 9, hop), range(8), strict=False)], dim=1)
    assert joined.shape == (4, 8 * hop)
    assert (joined - torch.arange(4.0)[:, None]).abs().max() < 1e-5


def test_a_join_goes_from_one_window_to_the_other_without_a_jump() -> None:
    first, second = torch.full((1, 128), -6.0), torch.full((1, 128), 0.0)
    joined = torch.cat(list(join_windows([first, second, second], 96)), dim=1)[0]
    assert joined[0] == pytest.approx(-6, abs=1e-5)
    assert joined[130] == pytest.approx(0, abs=1e-5)
    power = (2 * joined[:130]).exp()
    assert (power.diff() >= -1e-6).all()
    assert power.diff().max() < 2 * math.pi / 2 / 33
    assert power[112] == pytest.approx(0.5, abs=0.06)


def test_windows_have_to_overlap() -> None:
    for hop in (0, 128, 200):
        with pytest.raises(ValueError, match="overlap"):
            fade_weights(128, hop)
