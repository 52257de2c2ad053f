"""Dialog that asks for duration and device of a training before it starts."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from distill_app.training.run.spec import TrainingOptions
from distill_app.ui.dialogs.base import Dialog, plain
from distill_app.ui.train.training.form import TrainingForm
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Title


class DurationDialog(Dialog):
    """Calls `act` with the chosen options when it is accepted."""

    def __init__(
        self,
        question: str,
        sentence: str,
        verb: str,
        form: TrainingForm,
        act: Callable[[TrainingOptions], None],
        parent: QWidget | None,
    ) -> None:
        super().__init__(verb, parent)
        self.setFixedWidth(480)
        self.form = form
        self._act = act
        self.rows.addWidget(Title(question))
        self.rows.addWidget(plain(sentence, "muted"))
        self.rows.addWidget(self.form)
        self.cancel, self.confirm = self.add_button(tr("Cancel")), self.add_button(verb, "primary")
        self.confirm.setDefault(True)
        self.cancel.clicked.connect(self.reject)
        self.confirm.clicked.connect(self._on_confirm)
        self.form.minutes.setFocus()
        self.form.minutes.selectAll()

    def _on_confirm(self) -> None:
        self.form.flush()
        self.accept()
        self._act(self.form.options)
