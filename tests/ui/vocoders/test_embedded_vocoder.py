"""The embedded vocoder of the open model in the selector, and its removal."""

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from distill_app.models.header import read_header
from distill_app.models.model_file import embed_vocoder
from distill_app.ui.app.controller import AppController
from distill_app.ui.dialogs.prompts import ConfirmDialog
from distill_app.ui.train.training.format import vocoder_sentence
from distill_app.vocoders.embedded.vocoder import AUTO, OWN
from distill_app.workers.remove_vocoder import VocoderRemoval
from tests.embedded_vocoder import FAILED, embed, make_embedded
from tests.ui.fakes import FakeRenderWorker


class FakeRemoval(QObject):
    """Removal that records its requests; the test reports their results."""

    removed, failed = Signal(object), Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Path] = []

    def remove(self, model: Path) -> None:
        self.asked.append(model)


@pytest.fixture
def removal(playing_controller: AppController) -> FakeRemoval:
    removal = FakeRemoval()
    playing_controller.vocoders.embedded.use(removal)
    return removal


def entries(controller: AppController) -> list[str]:
    controller.vocoders.refresh()
    choice = controller.window.play.source.vocoder
    return [choice.itemText(index) for index in range(choice.count())]


def chosen(controller: AppController) -> str:
    request = controller.session.request
    assert request is not None
    assert controller.window.play.source.vocoder.currentData() == request.vocoder
    return request.vocoder


def shown_message(controller: AppController) -> str:
    message = controller.window.toast.message
    return "" if message is None else message.sentence


def facts(controller: AppController) -> str:
    return " · ".join(controller.window.play.source.facts)


def test_the_selector_lists_the_embedded_vocoder(playing_controller: AppController, tiny_model_file: Path) -> None:
    assert entries(playing_controller)[:2] == ["Auto", "Griffin-Lim"]
    embed(tiny_model_file)
    assert entries(playing_controller)[:2] == ["Auto", "This model's own"]
    playing_controller.vocoders.choose(OWN)
    assert chosen(playing_controller) == OWN
    assert "In the model" in facts(playing_controller)
    assert "better than built-in by 12.0 %" in facts(playing_controller)


def test_one_that_failed_its_test_is_listed_and_auto_stays_with_the_built_in_one(
    playing_controller: AppController, tiny_model_file: Path
) -> None:
    embed(tiny_model_file, FAILED)
    playing_controller.vocoders.refresh()
    assert facts(playing_controller).startswith("Built in")
    playing_controller.vocoders.choose(OWN)
    assert "not better than built-in" in facts(playing_controller)


def test_a_vocoder_trained_meanwhile_is_used(
    playing_controller: AppController, worker: FakeRenderWorker, tiny_model_file: Path
) -> None:
    assert chosen(playing_controller) == AUTO
    asked = len(worker.requests)
    embed(tiny_model_file)
    playing_controller.vocoders.refresh()
    assert len(worker.requests) == asked + 1, "Auto is another vocoder now"
    worker.answer()
    playing_controller.vocoders.refresh()
    assert len(worker.requests) == asked + 1


def test_a_model_without_one_falls_back_to_auto_with_a_message(
    playing_controller: AppController, tiny_model_file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.distillgan"
    other.write_bytes(tiny_model_file.read_bytes())
    embed(tiny_model_file)
    playing_controller.vocoders.choose(OWN)
    playing_controller.models.open(other)
    assert chosen(playing_controller) == AUTO
    assert shown_message(playing_controller) == "“Tiny” carries no vocoder of its own. Auto plays instead."
    playing_controller.session.history.undo()
    assert chosen(playing_controller) == OWN


def test_a_damaged_one_is_listed_and_refused_with_a_reason(
    playing_controller: AppController, tiny_model_file: Path
) -> None:
    embed_vocoder(tiny_model_file, make_embedded().to_dict() | {"config": {}}, {})
    assert "This model's own" in entries(playing_controller)
    playing_controller.vocoders.choose(OWN)
    assert chosen(playing_controller) == AUTO
    assert "damaged" in shown_message(playing_controller)


@pytest.fixture
def asked_to_remove(playing_controller: AppController, removal: FakeRemoval, tiny_model_file: Path) -> ConfirmDialog:
    embed(tiny_model_file)
    playing_controller.vocoders.refresh()
    playing_controller.vocoders.choose(OWN)
    assert playing_controller.vocoders.embedded.remove.isEnabled()
    playing_controller.vocoders.embedded.remove.trigger()
    dialog = playing_controller.window.findChild(ConfirmDialog)
    assert dialog is not None
    return dialog


def test_it_is_removed_after_a_confirmation_and_auto_takes_over(
    playing_controller: AppController, removal: FakeRemoval, asked_to_remove: ConfirmDialog, tiny_model_file: Path
) -> None:
    asked_to_remove.confirm.click()
    assert removal.asked == [tiny_model_file]
    embed_vocoder(tiny_model_file, None, None)
    removal.removed.emit(tiny_model_file)
    assert chosen(playing_controller) == AUTO
    assert entries(playing_controller)[:2] == ["Auto", "Griffin-Lim"]
    assert not playing_controller.vocoders.embedded.remove.isEnabled()
    assert shown_message(playing_controller) == "The vocoder was removed from “tiny”."


def test_enter_at_once_keeps_it(asked_to_remove: ConfirmDialog, removal: FakeRemoval) -> None:
    asked_to_remove.cancel.click()
    assert asked_to_remove.result() == QDialog.DialogCode.Rejected
    assert removal.asked == []


def test_the_removal_rewrites_the_file_in_a_thread_and_reports_failures(qtbot: QtBot, tiny_model_file: Path) -> None:
    before = tiny_model_file.read_bytes()
    embed(tiny_model_file)
    removal = VocoderRemoval()
    with qtbot.waitSignal(removal.removed, timeout=60_000) as answer:
        removal.remove(tiny_model_file)
    assert answer.args == [tiny_model_file]
    assert tiny_model_file.read_bytes() == before
    with qtbot.waitSignal(removal.failed, timeout=60_000) as answer:
        removal.remove(tiny_model_file.with_name("gone.distillgan"))
    assert str(answer.args[0]).endswith(".")


def test_the_result_of_its_training_is_shown(tiny_model_file: Path) -> None:
    embed(tiny_model_file)
    words = vocoder_sentence("Tiny", read_header(tiny_model_file))
    assert words == "The vocoder of “Tiny” is better than built-in by 12.0 %. Auto uses it."
    embed(tiny_model_file, FAILED)
    words = vocoder_sentence("Tiny", read_header(tiny_model_file))
    assert words == "The vocoder of “Tiny” is not better than built-in. Auto still uses the built-in one."
