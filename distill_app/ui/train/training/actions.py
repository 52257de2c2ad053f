"""What the hand can do about a training: the buttons, and what each of them does, with a question where it matters."""

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
from distill_app.ui.train.training.state_presenter import PRIMARY, TrainingAction, tips, titles
from distill_app.ui.widgets.controls import Button, tight

_ROW_MAX = 4
_MORE_MINUTES, _VOCODER_MINUTES = 5.0, 30.0
_VOCODER = (
    "The vocoder turns the model's pictures into sound. Trained on the same recordings, it sings them more faithfully."
)


class ActionButtons(QWidget):
    """Buttons of what can be done now, in the order in which it is given; four in a row fit the smallest window."""

    chosen = Signal(str)
    """A Deed."""

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
        """The focus stays among them."""
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
    """Does what a button says."""

    open_asked = Signal(Path)
    """A model to play."""

    def __init__(self, training: TrainingController, window: QWidget) -> None:
        super().__init__(window)
        self._training, self._window = training, window
        self.devices: tuple[str, ...] = ()
        """Those that networks can be trained on here."""
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
        learned = clock_of(self._training.history.seconds)
        sentence = f"{learned} of learning and its demos are removed from the disk for good. Models stay."
        self._confirm("Discard this training?", sentence, "Discard", self._training.discard)

    def _ask_for_more(self) -> None:
        sentence = "It goes on from the same place, and the model is replaced by the better one."
        self._ask("Learn more", sentence, "Learn more", _MORE_MINUTES, self._training.extend)

    def _ask_for_its_vocoder(self) -> None:
        spec = self._training.spec
        if spec is not None:
            self.ask_for_vocoder(spec.out, spec.corpora)

    def ask_for_vocoder(self, model: Path, corpora: tuple[CorpusSpec, ...]) -> None:
        """Asks how long a vocoder of the model's own is to be trained, and trains it.

        Args:
            corpora: recordings that the model was trained on.
        """
        header, choose = header_of(model), partial(self._choose_vocoder, model, corpora)
        if header is not None and header.vocoder:
            sentence = f"“{model.stem}” has a vocoder of its own; a new one replaces it."
            self._confirm("Train its vocoder anew?", sentence, "Train anew…", choose)
        else:
            choose()

    def _choose_vocoder(self, model: Path, corpora: tuple[CorpusSpec, ...]) -> None:
        train = partial(self._training.train_vocoder, model, corpora)
        self._ask(f"A vocoder for “{model.stem}”", _VOCODER, "Start training", _VOCODER_MINUTES, train)

    def _confirm(self, question: str, sentence: str, verb: str, act: Callable[[], None]) -> None:
        dialog = ConfirmDialog(question, sentence, verb, self._window)
        dialog.accepted.connect(act)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask(
        self, question: str, sentence: str, verb: str, minutes: float, act: Callable[[TrainingOptions], None]
    ) -> None:
        """On what it was trained last, where nothing else is chosen."""
        spec = self._training.spec
        options = TrainingOptions(minutes) if spec is None else TrainingOptions(minutes, spec.device, spec.threads or 1)
        dialog = DurationDialog(question, sentence, verb, TrainingForm(options, self.devices), act, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
