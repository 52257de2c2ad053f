"""The vocoders of the open model: their entries in the selector, and the removal of the embedded one."""

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QWidget

from distill_app.common.errors import ModelFileError
from distill_app.models.header import ModelHeader
from distill_app.ui.common.grain_text import carries_grain, grain_text
from distill_app.ui.common.protocols import VocoderRemovalProtocol
from distill_app.ui.dialogs.prompts import ConfirmDialog
from distill_app.ui.play.session import Session
from distill_app.ui.style.format import file_size
from distill_app.ui.translation import tr
from distill_app.ui.widgets.toast import Message
from distill_app.vocoders.built_in import GRAIN
from distill_app.vocoders.embedded.vocoder import AUTO, OF_MODEL, OWN, model_entries
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
        """The automatic choice, and the grain and the embedded vocoder of the open model where it carries them."""
        header = self._session.header
        return model_entries(None) if header is None else _entries(header)

    @property
    def _entry(self) -> VocoderEntry | None:
        return next((entry for entry in self.entries if entry.info.id == OWN), None)

    def is_ready(self, request: RenderRequest) -> bool:
        """Whether the vocoder of the request, one of `OF_MODEL`, can be used with its model."""
        known = _entries(self._session.header_of(request))
        return any(entry.info.id == request.vocoder and entry.ready for entry in known)

    def refresh(self) -> bool:
        """Reads the header again. Returns whether the model has other vocoders than before.

        The session stops using one that is gone.
        """
        session, before = self._session, self.entries
        with suppress(ModelFileError):
            session.reload_header()
        self.remove.setEnabled(self._entry is not None and self._removal is not None)
        if self.entries == before:
            return False
        request = session.request
        if request is not None and request.vocoder in OF_MODEL and not self.is_ready(request):
            session.give_up_vocoder(request.vocoder, AUTO)
        return True

    def unavailable_message(self, vocoder: str, other: str) -> Message:
        """Message for a sound whose model lacks `OWN` or the grain; the vocoder titled `other` plays instead."""
        instead = tr("{other} plays instead.").format(other=other)
        return Message("info", f"{self._reason(vocoder)} {instead}")

    def _reason(self, vocoder: str) -> str:
        """Why a vocoder of the open model cannot be used."""
        header, entry = self._session.header, self._entry
        name = "" if header is None else header.name
        if vocoder == GRAIN.id:
            damaged = "" if header is None else grain_text(header)
            return damaged or tr("“{name}” carries no recordings.").format(name=name)
        return tr("“{name}” carries no vocoder of its own.").format(name=name) if entry is None else entry.reason

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


def _entries(header: ModelHeader) -> tuple[VocoderEntry, ...]:
    return model_entries(header.vocoder, carries_grain(header))
