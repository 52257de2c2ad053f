"""Asks how and where to write the sound, and shows how the writing goes."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QWidget

from distill_app.generation.export_format import Bits, ExportFormat
from distill_app.generation.wav_name import as_wav, is_other_format
from distill_app.project.paths import file_name
from distill_app.ui.dialogs.base import Dialog, plain
from distill_app.ui.dialogs.prompts import DetailsDialog
from distill_app.ui.style import icons
from distill_app.ui.style.format import file_size, length
from distill_app.ui.style.theme import GRID
from distill_app.ui.widgets.controls import Button, Caption, ElidedLabel, labelled, tight
from distill_app.ui.widgets.input_fields import ComboBox
from distill_app.ui.widgets.progress_bar import LabeledProgressBar

_BITS: tuple[tuple[str, Bits], ...] = (("16-bit, dithered", 16), ("24-bit", 24), ("32-bit float", "32f"))
_RATES = (44_100, 48_000, 96_000)
_OCTETS: dict[Bits, int] = {16: 2, 24: 3, "32f": 4}
_WAV_HEADER = 44
_ONLY_WAV = "Only WAV files are written: “{asked}” becomes “{name}”."


@dataclass(frozen=True)
class ExportChoice:
    """What the person chose; `replace` says that an existing file may go."""

    path: Path
    wanted: ExportFormat
    replace: bool


class ExportDialog(Dialog):
    """Stays open while the file is written; Esc cancels the writing first, then the dialog."""

    asked = Signal(object)
    """An `ExportChoice`."""
    cancel_asked = Signal()

    def __init__(
        self, seconds: float, path: Path, rate: int, bits: str, parent: QWidget | None, limiter: bool = True
    ) -> None:
        """`limiter`: whether the safety limiter is on, in the file as in what is heard."""
        super().__init__("Export sound", parent)
        self._seconds, self._path, self._busy, self._limiter = seconds, path, False, limiter
        self._remark = ""
        """Message about a typed file name of another format than WAV; "" for none."""
        self.rate, self.bits = ComboBox(), ComboBox()
        self.facts, self.place = Caption(), ElidedLabel(tone="")
        self.change = Button("Change…")
        self.progress = LabeledProgressBar()
        self._sign, self.words = QLabel(), plain("")
        self.cancel, self.export = self.add_button("Cancel"), self.add_button("Export", "primary")
        self._build()
        self._offer(rate, bits)
        self._connect()
        self._show_facts()
        self._say("")
        self.export.setFocus()

    def _build(self) -> None:
        self.setFixedWidth(480)
        choices = tight(QHBoxLayout(), 2 * GRID)
        choices.addLayout(labelled("Bit depth", self.bits))
        choices.addLayout(labelled("Sample rate", self.rate))
        place = tight(QHBoxLayout(), 2 * GRID)
        place.addLayout(labelled("File", self.place), 1)
        place.addWidget(self.change, 0, Qt.AlignmentFlag.AlignBottom)
        words = tight(QHBoxLayout())
        words.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        words.addWidget(self.words, 1)
        for row in (choices, place):
            self.rows.addLayout(row)
        self.rows.addWidget(self.facts)
        self.rows.addLayout(words)
        self.buttons.insertWidget(0, self.progress, 1)
        self.progress.setMaximumWidth(480)
        self.place.setFixedHeight(32)

    def _offer(self, rate: int, bits: str) -> None:
        for words, value in _BITS:
            self.bits.addItem(words, value)
        for value_hz in _RATES:
            self.rate.addItem(f"{value_hz / 1000:g} kHz", value_hz)
        self.bits.show_data(next((value for _, value in _BITS if str(value) == bits), 24))
        self.rate.show_data(rate)

    def _connect(self) -> None:
        for choice in (self.rate, self.bits):
            choice.currentIndexChanged.connect(self._show_facts)
        self.change.clicked.connect(self._on_change)
        self.export.clicked.connect(lambda: self.asked.emit(self.choice()))
        self.cancel.clicked.connect(self.reject)

    def choice(self) -> ExportChoice:
        wanted = ExportFormat(self.rate.currentData(), self.bits.currentData(), self._limiter)
        return ExportChoice(self._path, wanted, self._path.exists())

    def set_path(self, path: Path) -> None:
        """The place the person has chosen; another format's suffix gives way to .wav, and that is said."""
        self._path = as_wav(path)
        self._remark = _ONLY_WAV.format(asked=path.name, name=self._path.name) if is_other_format(path) else ""
        self._say(self._remark, "caution", "info")
        self._show_facts()

    def _on_change(self) -> None:
        """The words under the file say that it will be replaced, so the file dialog need not ask."""
        option = QFileDialog.Option.DontConfirmOverwrite
        name, _ = QFileDialog.getSaveFileName(self, "Export to", str(self._path), "WAV (*.wav)", options=option)
        if name:
            self.set_path(Path(name))

    def _show_facts(self) -> None:
        frames = round(self._seconds * self.rate.currentData())
        size = frames * _OCTETS[self.bits.currentData()] + _WAV_HEADER
        limiter = "safety limiter on" if self._limiter else "safety limiter off"
        self.facts.setText(f"{length(self._seconds)} · mono · {file_size(size)} · {limiter}")
        self.place.set_text(str(self._path))
        self.export.setText("Replace" if self._path.exists() else "Export")
        if self._path.exists() and not self._busy:
            replaced = f"“{self._path.name}” exists and will be replaced."
            self._say(f"{self._remark} {replaced}".lstrip(), "caution", "info")

    # How it goes

    def begin(self) -> None:
        self._set_busy(True)
        self._say("")
        self.progress.start("Exporting")

    def advance(self, stage: str, fraction: float) -> None:
        self.progress.advance(stage, fraction)

    def fail(self, sentence: str, details: str = "") -> None:
        """Says what happened; another place or format can be tried at once."""
        self._set_busy(False)
        self._show_facts()
        self._say(sentence, "danger", "error")
        if details:
            DetailsDialog(sentence, details, self).open()

    def finish(self) -> None:
        """Closes after the writing has ended."""
        self._set_busy(False)
        self.accept()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        for widget in (self.rate, self.bits, self.change, self.export):
            widget.setEnabled(not busy)
        if not busy:
            self.progress.finish()

    def _say(self, sentence: str, tone: str = "", sign: str = "") -> None:
        self.words.setText(sentence)
        self.words.setVisible(bool(sentence))
        self._sign.setVisible(bool(sentence))
        if sign:
            self._sign.setPixmap(icons.pixmap(sign, tone, 16, self.devicePixelRatioF()))

    def reject(self) -> None:
        if self._busy:
            self.cancel_asked.emit()
        else:
            super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter exports from anywhere in the dialog but its other buttons."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.export.isEnabled():
            self.export.click()
        else:
            super().keyPressEvent(event)


def free_path(folder: Path, name: str) -> Path:
    """`name.wav` in the folder, or `name 2.wav` … where that is taken."""
    clean = file_name(name, "sound")
    path, number = folder / f"{clean}.wav", 2
    while path.exists():
        path, number = folder / f"{clean} {number}.wav", number + 1
    return path
