"""Every control of the Preferences has its effect, and changes of devices are shown."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QWidget
from pytestqt.qtbot import QtBot

from distill_app.audio.devices import DeviceChoice
from distill_app.audio.status import PlayerStatus
from distill_app.ui.app.sound_preferences import SoundPreferences
from distill_app.ui.app.status_bar import StatusBar, facts, troubles
from distill_app.ui.dialogs.preferences import PreferencesDialog
from distill_app.ui.vocoders.preferences_page import ComputePreferences
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from tests.ui.fake_player import BUILT_IN, HEADPHONES, INTERFACE, PLAYING, FakePlayer


@pytest.fixture
def player() -> FakePlayer:
    return FakePlayer()


@pytest.fixture
def dialog(qtbot: QtBot, player: FakePlayer) -> PreferencesDialog:
    pages = {
        "Sound": SoundPreferences(player, lambda: player.status),
        "Compute": ComputePreferences(ComputeConfig(), onnx=True),
    }
    dialog = PreferencesDialog(pages, None)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


@pytest.fixture
def page(dialog: PreferencesDialog) -> SoundPreferences:
    """The page that is shown first."""
    page = dialog.findChild(SoundPreferences)
    assert isinstance(page, SoundPreferences)
    assert page.isVisible()
    return page


def entries(choice: QComboBox) -> list[str]:
    return [choice.itemText(index) for index in range(choice.count())]


def take(choice: QComboBox, words: str) -> None:
    """Selects the entry that begins with this text, as the user does."""
    index = next(index for index, text in enumerate(entries(choice)) if text.startswith(words))
    choice.setCurrentIndex(index)
    choice.activated.emit(index)


def test_it_shows_the_current_settings_and_requests_nothing(player: FakePlayer, page: SoundPreferences) -> None:
    output = page.output
    assert output.device.currentText() == "System default (Built-in Audio)"
    assert entries(output.device)[1:] == ["Built-in Audio", "Interface 8", "Headphones"]
    assert entries(output.host_api) == ["All", "ALSA", "JACK"]
    assert output.latency.currentText() == "Normal · 46 ms"
    assert output.rate.currentText() == "Automatic"
    assert page.limiter.isChecked()
    assert player.choice == DeviceChoice()


def test_every_choice_is_applied_at_once(player: FakePlayer, page: SoundPreferences) -> None:
    take(page.output.device, "Headphones")
    assert player.choice == DeviceChoice("Headphones", "JACK")
    take(page.output.latency, "Low")
    take(page.output.rate, "96 kHz")
    assert player.choice == DeviceChoice("Headphones", "JACK", 96_000, "low")
    take(page.output.device, "System default")
    take(page.output.rate, "Automatic")
    assert player.choice == DeviceChoice(None, None, None, "low")


def test_the_limiter_can_be_bypassed(player: FakePlayer, page: SoundPreferences) -> None:
    page.limiter.setFocus()
    QTest.keyClick(page.limiter, Qt.Key.Key_Space)
    assert not player.limiting
    page.limiter.click()
    assert player.limiting


def test_a_host_api_lists_its_devices_and_its_first_takes_over(player: FakePlayer, page: SoundPreferences) -> None:
    take(page.output.host_api, "JACK")
    assert entries(page.output.device)[1:] == ["Headphones"]
    assert player.choice.name == "Headphones"
    take(page.output.host_api, "All")
    assert len(entries(page.output.device)) == 4
    assert player.choice.name == "Headphones", "looking at all of them chooses none"


def test_a_missing_chosen_device_stays_chosen_and_is_named(
    qtbot: QtBot, player: FakePlayer, page: SoundPreferences
) -> None:
    take(page.output.device, "Interface 8")
    player.found = (BUILT_IN, HEADPHONES)
    player.fall_back("“Interface 8” went away; playing through “Built-in Audio”.")
    qtbot.waitUntil(lambda: page.output.device.currentText() == "Interface 8 (not connected)", timeout=60_000)
    assert "went away" in page.sentence.text()
    assert player.choice.name == "Interface 8"
    player.found = (BUILT_IN, INTERFACE)
    qtbot.waitUntil(lambda: page.output.device.currentText() == "Interface 8", timeout=60_000)


def test_without_a_device_the_message_says_what_to_do(qtbot: QtBot, player: FakePlayer, page: SoundPreferences) -> None:
    player.found, player.status = (), PlayerStatus()
    qtbot.waitUntil(lambda: not page.tone.isEnabled(), timeout=60_000)
    qtbot.waitUntil(lambda: "then press Rescan" in page.sentence.text(), timeout=60_000)
    assert not page.output.device.isEnabled()
    assert page.output.latency.isEnabled()


def test_the_test_tone_plays_and_a_device_that_does_not_open_is_reported(
    player: FakePlayer, page: SoundPreferences
) -> None:
    page.tone.click()
    assert player.tones == 1
    player.opens = False
    page.tone.click()
    assert "connect one" in page.sentence.text()


def test_rescan_lists_the_devices_again_and_reports_it(
    qtbot: QtBot, player: FakePlayer, page: SoundPreferences
) -> None:
    assert player.rescans == 1, "what is listed is not older than the dialog"
    assert page.rescan.text() == "Looking…"
    qtbot.waitUntil(lambda: page.rescan.isEnabled(), timeout=60_000)
    page.rescan.click()
    assert player.rescans == 2


def test_the_facts_are_shown(page: SoundPreferences) -> None:
    words = page.state.text()
    for fact in (
        "Built-in Audio · ALSA · 48 kHz",
        "46 ms written ahead, 12 ms in the device",
        "load 2 %",
        "C callback",
    ):
        assert fact in words


def test_keys_reach_every_control_and_escape_closes(
    qtbot: QtBot, page: SoundPreferences, dialog: PreferencesDialog
) -> None:
    qtbot.waitUntil(lambda: page.rescan.isEnabled(), timeout=60_000)
    output = page.output
    wanted: set[QWidget] = {output.device, output.host_api, output.latency, output.rate}
    wanted |= {page.tone, page.rescan, page.limiter, dialog.close_button}
    reached: set[QWidget] = set()
    for _ in range(20):
        focus = dialog.focusWidget()
        assert focus is not None
        reached.add(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert wanted <= reached
    assert all(widget.accessibleName() or page.limiter is widget for widget in wanted)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_layout_does_not_move_under_the_pointer(
    qtbot: QtBot, player: FakePlayer, page: SoundPreferences, dialog: PreferencesDialog
) -> None:
    before = [widget.geometry() for widget in (page.tone, page.limiter, dialog.close_button)]
    player.fall_back("A long sentence about a device that went away, and about what was done then. " * 2)
    page.poll()
    qtbot.wait(20)
    assert [widget.geometry() for widget in (page.tone, page.limiter, dialog.close_button)] == before


# The status bar


def test_the_status_bar_shows_facts_and_real_problems_only(qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show()
    bar.show_player(PLAYING, 0)
    assert bar.device.text() == "Built-in Audio · 48 kHz · 58 ms · load 2 %"
    assert not bar.trouble.isVisible()
    assert "46 ms written ahead, 12 ms in the device" in bar.device.toolTip()


def test_a_changing_figure_does_not_move(qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    shown = set()
    for ahead in [0.046, 0.03, 0.05, 0.046, 0.046, 0.028, 0.046, 0.047, 0.046, 0.046]:
        bar.show_player(replace(PLAYING, ring_seconds=ahead), 0)
        shown.add(bar.device.text())
    assert len(shown) <= 2


def test_a_long_name_leaves_room_for_problems(qtbot: QtBot) -> None:
    name = "Headphones of somebody with a very long name"
    line = facts(replace(PLAYING, device=name), 0.046)
    assert line.startswith("Headphones of somebody with a v…")
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show_player(replace(PLAYING, device=name, fallen_back=True, callback="Python"), 12)
    assert name in bar.device.toolTip()
    assert bar.device.sizeHint().width() + bar.trouble.sizeHint().width() < 900


def test_problems_are_shown_as_text() -> None:
    status = PlayerStatus("Box", 44_100, 0.1, 1, "Python", fallen_back=True)
    assert troubles(status, 1) == "not the chosen device · Python callback: may stumble · 1 underflow"
    assert troubles(PlayerStatus("Box", 44_100, 0.1, 3, "C"), 3) == "3 underflows"
    assert (facts(PlayerStatus(), 0.0), troubles(PlayerStatus(), 0)) == ("No sound device", "")
