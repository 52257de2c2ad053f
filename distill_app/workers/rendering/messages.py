"""What crosses into the worker thread and back: frozen, complete values. No torch here."""

from dataclasses import dataclass
from pathlib import Path

from distill_app.dsp.sound import Sound
from distill_app.dsp.spectrogram import Spectrogram
from distill_app.generation.config import GenerationConfig
from distill_app.generation.export_format import ExportFormat

RENDERING = "Rendering"
"""The stage that a worker tells of while it makes a sound."""


@dataclass(frozen=True)
class RenderRequest:
    """One sound asked for: it is also the key under which its result is known."""

    model: Path
    vocoder: str
    config: GenerationConfig


@dataclass(frozen=True, eq=False)
class RenderResult:
    """The answer to `request`: the sound, its picture, and how long it took."""

    request: RenderRequest
    sound: Sound
    spectrogram: Spectrogram
    elapsed_seconds: float


@dataclass(frozen=True)
class ActiveVocoder:
    """Which vocoder is heard.

    Args:
        vocoder: its id.
        preview: whether it stands in for the chosen one, which is still rendering.
    """

    vocoder: str
    preview: bool


@dataclass(frozen=True)
class ExportRequest:
    """One file asked for."""

    sound: RenderRequest
    path: Path
    wanted: ExportFormat
    overwrite: bool = False
