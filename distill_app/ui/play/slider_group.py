"""Group of sliders that folds: at first some are shown, and a button opens the rest."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from distill_app.ui.play.sound_slider import SoundSlider
from distill_app.ui.style.format import counted
from distill_app.ui.style.theme import GRID, caption_font, title_font
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, Caption, tight

INDENT = 4
"""Distance in pixels of the sliders from the left edge of the header, whose icon is above their names."""
_ICON_WIDTH = 28
FIRST_COUNT = 4
"""Sliders that are shown at first, where no more of them are pinned."""


@dataclass(frozen=True)
class Row:
    """A slider, the widget that holds it, and a second one beside it."""

    slider: SoundSlider
    widget: QWidget
    beside: QWidget | None = None


class SliderGroup(QWidget):
    """Header that folds the group and opens the sliders not shown at first, and the sliders below.

    Args:
        id: name in the settings, the same in every language.
    """

    arranged = Signal()
    """Emitted when the user folds, opens or pins."""

    def __init__(self, id: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.id, self._title = id, title
        self.rows: tuple[Row, ...] = ()
        self.pins: frozenset[str] = frozenset()
        """Ids of the sliders that are pinned, also of those that the open model does not have."""
        self.is_folded = self.is_open = False
        self.header, self._count = Button(title, "fold"), Caption()
        self.more = Button("", "fold")
        self._column = tight(QVBoxLayout(), 0)
        self._build()
        self.header.clicked.connect(self._toggle_folded)
        self.more.clicked.connect(self._toggle_open)

    def _build(self) -> None:
        self.header.setFont(title_font())
        self.more.setFont(caption_font())
        self.more.setProperty("end", True)
        self.more.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the icon after the text
        count = tight(QHBoxLayout(self.header))
        count.addSpacing(_ICON_WIDTH + QFontMetrics(title_font()).horizontalAdvance(self._title) + GRID)
        count.addWidget(self._count)
        count.addStretch()
        self._count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        header = tight(QHBoxLayout())
        header.addWidget(self.header, 1)
        header.addWidget(self.more)
        self._column.setContentsMargins(INDENT, 0, 0, GRID)
        rows = tight(QVBoxLayout(self), 0)
        rows.addLayout(header)
        rows.addLayout(self._column)

    @property
    def sliders(self) -> list[SoundSlider]:
        return [row.slider for row in self.rows]

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replaces the sliders; the old ones are deleted."""
        for row in self.rows:
            self._column.removeWidget(row.widget)
            row.widget.hide()
            row.widget.deleteLater()
        self.rows = tuple(rows)
        for row in self.rows:
            self._column.addWidget(row.widget)
            row.slider.pin_toggled.connect(partial(self._on_pinned, row.slider.id))
        self._order_tabs()
        self._show_pins()

    def _order_tabs(self) -> None:
        before: QWidget = self.more
        QWidget.setTabOrder(self.header, self.more)
        for row in self.rows:
            for widget in filter(None, (row.slider, row.beside)):
                QWidget.setTabOrder(before, widget)
                before = widget

    def restore(self, folded: bool, is_open: bool, pins: Collection[str]) -> None:
        """Restores what the user arranged earlier."""
        self.is_folded, self.is_open, self.pins = folded, is_open, frozenset(pins)
        self._show_pins()

    def _show_pins(self) -> None:
        for slider in self.sliders:
            slider.set_pinned(slider.id in self.pins)
        self.arrange()

    def arrange(self) -> None:
        """Shows the sliders that belong there now."""
        first = self._first()
        for row in self.rows:
            row.widget.setVisible(not self.is_folded and (self.is_open or row in first))
        self.more.setVisible(not self.is_folded and len(first) < len(self.rows))
        self.more.set_icon("less" if self.is_open else "unfolded", "muted")
        self.header.set_icon("folded" if self.is_folded else "unfolded", "muted")
        self.describe()

    def _first(self) -> list[Row]:
        """Rows that are shown at first: the pinned ones, and others until there are FIRST_COUNT, in their order."""
        free = FIRST_COUNT - sum(row.slider.pinned for row in self.rows)
        others = [row for row in self.rows if not row.slider.pinned][: max(0, free)]
        return [row for row in self.rows if row.slider.pinned or row in others]

    def describe(self) -> None:
        """Says how many sliders there are, and how many of those that are hidden are moved."""
        first, count = self._first(), len(self.rows)
        hidden = [] if self.is_open else [row for row in self.rows if row not in first]
        moved = _moved_text(self.rows if self.is_folded else ())
        self._count.setText(" · ".join(filter(None, (str(count), moved))))
        sliders = counted(count, tr("{count} slider"), tr("{count} sliders"))
        state = tr("folded") if self.is_folded else tr("open")
        self.header.setAccessibleName(", ".join(filter(None, (self._title, sliders, moved, state))))
        rest = tr("{count} more").format(count=len(self.rows) - len(first))
        text = tr("Fewer") if self.is_open else " · ".join(filter(None, (rest, _moved_text(hidden))))
        self.more.setText(text)
        self.more.setAccessibleName(f"{self._title}: {text}")

    def _toggle_folded(self) -> None:
        self.is_folded = not self.is_folded
        self._on_arranged()

    def _toggle_open(self) -> None:
        self.is_open = not self.is_open
        self._on_arranged()

    def _on_pinned(self, id: str, pinned: bool) -> None:
        self.pins = self.pins | {id} if pinned else self.pins - {id}
        self._on_arranged()

    def _on_arranged(self) -> None:
        self.arrange()
        self.arranged.emit()


def _moved_text(rows: Sequence[Row]) -> str:
    """`2 moved`; "" where all are at their origin."""
    moved = sum(row.slider.is_moved for row in rows)
    return tr("{count} moved").format(count=moved) if moved else ""
