"""Thread tuning finds the fastest number, and restores torch's setting."""

import threading
from collections.abc import Callable

import pytest
import torch

from distill_app.vocoders.runtime.thread_tuning import ThreadTuner, fastest_threads, torch_threads


def test_the_number_of_threads_is_set_and_restored() -> None:
    before = torch.get_num_threads()
    with torch_threads(before + 1):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before
    with torch_threads(0):
        assert torch.get_num_threads() == before


def test_the_number_of_threads_is_restored_after_a_failure() -> None:
    before = torch.get_num_threads()
    with pytest.raises(ZeroDivisionError), torch_threads(before + 1):
        raise ZeroDivisionError
    assert torch.get_num_threads() == before


def test_another_thread_keeps_its_own_number() -> None:
    before, seen = torch.get_num_threads(), list[int]()
    within, over = threading.Event(), threading.Event()

    def work() -> None:
        with torch_threads(before + 2):
            seen.append(torch.get_num_threads())
            within.set()
            over.wait()

    other = threading.Thread(target=work)
    other.start()
    within.wait()
    here = torch.get_num_threads()
    over.set()
    other.join()
    assert (here, seen) == (before, [before + 2])


def _work(trial: ThreadTuner, seconds_with: Callable[[int], float], pieces: int = 12, frames: int = 100) -> list[int]:
    """Number of threads of each piece of work."""
    used = []
    for number in range(pieces):
        used.append(trial.threads)
        length = frames + 7 * (number % 5)
        trial.record(trial.threads, length, (5 if number == 0 else 1) * length * seconds_with(trial.threads))
    return used


@pytest.mark.parametrize(
    ("useful", "most", "chosen"), [(1, 8, 1), (2, 8, 2), (4, 8, 4), (8, 3, 2), (8, 8, 8), (8, 1, 1)]
)
def test_more_threads_as_long_as_they_make_it_faster(useful: int, most: int, chosen: int) -> None:
    used = _work(ThreadTuner(most), lambda count: 0.03 / min(useful, count))
    assert used[:2] == [1, 1]
    assert max(used) <= most
    assert used[-5:] == [chosen] * 5


def test_threads_that_wait_for_each_other_are_tried_once() -> None:
    used = _work(ThreadTuner(8), lambda count: 0.002 * count)
    assert used == [1, 1, 2] + [1] * 9


def test_chunks_of_another_length_are_ignored() -> None:
    """Short pieces take longer per frame."""
    trial = ThreadTuner(2)
    _work(trial, lambda _: 0.01, pieces=2)
    for _ in range(3):
        assert trial.threads == 2
        trial.record(2, 5, 5 * 0.1)
    trial.record(2, 100, 100 * 0.005)
    assert trial.threads == 2
    trial.record(2, 100, 100 * 0.1)  # ignored: the number is final
    assert trial.threads == 2


class FakeWork:
    """Work that advances a fake clock by the given time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds_with: Callable[[int], float]) -> None:
        self.now = 0.0
        self._seconds_with = seconds_with
        monkeypatch.setattr("distill_app.vocoders.runtime.thread_tuning.time.perf_counter", lambda: self.now)

    def __call__(self) -> None:
        self.now += self._seconds_with(torch.get_num_threads())


@pytest.mark.parametrize(("useful", "most", "chosen"), [(1, 8, 1), (2, 8, 2), (8, 3, 2), (8, 8, 8), (8, 1, 1)])
def test_a_trial_in_advance_finds_the_same(
    monkeypatch: pytest.MonkeyPatch, useful: int, most: int, chosen: int
) -> None:
    assert fastest_threads(FakeWork(monkeypatch, lambda count: 0.03 / min(useful, count)), most) == chosen


@pytest.mark.parametrize("seconds", [0.0001, 0.02, 0.1])
def test_trying_two_threads_takes_less_than_a_third_of_a_second(
    monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    """For runs of up to 0.1 s."""
    work = FakeWork(monkeypatch, lambda _: seconds)
    fastest_threads(work, 2)
    assert 3 * seconds <= work.now <= 0.301
