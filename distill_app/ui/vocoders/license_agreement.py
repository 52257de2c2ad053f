"""Confirmation of a download: what it is, its size, its licence, its source and its place on disk."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPlainTextEdit, QWidget

from distill_app.common.paths import vocoder_folder
from distill_app.ui.dialogs.base import Dialog, plain
from distill_app.ui.style.format import file_size
from distill_app.ui.style.theme import GRID, caption_font, font
from distill_app.ui.translation import tr
from distill_app.ui.vocoders.format import band_facts, speed_text
from distill_app.ui.widgets.controls import Button, ElidedLabel, Title, tight
from distill_app.vocoders.registry import VocoderEntry
from distill_app.vocoders.weights.manifest import MANIFEST, read_manifest


@dataclass(frozen=True)
class DownloadOffer:
    """Facts of a vocoder that the user is asked to download.

    Args:
        sound: rate, band and speed.
        licence: name, "" where it is not stated.
        licence_text: full text, "" where it is unknown.
        source: host and repository.
        folder: where it will be installed.
        reason: why it has to be downloaded again; "" where it was not installed.
    """

    title: str
    summary: str
    sound: str
    size: str
    licence: str
    licence_text: str
    source: str
    folder: Path
    reason: str = ""


def download_offer(entry: VocoderEntry, speed: float | None) -> DownloadOffer:
    """Offer for a vocoder that can be downloaded.

    Args:
        speed: seconds of work per second of sound; None where it is unknown.
    """
    info = entry.info
    return DownloadOffer(
        title=info.title,
        summary=info.summary,
        sound=" · ".join(filter(None, [*band_facts(entry), speed_text(info, speed)])),
        size=file_size(entry.download_bytes),
        licence=info.licence,
        licence_text=_licence_text(info.id),
        source=f"{_host()}/{entry.repository}",
        folder=vocoder_folder() / info.id,
        reason=entry.reason,
    )


def _licence_text(name: str) -> str:
    """Full licence of a vocoder; "" where the manifest names no file."""
    texts = [entry.licence_file for entry in read_manifest() if entry.id == name and entry.licence_file]
    return (MANIFEST.parent / texts[0]).read_text("utf-8") if texts else ""


def _host() -> str:
    """Host that downloads come from."""
    return urlsplit(os.environ.get("HF_ENDPOINT", "")).netloc or "huggingface.co"


class LicenseAgreementDialog(Dialog):
    """Dialog that is accepted where the user agrees to the download."""

    def __init__(self, offer: DownloadOffer, parent: QWidget | None) -> None:
        super().__init__(tr("Download a vocoder"), parent)
        self._offer = offer
        self.setFixedWidth(480)
        self.read = Button(tr("Read…"), "inline", tr("Shows the whole licence"))
        self.cancel, self.download = self.add_button(tr("Cancel")), self.add_button(tr("Download"), "primary")
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
        for row, (name, text) in enumerate(((tr("Sound"), offer.sound), (tr("Size"), offer.size))):
            _add_name(grid, row, name)
            grid.addWidget(plain(text), row, 1)
        _add_name(grid, 2, tr("Licence"))
        grid.addLayout(self._licence_row(), 2, 1)
        places = ((tr("From"), offer.source), (tr("Kept in"), _short(offer.folder)))
        for row, (name, text) in enumerate(places, start=3):
            label = ElidedLabel(tone="")
            label.setFont(font())
            label.set_text(text)
            _add_name(grid, row, name)
            grid.addWidget(label, row, 1)
        return grid

    def _licence_row(self) -> QHBoxLayout:
        row = tight(QHBoxLayout(), 0)
        row.addWidget(plain(self._offer.licence or tr("not stated")))
        row.addWidget(self.read)
        row.addStretch()
        return row


def _short(folder: Path) -> str:
    """Path with `~` for the user's home folder."""
    home = Path.home()
    return f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)


def _add_name(grid: QGridLayout, row: int, name: str) -> None:
    grid.addWidget(plain(name, "muted"), row, 0)


class LicenceDialog(Dialog):
    """Dialog with the full text of a licence."""

    def __init__(self, name: str, text: str, parent: QWidget | None) -> None:
        super().__init__(tr("Licence: {name}").format(name=name), parent)
        self.resize(640, 480)
        self.text = QPlainTextEdit(text)
        self.text.setFont(caption_font())
        self.text.setReadOnly(True)
        self.rows.addWidget(self.text, 1)
        self.add_button(tr("Close"), "primary").clicked.connect(self.accept)
