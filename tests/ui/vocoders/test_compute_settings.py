"""Where and with what vocoders compute: what is there can be chosen, what is not says why; a choice holds at once."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from distill_app.common.settings import Settings
from distill_app.ui.app.controller import Studio
from distill_app.ui.app.settings_io import chosen_compute, with_compute
from distill_app.ui.dialogs.preferences import PreferencesDialog
from distill_app.ui.vocoders.preferences_page import ComputePage
from distill_app.ui.widgets.status_combo_box import StatedChoice
from distill_app.vocoders.runtime.compute_config import Compute
from tests.ui.fakes import HandWorker


@pytest.fixture
def page(qtbot: QtBot) -> ComputePage:
    page = ComputePage(Compute(), onnx=True)
    qtbot.addWidget(page)
    page.show_devices(("cuda", "cpu"))
    page.show()
    return page


def usable(choice: StatedChoice) -> list[str]:
    model = choice.model()
    rows = [model.index(row, 0) for row in range(model.rowCount())]
    return [str(row.data()) for row in rows if row.flags() & Qt.ItemFlag.ItemIsEnabled]


def words(choice: StatedChoice) -> list[str]:
    role = Qt.ItemDataRole.AccessibleTextRole
    return [str(choice.itemData(index, role)) for index in range(choice.count())]


def test_what_is_there_can_be_chosen_and_what_is_not_says_why(page: ComputePage) -> None:
    assert usable(page.device) == ["Automatic", "Processor (CPU)", "NVIDIA graphics card (CUDA)"]
    assert words(page.device)[3] == "Apple graphics processor (MPS), not found"
    assert "Apple silicon" in page.device.itemData(3, Qt.ItemDataRole.ToolTipRole)
    assert usable(page.runtime) == ["Automatic", "PyTorch", "ONNX Runtime"]


def test_without_onnx_runtime_it_says_what_is_needed(qtbot: QtBot) -> None:
    page = ComputePage(Compute(), onnx=False)
    qtbot.addWidget(page)
    assert usable(page.runtime) == ["Automatic", "PyTorch"]
    assert page.hint.text() == "ONNX Runtime needs: pip install 'distill[onnx]'"


def test_until_torch_is_there_it_is_looking(page: ComputePage) -> None:
    page.show_devices(None)
    assert usable(page.device) == ["Automatic", "Processor (CPU)"]
    assert words(page.device)[2] == "NVIDIA graphics card (CUDA), looking…"


def test_keys_choose_and_pass_what_is_not_there(qtbot: QtBot, page: ComputePage) -> None:
    chosen: list[object] = []
    page.chosen.connect(chosen.append)
    for _ in range(3):
        QTest.keyClick(page.device, Qt.Key.Key_Down)
    QTest.keyClick(page.runtime, Qt.Key.Key_End)
    assert chosen == [Compute("cpu"), Compute("cuda"), Compute("cuda", "onnx")]


def test_a_choice_reaches_the_worker_at_once_and_stays(playing_studio: Studio, worker: HandWorker) -> None:
    worker.devices_found.emit(("cpu",))
    QTest.keyClick(playing_studio.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = playing_studio.window.findChild(PreferencesDialog)
    assert isinstance(dialog, PreferencesDialog)
    QTest.mouseClick(dialog.tabs["Compute"], Qt.MouseButton.LeftButton)
    page = dialog.findChild(ComputePage)
    assert isinstance(page, ComputePage)
    assert page.isVisible()
    assert usable(page.device) == ["Automatic", "Processor (CPU)"]
    QTest.keyClick(page.device, Qt.Key.Key_Down)
    assert worker.compute == Compute("cpu")
    worker.devices_found.emit(("cuda", "cpu"))
    assert len(usable(page.device)) == 3
    assert page.device.currentData() == "cpu"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert playing_studio.computing.choice == Compute("cpu")


def test_the_choice_of_last_time_comes_back(studio: Studio, worker: HandWorker) -> None:
    kept = with_compute(Settings(), Compute("cpu", "onnx"))
    assert chosen_compute(kept) == Compute("cpu", "onnx")
    studio.start_rendering(worker, kept)
    assert worker.compute == Compute("cpu", "onnx")


def test_a_name_that_makes_no_sense_gives_way() -> None:
    assert chosen_compute(Settings(compute_device="abacus", compute_runtime="onnx")) == Compute("auto", "onnx")


def test_what_the_worker_notices_is_told(playing_studio: Studio, worker: HandWorker) -> None:
    worker.noticed.emit("The graphics card's memory is full: it takes longer.")
    message = playing_studio.window.toast.message
    assert message is not None
    assert message.sentence == "The graphics card's memory is full: it takes longer."
