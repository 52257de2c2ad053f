"""Choice, download, import and removal of vocoders in the window."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from distill_app.common.paths import vocoder_folder
from distill_app.common.settings import Settings
from distill_app.ui.app.controller import AppController
from distill_app.ui.app.settings_io import initial_request
from distill_app.ui.dialogs.prompts import ConfirmDialog
from distill_app.ui.style.theme import color
from distill_app.ui.vocoders.license_agreement import LicenceDialog, LicenseAgreementDialog
from distill_app.vocoders.built_in import BUILT_IN, GRIFFIN_LIM
from distill_app.vocoders.embedded.vocoder import AUTO
from distill_app.vocoders.registry import VocoderEntry
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.workers.rendering.vocoder_speeds import Speed, place_of, save_speed
from tests.ui.fakes import LARGE, LOST, SMALL, FakeDownloads, FakeRenderWorker, FakeVocoderRegistry

LEFT = Qt.MouseButton.LeftButton


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, LEFT)


def press(controller: AppController, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or controller.window, key)


def shown_message(controller: AppController) -> str:
    message = controller.window.toast.message
    return "" if message is None else message.sentence


def entries(controller: AppController) -> list[str]:
    choice = controller.window.play.source.vocoder
    return [choice.itemText(index) for index in range(choice.count())]


def pick(controller: AppController, name: str) -> None:
    """Picks an entry of the list with the mouse."""
    choice = controller.window.play.source.vocoder
    QTest.mouseClick(choice, LEFT, pos=QPoint(20, 16))
    view = choice.view()
    QTest.qWaitForWindowExposed(view.window())
    index = choice.model().index(choice.findData(name), 0)
    view.setCurrentIndex(index)
    QTest.keyClick(view, Qt.Key.Key_Return)


def chosen(controller: AppController) -> str:
    assert controller.session.request is not None
    return controller.session.request.vocoder


def agreement(controller: AppController) -> LicenseAgreementDialog:
    dialogs = [dialog for dialog in controller.window.findChildren(LicenseAgreementDialog) if dialog.isVisible()]
    assert len(dialogs) == 1
    return dialogs[0]


def agree(controller: AppController) -> None:
    click(agreement(controller).download)


@pytest.fixture
def downloading_controller(playing_controller: AppController, downloads: FakeDownloads) -> AppController:
    """Controller during the download of a large vocoder."""
    pick(playing_controller, LARGE.id)
    agree(playing_controller)
    playing_controller.window.activateWindow()
    playing_controller.window.setFocus()
    downloads.progressed.emit(LARGE.id, 120_000_000, LARGE.size_bytes)
    return playing_controller


# The selector


def test_the_list_shows_the_state_of_every_vocoder(playing_controller: AppController) -> None:
    choice = playing_controller.window.play.source.vocoder
    assert entries(playing_controller) == ["Auto", "Griffin-Lim", "Built-in", "BigVGAN v2, 44.1 kHz", "Small", "Lost"]
    role = Qt.ItemDataRole.AccessibleTextRole
    words = [str(choice.itemData(index, role)).rsplit(", ", 1)[1] for index in range(choice.count())]
    assert words == ["Built-in", "built in", "built in", "489 MB to download", "installed", "damaged"]
    tips = [choice.itemData(index, Qt.ItemDataRole.ToolTipRole) for index in range(choice.count())]
    assert tips[4:] == ["For speech.", "Imported.\n“Lost” is damaged; remove it and import it again."]
    assert not choice.model().flags(choice.model().index(5, 0)) & Qt.ItemFlag.ItemIsEnabled


def test_an_installed_one_takes_over_and_the_panel_shows_its_facts(
    playing_controller: AppController, worker: FakeRenderWorker
) -> None:
    pick(playing_controller, SMALL.id)
    assert worker.requests[-1].vocoder == SMALL.id
    facts = " · ".join(playing_controller.window.play.source.facts)
    assert facts == "Installed · 22 kHz · up to 8 kHz · 13.9 M parameters · 55.8 MB · MIT"
    playing_controller.vocoders.menu.aboutToShow.emit()
    lines = [action.text() for action in playing_controller.vocoders.menu.actions()[:2]]
    assert " · ".join(lines) == facts, "its menu says it"
    assert all(line in playing_controller.window.play.source.vocoder.toolTip() for line in lines)
    pick(playing_controller, BUILT_IN.id)
    assert "\n".join(playing_controller.window.play.source.facts).startswith("Built in · plays live\n44.1 kHz · 3.4 M")
    assert [text for text in (playing_controller.session.history.undoText(),) if "vocoder" in text]


def test_the_panel_shows_the_measured_speed(playing_controller: AppController, worker: FakeRenderWorker) -> None:
    pick(playing_controller, SMALL.id)
    source = playing_controller.window.play.source
    assert source.facts[0] == "Installed", "nobody measured it yet"
    save_speed(SMALL.id, Speed(6.9), place_of("cpu", ComputeConfig()), "cpu")
    worker.speed_measured.emit()
    assert source.facts[0] == "Installed · about 7 s for each second of sound"
    playing_controller.compute_settings.page().chosen.emit(ComputeConfig("cuda"))
    assert source.facts[0] == "Installed", "a graphics card is another matter"


def test_a_finished_render_does_not_list_the_vocoders_again(
    playing_controller: AppController, registry: FakeVocoderRegistry, worker: FakeRenderWorker
) -> None:
    reads = registry.reads
    assert reads > 0
    for position in (0.2, 0.4, 0.6):
        playing_controller.session.set_slider(0, position)
        worker.answer()
    worker.speed_measured.emit()
    assert registry.reads == reads


def test_keys_open_the_list_and_never_step_through_it(
    playing_controller: AppController, worker: FakeRenderWorker
) -> None:
    choice, asked = playing_controller.window.play.source.vocoder, len(worker.requests)
    choice.setFocus()
    QTest.keyClick(choice, Qt.Key.Key_Down)
    view = choice.view()
    assert view.isVisible()
    assert len(worker.requests) == asked
    for _ in range(4):
        QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert chosen(playing_controller) == SMALL.id


def test_the_wheel_scrolls_the_panel_not_the_vocoders(playing_controller: AppController) -> None:
    choice = playing_controller.window.play.source.vocoder
    choice.setFocus()
    buttons, modifiers = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    phase = Qt.ScrollPhase.NoScrollPhase
    turn = QWheelEvent(QPointF(9, 9), QPointF(9, 9), QPoint(), QPoint(0, -120), buttons, modifiers, phase, False)
    QApplication.sendEvent(choice, turn)
    assert not turn.isAccepted()
    assert chosen(playing_controller) == AUTO


def test_a_vocoder_installed_meanwhile_is_listed_when_the_list_opens(
    playing_controller: AppController, registry: FakeVocoderRegistry
) -> None:
    registry.put(LARGE, "installed")
    new = replace(SMALL, id="new", title="New")
    registry.entries["new"] = VocoderEntry(new, "unsupported", "It is of another kind.")
    choice = playing_controller.window.play.source.vocoder
    QTest.mouseClick(choice, LEFT, pos=QPoint(20, 16))
    assert entries(playing_controller)[-1] == "New"
    assert not choice.model().flags(choice.model().index(5, 0)) & Qt.ItemFlag.ItemIsEnabled
    QTest.keyClick(choice.view(), Qt.Key.Key_Escape)
    pick(playing_controller, LARGE.id)
    assert chosen(playing_controller) == LARGE.id


# Fetching


def test_nothing_is_downloaded_before_the_user_agrees(
    playing_controller: AppController, downloads: FakeDownloads
) -> None:
    pick(playing_controller, LARGE.id)
    dialog = agreement(playing_controller)
    assert downloads.started == []
    assert chosen(playing_controller) == AUTO
    assert playing_controller.window.play.source.vocoder.currentText() == "Auto", "it is not the chosen one yet"
    click(dialog.cancel)
    assert not dialog.isVisible()
    assert downloads.started == []
    pick(playing_controller, LARGE.id)
    press(playing_controller, Qt.Key.Key_Escape)
    assert downloads.started == [], "it asks again, and Esc is a no"


def test_the_agreement_shows_the_facts(qtbot: QtBot, playing_controller: AppController) -> None:
    pick(playing_controller, LARGE.id)
    dialog = agreement(playing_controller)
    words = " ".join(f"{label.text()} {label.toolTip()}" for label in dialog.findChildren(QLabel))
    for fact in (
        "BigVGAN v2, 44.1 kHz",
        "The richest.",
        "44.1 kHz",
        "489 MB",
        "MIT",
        f"example/{LARGE.id}",
        str(vocoder_folder() / LARGE.id),
    ):
        assert fact in words
    click(dialog.read)
    licence = dialog.findChild(LicenceDialog)
    assert isinstance(licence, LicenceDialog)
    assert "Permission is hereby granted" in licence.text.toPlainText()
    licence.close()


def test_the_bar_shows_the_progress_while_the_old_vocoder_plays(
    qtbot: QtBot, downloading_controller: AppController, downloads: FakeDownloads
) -> None:
    line = downloading_controller.window.play.source.download
    assert downloads.started == [LARGE.id]
    qtbot.wait(250)  # figures do not dance
    downloads.progressed.emit(LARGE.id, LARGE.size_bytes // 4, LARGE.size_bytes)
    assert line.isVisible()
    assert line.title.text() == "Downloading BigVGAN v2, 44.1 kHz"
    assert filled(line._bar) == [True, False, False]
    downloads.progressed.emit(LARGE.id, LARGE.size_bytes, LARGE.size_bytes)
    assert line.amount.text().startswith("489 of 489 MB")
    assert filled(line._bar) == [True, True, True]
    assert chosen(downloading_controller) == AUTO


def filled(bar: QWidget) -> list[bool]:
    """Whether the bar is filled at a tenth, a half and nine tenths of it."""
    image = bar.grab().toImage()
    places = (image.width() * tenths // 10 for tenths in (1, 5, 9))
    return [image.pixelColor(place, image.height() // 2) == color("accent") for place in places]


def test_a_downloaded_vocoder_takes_over(
    downloading_controller: AppController, downloads: FakeDownloads, registry: FakeVocoderRegistry
) -> None:
    registry.put(LARGE, "installed")
    downloads.finished.emit(LARGE.id)
    assert chosen(downloading_controller) == LARGE.id
    assert not downloading_controller.window.play.source.download.isVisible()
    assert shown_message(downloading_controller) == "BigVGAN v2, 44.1 kHz is installed and takes over."
    assert "Installed" in downloading_controller.window.play.source.facts[0]


def test_it_does_not_take_over_from_one_chosen_meanwhile(
    downloading_controller: AppController, downloads: FakeDownloads, registry: FakeVocoderRegistry
) -> None:
    pick(downloading_controller, BUILT_IN.id)
    registry.put(LARGE, "installed")
    downloads.finished.emit(LARGE.id)
    assert chosen(downloading_controller) == BUILT_IN.id
    assert shown_message(downloading_controller) == "BigVGAN v2, 44.1 kHz is installed."
    click(downloading_controller.window.toast._action)
    assert chosen(downloading_controller) == LARGE.id


def test_choosing_a_vocoder_during_its_download_waits_for_it(
    downloading_controller: AppController, downloads: FakeDownloads, registry: FakeVocoderRegistry
) -> None:
    pick(downloading_controller, BUILT_IN.id)
    pick(downloading_controller, LARGE.id)
    assert "is being downloaded and plays once" in shown_message(downloading_controller)
    registry.put(LARGE, "installed")
    downloads.finished.emit(LARGE.id)
    assert chosen(downloading_controller) == LARGE.id
    assert downloads.started == [LARGE.id]


def test_one_download_at_a_time(
    downloading_controller: AppController, downloads: FakeDownloads, registry: FakeVocoderRegistry
) -> None:
    registry.put(SMALL, "available")
    pick(downloading_controller, SMALL.id)
    assert "still being downloaded" in shown_message(downloading_controller)
    assert downloads.started == [LARGE.id]


def test_the_button_cancels_and_the_toast_resumes(
    downloading_controller: AppController, downloads: FakeDownloads
) -> None:
    line = downloading_controller.window.play.source.download
    click(line.cancel)
    assert downloads.cancels == 1
    downloads.cancelled.emit(LARGE.id)
    assert not line.isVisible()
    assert (
        shown_message(downloading_controller)
        == "BigVGAN v2, 44.1 kHz was cancelled. The part that was downloaded is kept."
    )
    click(downloading_controller.window.toast._action)
    assert downloads.started == [LARGE.id, LARGE.id]
    assert line.isVisible()


def test_escape_cancels_the_download_where_nothing_is_rendered(
    downloading_controller: AppController, downloads: FakeDownloads, worker: FakeRenderWorker
) -> None:
    downloading_controller.session.set_slider(0, 0.5)
    press(downloading_controller, Qt.Key.Key_Escape)
    assert (len(worker.restored), downloads.cancels) == (1, 0)
    press(downloading_controller, Qt.Key.Key_Escape)
    assert downloads.cancels == 1


def test_an_interrupted_download_can_be_resumed(
    downloading_controller: AppController, downloads: FakeDownloads
) -> None:
    line = downloading_controller.window.play.source.download
    downloads.failed.emit(LARGE.id, "The connection failed; check that this computer is online.")
    assert line.sentence.text() == "The connection failed; check that this computer is online."
    assert line.sentence.isVisible()
    assert line.again.text() == "Resume"
    assert chosen(downloading_controller) == AUTO
    click(line.again)
    assert downloads.started == [LARGE.id, LARGE.id]
    assert not line.sentence.isVisible()


def test_a_download_that_never_began_can_be_retried_or_dismissed(
    playing_controller: AppController, downloads: FakeDownloads
) -> None:
    pick(playing_controller, LARGE.id)
    agree(playing_controller)
    downloads.failed.emit(LARGE.id, "There is no room.")
    line = playing_controller.window.play.source.download
    assert line.again.text() == "Retry"
    click(line.cancel)
    assert not line.isVisible()
    assert downloads.cancels == 0


def test_a_damaged_one_is_downloaded_again(
    playing_controller: AppController, downloads: FakeDownloads, registry: FakeVocoderRegistry
) -> None:
    registry.put(LARGE, "damaged")
    pick(playing_controller, LARGE.id)
    words = [label.text() for label in agreement(playing_controller).findChildren(QLabel)]
    assert "A file of BigVGAN v2, 44.1 kHz is damaged; get it again." in words
    agree(playing_controller)
    assert downloads.started == [LARGE.id]


def test_one_that_cannot_be_downloaded_gives_a_reason(playing_controller: AppController) -> None:
    playing_controller.window.play.source.vocoder_chosen.emit(LOST.id)
    assert shown_message(playing_controller) == "“Lost” is damaged; remove it and import it again."
    assert chosen(playing_controller) == AUTO


# Importing and removing


def test_a_folder_is_imported_from_the_menu(
    playing_controller: AppController,
    downloads: FakeDownloads,
    registry: FakeVocoderRegistry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    action(playing_controller.vocoders.menu, "Import from folder…").trigger()
    assert downloads.imports == [tmp_path]
    line = playing_controller.window.play.source.download
    assert line.title.text() == f"Importing {tmp_path.name}"
    downloads.progressed.emit(tmp_path.name, 1_000_000, 2_000_000)
    registry.put(LARGE, "installed")
    downloads.finished.emit(LARGE.id)
    assert not line.isVisible()
    assert shown_message(playing_controller) == "BigVGAN v2, 44.1 kHz is installed."
    assert chosen(playing_controller) == AUTO


def test_a_dropped_folder_is_imported_and_a_wrong_one_refused(
    playing_controller: AppController, downloads: FakeDownloads, tmp_path: Path
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(400, 300), copy, data, LEFT, none)
    playing_controller.window.dragEnterEvent(enter)
    assert enter.isAccepted()
    playing_controller.window.dropEvent(QDropEvent(QPointF(400, 300), copy, data, LEFT, none))
    assert downloads.imports == [tmp_path]
    downloads.failed.emit(tmp_path.name, "This folder holds no vocoder that Distill knows.")
    assert "holds no vocoder" in playing_controller.window.play.source.download.sentence.text()


def test_the_menu_opens_beside_the_selector_and_in_the_menu_bar(
    qtbot: QtBot, playing_controller: AppController
) -> None:
    source, menu = playing_controller.window.play.source, playing_controller.vocoders.menu
    assert source.more.menu() is menu
    files = playing_controller.window.menuBar().actions()[0].menu()
    assert isinstance(files, QMenu)
    assert menu.menuAction() in files.actions()


def test_removing_asks_first_and_switches_to_auto(
    playing_controller: AppController, downloads: FakeDownloads, worker: FakeRenderWorker, registry: FakeVocoderRegistry
) -> None:
    pick(playing_controller, SMALL.id)
    worker.answer()
    removal(playing_controller, "Small…").trigger()
    click(confirmation(playing_controller).cancel)
    assert downloads.removals == []
    removal(playing_controller, "Small…").trigger()
    click(confirmation(playing_controller).confirm)
    assert downloads.removals == [SMALL.id]
    assert chosen(playing_controller) == AUTO
    del registry.entries[SMALL.id]
    worker.answer()
    downloads.removed.emit(SMALL.id)
    assert shown_message(playing_controller) == "Small was removed."
    assert not removals(playing_controller).isEnabled(), "there is nothing more to remove but Lost"


def action(menu: QMenu, words: str) -> QAction:
    return next(entry for entry in menu.actions() if entry.text() == words)


def removals(controller: AppController) -> QAction:
    """Menu item with the vocoders that can be removed."""
    return next(entry for entry in controller.vocoders.menu.actions() if entry.text() == "Remove")


def removal(controller: AppController, words: str) -> QAction:
    controller.vocoders.refresh()
    menu = removals(controller).menu()
    assert isinstance(menu, QMenu)
    return action(menu, words)


def confirmation(controller: AppController) -> ConfirmDialog:
    dialogs = [dialog for dialog in controller.window.findChildren(ConfirmDialog) if dialog.isVisible()]
    assert len(dialogs) == 1
    return dialogs[0]


# Never a test tone: back to the vocoder before


def test_a_slow_one_is_named_in_the_progress_and_escape_goes_back(
    qtbot: QtBot, playing_controller: AppController, worker: FakeRenderWorker
) -> None:
    pick(playing_controller, SMALL.id)
    worker.progressed.emit("Rendering", 0.25)
    progress = playing_controller.window.play.transport.progress
    qtbot.waitUntil(lambda: progress.stage == "Rendering with Small…", timeout=60_000)
    press(playing_controller, Qt.Key.Key_Escape)
    assert chosen(playing_controller) == AUTO
    assert playing_controller.window.play.source.vocoder.currentText() == "Auto"
    assert len(worker.restored) == 1
    assert progress.stage == ""
    assert playing_controller.window.status.work.text() == "Cancelled; the sound before is shown"
    history = playing_controller.session.history
    assert (history.canUndo(), history.canRedo()) == (False, False)


def test_escape_in_a_comparison_keeps_what_is_compared(
    playing_controller: AppController, worker: FakeRenderWorker
) -> None:
    session = playing_controller.session
    session.choose_slot("B")
    pick(playing_controller, SMALL.id)
    worker.answer()
    session.choose_slot("A")
    session.set_slider(0, 0.5)
    worker.answer()
    session.choose_slot("B")
    playing_controller.window.activateWindow()
    press(playing_controller, Qt.Key.Key_Escape)
    assert len(worker.restored) == 1
    assert (session.slot, chosen(playing_controller)) == ("B", SMALL.id)
    assert playing_controller.window.status.work.text().endswith("Play renders the new one")


def test_one_that_does_not_load_gives_a_reason_and_the_one_before_stays(
    playing_controller: AppController, worker: FakeRenderWorker
) -> None:
    playing_controller.session.set_slider(0, 0.5)
    worker.answer()
    pick(playing_controller, SMALL.id)
    worker.fail("“generator” of Small is damaged; get it again.", "")
    assert shown_message(playing_controller) == "“generator” of Small is damaged; get it again."
    assert chosen(playing_controller) == AUTO
    assert playing_controller.rendering is not None
    assert not playing_controller.rendering.busy
    playing_controller.session.history.undo()
    assert playing_controller.session.config.sliders[0] == 0, "the step before is the slider's"


def test_one_removed_during_playback_is_replaced(
    playing_controller: AppController, worker: FakeRenderWorker, registry: FakeVocoderRegistry
) -> None:
    pick(playing_controller, SMALL.id)
    worker.answer()
    del registry.entries[SMALL.id]
    playing_controller.session.set_slider(0, 0.5)
    worker.fail("“Small” is no longer on this computer.", "")
    assert chosen(playing_controller) == GRIFFIN_LIM.id
    assert worker.requests[-1].vocoder == GRIFFIN_LIM.id
    assert worker.requests[-1].config.sliders[0] == 0.5


def test_a_slider_moved_meanwhile_stays_moved(playing_controller: AppController, worker: FakeRenderWorker) -> None:
    pick(playing_controller, SMALL.id)
    playing_controller.session.set_slider(0, 0.5)
    worker.fail("It is damaged.", "")
    assert chosen(playing_controller) == AUTO
    assert playing_controller.session.config.sliders[0] == 0.5
    assert worker.requests[-1].config.sliders[0] == 0.5
    worker.answer()
    history = playing_controller.session.history
    history.undo()
    assert (chosen(playing_controller), playing_controller.session.config.sliders[0]) == (SMALL.id, 0)
    worker.fail("It is damaged.", "")
    assert chosen(playing_controller) == AUTO
    assert not history.canUndo()


def test_the_first_sound_falls_back_to_a_vocoder_without_weights(
    controller: AppController, worker: FakeRenderWorker, tiny_model_file: Path
) -> None:
    request = initial_request(Settings(model=str(tiny_model_file), vocoder=SMALL.id))
    controller.session.restore(request)
    controller.start_rendering(worker, Settings())
    assert worker.requests[-1].vocoder == SMALL.id
    worker.fail("It is damaged.", "")
    assert shown_message(controller) == "It is damaged."
    assert worker.requests[-1] == replace(request, vocoder=GRIFFIN_LIM.id)
    worker.answer()
    assert not controller.window.play.picture.is_empty


def test_a_missing_vocoder_is_reported_at_the_start(controller: AppController, tiny_model_file: Path) -> None:
    controller.session.restore(initial_request(Settings(model=str(tiny_model_file), vocoder=LARGE.id)))
    assert chosen(controller) == AUTO
    missed = "BigVGAN v2, 44.1 kHz is not on this computer; choose it in the list to get it again."
    assert shown_message(controller) == f"{missed} Auto plays instead."


def test_undo_to_a_removed_one_keeps_the_rest_of_the_step(
    playing_controller: AppController, worker: FakeRenderWorker, registry: FakeVocoderRegistry
) -> None:
    session = playing_controller.session
    pick(playing_controller, SMALL.id)
    session.set_slider(0, 0.5)
    session.set_vocoder(BUILT_IN.id)
    registry.put(SMALL, "available")
    playing_controller.vocoders.refresh()
    session.history.undo()
    assert (chosen(playing_controller), session.config.sliders[0]) == (BUILT_IN.id, 0.5)
    assert shown_message(playing_controller).endswith("Built-in plays instead.")
    session.history.undo()
    assert (chosen(playing_controller), session.config.sliders[0]) == (BUILT_IN.id, 0)
    session.history.undo()
    assert chosen(playing_controller) == AUTO
    registry.put(SMALL, "installed")
    playing_controller.vocoders.refresh()
    session.history.redo()
    assert chosen(playing_controller) == SMALL.id, "fetched again, it is where it was in the history"
