"""Frame rate in relation to the cost of a frame."""

import pytest

from distill_app.ui.play.frame_rate import LONGEST_MS, SHORTEST_MS, FrameRate


class Spent:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize(("cost_ms", "interval_ms"), [(0.2, SHORTEST_MS), (0.7, 20), (0.875, 25), (9.0, LONGEST_MS)])
def test_drawing_takes_a_thirtieth_of_a_core(cost_ms: float, interval_ms: int) -> None:
    spent = Spent()
    pace = FrameRate(spent)
    for _ in range(100):
        spent.seconds += cost_ms / 1000
        interval = pace.next_ms()
    assert interval == pytest.approx(interval_ms, abs=1)


def test_one_slow_frame_has_no_lasting_effect() -> None:
    spent = Spent()
    pace = FrameRate(spent)
    spent.seconds += 0.05
    assert pace.next_ms() == LONGEST_MS
    for _ in range(60):
        spent.seconds += 0.0005
        interval = pace.next_ms()
    assert interval == SHORTEST_MS
