"""Card with the recordings of one sound set: table, hints, totals and the button that leads to the training."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from distill_app.project.corpora import CorpusSpec
from distill_app.ui.style.theme import GRID, title_font
from distill_app.ui.train.recordings.columns import STATE
from distill_app.ui.train.recordings.hint_list import HintItem, HintList
from distill_app.ui.train.recordings.mode_switch import ModeSwitch, mode_sentence
from distill_app.ui.train.recordings.table_model import RecordingsModel
from distill_app.ui.train.recordings.table_view import RecordingsView
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, Caption, Card, ElidedLabel, tight
from distill_app.ui.widgets.empty_state import EmptyState
from distill_app.ui.widgets.progress_bar import LabeledProgressBar


class RecordingsCard(Card):
    """Shows a sound set and emits what the user asks for."""

    folder_asked = Signal()
    files_asked = Signal()
    mode_chosen = Signal(str)
    preview_asked = Signal()
    removal_asked = Signal(object)
    """Carries the paths of files."""
    train_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = RecordingsModel(self)
        self.view, self.empty = RecordingsView(self.model), EmptyState()
        self.name, self.mode = ElidedLabel(tone=""), ModeSwitch()
        self.preview = Button(tr("Preview"), "", tr("Play the selected recording (Space)"), "play")
        self.add = Button(tr("Add…"), "", tr("Add recordings (Ctrl+Shift+A)"))
        self.train = Button(tr("Train…"), "primary", tr("Choose how long to train, and start"))
        self.mode_sentence, self.totals = Caption(), ElidedLabel()
        self.progress, self.hints = LabeledProgressBar(), HintList()
        self._stack = QStackedWidget()
        self._build()
        self._connect()
        self.show_nothing()

    def _build(self) -> None:
        sentence = tr("Drop a folder of recordings here.")
        self.empty.set_text(tr("No recordings yet"), sentence, tr("Choose a folder…"))
        page = QWidget()
        column = tight(QVBoxLayout(page), GRID)
        column.addLayout(self._header())
        column.addWidget(self.mode_sentence)
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
        self.preview.setFixedWidth(12 * GRID)  # the layout stays when the text changes to Stop
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
        menu.addAction(tr("Folder…")).triggered.connect(self.folder_asked)
        menu.addAction(tr("Files…")).triggered.connect(self.files_asked)
        self.add.setMenu(menu)
        self.empty.chosen.connect(self.folder_asked)
        self.mode.chosen.connect(self.mode_chosen)
        self.preview.clicked.connect(self.preview_asked)
        self.train.clicked.connect(self.train_asked)
        self.view.preview_asked.connect(self.preview_asked)
        self.view.removal_asked.connect(lambda: self.removal_asked.emit(self.chosen_paths))

    @property
    def current_path(self) -> Path | None:
        """The file that Preview would play."""
        index = self.view.currentIndex()
        return self.model.rows[index.row()].path if index.isValid() else None

    @property
    def chosen_paths(self) -> list[Path]:
        return [self.model.rows[number].path for number in self.view.chosen]

    # Display

    def show_nothing(self) -> None:
        """Shows the placeholder: there is no sound set."""
        self._stack.setCurrentIndex(0)
        self.model.set_rows(())

    def show_corpus(self, corpus: CorpusSpec, read_only: bool) -> None:
        """Shows name and settings of a sound set."""
        self._stack.setCurrentIndex(1)
        self.name.set_text(corpus.name)
        self.mode.show_mode(corpus.mode)
        self.mode_sentence.setText(mode_sentence(corpus.mode))
        self.mode.setEnabled(not read_only)
        self.add.setEnabled(not read_only and corpus.kind == "recordings")
        self.model.read_only = read_only

    def show_progress(self, stage: str, fraction: float) -> None:
        """Shows the progress of a survey, 0 … 1."""
        if self.progress.isHidden():
            self.progress.show()
            self.progress.start(stage)
        self.progress.advance(stage, fraction)

    def show_complete(self) -> None:
        """Hides the progress and sorts the table."""
        self.progress.finish()
        self.progress.hide()
        self.model.sort_again()

    def show_hints(self, hints: Sequence[HintItem], totals: str) -> None:
        self.hints.show_hints(hints)
        self.totals.set_text(totals)

    def show_skipped(self) -> None:
        """Sorts the skipped files to the top of the table."""
        self.view.sortByColumn(STATE, Qt.SortOrder.DescendingOrder)
        self.view.scrollTo(self.model.index(0, STATE))
        self.view.setFocus()

    def show_playing(self, path: Path | None) -> None:
        """Marks the file that plays; None for none."""
        self.model.show_playing(path)
        self.preview.setText(tr("Preview") if path is None else tr("Stop"))
        self.preview.set_icon("play" if path is None else "stop")
