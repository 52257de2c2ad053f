"""Slider of one latent axis: bipolar, and marked where it is out of range."""

from PySide6.QtWidgets import QWidget

from distill_app.models.axis import SLIDER_LIMIT, Axis
from distill_app.ui.play.descriptor_help import effect_of, shown_name
from distill_app.ui.play.sound_slider import SoundSlider, gestures_help
from distill_app.ui.translation import tr
from distill_app.ui.widgets.value_scale import ValueScale

RANGE = ValueScale(-SLIDER_LIMIT, SLIDER_LIMIT, inner=1.0)


class LatentSlider(SoundSlider):
    """Slider from −1.5 to +1.5."""

    def __init__(self, axis: Axis, parent: QWidget | None = None) -> None:
        super().__init__(axis.name, shown_name(axis), RANGE, parent=parent)
        self.setToolTip(_tool_tip(axis))


def _tool_tip(axis: Axis) -> str:
    limits = tr("−1 to +1 is what the recordings hold; up to ±1.5 is out of range.")
    provisional = axis.rho is None and not axis.ranks
    unmeasured = tr("Not measured yet: training goes on, and the name may change.") if provisional else ""
    return "\n".join(filter(None, (effect_of(axis), unmeasured, limits, gestures_help("0"))))
