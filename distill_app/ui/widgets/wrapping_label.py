"""Label that wraps between short facts and never within one."""

from collections.abc import Iterable, Sequence

from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QWidget

from distill_app.ui.widgets.controls import Caption

_BETWEEN = " · "


class WrappingLabel(Caption):
    """Shows groups of facts; each group begins a new line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._groups: tuple[tuple[str, ...], ...] = ()
        self.setMinimumWidth(1)

    def set_facts(self, groups: Iterable[Iterable[str]]) -> None:
        """Shows the facts, without empty ones."""
        self._groups = tuple(tuple(fact for fact in group if fact) for group in groups)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()

    def _show(self) -> None:
        lines = [line for group in self._groups for line in _lines(group, self.width(), self.fontMetrics())]
        text = "\n".join(lines)
        if text != self.text():
            self.setText(text)


def _lines(facts: Sequence[str], width: int, metrics: QFontMetrics) -> list[str]:
    lines: list[str] = []
    for fact in facts:
        longer = f"{lines[-1]}{_BETWEEN}{fact}" if lines else fact
        if lines and metrics.horizontalAdvance(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(fact)
    return lines
