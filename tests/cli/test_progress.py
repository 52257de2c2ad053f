"""The progress bar: in place on a terminal, sparse lines in a file, and a time that is left."""

import io

import pytest

from distill_app.cli.progress import TerminalProgressBar, duration


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    """Clock of all bars of a test."""
    clock = _Clock()
    monkeypatch.setattr("tqdm.std.time", clock)
    return clock


def _shown(stream: io.StringIO, clock: _Clock, steps: int, seconds: float) -> str:
    progress = TerminalProgressBar(stream, clock)
    for step in range(1, steps + 1):
        clock.now = step * seconds
        progress.show("Vocoding", step / steps)
    return stream.getvalue()


def test_half_way_after_ten_seconds_leaves_ten(clock: _Clock) -> None:
    lines = _shown(_Terminal(), clock, 2, 10).split("\r")
    assert lines[1] == "Vocoding  ████████████░░░░░░░░░░░░  50%, 10 s left"


def test_a_file_gets_a_line_every_ten_seconds(clock: _Clock) -> None:
    assert len(_shown(io.StringIO(), clock, 100, 1).splitlines()) == 10


def test_quick_work_shows_nothing(clock: _Clock) -> None:
    assert _shown(_Terminal(), clock, 10, 0.005) == ""


def test_closing_wipes_the_line(clock: _Clock) -> None:
    stream = _Terminal()
    progress = TerminalProgressBar(stream, clock)
    clock.now = 1
    progress.show("Vocoding", 0.5)
    length = len(stream.getvalue()) - 1
    progress.close()
    assert stream.getvalue().endswith("\r" + " " * length + "\r")


def test_the_next_stage_has_its_own_time(clock: _Clock) -> None:
    stream = _Terminal()
    progress = TerminalProgressBar(stream, clock)
    for now, fraction in ((100, 1.0), (110, 0.0), (120, 0.5)):
        clock.now = now
        progress.show("Learning", fraction)
    assert stream.getvalue().split("\r")[-1].rstrip().endswith("50%, 10 s left")


def test_a_known_time_is_shown_instead_of_an_estimate(clock: _Clock) -> None:
    stream = _Terminal()
    progress = TerminalProgressBar(stream, clock)
    clock.now = 10
    progress.show("Learning", 0.5, seconds_left=600)
    assert stream.getvalue().endswith("10 min 00 s left")


def test_durations_in_words() -> None:
    assert [duration(seconds) for seconds in (8, 125, 4200)] == ["8 s", "2 min 05 s", "1 h 10 min"]
