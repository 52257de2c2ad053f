"""A vocoder as a musician reads about it: its state, its facts, its speed, and how its download goes."""

from collections import deque
from math import ceil

from distill_app.ui.style.format import file_size
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.registry import VocoderEntry

_LOOK_BACK_SECONDS = 8.0
_EARLIEST_SECONDS = 1.0  # of a download, before there is anything to tell from


def short_state(entry: VocoderEntry) -> str:
    """What stands beside the title in the list: `installed`, `489 MB to download`."""
    if entry.state == "available":
        return f"{file_size(entry.download_bytes)} to download"
    return entry.state


def facts(entry: VocoderEntry, speed: float | None) -> tuple[list[str], list[str]]:
    """What the hand feels, and what it is.

    Args:
        speed: seconds of work for a second of sound on this computer, None where nobody knows.
    """
    how = [entry.state.capitalize(), speed_in_words(entry.info, speed), entry.verdict]
    return how, [*band(entry), *make(entry.info)]


def band(entry: VocoderEntry) -> list[str]:
    """The sample rate, and how far up the sound goes where that is less than the rate allows."""
    rate = entry.info.mel_format.sample_rate
    limit = [f"up to {entry.top_hz / 1000:g} kHz"] if entry.top_hz < 0.45 * rate else []
    return [kilohertz(rate), *limit]


def kilohertz(rate: float) -> str:
    """`44.1 kHz`, `22 kHz` for 22,050 as everybody says."""
    return f"{rate // 1000 if rate % 1000 <= 50 else rate / 1000:g} kHz"


def make(info: VocoderInfo) -> list[str]:
    """How large it is, and its licence."""
    size = [file_size(info.size_bytes)] if info.size_bytes else []
    return [*([_parameters(info.parameters)] if info.parameters else []), *size, info.licence]


def _parameters(count: int) -> str:
    return f"{count / 1e6:.3g} M parameters" if count >= 1e6 else f"{count / 1e3:.3g} k parameters"


def tip(entry: VocoderEntry) -> str:
    """The sentence for a musician, and what is in the way where something is."""
    return f"{entry.info.summary}\n{entry.reason}" if entry.reason else entry.info.summary


def fact_lines(entry: VocoderEntry, speed: float | None) -> list[str]:
    """`Built in · plays live` and `44.1 kHz · 3.4 M parameters · 6.81 MB · MIT`."""
    return [" · ".join(fact for fact in group if fact) for group in facts(entry, speed)]


def speed_in_words(info: VocoderInfo, speed: float | None) -> str:
    """`plays live`, `about 7 s for each second of sound`; "" where nobody knows."""
    if info.live:
        return "plays live"
    if speed is None:
        return ""
    if speed < 0.9:
        return "faster than real time"
    return f"about {_round_seconds(speed)} for each second of sound"


def _round_seconds(seconds: float) -> str:
    if seconds < 9.5:
        return f"{round(seconds) if seconds >= 3 else round(2 * seconds) / 2:g} s"
    return f"{round(seconds)} s" if seconds < 90 else f"{round(seconds / 60)} min"


def done_of(done: int, total: int) -> str:
    """`120 of 489 MB`."""
    unit, size = ("MB", 1e6) if total >= 1e6 else ("kB", 1e3)
    if total >= 1e9:
        return f"{done / 1e9:.2f} of {total / 1e9:.2f} GB"
    digits = 1 if total < 1e7 and unit == "MB" else 0
    return f"{done / size:.{digits}f} of {total / size:.{digits}f} {unit}"


def time_left(seconds: float | None) -> str:
    """`2 min left`; figures that can be read before they change; "" where nobody knows."""
    if seconds is None:
        return ""
    if seconds < 55:
        return f"{max(5, 5 * ceil(seconds / 5))} s left"
    minutes = max(1, round(seconds / 60))
    return f"{minutes} min left" if minutes < 90 else f"{round(minutes / 60)} h left"


class EtaEstimator:
    """How long a download still takes, from what came in the last seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def seconds_left(self, now: float, done: int, total: int) -> float | None:
        """With `done` of `total` bytes at the moment `now` (seconds); None where nobody can tell."""
        self._seen.append((now, done))
        while now - self._seen[0][0] > _LOOK_BACK_SECONDS and len(self._seen) > 2:
            self._seen.popleft()
        begun, before = self._seen[0]
        if now - begun < _EARLIEST_SECONDS:
            return None
        return (total - done) * (now - begun) / (done - before) if done > before else None
