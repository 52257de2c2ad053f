"""The sound that the Play page asks for, and its undo history."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.generation.config import GenerationConfig
from distill_app.models.header import ModelHeader, read_header
from distill_app.ui.play.model_settings import ModelSettings
from distill_app.ui.play.slider_values import is_one_shot
from distill_app.ui.play.undo_step import SessionHistory, SessionState, SessionUndoCommand, SessionUndoStep
from distill_app.vocoders.embedded.vocoder import AUTO, OF_MODEL
from distill_app.workers.rendering.messages import RenderRequest


class SoundState(QObject):
    """Requested sound with its history; `distill_app.ui.play.session.Session` adds what the user can change."""

    changed = Signal()
    """Emitted when another sound is requested."""
    auditioned = Signal(object)
    """`RenderRequest` during a slider movement, which is not an undo step."""
    model_changed = Signal()
    """Emitted when another model, with other sliders, is open."""
    vocoder_unavailable = Signal(str, str)
    """Ids of a vocoder that is not installed, and of the one that is used instead."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = SessionHistory(self)
        self.request: RenderRequest | None = None
        self.slot = "A"
        self.locks: frozenset[int] = frozenset()
        """Numbers of the model's sliders that are locked."""
        self.tone_locks: frozenset[str] = frozenset()
        """Ids of the sliders of the tone that are locked."""
        self.model_settings = ModelSettings()
        self.is_ready: Callable[[RenderRequest], bool] = lambda request: True
        """Whether the vocoder of a request can be used now."""
        self._headers: dict[Path, ModelHeader] = {}
        self.auditioned_request: RenderRequest | None = None
        """The sound of a slider that the user moves now."""

    @property
    def header(self) -> ModelHeader | None:
        return None if self.request is None else self.header_of(self.request)

    def header_of(self, request: RenderRequest) -> ModelHeader:
        """Header of the request's model, as it was read last."""
        return self._headers[request.model]

    def reload_header(self) -> None:
        """Reads the header of the open model again. Raises ModelFileError."""
        if self.request is not None:
            self._headers[self.request.model] = read_header(self.request.model)

    def keep_model_settings(self) -> None:
        """Stores the configuration of the open model for the next time it is opened."""
        if self.request is not None:
            self.model_settings.keep(self.request.model, self.header_of(self.request), self.config)

    @property
    def may_be_endless(self) -> bool:
        """Whether the model plays sounds that go on, instead of single hits."""
        return self.header is not None and not is_one_shot(self.header)

    @property
    def config(self) -> GenerationConfig:
        return GenerationConfig() if self.request is None else self.request.config

    @property
    def _heard(self) -> GenerationConfig:
        """Configuration that was asked for last, which may be that of a movement."""
        return self.config if self.auditioned_request is None else self.auditioned_request.config

    def _audition(self, config: GenerationConfig) -> None:
        if self.request is not None:
            self.auditioned_request = replace(self.request, config=config)
            self.auditioned.emit(self.auditioned_request)

    def _edit(self, text: str, **values: object) -> None:
        self._configure(text, replace(self.config, **values))  # type: ignore[arg-type]

    def _configure(self, text: str, config: GenerationConfig) -> None:
        if self.request is not None:
            self._do(text, replace(self.request, config=config))

    def _do(self, text: str, after: RenderRequest) -> None:
        self._push(text, SessionState(after, self.slot))

    def _push(self, text: str, after: SessionState) -> None:
        if self.request is None:
            return
        before = SessionState(self.request, self.slot)
        if after != before:
            self.history.push(SessionUndoCommand(self._set, SessionUndoStep(text, before, after)))
        elif self.auditioned_request not in (None, after.request):  # the slider was moved back to where it was
            self.auditioned_request = None
            self.changed.emit()

    def _set(self, state: SessionState) -> None:
        other_model = self.request is None or self.request.model != state.request.model
        if other_model:
            self.keep_model_settings()
        wanted, ready = state.request.vocoder, self.is_ready(state.request)
        kept = AUTO if self.request is None or {wanted, self.request.vocoder} & {*OF_MODEL} else self.request.vocoder
        self.request = state.request if ready else replace(state.request, vocoder=kept)
        self.slot, self.auditioned_request = state.slot, None
        if other_model:
            self.locks, self.tone_locks = frozenset(), frozenset()
            self.model_changed.emit()
        self.changed.emit()
        if not ready:
            self.vocoder_unavailable.emit(wanted, kept)
