"""Text about vocoders: state, facts, speed, and progress of a download."""

from collections import deque
from math import ceil

from distill_app.ui.style.format import file_size
from distill_app.ui.translation import tr
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.registry import VocoderEntry

_WINDOW_SECONDS = 8.0
"""Length of the past from which the rate of a download is measured."""
_EARLIEST_SECONDS = 1.0
"""Time after which the rate of a download is first known."""


def state_text(entry: VocoderEntry) -> str:
    """State of a vocoder, in lower case."""
    names = {
        "built in": tr("built in"),
        "in the model": tr("in the model"),
        "available": tr("available"),
        "installed": tr("installed"),
        "damaged": tr("damaged"),
        "unsupported": tr("unsupported"),
    }
    return names.get(entry.state, entry.state)


def short_state(entry: VocoderEntry) -> str:
    """State beside the title in the list: `installed`, `489 MB to download`; of Auto what it plays."""
    if entry.plays:
        return played_text(entry)
    if entry.state == "available":
        return tr("{size} to download").format(size=file_size(entry.download_bytes))
    return state_text(entry)


def played_text(entry: VocoderEntry) -> str:
    """Short title of the vocoder that an automatic choice plays, "" for others."""
    return entry.plays.partition(":")[0]


def tool_tip(entry: VocoderEntry) -> str:
    """Summary of a vocoder, what an automatic choice plays, and why it cannot be used where it cannot."""
    return "\n".join(filter(None, (entry.info.summary, _choice_text(entry), entry.reason)))


def _choice_text(entry: VocoderEntry) -> str:
    """Vocoders that an automatic choice plays and writes files with, and why; "" for others."""
    if not entry.plays:
        return ""
    if entry.files == entry.plays:
        return tr("Now, and in exported files: {vocoder}").format(vocoder=entry.plays)
    gain = f"{100 * entry.files_gain:.0f} %"
    words = tr("Now: {vocoder}\nIn exported files: {files}, measured {gain} nearer to recordings than Built-in")
    return words.format(vocoder=entry.plays, files=entry.files, gain=gain)


def fact_lines(entry: VocoderEntry, speed: float | None) -> list[str]:
    """Two lines: `Built in · plays live` and `44.1 kHz · 3.4 M parameters · 6.81 MB · MIT`.

    Args:
        speed: seconds of work per second of sound on this computer; None where it is unknown.
    """
    use = [state_text(entry).capitalize(), speed_text(entry.info, speed), entry.verdict]
    return [" · ".join(filter(None, facts)) for facts in (use, [*band_facts(entry), *network_facts(entry.info)])]


def band_facts(entry: VocoderEntry) -> list[str]:
    """Sample rate, and the upper band limit where it is below what the rate allows."""
    rate = entry.info.mel_format.sample_rate
    limit = [tr("up to {limit} kHz").format(limit=f"{entry.top_hz / 1000:g}")] if entry.top_hz < 0.45 * rate else []
    return [kilohertz(rate), *limit]


def kilohertz(rate: float) -> str:
    """`44.1 kHz`; the usual `22 kHz` for 22,050 Hz."""
    return f"{rate // 1000 if rate % 1000 <= 50 else rate / 1000:g} kHz"


def network_facts(info: VocoderInfo) -> list[str]:
    """Number of parameters, file size and licence."""
    size = [file_size(info.size_bytes)] if info.size_bytes else []
    return [*([_parameters(info.parameters)] if info.parameters else []), *size, info.licence]


def _parameters(count: int) -> str:
    text = f"{count / 1e6:.3g} M" if count >= 1e6 else f"{count / 1e3:.3g} k"
    return tr("{count} parameters").format(count=text)


def speed_text(info: VocoderInfo, speed: float | None) -> str:
    """`plays live`, `about 7 s for each second of sound`; "" where the speed is unknown."""
    if info.live:
        return tr("plays live")
    if speed is None:
        return ""
    if speed < 0.9:
        return tr("faster than real time")
    return tr("about {time} for each second of sound").format(time=_round_seconds(speed))


def _round_seconds(seconds: float) -> str:
    if seconds < 9.5:
        return f"{round(seconds) if seconds >= 3 else round(2 * seconds) / 2:g} s"
    return f"{round(seconds)} s" if seconds < 90 else f"{round(seconds / 60)} min"


def done_of(done: int, total: int) -> str:
    """Progress of a download: `120 of 489 MB`."""
    unit, size = ("MB", 1e6) if total >= 1e6 else ("kB", 1e3)
    digits = 1 if total < 1e7 and unit == "MB" else 0
    if total >= 1e9:
        unit, size, digits = "GB", 1e9, 2
    text = tr("{done} of {total} {unit}")
    return text.format(done=f"{done / size:.{digits}f}", total=f"{total / size:.{digits}f}", unit=unit)


def time_left(seconds: float | None) -> str:
    """`2 min left`, rounded so that it can be read before it changes; "" where it is unknown."""
    if seconds is None:
        return ""
    if seconds < 55:
        return tr("{count} s left").format(count=max(5, 5 * ceil(seconds / 5)))
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return tr("{count} min left").format(count=minutes)
    return tr("{count} h left").format(count=round(minutes / 60))


class EtaEstimator:
    """Remaining time of a download, from its rate in the last seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def seconds_left(self, now: float, done: int, total: int) -> float | None:
        """Remaining seconds with `done` of `total` bytes at the time `now`; None while the rate is unknown."""
        self._seen.append((now, done))
        while now - self._seen[0][0] > _WINDOW_SECONDS and len(self._seen) > 2:
            self._seen.popleft()
        begun, before = self._seen[0]
        if now - begun < _EARLIEST_SECONDS:
            return None
        return (total - done) * (now - begun) / (done - before) if done > before else None
