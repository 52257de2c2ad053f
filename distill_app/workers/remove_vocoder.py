"""Removal of the embedded vocoder from a model file, in a thread because the whole file is rewritten."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.workers.background_job import BackgroundJobs, single_step


class VocoderRemoval(QObject):
    """Removes embedded vocoders; the signals arrive in the thread of this object."""

    removed = Signal(object)
    """The path of the model."""
    failed = Signal(str)
    """A sentence for the user; the model is unchanged."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = BackgroundJobs("distill-vocoder-removal", self)

    def remove(self, model: Path) -> None:
        """Starts the removal; returns at once."""
        self._jobs.add(single_step(lambda: _remove(model)), self.removed.emit, self.failed.emit)


def _remove(model: Path) -> Path:
    from distill_app.models.model_file import embed_vocoder

    embed_vocoder(model, None, None)
    return model
