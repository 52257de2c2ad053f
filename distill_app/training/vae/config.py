"""Configuration of a model training."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from distill_app.common.errors import SettingsError
from distill_app.common.torch_devices import available_devices
from distill_app.training.run.spec import GRAIN_MINUTES, GRAIN_MINUTES_MAX, PRECISIONS, ModelSpec, Precision

DEFAULT_ARCHITECTURE: Mapping[str, Any] = {"name": "basis", "latent": 256, "width": 256}
MINUTES_MAX = 7 * 24 * 60
BATCH_MAX = 65_536
_RANGES = {
    "beta": (0, 1e6),
    "free_bits": (0, 1e3),
    "warm_up": (1e-6, 1),
    "learning_rate": (0, 10),
    "mixed": (0, 1),
    "gain_db": (0, 60),
    "pitch_semitones": (0, 48),
    "stretch": (0, 0.9),
    "tilt_db": (0, 60),
    "evaluation_seconds": (0, 1e6),
    "grain_minutes": (0, GRAIN_MINUTES_MAX),
}
"""Plausible ranges, against edited checkpoints and mistakes."""


@dataclass(frozen=True)
class TrainingConfig:
    """Configuration of one training.

    Args:
        minutes: training time of the network; 0 for the first model alone; ignored if `epochs` is given.
        epochs: passes over the recordings instead of a time.
        ends_early: it ends before `minutes` where the validation error hardly falls any more.
        seed: of the split, the initial weights and everything random.
        device: "cpu", "cuda" or "mps".
        architecture: arguments of `build_vae`.
        beta: weight of the KL in nats against the squared error in nats (see loss.py); 1 is the plain ELBO.
        free_bits: nats that a dimension may use before its KL counts.
        warm_up: fraction of the training over which β rises from 0.
        batch: windows per step, of all processes together.
        learning_rate: highest learning rate of AdamW.
        mixed: fraction of the windows that are mixed with another.
        gain_db: maximum random gain, up or down.
        pitch_semitones: maximum transposition of most windows, up or down.
        stretch: maximum relative change in length of most windows.
        tilt_db: size of the random smooth gains over the bands of every window.
        precision: numeric format, see autocast.py.
        evaluation_seconds: time between two evaluations.
        grain_minutes: of the recordings' sound that the model carries at most; 0 for none.

    Raises SettingsError if a value is out of range.
    """

    minutes: float = 2.0
    epochs: int | None = None
    ends_early: bool = False
    seed: int = 0
    device: str = "cpu"
    architecture: Mapping[str, Any] = field(default_factory=lambda: dict(DEFAULT_ARCHITECTURE))
    beta: float = 1.0
    free_bits: float = 0.05
    warm_up: float = 0.15
    batch: int = 16
    learning_rate: float = 7e-4
    mixed: float = 0.25
    gain_db: float = 3.0
    pitch_semitones: float = 5.0
    stretch: float = 0.2
    tilt_db: float = 3.0
    precision: Precision = "auto"
    evaluation_seconds: float = 5.0
    grain_minutes: float = GRAIN_MINUTES

    def __post_init__(self) -> None:
        if not 0 <= self.minutes <= MINUTES_MAX:
            raise SettingsError("The training time goes from 0 minutes, for the first model alone, to a week.")
        if self.epochs is not None and not 1 <= self.epochs <= 10**6:
            raise SettingsError("The number of epochs goes from 1 to 1,000,000.")
        if not 0 <= self.seed < 2**63:
            raise SettingsError("A seed is a whole number from 0 up.")
        if not 1 <= self.batch <= BATCH_MAX:
            raise SettingsError(f"The number of windows in a step goes from 1 to {BATCH_MAX:,}.")
        for name, (low, high) in _RANGES.items():
            if not low <= getattr(self, name) <= high:
                raise SettingsError(f"The setting “{name}” of a training goes from {low:g} to {high:g}.")
        if self.precision not in PRECISIONS:
            raise SettingsError(f"The precision is one of {', '.join(PRECISIONS)}.")
        if self.device not in available_devices():
            raise SettingsError(f"This computer has no “{self.device}” device to train on; choose cpu.")

    @classmethod
    def of(cls, spec: ModelSpec) -> "TrainingConfig":
        """Config of a specification. Raises SettingsError."""
        return cls(
            minutes=spec.minutes,
            epochs=spec.epochs,
            ends_early=spec.ends_early,
            seed=spec.seed,
            device=spec.device,
            batch=spec.batch,
            precision=spec.precision,
            grain_minutes=spec.grain_minutes,
        )

    @property
    def is_first_only(self) -> bool:
        """Whether the principal components are all that is wanted."""
        return self.minutes == 0 and self.epochs is None

    def to_record(self) -> dict[str, Any]:
        """Values recorded in the model file."""
        budget = {"minutes": self.minutes} if self.epochs is None else {"epochs_asked": self.epochs}
        names = ("seed", "device", "beta", "free_bits", "batch", "learning_rate", "precision")
        varied = ("mixed", "gain_db", "pitch_semitones", "stretch", "tilt_db")
        return budget | {name: getattr(self, name) for name in (*names, *varied)}
