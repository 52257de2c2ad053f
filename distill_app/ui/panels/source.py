"""Which model and which vocoder."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from distill_app.engine.jobs import Heard
from distill_app.models.header import ModelHeader
from distill_app.ui.theme import GRID
from distill_app.ui.widgets.basics import Caption, Card, Title, tight
from distill_app.ui.widgets.inputs import Choice
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.catalogue import vocoders

_OPEN = "open"


class SourcePanel(Card):
    """The model picker and the vocoder selector."""

    model_chosen = Signal(Path)
    open_asked = Signal()
    vocoder_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.models, self.vocoder = Choice(), Choice()
        self.facts, self.heard = Caption(), Caption()
        self.heard.setProperty("tone", "caution")
        self._current: Path | None = None
        self._build()
        self.models.chosen.connect(self._on_model)
        self.vocoder.chosen.connect(lambda name: self.vocoder_chosen.emit(name))
        self._list_vocoders()

    def _build(self) -> None:
        self.models.setAccessibleName("Model")
        self.models.setToolTip("The model to play; drop a .distillgan file on the window to open it")
        self.vocoder.setAccessibleName("Vocoder")
        self.facts.setWordWrap(True)
        self.facts.setContentsMargins(0, 0, 0, 0)
        self.rows.addWidget(Title("Model"))
        self.rows.addWidget(self.models)
        self.rows.addSpacing(GRID)
        title = tight(QHBoxLayout())
        title.addWidget(Title("Vocoder"), 1)
        title.addWidget(self.heard)
        self.rows.addLayout(title)
        self.rows.addWidget(self.vocoder)
        self.rows.addWidget(self.facts)

    def _list_vocoders(self) -> None:
        for info in vocoders():
            self.vocoder.addItem(info.title, info.id)
        self.show_vocoder(vocoders()[0].id)

    def show_vocoder(self, name: str) -> None:
        self.vocoder.show_data(name)
        info = next((info for info in vocoders() if info.id == name), None)
        self.facts.setText("" if info is None else _facts(info))
        self.vocoder.setToolTip("" if info is None else info.summary)

    def show_heard(self, heard: Heard) -> None:
        """While another vocoder stands in for the chosen one, its name beside the title."""
        title = next((info.title for info in vocoders() if info.id == heard.vocoder), heard.vocoder)
        words = f"Preview: {title}" if heard.preview else ""
        if words != self.heard.text():
            self.heard.setText(words)
            self.heard.setToolTip(_PREVIEW_TIP if heard.preview else "")

    def show_models(self, entries: Iterable[tuple[Path, ModelHeader]], current: Path | None) -> None:
        """Lists models by title, and how many recordings each learned from."""
        self._current = current
        self.models.clear()
        if current is None:
            self.models.addItem("No model open", None)
        for path, header in entries:
            self.models.addItem(_entry(header), path)
            self.models.setItemData(self.models.count() - 1, str(path), _TOOL_TIP)
        self.models.insertSeparator(self.models.count())
        self.models.addItem("Open model…", _OPEN)
        self.models.show_data(current)

    def _on_model(self, data: object) -> None:
        self.models.show_data(self._current)
        if data == _OPEN:
            self.open_asked.emit()
        elif isinstance(data, Path):
            self.model_chosen.emit(data)


_PREVIEW_TIP = "The chosen vocoder is still rendering; it takes over as soon as it is ready."
_TOOL_TIP = 3  # Qt.ItemDataRole.ToolTipRole


def _entry(header: ModelHeader) -> str:
    count = len(header.corpus)
    return f"{header.name} — {count} sound{'s' if count != 1 else ''}" if count else header.name


def _facts(info: VocoderInfo) -> str:
    rate = f"{info.mel_format.sample_rate / 1000:g} kHz"
    size = f"{info.parameters / 1e6:.3g} M parameters" if info.parameters else "nothing to load"
    return f"Ready · {rate} · {size}"
