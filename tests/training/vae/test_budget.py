"""A training ends after its time or its epochs, and early only where that is wanted."""

from dataclasses import replace

from distill_app.training.run.plateau import SETTLED_MIN_POINTS, Point
from distill_app.training.vae.budget import ModelBudget
from distill_app.training.vae.config import TrainingConfig

FLAT = [Point(5.0 * n, 5.0) for n in range(SETTLED_MIN_POINTS)]
FALLING = [Point(5.0 * n, 5.0 * 0.9**n) for n in range(SETTLED_MIN_POINTS)]


def test_an_error_that_hardly_falls_ends_a_training_that_ends_early_and_no_other() -> None:
    config = TrainingConfig(minutes=2, ends_early=True)
    assert ModelBudget(config, 10).fraction(100, 30.0, FLAT) == 1
    assert ModelBudget(config, 10).fraction(100, 30.0, FALLING) == 0.25
    assert ModelBudget(replace(config, ends_early=False), 10).fraction(100, 30.0, FLAT) == 0.25
    assert ModelBudget(replace(config, epochs=20), 10).fraction(100, 30.0, FLAT) == 0.5


def test_no_minutes_are_over_before_the_first_step() -> None:
    assert ModelBudget(TrainingConfig(minutes=0), 10).fraction(0, 0.0, []) == 1
    assert ModelBudget(TrainingConfig(minutes=0, epochs=2), 10).fraction(0, 0.0, []) == 0


def test_it_is_evaluated_by_time_or_twenty_times_in_its_epochs() -> None:
    timed, counted = ModelBudget(TrainingConfig(), 10), ModelBudget(TrainingConfig(epochs=40), 10)
    assert [timed.is_evaluation_due(7, seconds) for seconds in (4.9, 5.0)] == [False, True]
    assert sum(counted.is_evaluation_due(step, 0.0) for step in range(1, 401)) == 20
