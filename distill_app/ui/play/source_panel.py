"""Choice of the model and the vocoder."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSpacerItem, QWidget

from distill_app.models.header import ModelHeader
from distill_app.ui.common.grain_text import grain_text
from distill_app.ui.style.format import counted
from distill_app.ui.style.theme import GRID
from distill_app.ui.translation import tr
from distill_app.ui.vocoders.format import fact_lines, tool_tip
from distill_app.ui.vocoders.selector import VocoderSelector
from distill_app.ui.widgets.controls import Button, Caption, Card, Title, tight
from distill_app.ui.widgets.download_bar import DownloadBar
from distill_app.ui.widgets.input_fields import ComboBox
from distill_app.vocoders.registry import VocoderEntry
from distill_app.workers.rendering.messages import ActiveVocoder

_OPEN = "open"
_TOOL_TIP = 3  # Qt.ItemDataRole.ToolTipRole


class SourcePanel(Card):
    """Model list, vocoder selector with its menu, and the progress of a download."""

    model_chosen = Signal(Path)
    open_asked = Signal()
    vocoder_chosen = Signal(str)
    """Id of the vocoder that the user chose, which may not be installed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.models, self.vocoder = ComboBox(), VocoderSelector()
        self.more = Button("", "icon", tr("Import or remove vocoders"), "more")
        self.titles = Title(tr("Model")), Title(tr("Vocoder"))
        self.heard = Caption()
        self.facts: list[str] = []
        """Facts of the chosen vocoder, one line for each group, for its tool tip and menu."""
        self._between = QSpacerItem(0, GRID)
        self.download = DownloadBar()
        self._current: Path | None = None
        self._entries: dict[str, VocoderEntry] = {}
        self._speeds: Mapping[str, float | None] = {}
        self._build()
        self.models.chosen.connect(self._on_model)
        self.vocoder.chosen.connect(lambda name: self.vocoder_chosen.emit(name))

    def _build(self) -> None:
        self.models.setAccessibleName(tr("Model"))
        self._describe_model(None)
        self.heard.setProperty("tone", "caution")
        self.heard.hide()
        self.rows.addWidget(self.titles[0])
        self.rows.addWidget(self.models)
        self.rows.addItem(self._between)
        title = tight(QHBoxLayout())
        title.addWidget(self.titles[1], 1)
        title.addWidget(self.heard)
        choice = tight(QHBoxLayout())
        choice.addWidget(self.vocoder, 1)
        choice.addWidget(self.more)
        self.rows.addLayout(title)
        self.rows.addLayout(choice)
        self.rows.addWidget(self.download)

    def set_folded(self, folded: bool) -> None:
        """Hides the titles in a low window, to leave room for the sliders."""
        for title in self.titles:
            title.setVisible(not folded)
        self._between.changeSize(0, 0 if folded else GRID)
        edge = GRID + 4 if folded else 2 * GRID
        self.rows.setContentsMargins(2 * GRID, edge, 2 * GRID, edge)

    # The vocoder

    def show_vocoders(self, entries: Sequence[VocoderEntry], speeds: Mapping[str, float | None]) -> None:
        """Lists vocoders; `speeds` are seconds of work per second of sound, by id."""
        self._entries = {entry.info.id: entry for entry in entries}
        self._speeds = speeds
        self.vocoder.set_vocoders(entries)
        self.show_vocoder(str(self.vocoder.currentData()))

    def show_vocoder(self, name: str) -> None:
        self.vocoder.show_data(name)
        entry = self._entries.get(name)
        self.facts = [] if entry is None else fact_lines(entry, self._speeds.get(name))
        self.vocoder.setToolTip("" if entry is None else "\n".join([tool_tip(entry), *self.facts]))
        self.vocoder.setAccessibleDescription(", ".join(self.facts))

    def show_heard(self, heard: ActiveVocoder, endless: bool = False) -> None:
        """Names the vocoder that plays in place of the chosen one beside the title.

        Args:
            endless: whether it plays for as long as the sound does, not only until the chosen one has rendered.
        """
        entry = self._entries.get(heard.vocoder)
        title = entry.info.title if entry else heard.vocoder
        words = tr("Plays: {vocoder}") if endless else tr("Preview: {vocoder}")
        text = words.format(vocoder=title) if heard.preview else ""
        if text != self.heard.text():
            self.heard.setText(text)
            self.heard.setVisible(bool(text))
            waits = tr("The chosen vocoder is still rendering; it takes over as soon as it is ready.")
            slow = tr("The chosen vocoder is too slow for ∞; exports and takes are rendered by it.")
            self.heard.setToolTip((slow if endless else waits) if heard.preview else "")

    # The model

    def show_models(self, entries: Sequence[tuple[Path, ModelHeader]], current: Path | None) -> None:
        """Lists models by name and number of recordings they were trained on."""
        self._current = current
        self.models.clear()
        if current is None:
            self.models.addItem(tr("No model open"), None)
        for path, header in entries:
            self.models.addItem(_model_entry(header), path)
            tip = "\n".join(filter(None, (str(path), grain_text(header))))
            self.models.setItemData(self.models.count() - 1, tip, _TOOL_TIP)
        self.models.insertSeparator(self.models.count())
        self.models.addItem(tr("Open model…"), _OPEN)
        self.models.show_data(current)
        self._describe_model(dict(entries).get(current) if current is not None else None)

    def _describe_model(self, header: ModelHeader | None) -> None:
        """Says in the tool tip what recordings the open model carries."""
        carried = "" if header is None or self._current is None else grain_text(header, self._current)
        general = tr("The model to play; drop a .distillgan file on the window to open it")
        self.models.setToolTip("\n".join(filter(None, (carried, general))))
        self.models.setAccessibleDescription(carried)

    def _on_model(self, data: object) -> None:
        self.models.show_data(self._current)
        if data == _OPEN:
            self.open_asked.emit()
        elif isinstance(data, Path):
            self.model_chosen.emit(data)


def _model_entry(header: ModelHeader) -> str:
    count = len(header.corpus)
    if not count:
        return header.name
    sounds = counted(count, tr("{count} sound"), tr("{count} sounds"))
    return f"{header.name} — {sounds}"
