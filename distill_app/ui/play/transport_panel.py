"""Transport, and settings of the sound: mode, length, drift, grain and seed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSpacerItem, QWidget

from distill_app.generation.config import GenerationConfig
from distill_app.ui.play.number_fields import SecondsSpinBox, SeedSpinBox
from distill_app.ui.style.format import INFINITY
from distill_app.ui.style.theme import GRID, title_font
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, Card, labelled, tight
from distill_app.ui.widgets.input_fields import ComboBox
from distill_app.ui.widgets.progress_bar import LabeledProgressBar
from distill_app.ui.widgets.slider_painter import COMPACT
from distill_app.ui.widgets.time_label import TimeLabel
from distill_app.ui.widgets.value_scale import FRACTION, FULL_FRACTION
from distill_app.ui.widgets.value_slider import ValueSlider
from distill_app.ui.widgets.volume_control import VolumeControl

_TOOL_TIP = 3  # Qt.ItemDataRole.ToolTipRole
_SLIDER_WIDTH_MIN, _SLIDER_WIDTH_MAX = 70, 240


def _modes() -> tuple[tuple[str, str, str], ...]:
    """Title, value and tool tip of each mode."""
    return (
        (tr("Hold"), "slider", tr("Holds the sound of the sliders")),
        (tr("Crossfade"), "crossfade", tr("Draws a new sound around the sliders for each chunk and crossfades")),
        (tr("Glide"), "interpolate", tr("Glides between sounds drawn around the sliders")),
    )


class TransportPanel(Card):
    """Play, loop, ∞, position, progress, volume and export above; mode, length, drift, grain and seed below."""

    play_asked = Signal()
    loop_toggled = Signal(bool)
    endless_toggled = Signal(bool)
    export_asked = Signal()
    mode_chosen = Signal(str)
    seconds_edited = Signal(float)
    drift_released = Signal(float)
    grain_released = Signal(float)
    seed_edited = Signal(int)
    new_seed_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.play = Button(tr("Play"), "primary", tr("Play (Space)"), "play")
        self.loop, self.endless = Button(tr("Loop")), Button(INFINITY, "icon")
        self.time, self.progress = TimeLabel(), LabeledProgressBar()
        self.volume = VolumeControl()
        self.export = Button(tr("Export…"), "", tr("Export the sound to a file (Ctrl+E)"))
        self.mode, self.seconds = ComboBox(), SecondsSpinBox()
        self.drift = ValueSlider(tr("Drift"), FRACTION, COMPACT)
        self.grain = ValueSlider(tr("Grain"), FULL_FRACTION, COMPACT)
        self.seed = SeedSpinBox()
        self.new_seed = Button("", "icon", tr("New seed (N)"), "dice")
        self._shows_playing = False
        self._set_up()
        self._build()
        self._connect()

    def _set_up(self) -> None:
        for button in (self.loop, self.endless):
            button.setCheckable(True)
        self.endless.setAccessibleName(tr("Endless"))
        self.endless.setFont(title_font())
        for title, mode, tip in _modes():
            self.mode.addItem(title, mode)
            self.mode.setItemData(self.mode.count() - 1, tip, _TOOL_TIP)
        self.drift.setToolTip(tr("How far the sound wanders from the sliders over time"))
        self.grain.setToolTip(tr("How much of the sound is made of the model's recordings; 0 % is the model alone"))
        self.grain.hide()
        self.play.setFixedWidth(80)
        self.seed.setFixedWidth(108)
        self.seconds.setFixedWidth(88)
        self.mode.setMinimumContentsLength(4)
        self.mode.setFixedWidth(106)
        for slider in (self.drift, self.grain):
            slider.setMinimumWidth(_SLIDER_WIDTH_MIN)
            slider.setMaximumWidth(_SLIDER_WIDTH_MAX)

    def _build(self) -> None:
        self.rows.setSpacing(2 * GRID)
        self.rows.addLayout(self._transport_row())
        self.rows.addLayout(self._settings_row())

    def _transport_row(self) -> QHBoxLayout:
        row = tight(QHBoxLayout())
        row.addWidget(self.play)
        repeat = tight(QHBoxLayout(), GRID // 2)
        repeat.addWidget(self.loop)
        repeat.addWidget(self.endless)
        row.addLayout(repeat)
        row.addSpacerItem(_shrinkable_space(GRID))
        row.addWidget(self.time)
        row.addWidget(self.progress, 1)
        row.addWidget(self.volume)
        row.addSpacerItem(_shrinkable_space(GRID))
        row.addWidget(self.export)
        return row

    def _settings_row(self) -> QHBoxLayout:
        row = tight(QHBoxLayout(), 3 * GRID // 2)
        row.addLayout(labelled(tr("Mode"), self.mode))
        row.addLayout(labelled(tr("Length"), self.seconds))
        for slider in (self.drift, self.grain):
            row.addSpacerItem(_shrinkable_space())
            row.addWidget(slider, 1)
        row.addSpacerItem(_shrinkable_space())
        seed = tight(QHBoxLayout(), GRID // 2)
        seed.addLayout(labelled(tr("Seed"), self.seed))
        seed.addLayout(labelled("", self.new_seed))
        row.addLayout(seed)
        row.addStretch(0)
        return row

    def _connect(self) -> None:
        self.play.clicked.connect(self.play_asked)
        self.loop.clicked.connect(self.loop_toggled)
        self.endless.clicked.connect(self.endless_toggled)
        self.export.clicked.connect(self.export_asked)
        self.mode.chosen.connect(lambda mode: self.mode_chosen.emit(mode))
        self.seconds.edited.connect(self.seconds_edited)
        self.drift.released.connect(self.drift_released)
        self.grain.released.connect(self.grain_released)
        self.seed.edited.connect(self.seed_edited)
        self.new_seed.clicked.connect(self.new_seed_asked)

    def show_config(self, config: GenerationConfig) -> None:
        """Shows a configuration, without emitting signals."""
        self.mode.show_data(config.mode)
        self.seconds.show_length(config.seconds, config.endless)
        self.endless.setChecked(config.endless)
        self.drift.set_current(config.drift)
        self.grain.set_current(config.grain)
        self.seed.show_value(config.seed)

    def show_choices(self, endless: bool, hits: bool) -> None:
        """Shows by tool tips what Loop and ∞ do, or why they do nothing.

        Args:
            endless: whether the sound has no end to be looped.
            hits: whether the model plays hits, which end by themselves.
        """
        self.loop.setEnabled(not endless)
        ends = tr("A hit ends by itself; ∞ is for sustained sounds")
        self.endless.setToolTip(ends if hits else tr("Endless: plays on until you stop it (E)"))
        again = tr("Loop: each time another hit of its kind (L)") if hits else tr("Loop (L)")
        self.loop.setToolTip(tr("∞ plays on by itself; give the sound a length to loop it") if endless else again)

    def show_playing(self, playing: bool) -> None:
        """Turns the Play button into Stop, or back."""
        if playing == self._shows_playing:
            return
        self._shows_playing = playing
        text = tr("Stop") if playing else tr("Play")
        self.play.setText(text)
        self.play.set_icon("stop" if playing else "play")
        self.play.setToolTip(tr("Stop (Space)") if playing else tr("Play (Space)"))
        self.play.setAccessibleName(text)

    def finish_gestures(self) -> None:
        """Commits bursts of keys and wheel notches now, so that they can be undone."""
        self.drift.finish_gesture()
        self.grain.finish_gesture()
        self.seconds.finish_edit()
        self.seed.finish_edit()


def _shrinkable_space(width: int = GRID // 2) -> QSpacerItem:
    """Space between controls that a narrow window has not."""
    return QSpacerItem(width, 0, QSizePolicy.Policy.Maximum)
