"""Mel spectrogram format, carried by every model and vocoder; a mismatch is a `!=`."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Protocol, get_args

Scale = Literal["slaney", "htk"]

RATE_STEP = 25
"""Hz; every sample rate is a multiple of it. Resampling filters for finer ratios would take gigabytes."""

RATE_MAX, FFT_MAX, BANDS_MAX = 400_000, 8_192, 512
"""Upper limits, above the needs of any vocoder, so that a hostile file cannot cause minutes of preparation."""
RATE_MIN, HOP_MIN, OVERLAP_MAX, FRAMES_PER_SECOND_MAX, FLOOR_MIN = 4_000, 16, 32, 4_000, 1e-12
"""Limits beyond which a second of sound takes minutes and gigabytes. The usual overlap is 4 hops per transform."""


class Framing(Protocol):
    """STFT parameters of a mel format."""

    @property
    def n_fft(self) -> int: ...

    @property
    def hop(self) -> int: ...

    @property
    def win(self) -> int: ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class MelFormat:
    """Log-magnitude mel spectrogram, `ln(max(mel, floor))`, periodic Hann, reflect padding.

    Framing is that of HiFi-GAN and BigVGAN (padding `(n_fft - hop) / 2`, exactly `samples // hop` frames), or centred
    as in torchaudio and Vocos (padding `n_fft / 2`, one frame more).

    Args:
        sample_rate: Hz, in steps of `RATE_STEP`.
        n_fft: samples per transform.
        hop: samples from one frame to the next.
        win: samples of the Hann window.
        bands: mel bands.
        low_hz, high_hz: range of the filterbank; `high_hz=None` is the Nyquist frequency.
        floor: smallest magnitude before the logarithm, 1e-12 … 1.
        scale: filterbank scale: "slaney" with its area norm, or "htk" with peaks of 1 (Vocos).
        centred: whether frame 0 is centred on sample 0.
        power_floor: added to re² + im² before the root; 1e-9 in BigVGAN, 0 in Vocos.

    Raises ValueError if the values are inconsistent or exceed the limits above.
    """

    sample_rate: int = 44_100
    n_fft: int = 2_048
    hop: int = 512
    win: int = 2_048
    bands: int = 128
    low_hz: float = 0.0
    high_hz: float | None = None
    floor: float = 1e-5
    scale: Scale = "slaney"
    centred: bool = False
    power_floor: float = 1e-9

    def __post_init__(self) -> None:
        if not (0 < self.hop <= self.win <= self.n_fft and 0 < self.bands <= self.n_fft // 2 + 1):
            raise ValueError("a mel format needs 0 < hop <= win <= n_fft and 0 < bands <= n_fft/2 + 1")
        if not self.centred and (self.n_fft - self.hop) % 2:
            raise ValueError("a mel format needs n_fft and hop both even or both odd where it is not centred")
        if not (self.sample_rate > 0 and 0 <= self.low_hz < self.top_hz <= self.sample_rate / 2):
            raise ValueError("a mel format needs 0 <= low_hz < high_hz <= sample_rate / 2")
        if not FLOOR_MIN <= self.floor <= 1:
            raise ValueError(f"a mel format needs {FLOOR_MIN} <= floor <= 1")
        if self.scale not in get_args(Scale) or not 0 <= self.power_floor <= 1:
            raise ValueError("a mel format needs a scale that is known and 0 <= power_floor <= 1")
        if self.sample_rate % RATE_STEP:
            raise ValueError(f"a mel format needs a sample rate in steps of {RATE_STEP} Hz")
        if self.sample_rate > RATE_MAX or self.n_fft > FFT_MAX or self.bands > BANDS_MAX:
            raise ValueError("no vocoder reads a mel format that large")
        if self.hop < HOP_MIN or self.n_fft > OVERLAP_MAX * self.hop:
            raise ValueError(f"a mel format needs a hop of at least {HOP_MIN} and of n_fft / {OVERLAP_MAX}")
        if self.sample_rate < RATE_MIN or self.sample_rate > FRAMES_PER_SECOND_MAX * self.hop:
            most = f"at most {FRAMES_PER_SECOND_MAX} frames a second"
            raise ValueError(f"a mel format needs a sample rate from {RATE_MIN} Hz and {most}")

    @property
    def top_hz(self) -> float:
        return self.sample_rate / 2 if self.high_hz is None else self.high_hz

    @property
    def padding(self) -> int:
        """Reflected samples at each end."""
        return self.n_fft // 2 if self.centred else (self.n_fft - self.hop) // 2

    def frames(self, samples: int) -> int:
        return samples // self.hop + self.centred

    def samples(self, frames: int) -> int:
        return max(0, frames - self.centred) * self.hop

    def frames_covering(self, samples: int) -> int:
        """Smallest number of frames that covers `samples` samples."""
        return -(-samples // self.hop) + self.centred

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "MelFormat":
        """Mel format of a dictionary. Raises ValueError if a field is missing, unknown or of the wrong type.

        Older files lack the fields in `_FIELDS_ADDED_LATER`.
        """
        values = {name: getattr(DISTILL_MEL, name) for name in _FIELDS_ADDED_LATER} | values
        if set(values) != {field.name for field in fields(cls)}:
            raise ValueError("a mel format has other fields than these")
        for field in fields(cls):
            _check_kind(field.name, field.type, values[field.name])
        return cls(**values)


_FIELDS_ADDED_LATER = ("scale", "centred", "power_floor")


def _check_kind(name: str, kind: Any, value: Any) -> None:
    """Raises ValueError if `value` is not of the type `kind`."""
    if kind in (int, bool):
        right = type(value) is kind
    elif kind is Scale:
        right = isinstance(value, str)
    else:
        right = type(value) in (int, float) or (name == "high_hz" and value is None)
    if not right:
        raise ValueError(f"{name} of a mel format is of another kind")


DISTILL_MEL = MelFormat()
"""The format of BigVGAN v2 44 kHz / 128 bands / 512x: VAE, built-in vocoders and BigVGAN share it."""
