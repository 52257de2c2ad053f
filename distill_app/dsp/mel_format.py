"""What a mel spectrogram means: every model and vocoder carries one, and a mismatch is a `!=`."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol

RATE_MAX, FFT_MAX, BANDS_MAX = 400_000, 8_192, 512
"""More than any vocoder asks for: beyond them, what a hostile file asks for would take minutes to prepare."""


class Framing(Protocol):
    """How samples are cut into frames: what an STFT has to know of a mel format."""

    @property
    def n_fft(self) -> int: ...

    @property
    def hop(self) -> int: ...

    @property
    def win(self) -> int: ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class MelFormat:
    """Log-magnitude mel spectrogram, Slaney scale and norm, `ln(max(mel, floor))`, periodic Hann.

    Framing follows HiFi-GAN and BigVGAN: reflect padding of `(n_fft - hop) / 2`, not centred,
    so that `samples` give exactly `samples // hop` frames.

    Args:
        sample_rate: Hz.
        n_fft: samples per transform.
        hop: samples from one frame to the next.
        win: samples of the Hann window.
        bands: mel bands.
        low_hz, high_hz: range of the filterbank; `high_hz=None` is the Nyquist frequency.
        floor: smallest magnitude kept before the logarithm, at most 1.

    Raises ValueError where it describes no mel, or one larger than `RATE_MAX`, `FFT_MAX` and `BANDS_MAX`.
    """

    sample_rate: int = 44_100
    n_fft: int = 2_048
    hop: int = 512
    win: int = 2_048
    bands: int = 128
    low_hz: float = 0.0
    high_hz: float | None = None
    floor: float = 1e-5

    def __post_init__(self) -> None:
        if not (0 < self.hop <= self.win <= self.n_fft and 0 < self.bands <= self.n_fft // 2 + 1):
            raise ValueError("a mel format needs 0 < hop <= win <= n_fft and 0 < bands <= n_fft/2 + 1")
        if not (self.sample_rate > 0 and 0 <= self.low_hz < self.top_hz <= self.sample_rate / 2):
            raise ValueError("a mel format needs 0 <= low_hz < high_hz <= sample_rate / 2")
        if not 0 < self.floor <= 1:
            raise ValueError("a mel format needs 0 < floor <= 1")
        if self.sample_rate > RATE_MAX or self.n_fft > FFT_MAX or self.bands > BANDS_MAX:
            raise ValueError("no vocoder reads a mel format that large")

    @property
    def top_hz(self) -> float:
        return self.sample_rate / 2 if self.high_hz is None else self.high_hz

    @property
    def padding(self) -> int:
        """Samples of reflection at each end."""
        return (self.n_fft - self.hop) // 2

    def frames(self, samples: int) -> int:
        return samples // self.hop

    def samples(self, frames: int) -> int:
        return frames * self.hop

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "MelFormat":
        """Raises ValueError where a field is missing, unknown or of the wrong kind."""
        if set(values) != {field.name for field in fields(cls)}:
            raise ValueError("a mel format has other fields than these")
        if not all(isinstance(v, int | float) or (k == "high_hz" and v is None) for k, v in values.items()):
            raise ValueError("a mel format holds numbers only")
        if not all(type(values[field.name]) is int for field in fields(cls) if field.type is int):
            raise ValueError("a mel format counts in whole numbers")
        return cls(**values)


DISTILL_MEL = MelFormat()
"""The format of BigVGAN v2 44 kHz / 128 bands / 512x: VAE, built-in vocoders and BigVGAN share it."""
