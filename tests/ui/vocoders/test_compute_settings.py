"""Choice of device and runtime of the vocoders in the Preferences."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from distill_app.common.settings import Settings
from distill_app.ui.app.controller import AppController
from distill_app.ui.app.settings_io import compute_config, with_compute
from distill_app.ui.dialogs.preferences import PreferencesDialog
from distill_app.ui.vocoders.preferences_page import ComputePreferences
from distill_app.ui.widgets.status_combo_box import StatusComboBox
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from tests.ui.fakes import FakeRenderWorker


@pytest.fixture
def page(qtbot: QtBot) -> ComputePreferences:
    page = ComputePreferences(ComputeConfig(), onnx=True)
    qtbot.addWidget(page)
    page.show_devices(("cuda", "cpu"))
    page.show()
    return page


def usable(choice: StatusComboBox) -> list[str]:
    model = choice.model()
    rows = [model.index(row, 0) for row in range(model.rowCount())]
    return [str(row.data()) for row in rows if row.flags() & Qt.ItemFlag.ItemIsEnabled]


def words(choice: StatusComboBox) -> list[str]:
    role = Qt.ItemDataRole.AccessibleTextRole
    return [str(choice.itemData(index, role)) for index in range(choice.count())]


def test_found_devices_can_be_chosen_and_missing_ones_give_a_reason(page: ComputePreferences) -> None:
    assert usable(page.device) == ["Automatic", "Processor (CPU)", "NVIDIA graphics card (CUDA)"]
    assert words(page.device)[3] == "Apple graphics processor (MPS), not found"
    assert "Apple silicon" in page.device.itemData(3, Qt.ItemDataRole.ToolTipRole)
    assert usable(page.runtime) == ["Automatic", "PyTorch", "ONNX Runtime"]


def test_without_onnx_runtime_the_page_shows_how_to_install_it(qtbot: QtBot) -> None:
    page = ComputePreferences(ComputeConfig(), onnx=False)
    qtbot.addWidget(page)
    assert usable(page.runtime) == ["Automatic", "PyTorch"]
    assert page.hint.text() == "ONNX Runtime needs: pip install 'distill[onnx]'"


def test_devices_are_unknown_until_torch_is_loaded(page: ComputePreferences) -> None:
    page.show_devices(None)
    assert usable(page.device) == ["Automatic", "Processor (CPU)"]
    assert words(page.device)[2] == "NVIDIA graphics card (CUDA), looking…"


def test_keys_skip_missing_devices(qtbot: QtBot, page: ComputePreferences) -> None:
    chosen: list[object] = []
    page.chosen.connect(chosen.append)
    for _ in range(3):
        QTest.keyClick(page.device, Qt.Key.Key_Down)
    QTest.keyClick(page.runtime, Qt.Key.Key_End)
    assert chosen == [ComputeConfig("cpu"), ComputeConfig("cuda"), ComputeConfig("cuda", "onnx")]


def test_a_choice_reaches_the_worker_at_once_and_is_kept(
    playing_controller: AppController, worker: FakeRenderWorker
) -> None:
    worker.devices_found.emit(("cpu",))
    QTest.keyClick(playing_controller.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = playing_controller.window.findChild(PreferencesDialog)
    assert isinstance(dialog, PreferencesDialog)
    QTest.mouseClick(dialog.tabs["Compute"], Qt.MouseButton.LeftButton)
    page = dialog.findChild(ComputePreferences)
    assert isinstance(page, ComputePreferences)
    assert page.isVisible()
    assert usable(page.device) == ["Automatic", "Processor (CPU)"]
    QTest.keyClick(page.device, Qt.Key.Key_Down)
    assert worker.compute == ComputeConfig("cpu")
    worker.devices_found.emit(("cuda", "cpu"))
    assert len(usable(page.device)) == 3
    assert page.device.currentData() == "cpu"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert playing_controller.compute_settings.choice == ComputeConfig("cpu")


def test_the_last_choice_is_restored(controller: AppController, worker: FakeRenderWorker) -> None:
    kept = with_compute(Settings(), ComputeConfig("cpu", "onnx"))
    assert compute_config(kept) == ComputeConfig("cpu", "onnx")
    controller.start_rendering(worker, kept)
    assert worker.compute == ComputeConfig("cpu", "onnx")


def test_an_unknown_device_name_is_replaced_by_auto() -> None:
    assert compute_config(Settings(compute_device="abacus", compute_runtime="onnx")) == ComputeConfig("auto", "onnx")


def test_notices_of_the_worker_are_shown(playing_controller: AppController, worker: FakeRenderWorker) -> None:
    worker.noticed.emit("The graphics card's memory is full: it takes longer.")
    message = playing_controller.window.toast.message
    assert message is not None
    assert message.sentence == "The graphics card's memory is full: it takes longer."
