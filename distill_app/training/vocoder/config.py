"""Configuration of a vocoder training, and named presets."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from distill_app.common.errors import SettingsError
from distill_app.vocoders.networks.config import GeneratorConfig
from distill_app.vocoders.networks.presets import GENERATORS


@dataclass(frozen=True)
class LossWeights:
    """Weight of each loss term, see losses.py. The phase itself is unknown from a mel, so its weight is small."""

    mel: float = 1.0
    log_magnitude: float = 0.5
    complex: float = 0.1
    phase: float = 0.0
    group_delay: float = 1.0
    frequency: float = 1.0
    adversarial: float = 1.0
    features: float = 2.0


@dataclass(frozen=True)
class VocoderTrainingConfig:
    """Configuration of one training.

    Args:
        generator: config of the network.
        frames: mel frames of a segment.
        batch: segments per step and process.
        learning_rate: AdamW's, after the warm-up and before it decays.
        warm_up_steps: steps of linear warm-up.
        half_life_steps: steps in which the learning rate halves.
        weights: weights of the losses.
        lowest_hz: frequencies below are not trained: the built-in vocoder needs only the treble.
        resolutions: (window, hop) of the STFT losses; the mel's own is one of them.
        adversarial_step: step from which discriminators take part; None for never.
        discriminator_width: factor of their channels, 1 is as published.
        average_decay: of the moving average of the weights, which is the result.
        checkpoint_minutes: largest loss of work when the program is killed.
        log_steps: steps between two rows of the log.
        seed: of initial weights and everything random.

    Raises SettingsError if a value is out of range.
    """

    generator: GeneratorConfig
    frames: int = 32
    batch: int = 8
    learning_rate: float = 1e-3
    warm_up_steps: int = 100
    half_life_steps: int = 4_000
    weights: LossWeights = field(default_factory=LossWeights)
    lowest_hz: float = 0.0
    resolutions: tuple[tuple[int, int], ...] = ((2048, 512), (1024, 256), (512, 128))
    adversarial_step: int | None = None
    discriminator_width: float = 1.0
    average_decay: float = 0.999
    checkpoint_minutes: float = 5.0
    log_steps: int = 50
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**63:
            raise SettingsError("A seed is a whole number from 0 up.")
        mel = self.generator.mel_format
        longest = max(window for window, _ in self.resolutions)
        if self.frames * mel.hop < longest or self.batch < 1:
            raise SettingsError("A training needs a batch, and segments that are longer than its longest window.")
        if (mel.n_fft, mel.hop) not in self.resolutions:
            raise SettingsError("The mel's own window is one of those that the losses look through.")

    def rate(self, step: int) -> float:
        """Learning rate of a step."""
        rise = min(1.0, (step + 1) / self.warm_up_steps)
        return self.learning_rate * rise * 0.5 ** (step / self.half_life_steps)

    def adversarial(self, step: int) -> bool:
        return self.adversarial_step is not None and step >= self.adversarial_step

    def to_record(self) -> dict[str, Any]:
        """Values recorded in a weights file, without the generator."""
        return {name: value for name, value in asdict(self).items() if name != "generator"}


def _presets() -> dict[str, VocoderTrainingConfig]:
    """Presets of every generator without discriminators, for one CPU core, and with discriminators, for a GPU."""
    alone = {name: _alone(generator) for name, generator in GENERATORS.items()}
    treble = {f"{name}-treble": replace(alone[name], lowest_hz=2_000.0) for name in ("256x6", "384x8", "512x8")}
    return alone | treble | {f"{name}-gan": _adversarial(config) for name, config in alone.items()}


def _alone(generator: GeneratorConfig) -> VocoderTrainingConfig:
    own = (generator.mel_format.n_fft, generator.mel_format.hop)
    return VocoderTrainingConfig(generator, resolutions=(own, (1024, 256), (512, 128)))


def _adversarial(config: VocoderTrainingConfig) -> VocoderTrainingConfig:
    return replace(
        config,
        frames=64,
        batch=32,
        learning_rate=5e-4,
        half_life_steps=100_000,
        adversarial_step=5_000,
        discriminator_width=0.5,
    )


PRESETS: Mapping[str, VocoderTrainingConfig] = _presets()


def preset(name: str) -> VocoderTrainingConfig:
    """Preset by name. Raises SettingsError if there is none."""
    if name not in PRESETS:
        raise SettingsError(f"There is no training called “{name}”; choose one of: {', '.join(PRESETS)}.")
    return PRESETS[name]
