"""State of the Play page: the requested sound, its undo history, compare slots and slider locks."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.generation.config import GenerationConfig, Mode
from distill_app.models.header import ModelHeader, read_header
from distill_app.ui.play.descriptor_help import shown_name
from distill_app.ui.play.model_settings import ModelSettings
from distill_app.ui.play.playhead import Playhead, Resting, continued, restarted
from distill_app.ui.play.slider_values import Values, fitted, is_one_shot, randomized
from distill_app.ui.play.undo_step import SessionHistory, SessionState, SessionUndoCommand, SessionUndoStep
from distill_app.ui.translation import tr
from distill_app.vocoders.embedded.vocoder import AUTO, OF_MODEL
from distill_app.workers.rendering.messages import RenderRequest


class Session(QObject):
    """State of the Play page; every change of the sound is one undo step.

    Args:
        rng: random numbers for seeds and slider values.
    """

    changed = Signal()
    """Emitted when another sound is requested."""
    auditioned = Signal(object)
    """`RenderRequest` during a slider movement, which is not an undo step."""
    model_changed = Signal()
    """Emitted when another model, with other sliders, is open."""
    model_renewed = Signal()
    """Emitted when the file of the open model was replaced."""
    locks_changed = Signal()
    vocoder_unavailable = Signal(str, str)
    """Ids of a vocoder that is not installed, and of the one that is used instead."""

    def __init__(self, parent: QObject | None = None, rng: random.Random | None = None) -> None:
        super().__init__(parent)
        self.history = SessionHistory(self)
        self.request: RenderRequest | None = None
        self.locks: frozenset[int] = frozenset()
        self._headers: dict[Path, ModelHeader] = {}
        self.auditioned_request: RenderRequest | None = None
        """The sound of a slider that the user moves now."""
        self._rng = rng or random.Random()
        self.slots: dict[str, RenderRequest] = {}
        self.slot = "A"
        self.model_settings = ModelSettings()
        self.is_ready: Callable[[RenderRequest], bool] = lambda request: True
        """Whether the vocoder of a request can be used now."""
        self.playhead: Playhead = Resting()

    @property
    def header(self) -> ModelHeader | None:
        return None if self.request is None else self.header_of(self.request)

    def header_of(self, request: RenderRequest) -> ModelHeader:
        """Header of the request's model, as it was read last."""
        return self._headers[request.model]

    def keep_model_settings(self) -> None:
        """Stores the configuration of the open model for the next time it is opened."""
        if self.request is not None:
            self.model_settings.keep(self.request.model, self.header_of(self.request), self.config)

    def reload_header(self) -> None:
        """Reads the header of the open model again. Raises ModelFileError."""
        if self.request is not None:
            self._headers[self.request.model] = read_header(self.request.model)

    @property
    def may_be_endless(self) -> bool:
        """Whether the model plays sounds that go on, instead of single hits."""
        return self.header is not None and not is_one_shot(self.header)

    @property
    def config(self) -> GenerationConfig:
        return GenerationConfig() if self.request is None else self.request.config

    # Changes by the user

    def open_model(self, path: Path) -> None:
        """Opens a model with the configuration of its last use; the vocoder stays.

        Opening the current model again sets its sliders to 0. Raises ModelFileError and then changes nothing.
        """
        model, header = path.absolute(), read_header(path)
        here = self.request is not None and self.request.model == model
        config = replace(self.config, sliders=()) if here else self.model_settings.config(model, header)
        vocoder = AUTO if self.request is None else self.request.vocoder
        self.open_sound(RenderRequest(model, vocoder, config), tr("open {model}").format(model=header.name))

    def open_sound(self, request: RenderRequest, text: str) -> None:
        """Opens a sound, possibly of another model; missing sliders are set to 0.

        Raises ModelFileError and then changes nothing. `text` names the undo step.
        """
        if self.request is None:
            self.restore(request)
            return
        header, known = read_header(request.model), self.header
        renewed = request.model == self.request.model and header != known
        self._headers[request.model] = header
        self._do(text, fitted(header, request))
        if renewed:
            self.model_changed.emit()
            self.model_renewed.emit()

    def restore(self, request: RenderRequest) -> None:
        """Sets the sound and clears the history. Raises ModelFileError."""
        header = read_header(request.model)
        self._headers[request.model] = header
        self.history.clear()
        self.slots.clear()
        self._set(SessionState(fitted(header, request), "A"))

    def audition_slider(self, index: int, value: float) -> None:
        """Requests the sound of a slider value during a movement, without an undo step."""
        if self.request is not None:
            self.auditioned_request = replace(self.request, config=self._continued(self._moved(index, value)))
            self.auditioned.emit(self.auditioned_request)

    def set_slider(self, index: int, value: float) -> None:
        self._move(tr("move {slider}").format(slider=self._slider_name(index)), self._moved(index, value))

    def set_mode(self, mode: Mode) -> None:
        self._edit(tr("change mode"), mode=mode)

    def set_seconds(self, seconds: float) -> None:
        self._edit(tr("change length"), seconds=seconds, endless=False)

    def set_endless(self, endless: bool) -> None:
        """Sets whether a sustained sound plays on until it is stopped, or has its length again."""
        if self.may_be_endless:
            self._edit(tr("change length"), endless=endless)

    def set_seed(self, seed: int) -> None:
        """Takes another way through the model, from its beginning."""
        self._edit(tr("change seed"), seed=seed, start=0, moves=())

    def set_drift(self, drift: float) -> None:
        self._edit(tr("change drift"), drift=drift)

    def set_grain(self, grain: float) -> None:
        self._edit(tr("change grain"), grain=grain)

    def set_vocoder(self, vocoder: str) -> None:
        if self.request is not None:
            self._do(tr("change vocoder"), replace(self.request, vocoder=vocoder))

    def new_seed(self) -> None:
        self._edit(tr("new seed"), seed=self._rng.randrange(1_000_000), start=0, moves=())

    def randomize(self, amount: float) -> None:
        """Moves every unlocked slider by the share `amount` (0 … 1) of the way to a random value."""
        sliders = randomized(self.config.sliders, self.header, amount, self.locks, self._rng)
        self._move(tr("randomize"), sliders)

    def centre(self) -> None:
        """Sets every unlocked slider to 0."""
        sliders = self.config.sliders
        self._move(tr("centre sliders"), tuple(v if i in self.locks else 0.0 for i, v in enumerate(sliders)))

    def set_locked(self, index: int, locked: bool) -> None:
        self.locks = self.locks | {index} if locked else self.locks - {index}
        self.locks_changed.emit()

    def choose_slot(self, slot: str) -> None:
        """Switches to compare slot A or B; an empty slot starts as a copy of the current sound."""
        if self.request is None or slot == self.slot:
            return
        self.slots[self.slot] = self.request
        self._push(tr("compare {slot}").format(slot=slot), SessionState(self.slots.get(slot, self.request), slot))

    def give_up(self, request: RenderRequest) -> None:
        """Undoes the step that led to the model of `request`, which is unusable."""
        step = self.history.last_step
        if self.request == request and step is not None and step.results_in(request):
            self.history.forget_last()

    def cancel_vocoder(self, vocoder: str, instead: str) -> None:
        """Replaces a vocoder whose render was cancelled, unless the last step switched the compare slot."""
        step = self.history.last_step
        if step is None or step.before.slot == step.after.slot:
            self.give_up_vocoder(vocoder, instead)

    def give_up_vocoder(self, vocoder: str, instead: str) -> None:
        """Replaces `vocoder`, which is unusable, by `instead`; a last step that only chose it is undone."""
        if self.request is None or self.request.vocoder != vocoder or vocoder == instead:
            return
        step = self.history.last_step
        if step is not None and step.changed_vocoder_only and step.after.request == self.request:
            self.history.forget_last()
        if self.request.vocoder == vocoder:
            self._set(SessionState(replace(self.request, vocoder=instead), self.slot))

    # Undo steps

    def _moved(self, index: int, value: float) -> Values:
        sliders = self.config.sliders
        return (*sliders[:index], value, *sliders[index + 1 :])

    def _move(self, text: str, sliders: Values) -> None:
        if self.request is not None:
            config = restarted(self.config, sliders) if self.playhead.previewing else self._continued(sliders)
            self._do(text, replace(self.request, config=config))

    def _continued(self, sliders: Values) -> GenerationConfig:
        heard = self.config if self.auditioned_request is None else self.auditioned_request.config
        return continued(heard, sliders, self.header, self.playhead)

    def _edit(self, text: str, **values: object) -> None:
        if self.request is not None:
            config = replace(self.request.config, **values)  # type: ignore[arg-type]
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
            self.locks = frozenset()
            self.model_changed.emit()
        self.changed.emit()
        if not ready:
            self.vocoder_unavailable.emit(wanted, kept)

    def _slider_name(self, index: int) -> str:
        return "" if self.header is None else shown_name(self.header.axes[index])
