"""Sample rate and sample format of exported files. No torch."""

from dataclasses import dataclass
from typing import Literal, get_args

from distill_app.common.errors import SettingsError
from distill_app.dsp.mel_format import RATE_STEP

Bits = Literal[16, 24, "32f"]
RATE_MIN, RATE_MAX = 8_000, 192_000


@dataclass(frozen=True)
class ExportFormat:
    """Parameters of an export.

    Args:
        rate: Hz, 8000 … 192000 in steps of `RATE_STEP`.
        bits: 16 (with TPDF dither), 24, or "32f" (float, the only one that keeps samples beyond full scale).
        limiter: whether the safety limiter is on, as in playback.
        mono: whether the render has one channel; else as many as the sound.

    Raises:
        SettingsError: a value is out of range.
    """

    rate: int = 44_100
    bits: Bits = 24
    limiter: bool = False
    mono: bool = False

    def __post_init__(self) -> None:
        if not RATE_MIN <= self.rate <= RATE_MAX or self.rate % RATE_STEP:
            raise SettingsError(f"The sample rate goes from {RATE_MIN} to {RATE_MAX} Hz in steps of {RATE_STEP} Hz.")
        if self.bits not in get_args(Bits):
            raise SettingsError("The sample format is 16, 24 or 32f (32-bit float).")
