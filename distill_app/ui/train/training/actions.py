"""Buttons of a training and the actions behind them, with a question before those that need one."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.spec import TrainingOptions
from distill_app.ui.common.model_headers import header_of
from distill_app.ui.dialogs.prompts import ConfirmDialog
from distill_app.ui.train.training.controller import TrainingController
from distill_app.ui.train.training.duration_dialog import DurationDialog
from distill_app.ui.train.training.form import TrainingForm
from distill_app.ui.train.training.format import clock_of
from distill_app.ui.train.training.request_file import VOCODER_MINUTES
from distill_app.ui.train.training.state_presenter import PRIMARY, TrainingAction, tips, titles
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, tight

_ROW_MAX = 4
_MORE_MINUTES = 5.0


class ActionButtons(QWidget):
    """Buttons of the possible actions, in rows of four, which fit the smallest window."""

    chosen = Signal(str)
    """The user clicked a button; carries a TrainingAction."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[TrainingAction, Button] = {}
        self._rows = [tight(QHBoxLayout()) for _ in range(-(-len(titles()) // _ROW_MAX))]
        self._shown: tuple[TrainingAction, ...] = ()
        for action, title in titles().items():
            button = Button(title, "primary" if action in PRIMARY else "", tips().get(action, ""))
            button.clicked.connect(lambda _=False, action=action: self.chosen.emit(action))
            button.setParent(self)
            button.hide()
            self.buttons[action] = button
        column = tight(QVBoxLayout(self))
        for row in self._rows:
            row.addStretch()
            column.addLayout(row)

    def show_actions(self, actions: Sequence[TrainingAction]) -> None:
        """Shows the buttons of these actions and keeps the focus among them."""
        if tuple(actions) == self._shown:
            return
        had_focus = any(self.buttons[action].hasFocus() for action in self._shown)
        for place, action in enumerate(self._shown):
            self._rows[place // _ROW_MAX].removeWidget(self.buttons[action])
        for place, action in enumerate(actions):
            self._rows[place // _ROW_MAX].insertWidget(place % _ROW_MAX, self.buttons[action])
            self.buttons[action].show()
        if had_focus:
            (self.buttons[actions[0]] if actions else self.window()).setFocus()
        for action in set(self._shown) - set(actions):
            self.buttons[action].hide()
        self._shown = tuple(actions)


class TrainingActions(QObject):
    """Performs the action of a button."""

    open_asked = Signal(Path)
    """The user wants to play this model."""

    def __init__(self, training: TrainingController, window: QWidget) -> None:
        super().__init__(window)
        self._training, self._window = training, window
        self.devices: tuple[str, ...] = ()
        """Devices that can train on this computer."""
        self._actions: dict[str, Callable[[], None]] = {
            "pause": training.pause,
            "continue": training.unpause,
            "stop": training.finish_now,
            "suspend": training.suspend,
            "cancel": training.suspend,
            "resume": training.resume,
            "retry": training.retry,
            "new": training.clear,
            "play": self._play,
            "discard": self._ask_to_discard,
            "extend": self._ask_for_more,
            "vocoder": self._ask_for_its_vocoder,
        }

    def do(self, action: str) -> None:
        self._actions[action]()

    def _play(self) -> None:
        if self._training.spec is not None:
            self.open_asked.emit(self._training.spec.out)

    def _ask_to_discard(self) -> None:
        sentence = tr("{time} of training and its demos are removed from the disk for good. Models stay.")
        sentence = sentence.format(time=clock_of(self._training.history.seconds))
        self._confirm(tr("Discard this training?"), sentence, tr("Discard"), self._training.discard)

    def _ask_for_more(self) -> None:
        sentence = tr("The training continues from the same state, and the better model replaces this one.")
        title = tr("Train longer")
        self._ask(title, sentence, title, _MORE_MINUTES, self._training.extend)

    def _ask_for_its_vocoder(self) -> None:
        spec = self._training.spec
        if spec is not None:
            self.ask_for_vocoder(spec.out, spec.corpora)

    def ask_for_vocoder(self, model: Path, corpora: tuple[CorpusSpec, ...]) -> None:
        """Asks how long to fine-tune a vocoder for a model, and starts that training.

        Args:
            corpora: recordings that the model was trained on.
        """
        header, choose = header_of(model), partial(self._choose_vocoder, model, corpora)
        if header is not None and header.vocoder:
            sentence = tr("“{name}” has a fine-tuned vocoder already; a new one replaces it.").format(name=model.stem)
            self._confirm(tr("Fine-tune the vocoder again?"), sentence, tr("Fine-tune again…"), choose)
        else:
            choose()

    def _choose_vocoder(self, model: Path, corpora: tuple[CorpusSpec, ...]) -> None:
        train = partial(self._training.train_vocoder, model, corpora)
        title = tr("A vocoder for “{name}”").format(name=model.stem)
        sentence = tr(
            "The vocoder turns the model's spectrograms into sound; it can be fine-tuned on the same recordings. In "
            "minutes on a processor it rarely helps: of those that were measured, none came out better beyond doubt. "
            "Hours, or a graphics card, may do more. Auto plays it only where it passes a test on held-out recordings."
        )
        self._ask(title, sentence, tr("Start training"), VOCODER_MINUTES, train)

    def _confirm(self, question: str, sentence: str, verb: str, act: Callable[[], None]) -> None:
        dialog = ConfirmDialog(question, sentence, verb, self._window)
        dialog.accepted.connect(act)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask(
        self, question: str, sentence: str, verb: str, minutes: float, act: Callable[[TrainingOptions], None]
    ) -> None:
        """Asks for a duration; the device and cores of the last training are preselected."""
        spec = self._training.spec
        options = TrainingOptions(minutes) if spec is None else TrainingOptions(minutes, spec.device, spec.threads or 1)
        dialog = DurationDialog(question, sentence, verb, TrainingForm(options, self.devices), act, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
