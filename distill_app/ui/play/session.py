"""The one mutable state of the window: which sound is asked for, its history, and which sliders are locked."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from distill_app.generation.config import GenerationConfig, Mode
from distill_app.models.axis import NEIGHBOUR_STD
from distill_app.models.header import ModelHeader, read_header
from distill_app.ui.play.model_settings import ModelSettings
from distill_app.ui.play.undo_step import SessionState, SessionUndoStep, StepCommand
from distill_app.vocoders.embedded.vocoder import AUTO, OWN
from distill_app.workers.rendering.messages import RenderRequest


class Session(QObject):
    """Widgets show it and ask it for changes; every change of the sound is one step of the history."""

    changed = Signal()
    """Another sound is asked for, by hand, undo or slot."""
    auditioned = Signal(object)
    """A RenderRequest that the hand passes on its way; no step of the history."""
    model_changed = Signal()
    """Other sliders."""
    model_renewed = Signal()
    """The file of this model holds another one by now."""
    locks_changed = Signal()
    vocoder_unavailable = Signal(str, str)
    """A step led to a sound whose vocoder is not there; its id, and that of the one that is kept instead."""

    def __init__(self, parent: QObject | None = None, chance: random.Random | None = None) -> None:
        super().__init__(parent)
        self.history = QUndoStack(self)
        self.request: RenderRequest | None = None
        self.locks: frozenset[int] = frozenset()
        self._headers: dict[Path, ModelHeader] = {}
        self._auditioned: RenderRequest | None = None
        self._chance = chance or random.Random()
        self._slots: dict[str, RenderRequest] = {}
        self.slot = "A"
        self.model_settings = ModelSettings()
        self.is_ready: Callable[[RenderRequest], bool] = lambda request: True
        """Whether a sound's vocoder can be used now."""

    @property
    def header(self) -> ModelHeader | None:
        return None if self.request is None else self.header_of(self.request)

    def header_of(self, request: RenderRequest) -> ModelHeader:
        """Of a request's model, as it was read last."""
        return self._headers[request.model]

    def keep_model_settings(self) -> None:
        """This model will be found as it is now."""
        if self.request is not None:
            self.model_settings.keep(self.request.model, self.header_of(self.request), self.config)

    def reload_header(self) -> None:
        """Reads this model's header anew: its file may have been written to. Raises ModelFileError."""
        if self.request is not None:
            self._headers[self.request.model] = read_header(self.request.model)

    @property
    def config(self) -> GenerationConfig:
        return GenerationConfig() if self.request is None else self.request.config

    # What the hand may ask for

    def open_model(self, path: Path) -> None:
        """Another model as it was left, a new one with the defaults; the vocoder stays. The open one goes to 0.

        Raises ModelFileError and changes nothing.
        """
        model, header = path.absolute(), read_header(path)
        here = self.request is not None and self.request.model == model
        config = replace(self.config, sliders=()) if here else self.model_settings.config(model, header)
        vocoder = AUTO if self.request is None else self.request.vocoder
        self.open_sound(RenderRequest(model, vocoder, config), f"open {header.name}")

    def open_sound(self, request: RenderRequest, words: str) -> None:
        """Another sound, also of another model; missing sliders at 0. Raises ModelFileError and changes nothing."""
        if self.request is None:
            self.restore(request)
            return
        header, known = read_header(request.model), self.header
        renewed = request.model == self.request.model and header != known
        self._headers[request.model] = header
        sliders = _fitted(request.config.sliders, len(header.axes))
        self._do(words, replace(request, config=replace(request.config, sliders=sliders)))
        if renewed:
            self.model_changed.emit()
            self.model_renewed.emit()

    def restore(self, request: RenderRequest) -> None:
        """Starts from `request` with an empty history. Raises ModelFileError where its model cannot be read."""
        header = read_header(request.model)
        self._headers[request.model] = header
        sliders = _fitted(request.config.sliders, len(header.axes))
        self.history.clear()
        self._slots.clear()
        self._set(SessionState(replace(request, config=replace(request.config, sliders=sliders)), "A"))

    def audition_slider(self, index: int, value: float) -> None:
        """Lets a value be heard while the hand moves; `set_slider` makes it the sound, wherever the hand ends."""
        if self.request is not None:
            self._auditioned = replace(self.request, config=replace(self.config, sliders=self._moved(index, value)))
            self.auditioned.emit(self._auditioned)

    def set_slider(self, index: int, value: float) -> None:
        self._edit(f"move {self._axis_name(index)}", sliders=self._moved(index, value))

    def set_mode(self, mode: Mode) -> None:
        self._edit("change mode", mode=mode)

    def set_seconds(self, seconds: float) -> None:
        self._edit("change length", seconds=seconds)

    def set_seed(self, seed: int) -> None:
        self._edit("change seed", seed=seed)

    def set_drift(self, drift: float) -> None:
        self._edit("change drift", drift=drift)

    def set_vocoder(self, vocoder: str) -> None:
        if self.request is not None:
            self._do("change vocoder", replace(self.request, vocoder=vocoder))

    def new_seed(self) -> None:
        self._edit("new seed", seed=self._chance.randrange(1_000_000))

    def randomize(self, amount: float) -> None:
        """Moves every unlocked slider `amount` of the way (0 … 1) to a random place within the corpus."""
        sliders = tuple(
            value if index in self.locks else round(value + amount * (there - value), 2)
            for index, (value, there) in enumerate(zip(self.config.sliders, self._random_place(), strict=True))
        )
        self._edit("surprise", sliders=sliders)

    def _random_place(self) -> list[float]:
        """Near one of the corpus's own sounds, where the model tells of them, as between them may be nothing."""
        sliders, landmarks = self.config.sliders, () if self.header is None else self.header.landmarks
        if not landmarks:
            return [self._chance.uniform(-1, 1) for _ in sliders]
        near = (value + self._chance.gauss(0, NEIGHBOUR_STD) for value in self._chance.choice(landmarks))
        return [min(max(value, -1.0), 1.0) for value in near]

    def centre(self) -> None:
        """Every unlocked slider to 0."""
        sliders = self.config.sliders
        self._edit("centre sliders", sliders=tuple(v if i in self.locks else 0.0 for i, v in enumerate(sliders)))

    def set_locked(self, index: int, locked: bool) -> None:
        self.locks = self.locks | {index} if locked else self.locks - {index}
        self.locks_changed.emit()

    def choose_slot(self, slot: str) -> None:
        """Goes to the sound kept in slot A or B; an empty slot starts as a copy of this sound."""
        if self.request is None or slot == self.slot:
            return
        self._slots[self.slot] = self.request
        self._go(f"compare {slot}", SessionState(self._slots.get(slot, self.request), slot))

    def give_up(self, request: RenderRequest) -> None:
        """Takes back the step that led to `request`, whose model turned out unusable."""
        command = self._last_command()
        if self.request == request and command is not None and command.step.after.request == request:
            command.forget = True
            self.history.undo()

    def cancel_vocoder(self, vocoder: str, instead: str) -> None:
        """Gives up one that only takes long; in a comparison it stays, for it was not chosen there."""
        command = self._last_command()
        if command is None or command.step.before.slot == command.step.after.slot:
            self.give_up_vocoder(vocoder, instead)

    def give_up_vocoder(self, vocoder: str, instead: str) -> None:
        """Goes on with another one where `vocoder` turned out unusable.

        A last step that chose it and did nothing else is taken back; any other keeps what else it did.
        """
        if self.request is None or self.request.vocoder != vocoder or vocoder == instead:
            return
        command = self._last_command()
        if command is not None and command.step.chose_vocoder and command.step.after.request == self.request:
            command.forget = True
            self.history.undo()
        if self.request.vocoder == vocoder:
            self._set(SessionState(replace(self.request, vocoder=instead), self.slot))

    # How it is done

    def _last_command(self) -> StepCommand | None:
        command = self.history.command(self.history.index() - 1) if self.history.index() else None
        return command if isinstance(command, StepCommand) else None

    def _moved(self, index: int, value: float) -> tuple[float, ...]:
        sliders = self.config.sliders
        return (*sliders[:index], value, *sliders[index + 1 :])

    def _edit(self, words: str, **values: object) -> None:
        if self.request is not None:
            config = replace(self.request.config, **values)  # type: ignore[arg-type]
            self._do(words, replace(self.request, config=config))

    def _do(self, words: str, after: RenderRequest) -> None:
        self._go(words, SessionState(after, self.slot))

    def _go(self, words: str, after: SessionState) -> None:
        if self.request is None:
            return
        before = SessionState(self.request, self.slot)
        if after != before:
            self.history.push(StepCommand(self._set, SessionUndoStep(words, before, after)))
        elif self._auditioned not in (None, after.request):  # the hand came back to where it began
            self._auditioned = None
            self.changed.emit()

    def _set(self, place: SessionState) -> None:
        other_model = self.request is None or self.request.model != place.request.model
        if other_model:
            self.keep_model_settings()
        wanted, ready = place.request.vocoder, self.is_ready(place.request)
        kept = AUTO if self.request is None or OWN in (wanted, self.request.vocoder) else self.request.vocoder
        self.request = place.request if ready else replace(place.request, vocoder=kept)
        self.slot, self._auditioned = place.slot, None
        if other_model:
            self.locks = frozenset()
            self.model_changed.emit()
        self.changed.emit()
        if not ready:
            self.vocoder_unavailable.emit(wanted, kept)

    def _axis_name(self, index: int) -> str:
        return "" if self.header is None else self.header.axes[index].name


def _fitted(sliders: Sequence[float], count: int) -> tuple[float, ...]:
    """As many values as there are sliders: missing ones at 0, surplus ones dropped."""
    return (*sliders[:count], *[0.0] * (count - len(sliders)))
