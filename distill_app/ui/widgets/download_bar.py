"""A download under way or broken off: what, how far, how long, and the way to stop it or to go on."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from distill_app.ui.style import icons
from distill_app.ui.style.theme import GRID
from distill_app.ui.widgets.bar import Bar
from distill_app.ui.widgets.controls import Button, Caption, ElidedLabel, tight


class DownloadBar(QWidget):
    """Hidden until there is something to say."""

    cancel_asked = Signal()
    again_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.amount = ElidedLabel(tone=""), Caption()
        self.sentence = Caption()
        self.again = Button("")
        self.cancel = Button("", "quiet", "Cancel the download (Esc)", "close")
        self._bar, self._going, self._stopped = Bar(), QWidget(), QWidget()
        self._build()
        self.cancel.clicked.connect(self.cancel_asked)
        self.again.clicked.connect(self.again_asked)
        self.hide()

    def _build(self) -> None:
        self.sentence.setWordWrap(True)
        self.sentence.setProperty("tone", "")
        sign = QLabel()
        sign.setPixmap(icons.pixmap("error", "danger", 16, self.devicePixelRatioF()))
        sign.setAccessibleName("Error")
        going, stopped = tight(QVBoxLayout(self._going), GRID // 2), tight(QHBoxLayout(self._stopped))
        for widget in (self.title, self._bar, self.amount):
            going.addWidget(widget)
        stopped.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        stopped.addWidget(self.sentence, 1)
        row = tight(QHBoxLayout())
        row.addWidget(self._going, 1)
        row.addWidget(self._stopped, 1)
        row.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignTop)
        column = tight(QVBoxLayout(self))
        column.addLayout(row)
        column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)

    def clear(self) -> None:
        """Nothing more to say. The keys go back to the window's shortcuts, not to a neighbour."""
        if self.isAncestorOf(self.window().focusWidget() or self.window()):
            self.window().setFocus()
        self.hide()

    def show_progress(self, title: str, amount: str, fraction: float) -> None:
        self._choose(going=True)
        self.title.set_text(title)
        self.amount.setText(amount)
        self._bar.set_fraction(fraction)
        self.cancel.setToolTip("Cancel the download (Esc)")
        self.setAccessibleName(f"{title}, {amount}")

    def show_stopped(self, sentence: str, again: str) -> None:
        """What happened, and the word for going on."""
        self._choose(going=False)
        self.sentence.setText(sentence)
        self.again.setText(again)
        self.again.setAccessibleName(again)
        self.cancel.setToolTip("Dismiss")
        self.setAccessibleName(f"Error: {sentence}")

    def _choose(self, going: bool) -> None:
        if going and self.window().focusWidget() is self.again:
            self.cancel.setFocus()
        self._going.setVisible(going)
        self._stopped.setVisible(not going)
        self.again.setVisible(not going)
        self.show()
