"""Files of the sound that is heard: exports, takes of the project, and files that are dragged out of the window."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from distill_app.audio.format import PLAYBACK_RATE
from distill_app.common.settings import Settings
from distill_app.generation.export_format import Bits, ExportFormat
from distill_app.ui.app.train_integration import TrainIntegration
from distill_app.ui.common.grain_text import is_stereo
from distill_app.ui.common.protocols import RenderWorkerProtocol
from distill_app.ui.play.drag_export import drag_path, write_for_drag
from distill_app.ui.play.export_controller import ExportController, Part
from distill_app.ui.play.length_dialog import LengthDialog
from distill_app.ui.play.playback import Playback
from distill_app.ui.play.render_controller import RenderController
from distill_app.ui.play.session import Session
from distill_app.ui.play.slider_values import is_one_shot
from distill_app.ui.play.sound_writer import SoundWriter
from distill_app.ui.style.format import clock
from distill_app.ui.translation import tr
from distill_app.ui.widgets.toast import Message
from distill_app.workers.rendering.messages import EndlessResult, ExportRequest, RenderRequest, RenderResult

_BITS: Bits = 24
_CLOSE_SECONDS = 10.0
"""Time for which a window that closes waits for its takes."""


class SoundFiles(QObject):
    """A sound with a length is written as it was rendered; of an endless one a part is rendered, from the playhead on.

    Args:
        settings: last choices of the export.
        window: parent of dialogs.
    """

    notified = Signal(object)
    """Message to show."""

    def __init__(
        self,
        session: Session,
        rendering: RenderController,
        worker: RenderWorkerProtocol,
        settings: Settings,
        train: TrainIntegration,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._rendering, self._train, self._window = session, rendering, train, window
        self.exporting, self._writer = ExportController(worker, settings, window), SoundWriter(worker, self)
        self.exporting.notified.connect(self.notified)
        self.playback: Playback | None = None

    @property
    def is_writing(self) -> bool:
        return self._train.is_keeping or self.exporting.writing

    # What is heard

    def _heard(self, shown: RenderResult | EndlessResult) -> RenderRequest:
        """Request for what is heard: of a one-shot that repeats, the hit of this lap."""
        lap = 0 if self.playback is None else self.playback.lap
        return replace(shown.request, config=shown.request.config.of_hit(lap)) if lap else shown.request

    def _frames_played(self, shown: EndlessResult) -> int:
        mel_format = self._session.header_of(shown.request).mel_format
        return 0 if self.playback is None else self.playback.frames_played(mel_format)

    def _part(self, shown: EndlessResult) -> Part:
        """Part of an endless sound that begins at the frame that is heard now, or at its beginning at rest."""
        request, config = shown.request, shown.request.config
        frame = config.start + self._frames_played(shown)
        return Part(self._begin_text(), lambda seconds: replace(request, config=config.part(frame, seconds)))

    def _begin_text(self) -> str:
        """Position from which on a part is taken."""
        played = 0.0 if self.playback is None else self.playback.position
        return clock(played) if played else tr("the beginning")

    # Export

    def export(self) -> None:
        """Opens the export dialog for the current sound, or for the part of it that is asked for."""
        shown = self._rendering.shown
        if shown is not None:
            header = self._session.header_of(shown.request)
            stereo = is_stereo(header, shown.vocoder, shown.request.config)
            part = self._part(shown) if isinstance(shown, EndlessResult) else None
            self.exporting.open(self._heard(shown), header.name, not is_one_shot(header), stereo, part)

    # Takes

    def keep(self) -> None:
        """Adds the current sound to the project as a take; asks how much of an endless one."""
        shown = self._rendering.shown
        if shown is None:
            self.notified.emit(Message("info", tr("There is no sound to keep yet; play one first.")))
        elif isinstance(shown, EndlessResult):
            self._ask_to_keep(self._part(shown))
        elif (request := self._heard(shown)) == shown.request:
            self._train.keep(request, shown.sound)
        else:
            self._keep_written(request)

    def _ask_to_keep(self, part: Part) -> None:
        keep = partial(self._keep_part, part)
        dialog = LengthDialog(part.begin, self.exporting.file_seconds, keep, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _keep_part(self, part: Part, seconds: float) -> None:
        self.exporting.remember_seconds(seconds)
        self._keep_written(part.request(seconds))

    def _keep_written(self, request: RenderRequest) -> None:
        self._train.keep_written(request, partial(self._write, request))

    # Dragging

    def drag(self, start: Callable[[Path], object]) -> None:
        """Calls `start` with a file of the sound, once it is written."""
        shown = self._rendering.shown
        if shown is None:
            return
        try:
            self._drag(shown, start)
        except OSError as error:
            reason = error.strerror or ""
            self._report(tr("The sound cannot be written for dragging: {reason}.").format(reason=reason))

    def _drag(self, shown: RenderResult | EndlessResult, start: Callable[[Path], object]) -> None:
        request = self._file_request(shown)
        if isinstance(shown, RenderResult) and request == shown.request:
            start(write_for_drag(request.model, shown.sound))
            return
        path = drag_path(request)
        if path.exists():
            start(path)
        else:
            self._write(request, path, start, self._report)

    def _file_request(self, shown: RenderResult | EndlessResult) -> RenderRequest:
        """Request for a file without a question: as much of an endless sound as the last time."""
        if isinstance(shown, EndlessResult):
            return self._part(shown).request(self.exporting.file_seconds)
        return self._heard(shown)

    def _write(
        self, request: RenderRequest, path: Path, written: Callable[[Path], object], failed: Callable[[str], object]
    ) -> None:
        self._writer.write(ExportRequest(request, path, ExportFormat(PLAYBACK_RATE, _BITS)), written, failed)

    def _report(self, sentence: str) -> None:
        self.notified.emit(Message("error", sentence))

    def close(self) -> None:
        """Waits for takes that are being written."""
        if self._train.is_keeping:
            self._writer.wait(_CLOSE_SECONDS)
