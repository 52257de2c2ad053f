"""The chosen places cover the space and fit in the budget."""

import torch

from distill_app.training.grain.coverage import farthest_first


def test_the_farthest_places_are_chosen() -> None:
    latents = torch.tensor([[0.0], [0.1], [5.0], [-5.0], [4.9]])
    assert farthest_first(latents, [1.0] * 5, 3.0) == [1, 2, 3] or farthest_first(latents, [1.0] * 5, 3.0) == [1, 3, 2]


def test_a_place_that_exceeds_the_budget_is_passed_over() -> None:
    assert sorted(farthest_first(torch.tensor([[0.0], [9.0], [1.0]]), [1.0, 8.0, 1.0], 2.5)) == [0, 2]


def test_equal_places_are_chosen_once() -> None:
    assert len(farthest_first(torch.ones(7, 3), [1.0] * 7, 60.0)) == 1


def test_all_places_are_chosen_where_they_fit() -> None:
    assert sorted(farthest_first(torch.randn(20, 4), [1.0] * 20, 60.0)) == list(range(20))
