"""The vocoder that the open model carries: what the selector says of it, and taking it away."""

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from distill_app.common.errors import ModelFileError
from distill_app.ui.app.main_window import MainWindow
from distill_app.ui.common.protocols import VocoderRemovalProtocol
from distill_app.ui.dialogs.prompts import ConfirmDialog
from distill_app.ui.play.session import Session
from distill_app.ui.style.format import file_size
from distill_app.ui.widgets.toast import Message
from distill_app.vocoders.embedded.vocoder import AUTO, OWN, TITLE, embedded_entries
from distill_app.vocoders.registry import VocoderEntry
from distill_app.workers.rendering.messages import RenderRequest


class EmbeddedVocoderController(QObject):
    """Reads the model's header, and asks before its vocoder is gone."""

    notified = Signal(object)
    """A Message."""
    changed = Signal()
    """The model's file was written to."""

    def __init__(self, session: Session, window: MainWindow, menu: QMenu) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._removal: VocoderRemovalProtocol | None = None
        self.remove = menu.addAction(f"Remove {TITLE[:1].lower()}{TITLE[1:]}…")
        self.remove.triggered.connect(self.ask_to_remove)
        self.remove.setEnabled(False)

    def use(self, removal: VocoderRemovalProtocol) -> None:
        """From now on it can be taken away."""
        self._removal = removal
        removal.removed.connect(self._on_removed)
        removal.failed.connect(lambda sentence: self.notified.emit(Message("error", sentence)))
        self.look()

    @property
    def listings(self) -> tuple[VocoderEntry, ...]:
        """Auto, and the model's own where there is one."""
        header = self._session.header
        return embedded_entries(None if header is None else header.vocoder)

    @property
    def _own(self) -> VocoderEntry | None:
        return next((listing for listing in self.listings if listing.info.id == OWN), None)

    def is_ready(self, request: RenderRequest) -> bool:
        """Whether its vocoder, `AUTO` or `OWN`, can be used with its model."""
        known = embedded_entries(self._session.header_of(request).vocoder)
        return any(listing.info.id == request.vocoder and listing.ready for listing in known)

    def look(self) -> bool:
        """Reads the header anew; whether another vocoder is there than before. One that is gone is given up."""
        session, before = self._session, self.listings
        with suppress(ModelFileError):
            session.look_again()
        self.remove.setEnabled(self._own is not None and self._removal is not None)
        if self.listings == before:
            return False
        if session.request is not None and session.request.vocoder == OWN and not self.is_ready(session.request):
            session.give_up_vocoder(OWN, AUTO)
        return True

    def missed(self, kept: str) -> Message:
        """What is said where a sound asks for it and its model carries none; `kept` plays."""
        own, name = self._own, "" if self._session.header is None else self._session.header.name
        why = f"“{name}” carries no vocoder of its own." if own is None else own.reason
        return Message("info", f"{why} {kept} plays instead.")

    def ask_to_remove(self) -> None:
        header, own, request = self._session.header, self._own, self._session.request
        if header is None or own is None or request is None:
            return
        size = f"Frees {file_size(own.info.size_bytes)}. " if own.info.size_bytes else ""
        sentence = f"{size}To have it again, train it again."
        dialog = ConfirmDialog(f"Remove the vocoder of “{header.name}”?", sentence, "Remove", self._window)
        dialog.accepted.connect(lambda: self._remove(request.model))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _remove(self, model: Path) -> None:
        if self._removal is not None:
            self._removal.remove(model)

    def _on_removed(self, model: Path) -> None:
        self.changed.emit()
        self.notified.emit(Message("done", f"The vocoder was removed from “{model.stem}”."))
