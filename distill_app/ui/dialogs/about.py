"""What this is, its version, and under which licences its parts stand."""

import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTextBrowser, QVBoxLayout, QWidget

from distill_app import __version__
from distill_app.common.paths import RESOURCES
from distill_app.ui.dialogs.base import Dialog, plain
from distill_app.ui.style import icons
from distill_app.ui.style.theme import GRID, font
from distill_app.ui.widgets.controls import Title

PARTS: Sequence[tuple[str, str, str]] = (
    ("torch", "torch", "BSD-3-Clause"),
    ("torchaudio", "torchaudio", "BSD-2-Clause"),
    ("NumPy", "numpy", "BSD-3-Clause"),
    ("Qt and PySide6", "PySide6-Essentials", "LGPL-3.0, used as a separate library"),
    ("pyqtgraph", "pyqtgraph", "MIT"),
    ("sounddevice", "sounddevice", "MIT"),
    ("rtmixer", "rtmixer", "MIT"),
    ("soundfile, libsndfile", "soundfile", "BSD-3-Clause, LGPL-2.1"),
    ("safetensors", "safetensors", "Apache-2.0"),
    ("huggingface_hub", "huggingface_hub", "Apache-2.0"),
    ("httpx2", "httpx2", "BSD-3-Clause"),
    ("filelock", "filelock", "MIT"),
    ("platformdirs", "platformdirs", "MIT"),
    ("PyYAML", "pyyaml", "MIT"),
    ("tomli-w", "tomli-w", "MIT"),
    ("ONNX", "onnx", "Apache-2.0, only where it is wanted"),
    ("ONNX Runtime", "onnxruntime", "MIT, only where it is wanted"),
)
"""Title, distribution and licence of what Distill stands on."""


class AboutDialog(Dialog):
    """Distill is MIT; the rest is listed with version and licence."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__("About Distill", parent)
        self.resize(560, 480)
        self.rows.addLayout(self._head())
        self.licences = QTextBrowser()
        self.licences.setFont(font())
        self.licences.setHtml(licences_html())
        self.rows.addWidget(self.licences, 1)
        close = self.add_button("Close", "primary")
        close.clicked.connect(self.accept)
        close.setFocus()

    def _head(self) -> QHBoxLayout:
        picture = QLabel()
        picture.setPixmap(icons.pixmap("app", "text", 64, self.devicePixelRatioF()))
        picture.setFixedSize(QSize(64, 64))
        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        words.addStretch()
        words.addWidget(Title(f"Distill {__version__}"))
        words.addWidget(plain("Learns a small model from your own recordings and lets you play it.", "muted"))
        words.addStretch()
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(picture)
        row.addLayout(words, 1)
        return row


def licences_html() -> str:
    """A table of the parts, then the full text of the font's licence."""
    rows = [f"<tr><td>{title}</td><td>{_version(name)}</td><td>{licence}</td></tr>" for title, name, licence in PARTS]
    own = f"<tr><td>Distill</td><td>{__version__}</td><td>MIT</td></tr>"
    python = f"<tr><td>Python</td><td>{platform.python_version()}</td><td>PSF-2.0</td></tr>"
    inter = "<tr><td>Inter (typeface)</td><td>3.019</td><td>OFL-1.1, below</td></tr>"
    table = f"<table cellspacing='8'>{own}{python}{''.join(rows)}{inter}</table>"
    text = (RESOURCES / "fonts" / "OFL.txt").read_text("utf-8").replace("<", "&lt;").replace("\n", "<br>")
    return f"{table}<p>{text}</p>"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
