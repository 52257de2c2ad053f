"""List of the demos of a training, with playback and comparison with the original recording."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QButtonGroup, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from distill_app.common.training_paths import ORIGINAL
from distill_app.ui.style.theme import GRID, font
from distill_app.ui.train.training.format import clock_of, decibels2
from distill_app.ui.train.training.history import Demo
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, Caption, tight

_COMPARE_KEYS = (Qt.Key.Key_A, Qt.Key.Key_B)


class DemoList(QListWidget):
    """Newest demo at the top; it stays selected until the user selects another one."""

    taken = Signal()
    """The user selected a demo."""
    played = Signal()
    """The user wants to play the selected demo."""
    compared = Signal(bool)
    """The user wants to hear the original (True) or the reconstruction."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.demos: tuple[Demo, ...] = ()
        self.setFont(font())
        self.setAccessibleName(tr("Demos"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(8 * GRID)
        self.currentRowChanged.connect(lambda _row: self.taken.emit())
        self.itemActivated.connect(lambda _item: self.played.emit())

    @property
    def demo(self) -> Demo | None:
        """The selected demo."""
        row = self.currentRow()
        return self.demos[-1 - row] if 0 <= row < len(self.demos) else None

    def show_demos(self, demos: Sequence[Demo]) -> None:
        """Updates the list and keeps the selection."""
        if tuple(demos) == self.demos:
            return
        chosen, follows = self.demo, self.currentRow() <= 0
        self.demos = tuple(demos)
        blocked = self.blockSignals(True)
        self.clear()
        self.addItems([_item_text(demo) for demo in reversed(self.demos)])
        kept = chosen if chosen in self.demos and not follows else None
        self.setCurrentRow(0 if kept is None else len(self.demos) - 1 - self.demos.index(kept))
        self.blockSignals(blocked)

    def event(self, event: QEvent) -> bool:
        """Claims the keys A and B from the window's shortcuts."""
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


def _item_text(demo: Demo) -> str:
    error = "" if demo.error_db is None else f"    {decibels2(demo.error_db)}"
    return f"{clock_of(demo.seconds)}{error}"


class TrainingDemos(QWidget):
    """The list with buttons that play the selected demo and compare it with the original."""

    chosen = Signal(object)
    """Another demo is selected; carries a Demo, or None."""
    play_asked = Signal(Path)
    silence_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = DemoList()
        self.play = Button(tr("Preview"), "", tr("Play the demo (Enter)"), "play")
        self.original = Button("A", "segment", tr("Play the original from the same position (A)"))
        self.reconstruction = Button("B", "segment", tr("Play the reconstruction from the same position (B)"))
        self._playing: Path | None = None
        self._build()
        self._connect()
        self.show_demos(())

    def _build(self) -> None:
        group = QButtonGroup(self)
        row = tight(QHBoxLayout(), 0)
        self.play.setFixedWidth(12 * GRID)
        row.addWidget(self.play)
        row.addStretch()
        for button, name in ((self.original, tr("Original")), (self.reconstruction, tr("Reconstruction"))):
            button.setCheckable(True)
            button.setAccessibleName(name)
            button.setFixedWidth(4 * GRID)
            group.addButton(button)
            row.addWidget(button)
        self.reconstruction.setChecked(True)
        column = tight(QVBoxLayout(self), GRID // 2)
        column.addWidget(Caption(tr("Demos")))
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
        """Shows whether one of these sounds plays; None for none."""
        ours = {self._original(demo) for demo in self.list.demos} | {demo.path for demo in self.list.demos}
        self._playing = path if path in ours else None
        stopped = self._playing is None
        text = tr("Preview") if stopped else tr("Stop")
        if self.play.text() != text:
            self.play.setText(text)
            self.play.set_icon("play" if stopped else "stop")
            self.play.setToolTip(tr("Play the demo (Enter)") if stopped else tr("Stop (Esc)"))
            self.play.setAccessibleName(text)

    @staticmethod
    def _original(demo: Demo) -> Path:
        return demo.path.with_name(ORIGINAL)

    def _on_taken(self) -> None:
        """Continues with the demo that was selected, if a demo plays."""
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
