"""The export dialog, and exporting through it."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from distill_app.common.settings import Settings
from distill_app.generation.file_formats import format_titles
from distill_app.ui.app.controller import AppController
from distill_app.ui.play.export_controller import ExportController, free_path
from distill_app.ui.play.export_dialog import ExportDialog
from tests.ui.fakes import FakeRenderWorker

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(playing_controller: AppController, tmp_path: Path) -> ExportDialog:
    exporting = exporting_of(playing_controller)
    exporting.settings = Settings(export_folder=str(tmp_path))
    QTest.mouseClick(playing_controller.window.play.transport.export, LEFT)
    dialog = exporting.dialog
    assert dialog is not None
    assert dialog.isVisible()
    return dialog


def exporting_of(controller: AppController) -> ExportController:
    assert controller.exporting is not None
    return controller.exporting


def shown_message(controller: AppController) -> str:
    message = controller.window.toast.message
    return "" if message is None else message.sentence


def test_it_proposes_a_free_name_and_shows_the_size(dialog: ExportDialog, tmp_path: Path) -> None:
    assert (dialog.place.toolTip() or dialog.place.text()) == str(tmp_path / "Tiny.wav")
    assert dialog.facts.text() == "4.00 s · mono · 529 kB · safety limiter on"
    dialog.rate.show_data(96_000)
    dialog.bits.show_data("32f")
    assert dialog.facts.text() == "4.00 s · mono · 1.54 MB · safety limiter on"


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("bits", [16, 24, "32f"])
def test_format_and_place_reach_the_worker(
    dialog: ExportDialog,
    playing_controller: AppController,
    worker: FakeRenderWorker,
    tmp_path: Path,
    rate: int,
    bits: object,
) -> None:
    dialog.rate.show_data(rate)
    dialog.bits.show_data(bits)
    QTest.mouseClick(dialog.export, LEFT)
    asked = worker.exports[-1]
    assert (asked.wanted.rate, asked.wanted.bits, asked.overwrite) == (rate, bits, False)
    assert asked.path == tmp_path / "Tiny.wav"
    assert playing_controller.session.request is not None
    assert asked.sound == replace(playing_controller.session.request, vocoder="auto-in-files")
    kept = exporting_of(playing_controller).settings
    assert (kept.export_rate, kept.export_bits, kept.export_folder) == (rate, str(bits), str(tmp_path))


@pytest.mark.parametrize("on", [True, False])
def test_the_file_has_the_limiter_of_the_playback(
    playing_controller: AppController, worker: FakeRenderWorker, tmp_path: Path, on: bool
) -> None:
    exporting = exporting_of(playing_controller)
    exporting.settings = Settings(export_folder=str(tmp_path))
    assert playing_controller.playback is not None
    playing_controller.playback.player.limiting = on
    QTest.mouseClick(playing_controller.window.play.transport.export, LEFT)
    assert exporting.dialog is not None
    assert f"safety limiter {'on' if on else 'off'}" in exporting.dialog.facts.text()
    QTest.mouseClick(exporting.dialog.export, LEFT)
    assert worker.exports[-1].wanted.limiter == on


def test_replacing_a_file_is_announced(dialog: ExportDialog, worker: FakeRenderWorker, tmp_path: Path) -> None:
    taken = tmp_path / "taken.wav"
    taken.write_bytes(b"old")
    dialog.set_path(taken)
    assert dialog.export.text() == "Replace"
    assert "will be replaced" in dialog.message.text()
    QTest.mouseClick(dialog.export, LEFT)
    assert worker.exports[-1].overwrite


def test_another_place_can_be_chosen(
    dialog: ExportDialog, worker: FakeRenderWorker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "mine"), ""))
    QTest.mouseClick(dialog.change, LEFT)
    QTest.mouseClick(dialog.export, LEFT)
    assert worker.exports[-1].path == tmp_path / "mine.wav"


@pytest.mark.parametrize("name", ["x.aiff", "x.MP3", "x.wave"])
def test_a_name_of_another_format_becomes_a_wav_with_a_message(
    dialog: ExportDialog, worker: FakeRenderWorker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / name), ""))
    QTest.mouseClick(dialog.change, LEFT)
    assert dialog.message.text() == f"Only {format_titles()} files are written: “{name}” becomes “x.wav”."
    assert dialog.message.isVisible()
    assert (dialog.place.toolTip() or dialog.place.text()) == str(tmp_path / "x.wav")
    QTest.mouseClick(dialog.export, LEFT)
    assert worker.exports[-1].path == tmp_path / "x.wav"
    assert not worker.exports[-1].overwrite


def test_replacing_is_announced_for_a_changed_name_too(dialog: ExportDialog, tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"old")
    dialog.set_path(tmp_path / "x.mp3")
    assert "becomes “x.wav”. “x.wav” exists and will be replaced." in dialog.message.text()
    dialog.set_path(tmp_path / "take 1.5")
    assert dialog.choice().path == tmp_path / "take 1.5.wav"
    assert dialog.message.text() == ""


def test_success_is_reported_with_a_link_to_the_folder(
    dialog: ExportDialog,
    playing_controller: AppController,
    worker: FakeRenderWorker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    QTest.mouseClick(dialog.export, LEFT)
    worker.export_progressed.emit(tmp_path / "Tiny.wav", 0.5)
    assert dialog.progress.fraction == 0.5
    (tmp_path / "Tiny.wav").write_bytes(bytes(5000))
    worker.exported.emit(tmp_path / "Tiny.wav", 3)
    assert not dialog.isVisible()
    assert "Exported “Tiny.wav”, 5 kB." in shown_message(playing_controller)
    assert "3 samples were louder" in shown_message(playing_controller)
    QTest.mouseClick(playing_controller.window.toast._action, LEFT)
    assert opened == [str(tmp_path)]


def test_failure_keeps_the_dialog_and_says_why(dialog: ExportDialog, worker: FakeRenderWorker, tmp_path: Path) -> None:
    QTest.mouseClick(dialog.export, LEFT)
    assert not dialog.export.isEnabled()
    worker.export_failed.emit(tmp_path / "Tiny.wav", "There is no room on the disk.", "")
    assert dialog.isVisible()
    assert dialog.export.isEnabled()
    assert dialog.message.text() == "There is no room on the disk."


def test_escape_cancels_the_writing_first(
    dialog: ExportDialog, playing_controller: AppController, worker: FakeRenderWorker, tmp_path: Path
) -> None:
    QTest.mouseClick(dialog.export, LEFT)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert worker.cancelled_exports == [tmp_path / "Tiny.wav"]
    assert dialog.isVisible()
    worker.export_cancelled.emit(tmp_path / "Tiny.wav")
    assert not dialog.isVisible()
    assert "was cancelled" in shown_message(playing_controller)


def test_escape_closes_when_nothing_is_written(qtbot: QtBot, dialog: ExportDialog, worker: FakeRenderWorker) -> None:
    with qtbot.waitSignal(dialog.rejected, timeout=60_000):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert worker.exports == []


def test_free_names(tmp_path: Path) -> None:
    (tmp_path / "a-b.wav").touch()
    assert free_path(tmp_path, "a/b") == tmp_path / "a-b 2.wav"
    assert free_path(tmp_path, " ..") == tmp_path / "sound.wav"


def test_a_stereo_sound_can_be_exported_in_mono_and_a_mono_one_cannot_be_anything_else(
    playing_controller: AppController, worker: FakeRenderWorker, tmp_path: Path
) -> None:
    exporting, request = exporting_of(playing_controller), playing_controller.session.request
    exporting.settings = Settings(export_folder=str(tmp_path))
    assert request is not None
    exporting.open(request, "a", sustained=True, stereo=True)
    assert exporting.dialog is not None
    assert exporting.dialog.facts.text() == "4.00 s · stereo · 1.06 MB · safety limiter on"
    QTest.mouseClick(exporting.dialog.mono, LEFT, pos=exporting.dialog.mono.rect().center() / 2)
    assert exporting.dialog.facts.text() == "4.00 s · mono · 529 kB · safety limiter on"
    QTest.mouseClick(exporting.dialog.export, LEFT)
    worker.export_cancelled.emit(worker.exports[-1].path)
    exporting.open(request, "a", sustained=True, stereo=False)
    assert exporting.dialog.mono.isHidden()
    QTest.mouseClick(exporting.dialog.export, LEFT)
    assert [each.wanted.mono for each in worker.exports] == [True, False]
    assert exporting.settings.export_mono, "for the next stereo sound"
