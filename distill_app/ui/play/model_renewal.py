"""Renewal of the open model whose file was written again by its training: the sound and the sliders stay."""

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.common.errors import ModelFileError
from distill_app.models.axis import Axis
from distill_app.ui.common.timers import timer
from distill_app.ui.play.session import Session
from distill_app.ui.play.slider_values import Values, fitted
from distill_app.ui.widgets.toast import Message
from distill_app.workers.rendering.messages import RenderRequest

_WAIT_MS = 200
_TOLERANCE = 1e-3
"""Share of a slider's range by which it may differ: a training computes it twice."""


class ModelRenewal(QObject):
    """Renews the open model of a session; waits while the user moves a slider."""

    notified = Signal(object)
    """Carries a Message."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._waiting: Path | None = None
        self._timer = timer(self, _WAIT_MS, self._retry, single_shot=True)

    def is_open(self, path: Path) -> bool:
        """Whether this model is the open one."""
        return self._session.request is not None and self._session.request.model == path.absolute()

    def renew(self, path: Path) -> None:
        """Takes over what the file of the model contains now; does nothing where another model is open."""
        self._waiting = None
        if not self.is_open(path):
            return
        if self._session.auditioned_request is not None:
            self._waiting = path
            self._timer.start()
            return
        try:
            self._take_over()
        except ModelFileError as error:
            self.notified.emit(Message("error", str(error)))

    def _retry(self) -> None:
        if self._waiting is not None:
            self.renew(self._waiting)

    def _take_over(self) -> None:
        session, before = self._session, self._session.header
        session.reload_header()
        after = session.header
        if before is None or after is None or after == before:
            return
        turned = turned_sliders(before.axes, after.axes)
        model = None if session.request is None else session.request.model

        def renewed(request: RenderRequest) -> RenderRequest:
            return fitted(after, _with_turned(request, turned)) if request.model == model else request

        session.request = session.request and renewed(session.request)
        session.slots = {slot: renewed(request) for slot, request in session.slots.items()}
        session.history.rewrite(renewed)
        session.keep_model_settings()
        session.model_changed.emit()
        session.model_renewed.emit()


def turned_sliders(before: Sequence[Axis], after: Sequence[Axis]) -> frozenset[int]:
    """Numbers of the sliders whose ends are swapped: the training has found them the other way round."""
    return frozenset(
        number
        for number, (old, new) in enumerate(zip(before, after, strict=False))
        if _is_alike(old.reversed(), new) and not _is_alike(old, new)
    )


def _is_alike(a: Axis, b: Axis) -> bool:
    tolerance = _TOLERANCE * (a.high - a.low)
    return all(
        math.isclose(x, y, rel_tol=0, abs_tol=tolerance)
        for x, y in ((a.low, b.low), (a.median, b.median), (a.high, b.high))
    )


def _with_turned(request: RenderRequest, turned: Collection[int]) -> RenderRequest:
    """Request for the same sound after these sliders were turned round."""
    if not turned:
        return request
    config = request.config
    moves = tuple(replace(move, sliders=_mirrored(move.sliders, turned)) for move in config.moves)
    return replace(request, config=replace(config, sliders=_mirrored(config.sliders, turned), moves=moves))


def _mirrored(values: Values, turned: Collection[int]) -> Values:
    return tuple(0.0 - value if number in turned else value for number, value in enumerate(values))
