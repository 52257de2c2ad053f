"""The vocoder embedded in the open model: its entry in the selector, and its removal."""

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QWidget

from distill_app.common.errors import ModelFileError
from distill_app.ui.common.protocols import VocoderRemovalProtocol
from distill_app.ui.dialogs.prompts import ConfirmDialog
from distill_app.ui.play.session import Session
from distill_app.ui.style.format import file_size
from distill_app.ui.translation import tr
from distill_app.ui.widgets.toast import Message
from distill_app.vocoders.embedded.vocoder import AUTO, OWN, model_entries
from distill_app.vocoders.registry import VocoderEntry
from distill_app.workers.rendering.messages import RenderRequest


class EmbeddedVocoderController(QObject):
    """Reads the embedded vocoder from the model's header, and removes it after a confirmation.

    Args:
        menu: gets the item that removes the vocoder.
        window: parent of dialogs.
    """

    notified = Signal(object)
    """Message to show."""
    changed = Signal()
    """Emitted after the model's file was written."""

    def __init__(self, session: Session, menu: QMenu, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._removal: VocoderRemovalProtocol | None = None
        self.remove = menu.addAction(tr("Remove this model's own…"))
        self.remove.triggered.connect(self.ask_to_remove)
        self.remove.setEnabled(False)

    def use(self, removal: VocoderRemovalProtocol) -> None:
        """Connects the service that removes embedded vocoders."""
        self._removal = removal
        removal.removed.connect(self._on_removed)
        removal.failed.connect(lambda sentence: self.notified.emit(Message("error", sentence)))
        self.refresh()

    @property
    def entries(self) -> tuple[VocoderEntry, ...]:
        """The automatic choice, and the embedded vocoder of the open model where there is one."""
        header = self._session.header
        return model_entries(None) if header is None else model_entries(header.vocoder, header.grain is not None)

    @property
    def _entry(self) -> VocoderEntry | None:
        return next((entry for entry in self.entries if entry.info.id == OWN), None)

    def is_ready(self, request: RenderRequest) -> bool:
        """Whether the vocoder of the request, `AUTO` or `OWN`, can be used with its model."""
        header = self._session.header_of(request)
        known = model_entries(header.vocoder, header.grain is not None)
        return any(entry.info.id == request.vocoder and entry.ready for entry in known)

    def refresh(self) -> bool:
        """Reads the header again. Returns whether the embedded vocoder is another one than before.

        The session stops using an embedded vocoder that is gone.
        """
        session, before = self._session, self.entries
        with suppress(ModelFileError):
            session.reload_header()
        self.remove.setEnabled(self._entry is not None and self._removal is not None)
        if self.entries == before:
            return False
        if session.request is not None and session.request.vocoder == OWN and not self.is_ready(session.request):
            session.give_up_vocoder(OWN, AUTO)
        return True

    def unavailable_message(self, other: str) -> Message:
        """Message for a sound whose model has no usable embedded vocoder; the vocoder titled `other` plays instead."""
        entry, name = self._entry, "" if self._session.header is None else self._session.header.name
        reason = tr("“{name}” carries no vocoder of its own.").format(name=name) if entry is None else entry.reason
        instead = tr("{other} plays instead.").format(other=other)
        return Message("info", f"{reason} {instead}")

    def ask_to_remove(self) -> None:
        header, entry, request = self._session.header, self._entry, self._session.request
        if header is None or entry is None or request is None:
            return
        size = tr("Frees {size}.").format(size=file_size(entry.info.size_bytes)) if entry.info.size_bytes else ""
        sentence = f"{size} {tr('To have it again, train it again.')}".lstrip()
        question = tr("Remove the vocoder of “{name}”?").format(name=header.name)
        dialog = ConfirmDialog(question, sentence, tr("Remove"), self._window)
        dialog.accepted.connect(lambda: self._remove(request.model))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _remove(self, model: Path) -> None:
        if self._removal is not None:
            self._removal.remove(model)

    def _on_removed(self, model: Path) -> None:
        self.changed.emit()
        sentence = tr("The vocoder was removed from “{name}”.").format(name=model.stem)
        self.notified.emit(Message("done", sentence))
