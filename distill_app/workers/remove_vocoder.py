"""Takes the vocoder that a model carries out of its file, in a thread: the file is written anew."""

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.common.errors import DistillError


class VocoderRemoval(QObject):
    """`remove` returns at once; a signal answers, in the thread of this object."""

    removed = Signal(object)
    """The path of the model."""
    failed = Signal(str)
    """A sentence; the model is as it was."""

    def remove(self, model: Path) -> None:
        threading.Thread(target=self._remove, args=(model,), name="distill-own-removal").start()

    def _remove(self, model: Path) -> None:
        from distill_app.models.model_file import embed_vocoder

        try:
            embed_vocoder(model, None, None)
        except DistillError as error:
            self.failed.emit(str(error))
        else:
            self.removed.emit(model)
