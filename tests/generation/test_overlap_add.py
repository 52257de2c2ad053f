"""Windows join into one mel without dips, bumps or jumps."""

import math

import pytest
import torch

from distill_app.generation.overlap_add import fade_weights, join_windows


@pytest.mark.parametrize("hop", [32, 96, 100])
def test_equal_windows_join_to_themselves(hop: int) -> None:
    """A steady window repeated is steady, without a dip or a bump in the overlap."""
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


def hit(silence: int = 3, decay: float = 0.4) -> torch.Tensor:
    """A log-mel window `[4, 128]` of a sound that begins after some silent frames and decays long before the end."""
    frames = torch.arange(128.0) - silence
    return torch.where(frames < 0, -11.5, (-1 - decay * frames).clamp_min(-11.5)).expand(4, 128)


@pytest.mark.parametrize("hop", [32, 96])
def test_each_repetition_of_a_hit_is_as_loud_as_the_first(hop: int) -> None:
    joined = torch.cat([block for block, _ in zip(join_windows([hit()] * 12, hop), range(10), strict=False)], dim=1)
    hits = joined[0].unfold(0, hop, hop)
    assert hits[0].max() == pytest.approx(-1, abs=1e-5)
    torch.testing.assert_close(hits.max(1).values, torch.full((10,), -1.0), atol=0.01, rtol=0)
    torch.testing.assert_close(hits[:, 3:20], hits[:1, 3:20].expand(10, -1), atol=0.05, rtol=0)


def test_a_hit_over_a_decaying_sound_is_complete_and_cuts_nothing_off() -> None:
    ringing = torch.full((4, 128), -4.0)
    joined = torch.cat(list(join_windows([ringing, hit(), hit()], 96)), dim=1)[0]
    assert joined[99] == pytest.approx(-1, abs=0.02)
    assert joined[:98] == pytest.approx(-4, abs=0.1)
    assert (joined[105:128] > hit()[0, 9:32] - 1e-4).all()


def test_a_swell_comes_in_no_faster_than_its_fade() -> None:
    swell = torch.linspace(-6, -1, 128).expand(4, 128)
    joined = torch.cat(list(join_windows([torch.full((4, 128), -1.0), swell, swell], 96)), dim=1)[0]
    ramp = fade_weights(128, 96)[:32]
    expected = 0.5 * torch.log((2 * torch.tensor(-1.0)).exp() * (1 - ramp) + (2 * swell[0, :32]).exp() * ramp)
    torch.testing.assert_close(joined[96:128], expected, atol=1e-4, rtol=0)
