"""About dialog: version, and the licences of everything that Distill is built on."""

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTextBrowser, QVBoxLayout, QWidget

from distill_app import __version__
from distill_app.common.paths import RESOURCES
from distill_app.ui.dialogs.base import Dialog, plain
from distill_app.ui.style import icons
from distill_app.ui.style.theme import GRID, font
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Title

LICENSES: Mapping[str, str] = {
    "torch": "BSD-3-Clause",
    "torchaudio": "BSD-2-Clause",
    "numpy": "BSD-3-Clause",
    "PySide6-Essentials": "LGPL-3.0",
    "pyqtgraph": "MIT",
    "tqdm": "MPL-2.0",
    "sounddevice": "MIT",
    "rtmixer": "MIT",
    "soundfile": "BSD-3-Clause",
    "safetensors": "Apache-2.0",
    "huggingface_hub": "Apache-2.0",
    "httpx2": "BSD-3-Clause",
    "filelock": "MIT",
    "platformdirs": "MIT",
    "pyyaml": "MIT",
    "tomli-w": "MIT",
    "onnx": "Apache-2.0",
    "onnxruntime": "MIT",
}
"""SPDX identifiers of the dependencies by distribution name."""


class AboutDialog(Dialog):
    """Shows the version and a table of licences."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(tr("About Distill"), parent)
        self.resize(560, 480)
        self.rows.addLayout(self._header())
        self.licences = QTextBrowser()
        self.licences.setFont(font())
        self.licences.document().setDefaultStyleSheet("td { padding: 4px }")
        self.licences.setHtml(licences_html())
        self.rows.addWidget(self.licences, 1)
        close = self.add_button(tr("Close"), "primary")
        close.clicked.connect(self.accept)
        close.setFocus()

    def _header(self) -> QHBoxLayout:
        logo = QLabel()
        logo.setPixmap(icons.pixmap("app", "text", 64, self.devicePixelRatioF()))
        logo.setFixedSize(QSize(64, 64))
        text = QVBoxLayout()
        text.setSpacing(GRID // 2)
        text.addStretch()
        text.addWidget(Title(f"Distill {__version__}"))
        purpose = tr("Trains a small model on your own recordings and lets you play it.")
        text.addWidget(plain(purpose, "muted"))
        text.addStretch()
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(logo)
        row.addLayout(text, 1)
        return row


def licences_html() -> str:
    """Table of the dependencies, followed by the full licence text of the font."""
    notes = _notes()
    rows = [
        ("Distill", __version__, "MIT"),
        (platform.python_implementation(), platform.python_version(), "PSF-2.0"),
        *((notes.get(name, name), _version(name), identifier) for name, identifier in LICENSES.items()),
        (tr("Inter (typeface)"), "3.019", tr("OFL-1.1, below")),
    ]
    table = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    text = (RESOURCES / "fonts" / "OFL.txt").read_text("utf-8").replace("<", "&lt;").replace("\n", "<br>")
    return f"<table>{table}</table><p>{text}</p>"


def _notes() -> dict[str, str]:
    """Titles of dependencies with more to say than their name."""
    return {
        "PySide6-Essentials": tr("Qt and PySide6, used as separate libraries"),
        "soundfile": tr("soundfile, with libsndfile (LGPL-2.1)"),
        "tqdm": tr("tqdm, with parts under MIT"),
        "onnx": tr("onnx, optional"),
        "onnxruntime": tr("onnxruntime, optional"),
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return tr("not installed")
