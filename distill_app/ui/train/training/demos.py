"""The sounds that a training has made so far: hear any of them, and the recording beside it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QButtonGroup, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from distill_app.common.training_paths import ORIGINAL
from distill_app.ui.style.theme import GRID, font
from distill_app.ui.train.training.format import clock_of, decibels2
from distill_app.ui.train.training.history import Demo
from distill_app.ui.widgets.controls import Button, Caption, tight

_ORIGINAL_TIP = "Hear the recording, at the same place (A)"
_REBUILT_TIP = "Hear what the network makes of it, at the same place (B)"
_COMPARE_KEYS = (Qt.Key.Key_A, Qt.Key.Key_B)


class DemoList(QListWidget):
    """The newest at the top. The choice follows it until the hand takes another one."""

    taken = Signal()
    """The hand chose one."""
    played = Signal()
    compared = Signal(bool)
    """The hand wants to hear the original (true) or what was rebuilt."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.demos: tuple[Demo, ...] = ()
        self.setFont(font())
        self.setAccessibleName("Demos")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(8 * GRID)
        self.currentRowChanged.connect(lambda _row: self.taken.emit())
        self.itemActivated.connect(lambda _item: self.played.emit())

    @property
    def demo(self) -> Demo | None:
        """The one chosen."""
        row = self.currentRow()
        return self.demos[-1 - row] if 0 <= row < len(self.demos) else None

    def show_demos(self, demos: Sequence[Demo]) -> None:
        """Silently."""
        if tuple(demos) == self.demos:
            return
        chosen, follows = self.demo, self.currentRow() <= 0
        self.demos = tuple(demos)
        blocked = self.blockSignals(True)
        self.clear()
        self.addItems([_words(demo) for demo in reversed(self.demos)])
        kept = chosen if chosen in self.demos and not follows else None
        self.setCurrentRow(0 if kept is None else len(self.demos) - 1 - self.demos.index(kept))
        self.blockSignals(blocked)

    def event(self, event: QEvent) -> bool:
        """A and B compare here, whatever they do elsewhere in the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _compares(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _compares(event):
            self.compared.emit(event.key() == Qt.Key.Key_A)
        else:
            super().keyPressEvent(event)


def _compares(event: QKeyEvent) -> bool:
    return event.key() in _COMPARE_KEYS and event.modifiers() == Qt.KeyboardModifier.NoModifier


def _words(demo: Demo) -> str:
    error = "" if demo.error_db is None else f"    {decibels2(demo.error_db)}"
    return f"{clock_of(demo.seconds)}{error}"


class TrainingDemos(QWidget):
    """The list, Play, and the way from one to the other at the same place."""

    chosen = Signal(object)
    """The Demo whose picture is wanted, or None."""
    play_asked = Signal(Path)
    silence_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = DemoList()
        self.play = Button("Play", "", "Hear it (Enter)", "play")
        self.original = Button("A", "segment", _ORIGINAL_TIP)
        self.reconstruction = Button("B", "segment", _REBUILT_TIP)
        self._playing: Path | None = None
        self._build()
        self._connect()
        self.show_demos(())

    def _build(self) -> None:
        group = QButtonGroup(self)
        row = tight(QHBoxLayout(), 0)
        self.play.setFixedWidth(84)
        row.addWidget(self.play)
        row.addStretch()
        for button, name in ((self.original, "Original"), (self.reconstruction, "Rebuilt")):
            button.setCheckable(True)
            button.setAccessibleName(name)
            button.setFixedWidth(4 * GRID)
            group.addButton(button)
            row.addWidget(button)
        self.reconstruction.setChecked(True)
        column = tight(QVBoxLayout(self), GRID // 2)
        column.addWidget(Caption("Demos"))
        column.addWidget(self.list, 1)
        column.addSpacing(GRID // 2)
        column.addLayout(row)

    def _connect(self) -> None:
        self.list.taken.connect(self._on_taken)
        self.list.played.connect(self._play)
        self.list.compared.connect(self._compare)
        self.play.clicked.connect(self._on_play)
        self.original.clicked.connect(lambda: self._compare(True))
        self.reconstruction.clicked.connect(lambda: self._compare(False))

    def show_demos(self, demos: Sequence[Demo]) -> None:
        before = self.list.demo
        self.list.show_demos(demos)
        for button in (self.play, self.original, self.reconstruction):
            button.setEnabled(bool(demos))
        if self.list.demo != before:
            self.chosen.emit(self.list.demo)

    def show_playing(self, path: Path | None) -> None:
        """Which of the sounds plays now, if any."""
        ours = {self._original(demo) for demo in self.list.demos} | {demo.path for demo in self.list.demos}
        self._playing = path if path in ours else None
        word = "Play" if self._playing is None else "Stop"
        if self.play.text() != word:
            self.play.setText(word)
            self.play.set_icon(word.lower())
            self.play.setToolTip("Hear it (Enter)" if word == "Play" else "Stop (Esc)")
            self.play.setAccessibleName(word)

    @staticmethod
    def _original(demo: Demo) -> Path:
        return demo.path.with_name(ORIGINAL)

    def _on_taken(self) -> None:
        """While one plays, the other one chosen plays on in its place."""
        self.chosen.emit(self.list.demo)
        if self._playing is not None and self.reconstruction.isChecked():
            self._play()

    def _on_play(self) -> None:
        if self._playing is None:
            self._play()
        else:
            self.silence_asked.emit()

    def _compare(self, original: bool) -> None:
        (self.original if original else self.reconstruction).setChecked(True)
        self._play()

    def _play(self) -> None:
        demo = self.list.demo
        if demo is not None:
            self.play_asked.emit(self._original(demo) if self.original.isChecked() else demo.path)
