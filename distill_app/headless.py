"""Rendering without a window: the starter model's sound and its spectrogram, as files."""

import os
from dataclasses import dataclass
from pathlib import Path

from distill_app.common.atomic_io import atomic_path
from distill_app.common.errors import DistillError
from distill_app.common.paths import STARTER_MODEL
from distill_app.dsp.sound import Sound
from distill_app.dsp.spectrogram import Spectrogram
from distill_app.generation.config import GenerationConfig
from distill_app.vocoders.embedded.vocoder import AUTO_IN_FILES

_NAME = "distill-starter"
_WIDTH, _HEIGHT = 1200, 480


class FolderError(DistillError):
    """Nothing can be written to a folder."""


@dataclass(frozen=True)
class RenderedFiles:
    """Files that were written."""

    sound: Path
    picture: Path


def render_to_files(folder: Path) -> RenderedFiles:
    """Renders the starter model with all sliders at 0 into new files in `folder`. Raises DistillError."""
    if not os.access(folder, os.W_OK):
        raise FolderError(f"The folder “{folder}” cannot be written to; start Distill in another one.")
    files = _free_names(folder)
    sound = _render()
    _write_sound(sound, files.sound)
    _write_spectrogram(sound, files.picture)
    return files


def _free_names(folder: Path) -> RenderedFiles:
    number = 1
    while True:
        name = _NAME if number == 1 else f"{_NAME}-{number}"
        files = RenderedFiles(folder / f"{name}.wav", folder / f"{name}.png")
        if not (os.path.lexists(files.sound) or os.path.lexists(files.picture)):
            return files
        number += 1


def _render() -> Sound:
    from distill_app.generation.pipeline import GenerationPipeline
    from distill_app.generation.vocoder_lookup import vocoder_for
    from distill_app.models.model_file import load_model
    from distill_app.vocoders.runtime.thread_tuning import choose_threads

    choose_threads()
    model = load_model(STARTER_MODEL)
    return GenerationPipeline(model, vocoder_for(model, AUTO_IN_FILES)).render(GenerationConfig())


def _write_sound(sound: Sound, path: Path) -> None:
    from distill_app.generation.export import ExportFormat, export_sound

    for _ in export_sound(path, [sound.samples], sound.sample_rate, ExportFormat(sound.sample_rate, 24)):
        pass


def _write_spectrogram(sound: Sound, path: Path) -> None:
    from distill_app.dsp.mono import mono_signal
    from distill_app.dsp.spectrogram import spectrogram

    picture = spectrogram(mono_signal(sound.samples), sound.sample_rate)
    try:
        with atomic_path(path) as temporary:
            draw_spectrogram(picture, temporary)
    except OSError as error:
        raise FolderError(f"The picture “{path.name}” cannot be written: {error.strerror or error}.") from error


def draw_spectrogram(picture: Spectrogram, path: Path) -> None:
    """Saves a spectrogram as PNG, drawn as in the window. Raises OSError where it cannot be written."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtWidgets import QApplication

    from distill_app.ui.style.theme import apply_theme
    from distill_app.ui.widgets.spectrogram_view import SpectrogramView

    app = QApplication.instance() or QApplication([_NAME])
    assert isinstance(app, QApplication)
    apply_theme(app)
    view = SpectrogramView()
    view.resize(_WIDTH, _HEIGHT)
    view.show()
    view.set_picture(picture)
    if not view.grab().save(str(path), "PNG"):
        raise OSError("the disk may be full")
    view.close()
