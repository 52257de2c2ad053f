"""Sliders of the tone, which every model has."""

from collections.abc import Collection

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from distill_app.models.header import ModelHeader
from distill_app.tone.tone import TONE_CONTROLS, Tone, ToneControl, controls_for
from distill_app.ui.play.slider_group import Row, SliderGroup
from distill_app.ui.play.slider_values import is_one_shot
from distill_app.ui.play.sound_slider import SoundSlider, gestures_help
from distill_app.ui.play.tone_help import RATE, tone_effect
from distill_app.ui.play.tone_scales import tone_scale
from distill_app.ui.style.theme import GRID
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import tight
from distill_app.ui.widgets.slider_painter import SliderStyle
from distill_app.ui.widgets.value_slider import ValueSlider

_NARROW = SliderStyle(value_width=48, mark_width=0)
_RATE_WIDTH = 96


class ToneGroup(SliderGroup):
    """Group with one slider for each control that changes the open model's sounds."""

    moved = Signal(str, float)
    """Id of a slider of the tone or of the rate, and its value during a movement."""
    released = Signal(str, float)
    lock_toggled = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("tone", tr("Tone"), parent)
        self.rate: ValueSlider | None = None
        self.by_id: dict[str, SoundSlider] = {}

    def show_model(self, header: ModelHeader | None) -> None:
        """Shows the sliders that change the sounds of a model; none without a model."""
        usable = () if header is None else controls_for(is_one_shot(header))
        if list(self.by_id) != [control.id for control in usable]:
            self._set_controls(usable)
        tip = tr("Changes any sound, the same on every model.")
        self.header.setToolTip("\n".join(filter(None, (tip, _reason(usable) if usable else ""))))
        self.header.setAccessibleDescription(self.header.toolTip())

    def _set_controls(self, controls: tuple[ToneControl, ...]) -> None:
        self.by_id, self.rate = {each.id: self._make(each) for each in controls}, None
        self.set_rows([self._row(slider) for slider in self.by_id.values()])

    def _make(self, control: ToneControl) -> SoundSlider:
        slider = SoundSlider(control.id, tr(control.name), tone_scale(control.id))
        slider.setToolTip(_tool_tip(control.id, slider))
        self._bind(control.id, slider)
        slider.lock_toggled.connect(lambda locked: self.lock_toggled.emit(control.id, locked))
        return slider

    def _bind(self, id: str, slider: ValueSlider) -> None:
        slider.moved.connect(lambda value: self.moved.emit(id, value))
        slider.released.connect(lambda value: self.released.emit(id, value))

    def _row(self, slider: SoundSlider) -> Row:
        """The slider, beside that of the modulation its rate."""
        if slider.id != "modulation":
            return Row(slider, slider)
        self.rate = _rate_slider()
        self._bind(RATE, self.rate)
        holder = QWidget()
        row = tight(QHBoxLayout(holder), 2 * GRID)
        row.addWidget(slider, 1)
        row.addWidget(self.rate)
        return Row(slider, holder, self.rate)

    def show_tone(self, tone: Tone) -> None:
        for id, slider in self.by_id.items():
            slider.set_current(tone.value(id))
        if self.rate is not None:
            self.rate.set_current(tone.modulation_rate)
        self.describe()

    def show_locks(self, locks: frozenset[str]) -> None:
        for id, slider in self.by_id.items():
            slider.set_locked(id in locks)

    def finish_gestures(self) -> None:
        for slider in filter(None, (*self.by_id.values(), self.rate)):
            slider.finish_gesture()


def _reason(usable: Collection[ToneControl]) -> str:
    """Sentence on the sliders that change nothing on a model; "" where all change something."""
    missing = [each for each in TONE_CONTROLS if each not in usable]
    if not missing:
        return ""
    hits, held = tr("{names}: only for models of one-shots."), tr("{names}: only for models of sustained sounds.")
    words = hits if missing[0].plays == "one-shots" else held
    return words.format(names=", ".join(tr(each.name) for each in missing))


def _rate_slider() -> ValueSlider:
    slider = ValueSlider(tr("Rate"), tone_scale(RATE), _NARROW)
    slider.setToolTip(_tool_tip(RATE, slider))
    slider.setAccessibleName(tr("Rate of the modulation"))
    slider.setFixedWidth(_RATE_WIDTH)
    return slider


def _tool_tip(id: str, slider: ValueSlider) -> str:
    return f"{tone_effect(id)}\n{gestures_help(slider.scale.text(slider.scale.origin))}"
