"""Frozen, complete values that cross between the window and the worker thread. No torch here."""

import math
from dataclasses import dataclass
from pathlib import Path

from distill_app.dsp.sound import Sound
from distill_app.dsp.spectrogram import Spectrogram
from distill_app.generation.config import GenerationConfig
from distill_app.generation.export_format import ExportFormat

RENDERING = "Rendering"
"""Stage that `progressed` reports while a sound is rendered."""


@dataclass(frozen=True)
class RenderRequest:
    """Request for one sound.

    Args:
        model: path of the model file.
        vocoder: an id, also one of those that depend on the model, or a folder.
        config: what to generate.
    """

    model: Path
    vocoder: str
    config: GenerationConfig


@dataclass(frozen=True, eq=False)
class RenderResult:
    """A rendered sound.

    Args:
        request: the request that it answers.
        sound: at the playback rate.
        spectrogram: of the sound.
        elapsed_seconds: time that the render took.
        vocoder: id of the vocoder that rendered it, never "auto".
        loop: of the same length, whose end continues in its beginning; None where none was made.
        streamed: whether the loop is written while it plays, because each lap is another hit.
    """

    request: RenderRequest
    sound: Sound
    spectrogram: Spectrogram
    elapsed_seconds: float
    vocoder: str
    loop: Sound | None = None
    streamed: bool = False

    @property
    def seconds(self) -> float:
        return self.sound.seconds


@dataclass(frozen=True, eq=False)
class EndlessResult:
    """An endless sound, whose beginning is in the playing loop.

    Args:
        request: the request that it answers.
        elapsed_seconds: time until it could be played.
        vocoder: id of the vocoder that renders it, never "auto".
    """

    request: RenderRequest
    elapsed_seconds: float
    vocoder: str
    seconds: float = math.inf
    streamed: bool = True


@dataclass(frozen=True)
class ActiveVocoder:
    """The vocoder that is heard.

    Args:
        vocoder: its id.
        preview: whether it plays in place of the chosen one, which is still rendering.
    """

    vocoder: str
    preview: bool


@dataclass(frozen=True)
class ExportRequest:
    """Request for one file.

    Args:
        overwrite: whether an existing file may be replaced.
        seamless: whether its end continues in its beginning.
    """

    sound: RenderRequest
    path: Path
    wanted: ExportFormat
    overwrite: bool = False
    seamless: bool = False
