"""Program run by test_sound_server: plays through the real worker while a slider sweeps, then without changes.

`play_window.py FOLDER MODEL VOCODER…` plays each vocoder once a line arrives at its input, and answers with a line.
"""

import atexit
import gc
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from distill_app.audio.player import Player
from distill_app.common.settings import Settings
from distill_app.dsp.sound import Samples
from distill_app.generation.loop_render import render_loop
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.models.model_file import load_model
from distill_app.ui.app.controller import AppController
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.built_in import BUILT_IN_VOCODERS
from distill_app.workers.rendering.worker import RenderThread
from tests.local_vocoder import TONE, ToneVocoder


class Show:
    """Window with the real worker and player."""

    def __init__(self, folder: Path, model: Path) -> None:
        self.app = QApplication([])
        self.controller = AppController(
            WindowSettings(QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat))
        )
        self.controller.window.show()
        self.controller.models.open(model)
        self.controller.session.set_seconds(1.0)
        self.player, self.thread = Player(), RenderThread()
        self.thread.worker.play_into(self.player.live)
        self.thread.start()
        self.controller.start_rendering(self.thread.worker, Settings())
        self.controller.start_playing(self.player)

    def run(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.app.processEvents()
            time.sleep(0.002)

    def settle(self) -> None:
        rendering = self.controller.rendering
        assert rendering is not None
        while rendering.busy or rendering.shown is None:
            self.run(0.05)

    def sweep(self, seconds: float) -> None:
        """Moves the first slider up and down thirty times a second, then releases it."""
        for step in range(round(30 * seconds)):
            self.controller.session.audition_slider(0, math.sin(step / 5))
            self.run(1 / 30)
        self.controller.session.set_slider(0, 0.8)

    def play(self, vocoder: str) -> None:
        """Plays while the slider sweeps, two seconds without changes, and stops."""
        self.controller.session.set_vocoder(vocoder)
        self.settle()
        self.player.open()
        self.run(0.5)
        self.controller.toggle_playing()
        self.run(0.5)
        self.sweep(1.0)
        self.settle()
        self.run(2.0)

    def stop(self) -> None:
        self.controller.toggle_playing()
        self.run(0.3)

    def render(self) -> Samples:
        """The loop that was heard last, from a pipeline of its own."""
        request = self.controller.session.request
        assert request is not None
        pipeline = GenerationPipeline(load_model(request.model), get_vocoder(request.vocoder))
        return render_loop(pipeline, request.config)[0]

    def end(self) -> None:
        self.controller.close()
        self.thread.stop()


def main(folder: Path, model: Path, *vocoders: str) -> None:
    atexit.register(gc.freeze)  # looking through torch's objects at exit takes 1.5 s
    BUILT_IN_VOCODERS[TONE] = ToneVocoder
    show = Show(folder, model)
    for vocoder in vocoders:
        sys.stdin.readline()
        before = show.player.status.underflows
        show.play(vocoder)
        underflows = show.player.status.underflows - before
        show.stop()
        np.save(folder / f"{vocoder}.npy", show.render())
        print(json.dumps({"underflows": underflows}), flush=True)
    show.end()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
