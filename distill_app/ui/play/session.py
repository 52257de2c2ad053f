"""State of the Play page: the requested sound, its undo history, compare slots and slider locks."""

import random
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.generation.config import GenerationConfig, Mode
from distill_app.models.header import read_header
from distill_app.tone.tone import NEUTRAL, Tone
from distill_app.ui.play.descriptor_help import shown_name
from distill_app.ui.play.playhead import Playhead, Resting, continued, restarted, retoned
from distill_app.ui.play.slider_values import Values, centred, fitted, randomized
from distill_app.ui.play.sound_state import SoundState
from distill_app.ui.play.tone_help import step_text
from distill_app.ui.play.undo_step import SessionState
from distill_app.ui.translation import tr
from distill_app.vocoders.embedded.vocoder import AUTO
from distill_app.workers.rendering.messages import RenderRequest


class Session(SoundState):
    """State of the Play page; every change of the sound is one undo step.

    Args:
        rng: random numbers for seeds and slider values.
    """

    model_renewed = Signal()
    """Emitted when the file of the open model was replaced."""
    locks_changed = Signal()

    def __init__(self, parent: QObject | None = None, rng: random.Random | None = None) -> None:
        super().__init__(parent)
        self._rng = rng or random.Random()
        self.slots: dict[str, RenderRequest] = {}
        self.playhead: Playhead = Resting()

    # Changes by the user

    def open_model(self, path: Path) -> None:
        """Opens a model with the configuration of its last use; the vocoder stays.

        Opening the current model again sets its sliders to 0. Raises ModelFileError and then changes nothing.
        """
        model, header = path.absolute(), read_header(path)
        here = self.request is not None and self.request.model == model
        config = replace(self.config, sliders=(), tone=NEUTRAL) if here else self.model_settings.config(model, header)
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
        self._audition(self._continued(self._moved(index, value)))

    def set_slider(self, index: int, value: float) -> None:
        text = tr("move {slider}").format(slider=self._slider_name(index))
        self._configure(text, self._moved_to(self._moved(index, value)))

    def audition_tone(self, control: str, value: float) -> None:
        """Requests the sound of a value of the tone during a movement, as `audition_slider`.

        Args:
            control: id of a slider of the tone, or `modulation_rate`.
        """
        self._audition(self._retoned(self._heard, self.config.tone.with_value(control, value)))

    def set_tone(self, control: str, value: float) -> None:
        """Sets a value of the tone; the sound goes on where it is in the recordings."""
        tone = self.config.tone.with_value(control, value)
        heard = self.config if self.playhead.previewing else self._heard
        self._configure(step_text(control), self._retoned(heard, tone))

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
        self._edit(tr("change seed"), seed=seed, start=0, moves=(), tempo_since=(0, 0))

    def set_drift(self, drift: float) -> None:
        self._edit(tr("change drift"), drift=drift)

    def set_grain(self, grain: float) -> None:
        self._edit(tr("change grain"), grain=grain)

    def set_vocoder(self, vocoder: str) -> None:
        if self.request is not None:
            self._do(tr("change vocoder"), replace(self.request, vocoder=vocoder))

    def new_seed(self) -> None:
        self._edit(tr("new seed"), seed=self._rng.randrange(1_000_000), start=0, moves=(), tempo_since=(0, 0))

    def randomize(self, amount: float) -> None:
        """Moves every unlocked slider of the model by the share `amount` (0 … 1) of the way to a random value."""
        sliders = randomized(self.config.sliders, self.header, amount, self.locks, self._rng)
        self._configure(tr("randomize"), self._moved_to(sliders))

    def centre(self) -> None:
        """Sets every unlocked slider to 0, those of the tone too."""
        sliders, tone = centred(self.config, self.locks, self.tone_locks)
        self._configure(tr("centre sliders"), self._retoned(self._moved_to(sliders), tone))

    def set_locked(self, index: int, locked: bool) -> None:
        self.locks = self.locks | {index} if locked else self.locks - {index}
        self.locks_changed.emit()

    def set_tone_locked(self, control: str, locked: bool) -> None:
        self.tone_locks = self.tone_locks | {control} if locked else self.tone_locks - {control}
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

    def _moved(self, index: int, value: float) -> Values:
        sliders = self.config.sliders
        return (*sliders[:index], value, *sliders[index + 1 :])

    def _moved_to(self, sliders: Values) -> GenerationConfig:
        """Configuration with other sliders, heard from now on, or from the beginning of a sound that is played anew."""
        return restarted(self.config, sliders) if self.playhead.previewing else self._continued(sliders)

    def _continued(self, sliders: Values) -> GenerationConfig:
        return continued(self._heard, sliders, self.header, self.playhead)

    def _retoned(self, config: GenerationConfig, tone: Tone) -> GenerationConfig:
        return retoned(config, tone, self.header, self.playhead)

    def _slider_name(self, index: int) -> str:
        return "" if self.header is None else shown_name(self.header.axes[index])
