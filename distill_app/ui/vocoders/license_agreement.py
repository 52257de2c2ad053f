"""Asks before anything is downloaded: what it is, how large, under which licence, from where and to where."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPlainTextEdit, QWidget

from distill_app.ui.dialogs.base import Dialog, plain
from distill_app.ui.style.theme import GRID, caption_font, font
from distill_app.ui.widgets.controls import Button, ElidedLabel, Title, tight


@dataclass(frozen=True)
class Offer:
    """What the person is asked to agree to.

    Args:
        title: of the vocoder.
        summary: what it is, for a musician.
        sound: rate, band and speed in words.
        size: in words.
        licence: its name, "" where nobody said.
        licence_text: in full, "" where it is not known.
        origin: where it comes from.
        place: where it will lie.
        reason: why it has to be fetched again, "" where it was not there.
    """

    title: str
    summary: str
    sound: str
    size: str
    licence: str
    licence_text: str
    origin: str
    place: Path
    reason: str = ""


class LicenseAgreementDialog(Dialog):
    """Accepted where the person agreed; nothing is remembered but that."""

    def __init__(self, offer: Offer, parent: QWidget | None) -> None:
        super().__init__("Download a vocoder", parent)
        self._offer = offer
        self.setFixedWidth(480)
        self.read = Button("Read…", "inline", "Shows the whole licence")
        self.cancel, self.download = self.add_button("Cancel"), self.add_button("Download", "primary")
        self.rows.addWidget(Title(offer.title))
        self.rows.addWidget(plain(offer.reason, "caution") if offer.reason else plain(offer.summary))
        self.rows.addLayout(self._facts())
        self.read.setVisible(bool(offer.licence_text))
        self.read.clicked.connect(lambda: LicenceDialog(offer.licence, offer.licence_text, self).open())
        self.cancel.clicked.connect(self.reject)
        self.download.clicked.connect(self.accept)
        self.download.setFocus()

    def _facts(self) -> QGridLayout:
        offer, grid = self._offer, tight(QGridLayout(), GRID)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setColumnStretch(1, 1)
        for row, (name, words) in enumerate((("Sound", offer.sound), ("Size", offer.size))):
            _name(grid, row, name)
            grid.addWidget(plain(words), row, 1)
        licence = tight(QHBoxLayout(), 0)
        licence.addWidget(plain(offer.licence or "not stated"))
        licence.addWidget(self.read)
        licence.addStretch()
        _name(grid, 2, "Licence")
        grid.addLayout(licence, 2, 1)
        for row, (name, words) in enumerate((("From", offer.origin), ("Kept in", _short(offer.place))), start=3):
            label = ElidedLabel(tone="")
            label.setFont(font())
            label.set_text(words)
            _name(grid, row, name)
            grid.addWidget(label, row, 1)
        return grid


def _short(place: Path) -> str:
    """With `~` for the person's own folder."""
    home = Path.home()
    return f"~/{place.relative_to(home)}" if place.is_relative_to(home) else str(place)


def _name(grid: QGridLayout, row: int, name: str) -> None:
    grid.addWidget(plain(name, "muted"), row, 0)


class LicenceDialog(Dialog):
    """The whole text, to read before agreeing."""

    def __init__(self, name: str, text: str, parent: QWidget | None) -> None:
        super().__init__(f"Licence: {name}", parent)
        self.resize(640, 480)
        self.text = QPlainTextEdit(text)
        self.text.setFont(caption_font())
        self.text.setReadOnly(True)
        self.rows.addWidget(self.text, 1)
        self.add_button("Close", "primary").clicked.connect(self.accept)
