"""Numbers formatted with units, note names and a typographic minus sign."""

import math

from distill_app.common.units import file_size as file_size

MINUS, INFINITY = "−", "∞"
_NOTES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
_A4_HZ, _A4_NUMBER = 440.0, 69


def signed(value: float, digits: int = 2) -> str:
    """`+0.42`, `−0.31`, `0.00`."""
    rounded = round(value, digits)
    sign = "" if rounded == 0 else ("+" if rounded > 0 else MINUS)
    return f"{sign}{abs(rounded):.{digits}f}"


def cursor_text(seconds: float, frequency: float, level: float) -> str:
    """Read-out of a spectrogram under the pointer: `0.52 s · 440 Hz · A4 0 ¢ · −23.0 dB`."""
    return f"{signed(seconds).lstrip('+')} s · {hertz(frequency)} · {note(frequency)} · {decibels(level)}"


def percent(fraction: float) -> str:
    return f"{round(100 * fraction)} %"


def clock(seconds: float) -> str:
    """`0:01.62`, rounded down so that it never shows a time that is not reached yet; `∞` of a sound without an end."""
    if math.isinf(seconds):
        return INFINITY
    hundredths = math.floor(seconds * 100 + 1e-6)
    return f"{hundredths // 6000}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


def length(seconds: float) -> str:
    """`4.00 s`, from one minute on `1:30.00 min`."""
    return f"{seconds:.2f} s" if seconds < 60 else f"{clock(seconds)} min"


def hertz(frequency: float) -> str:
    """`440 Hz`, `2.50 kHz`."""
    return f"{frequency:.0f} Hz" if frequency < 1000 else f"{frequency / 1000:.2f} kHz"


def tick(frequency: float) -> str:
    """Label of a round frequency on an axis: `100 Hz`, `2 kHz`."""
    return f"{frequency:g} Hz" if frequency < 1000 else f"{frequency / 1000:g} kHz"


def decibels(level: float) -> str:
    return f"{signed(level, 1).lstrip('+')} dB" if math.isfinite(level) else f"{MINUS}{INFINITY} dB"


def note(frequency: float) -> str:
    """Nearest note of equal temperament (A4 = 440 Hz) and the cents to it: `A4 +12 ¢`."""
    number = _A4_NUMBER + 12 * math.log2(frequency / _A4_HZ)
    nearest = round(number)
    cents = signed(100 * (number - nearest), 0) if round(100 * (number - nearest)) else "0"
    return f"{_NOTES[nearest % 12]}{nearest // 12 - 1} {cents} ¢"


def counted(count: int, one: str, many: str) -> str:
    """`one` or `many` with `{count}` filled in: `1 file`, `1,204 files`."""
    return (one if count == 1 else many).format(count=f"{count:,}")
