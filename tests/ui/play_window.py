"""Program run by test_sound_server: plays through the real worker while a slider sweeps, then without changes."""

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

    def __init__(self, folder: Path, model: Path, vocoder: str) -> None:
        self.app = QApplication([])
        self.controller = AppController(
            WindowSettings(QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat))
        )
        self.controller.window.show()
        self.controller.models.open(model)
        self.controller.session.set_seconds(1.0)
        self.controller.session.set_vocoder(vocoder)
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

    def end(self) -> None:
        self.controller.close()
        self.thread.stop()


def main(folder: Path, model: Path, vocoder: str) -> None:
    BUILT_IN_VOCODERS[TONE] = ToneVocoder
    show = Show(folder, model, vocoder)
    show.settle()
    show.player.open()
    show.run(0.5)
    show.controller.toggle_playing()
    show.run(0.5)
    show.sweep(2.0)
    show.settle()
    show.run(4.0)
    underflows = show.player.status.underflows
    request = show.controller.session.request
    assert request is not None
    show.controller.toggle_playing()
    show.run(0.3)
    show.end()
    pipeline = GenerationPipeline(load_model(request.model), get_vocoder(request.vocoder))
    np.save(folder / "render.npy", pipeline.render(request.config).samples[0])
    print(json.dumps({"underflows": underflows}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
