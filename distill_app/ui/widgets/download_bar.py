"""Progress of a download, or the error that ended it, with buttons to cancel and to retry."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from distill_app.ui.style import icons
from distill_app.ui.style.theme import GRID
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, Caption, ElidedLabel, tight
from distill_app.ui.widgets.progress_bar import ProgressBar


class DownloadBar(QWidget):
    """Hidden until a download starts."""

    cancel_asked = Signal()
    again_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.amount = ElidedLabel(tone=""), Caption()
        self.sentence = Caption()
        self.again = Button("")
        self.cancel = Button("", "quiet", _cancel_tip(), "close")
        self._bar, self._active, self._stopped = ProgressBar(), QWidget(), QWidget()
        self._build()
        self.cancel.clicked.connect(self.cancel_asked)
        self.again.clicked.connect(self.again_asked)
        self.hide()

    def _build(self) -> None:
        self.sentence.setWordWrap(True)
        self.sentence.setProperty("tone", "")
        icon = QLabel()
        icon.setPixmap(icons.pixmap("error", "danger", 16, self.devicePixelRatioF()))
        icon.setAccessibleName(tr("Error"))
        active, stopped = tight(QVBoxLayout(self._active), GRID // 2), tight(QHBoxLayout(self._stopped))
        for widget in (self.title, self._bar, self.amount):
            active.addWidget(widget)
        stopped.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        stopped.addWidget(self.sentence, 1)
        row = tight(QHBoxLayout())
        row.addWidget(self._active, 1)
        row.addWidget(self._stopped, 1)
        row.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignTop)
        column = tight(QVBoxLayout(self))
        column.addLayout(row)
        column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)

    def clear(self) -> None:
        """Hides the bar; the focus goes to the window, not to the next widget."""
        if self.isAncestorOf(self.window().focusWidget() or self.window()):
            self.window().setFocus()
        self.hide()

    def show_progress(self, title: str, amount: str, fraction: float) -> None:
        self._choose(active=True)
        self.title.set_text(title)
        self.amount.setText(amount)
        self._bar.set_fraction(fraction)
        self.cancel.setToolTip(_cancel_tip())
        self.setAccessibleName(f"{title}, {amount}")

    def show_stopped(self, sentence: str, again: str) -> None:
        """Shows why the download ended, and a button with the text `again` that retries it."""
        self._choose(active=False)
        self.sentence.setText(sentence)
        self.again.setText(again)
        self.again.setAccessibleName(again)
        self.cancel.setToolTip(tr("Dismiss"))
        self.setAccessibleName(f"{tr('Error')}: {sentence}")

    def _choose(self, active: bool) -> None:
        if active and self.window().focusWidget() is self.again:
            self.cancel.setFocus()
        self._active.setVisible(active)
        self._stopped.setVisible(not active)
        self.again.setVisible(not active)
        self.show()


def _cancel_tip() -> str:
    return tr("Cancel the download (Esc)")
