"""The recordings of one corpus: what there is, what is learned from, and what is not and why."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from distill_app.project.corpora import CorpusSpec
from distill_app.ui.style.theme import GRID, title_font
from distill_app.ui.train.recordings.hint_list import HintItem, HintList
from distill_app.ui.train.recordings.mode_switch import ModeSwitch, sentence_of
from distill_app.ui.train.recordings.table_model import STATE, RecordingsModel
from distill_app.ui.train.recordings.table_view import RecordingsView
from distill_app.ui.widgets.controls import Button, Caption, Card, ElidedLabel, tight
from distill_app.ui.widgets.empty_state import EmptyState
from distill_app.ui.widgets.progress_bar import LabeledProgressBar

_EMPTY = "Drop a folder of recordings here."
_LISTEN = "Listen to the chosen recording (Space)"


class RecordingsCard(Card):
    """Shows a corpus; what the hand wants goes out as signals."""

    folder_asked = Signal()
    files_asked = Signal()
    mode_chosen = Signal(str)
    preview_asked = Signal()
    removal_asked = Signal(object)
    """Paths of files."""
    train_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = RecordingsModel(self)
        self.view, self.empty = RecordingsView(self.model), EmptyState()
        self.name, self.mode = ElidedLabel(tone=""), ModeSwitch()
        self.preview, self.add = (
            Button("Listen", "", _LISTEN, "play"),
            Button("Add…", "", "Add recordings (Ctrl+Shift+A)"),
        )
        self.train = Button("Learn…", "primary", "How long, and on what")
        self.mode_words, self.totals = Caption(), ElidedLabel()
        self.progress, self.hints = LabeledProgressBar(), HintList()
        self._stack = QStackedWidget()
        self._build()
        self._connect()
        self.show_nothing()

    def _build(self) -> None:
        self.empty.set_text("Nothing to learn from yet", _EMPTY, "Choose a folder…")
        page = QWidget()
        column = tight(QVBoxLayout(page), GRID)
        column.addLayout(self._header())
        column.addWidget(self.mode_words)
        column.addWidget(self.hints)
        column.addWidget(self.view, 1)
        column.addLayout(self._footer())
        self._stack.addWidget(self.empty)
        self._stack.addWidget(page)
        self.rows.addWidget(self._stack)

    def _header(self) -> QHBoxLayout:
        self.name.setFont(title_font())
        row = tight(QHBoxLayout())
        row.addWidget(self.name, 1)
        self.preview.setFixedWidth(12 * GRID)  # the word changes, and nothing moves
        for widget in (self.mode, self.preview, self.add):
            row.addWidget(widget)
        return row

    def _footer(self) -> QHBoxLayout:
        row = tight(QHBoxLayout(), 2 * GRID)
        row.addWidget(self.totals, 1)
        row.addWidget(self.progress)
        row.addWidget(self.train)
        self.progress.setMaximumWidth(360)
        self.progress.hide()
        return row

    def _connect(self) -> None:
        menu = QMenu(self.add)
        menu.addAction("Folder…").triggered.connect(self.folder_asked)
        menu.addAction("Files…").triggered.connect(self.files_asked)
        self.add.setMenu(menu)
        self.empty.chosen.connect(self.folder_asked)
        self.mode.chosen.connect(self.mode_chosen)
        self.preview.clicked.connect(self.preview_asked)
        self.train.clicked.connect(self.train_asked)
        self.view.preview_asked.connect(self.preview_asked)
        self.view.removal_asked.connect(lambda: self.removal_asked.emit(self.chosen_paths))

    @property
    def current_path(self) -> Path | None:
        """The file that would be listened to."""
        index = self.view.currentIndex()
        return self.model.rows[index.row()].path if index.isValid() else None

    @property
    def chosen_paths(self) -> list[Path]:
        return [self.model.rows[number].path for number in self.view.chosen]

    # What it shows

    def show_nothing(self) -> None:
        """There is no corpus."""
        self._stack.setCurrentIndex(0)
        self.model.set_rows(())

    def show_corpus(self, corpus: CorpusSpec, read_only: bool) -> None:
        """Its name and what was chosen for it."""
        self._stack.setCurrentIndex(1)
        self.name.set_text(corpus.name)
        self.mode.show_mode(corpus.mode)
        self.mode_words.setText(sentence_of(corpus.mode))
        self.mode.setEnabled(not read_only)
        self.add.setEnabled(not read_only and corpus.kind == "recordings")
        self.model.read_only = read_only

    def show_reading(self, words: str, fraction: float) -> None:
        if self.progress.isHidden():
            self.progress.show()
            self.progress.start(words)
        self.progress.advance(words, fraction)

    def show_read(self) -> None:
        """There is no more to come."""
        self.progress.finish()
        self.progress.hide()
        self.model.settle()

    def show_words(self, hints: Sequence[HintItem], totals: str) -> None:
        self.hints.show_hints(hints)
        self.totals.set_text(totals)

    def show_skipped(self) -> None:
        """What is not learned from, on top."""
        self.view.sortByColumn(STATE, Qt.SortOrder.DescendingOrder)
        self.view.scrollTo(self.model.index(0, STATE))
        self.view.setFocus()

    def show_listening(self, path: Path | None) -> None:
        """The button stops what is heard."""
        self.model.show_playing(path)
        word = "Stop" if path is not None else "Listen"
        self.preview.setText(word)
        self.preview.set_icon("stop" if path is not None else "play")
