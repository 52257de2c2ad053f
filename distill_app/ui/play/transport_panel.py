"""Playing, and what kind of sound to make."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from distill_app.generation.config import GenerationConfig
from distill_app.ui.play.number_fields import SecondsSpinBox, SeedSpinBox
from distill_app.ui.style.theme import GRID
from distill_app.ui.widgets.controls import Button, Card, labelled, tight
from distill_app.ui.widgets.input_fields import ComboBox
from distill_app.ui.widgets.progress_bar import LabeledProgressBar
from distill_app.ui.widgets.slider_painter import COMPACT
from distill_app.ui.widgets.time_label import TimeLabel
from distill_app.ui.widgets.value_scale import FRACTION
from distill_app.ui.widgets.value_slider import ValueSlider
from distill_app.ui.widgets.volume_control import VolumeControl

_MODES = (
    ("Slider", "slider", "Holds the sound of the sliders"),
    ("Crossfade", "crossfade", "Draws a new sound around the sliders for each chunk and crossfades"),
    ("Interpolate", "interpolate", "Glides between sounds drawn around the sliders"),
)
_TOOL_TIP = 3  # Qt.ItemDataRole.ToolTipRole


class TransportPanel(Card):
    """Play, loop, position, progress, volume and export above; mode, length, drift and seed below."""

    play_asked = Signal()
    loop_toggled = Signal(bool)
    export_asked = Signal()
    mode_chosen = Signal(str)
    seconds_edited = Signal(float)
    drift_released = Signal(float)
    seed_edited = Signal(int)
    new_seed_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.play = Button("Play", "primary", "Play (Space)", "play")
        self.loop = Button("Loop", "", "Loop (L)")
        self.time, self.progress = TimeLabel(), LabeledProgressBar()
        self.volume = VolumeControl()
        self.export = Button("Export…", "", "Export a WAV file (Ctrl+E)")
        self.mode, self.seconds = ComboBox(), SecondsSpinBox()
        self.drift = ValueSlider("Drift", FRACTION, COMPACT)
        self.seed = SeedSpinBox()
        self.new_seed = Button("", "icon", "New seed (N)", "dice")
        self._build()
        self._connect()

    def _build(self) -> None:
        self.rows.setSpacing(2 * GRID)
        self.rows.addLayout(self._playing_row())
        self.rows.addLayout(self._making_row())

    def _playing_row(self) -> QHBoxLayout:
        self.play.setFixedWidth(84)
        self.loop.setCheckable(True)
        row = tight(QHBoxLayout())
        row.addWidget(self.play)
        row.addWidget(self.loop)
        row.addSpacing(GRID)
        row.addWidget(self.time)
        row.addWidget(self.progress, 1)
        row.addWidget(self.volume)
        row.addSpacing(GRID)
        row.addWidget(self.export)
        return row

    def _making_row(self) -> QHBoxLayout:
        for title, data, tip in _MODES:
            self.mode.addItem(title, data)
            self.mode.setItemData(self.mode.count() - 1, tip, _TOOL_TIP)
        self.drift.setToolTip("How far the sound wanders from the sliders over time")
        seed = tight(QHBoxLayout(), GRID // 2)
        self.seed.setFixedWidth(108)
        self.seconds.setFixedWidth(96)
        self.mode.setFixedWidth(140)
        row = tight(QHBoxLayout(), 2 * GRID)
        row.addLayout(labelled("Mode", self.mode))
        row.addLayout(labelled("Length", self.seconds))
        row.addWidget(self.drift, 1)
        seed.addLayout(labelled("Seed", self.seed))
        seed.addLayout(labelled("", self.new_seed))
        self.new_seed.setAccessibleName("New seed")
        row.addLayout(seed)
        self.drift.setMinimumWidth(96)
        self.drift.setMaximumWidth(240)
        row.addStretch(0)
        return row

    def _connect(self) -> None:
        self.play.clicked.connect(self.play_asked)
        self.loop.clicked.connect(self.loop_toggled)
        self.export.clicked.connect(self.export_asked)
        self.mode.chosen.connect(lambda mode: self.mode_chosen.emit(mode))
        self.seconds.edited.connect(self.seconds_edited)
        self.drift.released.connect(self.drift_released)
        self.seed.edited.connect(self.seed_edited)
        self.new_seed.clicked.connect(self.new_seed_asked)

    def show_config(self, config: GenerationConfig) -> None:
        """Silently."""
        self.mode.show_data(config.mode)
        self.seconds.show_value(config.seconds)
        self.drift.set_current(config.drift)
        self.seed.show_value(config.seed)

    def show_playing(self, playing: bool) -> None:
        """Play turns into Stop."""
        word = "Stop" if playing else "Play"
        if self.play.text() != word:
            self.play.setText(word)
            self.play.set_icon(word.lower())
            self.play.setToolTip(f"{word} (Space)")
            self.play.setAccessibleName(word)

    def finish_gestures(self) -> None:
        """Ends bursts of keys and wheel notches now, so that undo finds them."""
        self.drift.finish_gesture()
        self.seconds.finish_edit()
        self.seed.finish_edit()
