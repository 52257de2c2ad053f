"""Start of the windowed program: first the window, then renderer and player."""

import argparse
import logging
import os
import sys
import time
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
from distill_app.ui.app.menu_commands import install_commands
from distill_app.ui.app.settings_io import (
    device_choice,
    initial_request,
    play_preferences,
    with_compute,
    with_device,
    with_preferences,
    with_sound,
)
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.play.model_settings import ModelSettings
from distill_app.ui.style.theme import apply_theme
from distill_app.ui.translation import tr
from distill_app.ui.widgets.toast import Message
from distill_app.workers.background_job import is_any_running

if TYPE_CHECKING:
    from distill_app.workers.downloads import Downloads
    from distill_app.workers.rendering.worker import RenderThread

_IMPORTED_AT = time.monotonic()
_PATIENCE_MS = 1000
"""Time that the render thread has to end by itself."""

_log = logging.getLogger(__name__)


def run(argv: Sequence[str]) -> int:
    """Runs the program until its window is closed. Returns the exit code; `argv` is as in `sys.argv`."""
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
    parser = argparse.ArgumentParser("distill-app", description=tr("Play sounds learned from your own recordings."))
    parser.add_argument("model", nargs="?", type=Path, help="a .distillgan file to open")
    parser.add_argument(
        "--marks", action="store_true", help="print the times at which the window and the first sound are shown"
    )
    parser.add_argument("--quit-after-first-sound", action="store_true", help="for measuring the start")
    return parser.parse_args(arguments)


class Launch:
    """Start and end of the program: the window first, renderer and player once it is painted."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._settings, complaint = load_settings()
        self.controller = AppController(WindowSettings(QSettings("Distill", "Distill")))
        install_commands(self.controller)
        self._thread: RenderThread | None = None
        self._downloads: Downloads | None = None
        self.controller.window.painted.connect(self._on_painted)
        self.controller.first_sound.connect(self._on_first_sound)
        self.controller.window.closed.connect(self._on_closed)
        self.controller.session.model_settings = ModelSettings.load()
        self.controller.preferences = play_preferences(self._settings)
        self._restore(self._settings, options.model)
        if complaint:
            self.controller.notify(Message("info", complaint))
        self.controller.window.show()

    def _restore(self, settings: Settings, model: Path | None) -> None:
        """Restores the last sound; the starter model replaces a missing one."""
        controller = self.controller
        controller.volume.restore(settings.volume, settings.muted)
        controller.window.play.picture.set_live(settings.live_picture)
        try:
            controller.session.restore(initial_request(settings, controller.session.model_settings))
            controller.set_looping(settings.loop)
        except ModelFileError as error:
            if settings.model:
                controller.notify(Message("error", str(error)))
                self._restore(replace(settings, model="", sliders={}), None)
        if model is not None:
            controller.models.open(model)

    def _on_painted(self) -> None:
        if self._options.marks:
            print(f"shown {_process_age_seconds():.3f}", flush=True)
        self._start_services()

    def _start_services(self) -> None:
        """Starts the render thread, which imports torch, then the player and the downloads."""
        from distill_app.audio.player import Player
        from distill_app.vocoders.weights.manager import WeightManager
        from distill_app.workers.downloads import Downloads
        from distill_app.workers.remove_vocoder import VocoderRemoval
        from distill_app.workers.rendering.worker import RenderThread

        player = Player()
        player.limiting = self._settings.limiter
        player.choose(device_choice(self._settings))
        self._thread = RenderThread()
        self._thread.worker.play_into(player.live)
        self._thread.start()
        self.controller.start_rendering(self._thread.worker, self._settings)
        self.controller.start_playing(player)
        self._downloads = Downloads(WeightManager())
        self.controller.vocoders.use(self._downloads)
        self.controller.vocoders.embedded.use(VocoderRemoval())

    def _on_first_sound(self) -> None:
        if self._options.marks:
            print(f"first-sound {_process_age_seconds():.3f}", flush=True)
        if self._options.quit_after_first_sound:
            QTimer.singleShot(0, self.controller.window.close)

    def _on_closed(self) -> None:
        """Stops the sound at once, and saves the settings."""
        self.controller.close()
        session = self.controller.session
        session.keep_model_settings()
        session.model_settings.save()
        if session.request is None or session.header is None:
            return
        try:
            save_settings(
                with_sound(self._current_settings(), session.request, session.header, self.controller.looping)
            )
        except OSError as error:
            _log.warning("settings not saved: %s", error)

    def _current_settings(self) -> Settings:
        """Settings as the user left them, without the sound."""
        controller, exporting = self.controller, self.controller.exporting
        settings = self._settings if exporting is None else exporting.settings
        settings = with_preferences(settings, controller.preferences)
        settings = replace(settings, live_picture=controller.window.play.picture.live_wanted)
        settings = replace(settings, volume=controller.volume.position, muted=controller.volume.muted)
        if exporting is not None:
            settings = with_compute(settings, controller.compute_settings.choice)
        if controller.playback is not None:
            player = controller.playback.player
            settings = with_device(settings, player.choice, player.limiting)
        return settings

    def finish(self, code: int) -> None:
        """Ends the render thread.

        Ends the whole process where the thread is deep in an import or in a step of a slow vocoder: torch does not
        outlive the interpreter. A file that is being written is always finished first.
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
            _exit_process(code)
        thread.stop()
        if is_any_running():
            _exit_process(code)


def _exit_process(code: int) -> None:
    """Ends the process now, after flushing its output."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError):  # for example a full disk
                stream.flush()
    os._exit(code)


def _process_age_seconds() -> float:
    """Seconds since the system started this process; since this module's import where the system does not say."""
    try:
        started_ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        uptime = float(Path("/proc/uptime").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return time.monotonic() - _IMPORTED_AT
    return uptime - started_ticks / os.sysconf("SC_CLK_TCK")
