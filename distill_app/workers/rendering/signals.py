"""Signals of the render worker."""

from PySide6.QtCore import QObject, Signal


class RenderSignals(QObject):
    """Emitted from the worker's thread; received in the thread of the connected object."""

    ready = Signal()
    """torch is imported, and the model of the first request is loaded if there is one."""
    progressed = Signal(str, float)
    """Name of the stage, and the fraction done."""
    finished = Signal(object)
    """A RenderResult. Its sound is in the loop already."""
    cancelled = Signal(object)
    """A RenderRequest that was cancelled, by a newer one or by `cancel`."""
    failed = Signal(object, str, str)
    """A RenderRequest, a sentence for the user, and details, empty where the sentence says all."""
    model_failed = Signal(object)
    """The path of a model that cannot be loaded; follows `failed`."""
    export_progressed = Signal(object, float)
    """The path, and the fraction done."""
    exported = Signal(object, int)
    """The path written, and how many samples were clipped at full scale."""
    export_cancelled = Signal(object)
    """The path."""
    export_failed = Signal(object, str, str)
    """The path, a sentence, details."""
    heard = Signal(object)
    """An ActiveVocoder: the vocoder of the piece or sound just written to the loop."""
    noticed = Signal(str)
    """A sentence for the user about a fallback; the work continues."""
    speed_measured = Signal()
    """The saved speed of a vocoder has changed."""
    devices_found = Signal(object)
    """Names of this computer's devices that vocoders can compute on; emitted once torch is imported."""
