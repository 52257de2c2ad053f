"""As many threads as pay, and no setting left behind."""

from collections.abc import Callable

import pytest
import torch

from distill_app.vocoders.threads import computing_with, fastest_threads


class Work:
    """Takes as long as it says, by a clock of its own."""

    def __init__(self, seconds_with: Callable[[int], float]) -> None:
        self.now = 0.0
        self._seconds_with = seconds_with

    def __call__(self) -> None:
        self.now += self._seconds_with(torch.get_num_threads())


@pytest.fixture
def measure(monkeypatch: pytest.MonkeyPatch) -> Callable[[Work, int], int]:
    def measured(work: Work, most: int) -> int:
        monkeypatch.setattr("distill_app.vocoders.threads.time.perf_counter", lambda: work.now)
        return fastest_threads(work, most)

    return measured


def test_within_so_many_threads_and_afterwards_as_before() -> None:
    before = torch.get_num_threads()
    with computing_with(before + 1):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before
    with computing_with(0):
        assert torch.get_num_threads() == before


def test_afterwards_as_before_though_it_failed() -> None:
    before = torch.get_num_threads()
    with pytest.raises(ZeroDivisionError), computing_with(before + 1):
        raise ZeroDivisionError
    assert torch.get_num_threads() == before


@pytest.mark.parametrize(("useful", "most", "chosen"), [(1, 8, 1), (2, 8, 2), (4, 8, 4), (8, 3, 2), (8, 8, 8)])
def test_more_threads_as_long_as_they_make_it_faster(
    measure: Callable[[Work, int], int], useful: int, most: int, chosen: int
) -> None:
    assert measure(Work(lambda count: 0.03 / min(useful, count)), most) == chosen


def test_threads_that_wait_for_each_other_are_left_out(measure: Callable[[Work, int], int]) -> None:
    assert measure(Work(lambda count: 0.002 * count), 8) == 1


@pytest.mark.parametrize("seconds", [0.0001, 0.02, 0.1])
def test_trying_two_threads_takes_less_than_a_third_of_a_second(
    measure: Callable[[Work, int], int], seconds: float
) -> None:
    """Where one run takes a tenth of it."""
    work = Work(lambda _: seconds)
    measure(work, 2)
    assert work.now <= 0.301
