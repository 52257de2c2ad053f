"""Starts the app: first the window, then the engine behind it."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from distill_app import __version__
from distill_app.common.errors import ModelFileError
from distill_app.common.settings import Settings, load_settings, save_settings
from distill_app.ui.app.controller import AppController
from distill_app.ui.app.process_age import process_age_seconds
from distill_app.ui.app.settings_io import (
    chosen_device,
    chosen_preferences,
    first_request,
    remembered,
    with_compute,
    with_device,
    with_preferences,
)
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.play.model_settings import ModelSettings
from distill_app.ui.style.theme import apply_theme
from distill_app.ui.widgets.toast import Message
from distill_app.workers.background_job import is_any_running

if TYPE_CHECKING:
    from distill_app.workers.downloads import Downloads
    from distill_app.workers.rendering.worker import RenderThread

_PATIENCE_MS = 1000

_log = logging.getLogger(__name__)


def run(argv: Sequence[str]) -> int:
    """Opens the window and stays until it is closed; `argv` is as in `sys.argv`. The exit code."""
    options = _options(argv[1:])
    app = QApplication([argv[0]])
    app.setApplicationName("Distill")
    app.setApplicationVersion(__version__)
    apply_theme(app)
    launch = Launch(options)
    code = app.exec()
    launch.finish(code)
    return code


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("distill-app", description="Play sounds learned from your own recordings.")
    parser.add_argument("model", nargs="?", type=Path, help="a .distillgan file to open")
    parser.add_argument("--marks", action="store_true", help="print when the window and the first sound are there")
    parser.add_argument("--quit-after-first-sound", action="store_true", help="for measuring the start")
    return parser.parse_args(arguments)


class Launch:
    """The window, and after its first appearance the engine."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._settings, complaint = load_settings()
        self.controller = AppController(WindowSettings(QSettings("Distill", "Distill")))
        self._thread: RenderThread | None = None
        self._downloads: Downloads | None = None
        self.controller.window.painted.connect(self._on_painted)
        self.controller.first_sound.connect(self._on_first_sound)
        self.controller.window.closed.connect(self._on_closed)
        self.controller.session.model_settings = ModelSettings.load()
        self.controller.preferences = chosen_preferences(self._settings)
        self._start_from(self._settings, options.model)
        if complaint:
            self.controller.notify(Message("info", complaint))
        self.controller.window.show()

    def _start_from(self, settings: Settings, model: Path | None) -> None:
        """The sound of last time; the starter model where that is gone; nothing where there is none either."""
        controller = self.controller
        controller.volume.restore(settings.volume, settings.muted)
        controller.window.play.picture.set_live(settings.live_picture)
        try:
            controller.session.restore(first_request(settings))
            controller.set_looping(settings.loop)
        except ModelFileError as error:
            if settings.model:
                controller.notify(Message("error", str(error)))
                self._start_from(replace(settings, model="", sliders={}), None)
        if model is not None:
            controller.models.open(model)

    def _on_painted(self) -> None:
        if self._options.marks:
            print(f"shown {process_age_seconds():.3f}", flush=True)
        self._start_engine()

    def _start_engine(self) -> None:
        """The worker first: it imports torch. What else takes time waits until it computes, and leaves us the lock."""
        from distill_app.audio.player import Player
        from distill_app.vocoders.weights.manager import WeightManager
        from distill_app.workers.downloads import Downloads
        from distill_app.workers.remove_vocoder import VocoderRemoval
        from distill_app.workers.rendering.worker import RenderThread

        player = Player()
        player.limiting = self._settings.limiter
        player.choose(chosen_device(self._settings))
        self._thread = RenderThread()
        self._thread.worker.play_into(player.live)
        self._thread.start()
        self.controller.start_rendering(self._thread.worker, self._settings)
        self.controller.start_playing(player)
        self._downloads = Downloads(WeightManager())
        self.controller.vocoders.use(self._downloads)
        self.controller.vocoders.own.use(VocoderRemoval())

    def _on_first_sound(self) -> None:
        if self._options.marks:
            print(f"first-sound {process_age_seconds():.3f}", flush=True)
        if self._options.quit_after_first_sound:
            QTimer.singleShot(0, self.controller.window.close)

    def _on_closed(self) -> None:
        """Silence at once; what is worth remembering is written."""
        self.controller.close()
        session, exporting = self.controller.session, self.controller.exporting
        session.keep_model_settings()
        session.model_settings.save()
        if session.request is None or session.header is None:
            return
        settings = self._settings if exporting is None else exporting.settings
        settings = with_preferences(settings, self.controller.preferences)
        settings = replace(settings, live_picture=self.controller.window.play.picture.live_wanted)
        settings = replace(settings, volume=self.controller.volume.position, muted=self.controller.volume.muted)
        if exporting is not None:
            settings = with_compute(settings, self.controller.computing.choice)
        if self.controller.playback is not None:
            player = self.controller.playback.player
            settings = with_device(settings, player.choice, player.limiting)
        try:
            save_settings(remembered(settings, session.request, session.header, self.controller.looping))
        except OSError as error:
            _log.warning("the settings cannot be saved: %s", error)

    def finish(self, code: int) -> None:
        """Ends the worker's thread; the process with it where that is deep in what nothing can stop.

        That may be an import, or a step of a slow vocoder: torch does not outlive the interpreter.

        A file being written is always waited for, so that nothing is left half done.
        """
        thread, exporting = self._thread, self.controller.exporting
        if self._downloads is not None:
            self._downloads.close()
        if thread is None:
            return
        thread.worker.close()
        thread.quit()
        writing = exporting is not None and exporting.writing
        if not writing and not thread.wait(_PATIENCE_MS):
            _leave(code)
        thread.stop()
        if is_any_running():
            _leave(code)


def _leave(code: int) -> None:
    """Ends the process now, after what was said has been written out."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError):  # as where the disk with it is full
                stream.flush()
    os._exit(code)
