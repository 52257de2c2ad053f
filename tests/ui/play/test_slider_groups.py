"""The groups of sliders under real mouse and key events: they fold, open, and keep pinned sliders among the first."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from distill_app.models.model import DistillModel
from distill_app.models.model_file import save_model
from distill_app.tone.tone import Tone
from distill_app.ui.app.controller import AppController
from distill_app.ui.app.slider_memory import SliderMemory
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.play.playback import Playback
from distill_app.ui.play.slider_group import SliderGroup
from distill_app.ui.play.slider_panel import SliderPanel
from distill_app.ui.play.sound_slider import SoundSlider
from distill_app.ui.play.tone_group import ToneGroup
from tests.ui.fakes import FakeRenderWorker

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(playing_controller: AppController) -> SliderPanel:
    return playing_controller.window.play.slider_panel


@pytest.fixture
def tone(panel: SliderPanel) -> ToneGroup:
    return panel.tone


def shown(group: SliderGroup) -> list[str]:
    return [slider.id for slider in group.sliders if slider.isVisible()]


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def choose(slider: SoundSlider, text: str) -> None:
    (action,) = (action for action in slider.menu().actions() if action.text() == text)
    action.trigger()


def drag(slider: SoundSlider, pixels: int) -> None:
    QTest.mousePress(slider, LEFT, pos=QPoint(100, 32))
    for step in (pixels // 2, pixels):
        QTest.mouseMove(slider, QPoint(100 + step, 32))
    QTest.mouseRelease(slider, LEFT, pos=QPoint(100 + pixels, 32))


def test_four_sliders_are_shown_at_first_and_a_button_opens_the_rest(tone: ToneGroup) -> None:
    assert shown(tone) == ["loudness", "pitch", "brightness", "warmth"]
    assert tone.more.text() == f"{len(tone.rows) - 4} more"
    QTest.mouseClick(tone.more, LEFT)
    assert shown(tone) == [slider.id for slider in tone.sliders]
    assert tone.more.text() == "Fewer"
    QTest.mouseClick(tone.more, LEFT)
    assert len(shown(tone)) == 4


def test_a_group_without_more_sliders_has_no_button(panel: SliderPanel) -> None:
    assert len(panel.character.rows) == 2
    assert not panel.character.more.isVisible()


def test_the_header_folds_by_mouse_and_key_and_tells_its_count(tone: ToneGroup, panel: SliderPanel) -> None:
    QTest.mouseClick(tone.header, LEFT)
    assert shown(tone) == []
    assert not tone.more.isVisible()
    assert shown(panel.character) != []
    assert tone._count.text() == str(len(tone.rows))
    tone.header.setFocus()
    QTest.keyClick(tone.header, Qt.Key.Key_Return)
    assert len(shown(tone)) == 4
    assert f"{len(tone.rows)} sliders" in tone.header.accessibleName()


def test_the_tab_key_goes_through_a_group_in_its_order(tone: ToneGroup, panel: SliderPanel) -> None:
    tone.more.click()
    assert tone.rate is not None
    sliders = [each for slider in tone.sliders for each in (slider, *((tone.rate,) * (slider.id == "modulation")))]
    tone.header.setFocus()
    passed = []
    for _ in range(len(sliders) + 4):
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
        passed.append(focused())
    assert passed == [tone.more, *sliders, panel.character.header, *panel.character.sliders]


def test_hidden_sliders_that_are_moved_are_counted(playing_controller: AppController, tone: ToneGroup) -> None:
    playing_controller.session.set_tone("air", 0.5)
    assert tone.more.text().endswith("more · 1 moved")
    playing_controller.session.set_tone("pitch", 0.5)
    assert tone.more.text().endswith("more · 1 moved"), "Pitch is shown"
    tone.header.click()
    assert tone._count.text() == f"{len(tone.rows)} · 2 moved"
    playing_controller.session.centre()
    assert tone._count.text() == str(len(tone.rows))


def test_a_pinned_slider_is_among_the_first(tone: ToneGroup) -> None:
    choose(tone.by_id["air"], "Pin among the first")
    assert shown(tone) == ["loudness", "pitch", "brightness", "air"]
    assert tone.by_id["air"].painter.badge == "pin"
    for control in ("motion", "roughness", "speed", "noisiness"):
        choose(tone.by_id[control], "Pin among the first")
    assert shown(tone) == ["air", "noisiness", "motion", "roughness", "speed"]
    choose(tone.by_id["air"], "Pin among the first")
    assert shown(tone) == ["noisiness", "motion", "roughness", "speed"]


def test_the_arrangement_is_remembered(
    playing_controller: AppController, panel: SliderPanel, tone: ToneGroup, tmp_path: Path
) -> None:
    panel.character.header.click()
    tone.more.click()
    choose(tone.by_id["air"], "Pin among the first")
    again = SliderPanel()
    again.show_model(playing_controller.session.header)
    SliderMemory(again, WindowSettings(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)))
    assert (again.tone.is_open, again.tone.is_folded, again.tone.pins) == (True, False, frozenset({"air"}))
    assert (again.character.is_open, again.character.is_folded) == (False, True)
    assert again.tone.by_id["air"].pinned


def test_a_damaged_memory_is_the_usual_arrangement(tmp_path: Path) -> None:
    store = QSettings(str(tmp_path / "damaged.ini"), QSettings.Format.IniFormat)
    store.setValue("sliders/tone", {"a": 1})
    store.setValue("sliders/tone-pins", [1, "", ["x"]])
    panel = SliderPanel()
    SliderMemory(panel, WindowSettings(store))
    assert (panel.tone.is_folded, panel.tone.is_open, panel.tone.pins) == (False, False, frozenset())


def test_pins_of_hits_outlast_a_model_without_them(
    playing_controller: AppController, tone: ToneGroup, one_shot_model: DistillModel, tmp_path: Path
) -> None:
    hits, textures = tmp_path / "hits.distillgan", playing_controller.session.request
    assert textures is not None
    save_model(one_shot_model, hits)
    assert "attack" not in tone.by_id
    assert "Attack, Decay: only for models of one-shots." in tone.header.toolTip()
    playing_controller.models.open(hits)
    assert "Modulation, Speed: only for models of sustained sounds." in tone.header.toolTip()
    assert tone.rate is None
    choose(tone.by_id["attack"], "Pin among the first")
    playing_controller.models.open(textures.model)
    playing_controller.models.open(hits)
    assert tone.by_id["attack"].pinned
    assert "attack" in shown(tone)


def test_a_drag_is_heard_while_it_moves_and_is_one_undo_step(
    playing_controller: AppController, tone: ToneGroup, worker: FakeRenderWorker
) -> None:
    asked, slider = len(worker.requests), tone.by_id["brightness"]
    drag(slider, 60)
    heard = [request.config.tone.brightness for request in worker.requests[asked:]]
    assert len(heard) == 2
    assert 0 < heard[0] < heard[1] == slider.current() == playing_controller.session.config.tone.brightness
    assert playing_controller.session.history.count() == 1
    playing_controller.window.undo()
    assert slider.current() == 0


def test_pitch_is_typed_and_stepped_in_semitones(playing_controller: AppController, tone: ToneGroup) -> None:
    slider, session = tone.by_id["pitch"], playing_controller.session
    slider.setFocus()
    QTest.keyClicks(slider, "+7")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert session.config.tone.pitch == pytest.approx(7 / 12, abs=1e-9)
    assert slider.scale.text(slider.current()) == "+7.0 st"
    QTest.keyClick(slider, Qt.Key.Key_Right)
    slider.finish_gesture()
    assert session.config.tone.pitch == pytest.approx(8 / 12, abs=1e-9)
    QTest.mouseDClick(slider, LEFT, pos=QPoint(100, 32))
    assert session.config.tone.pitch == 0


def test_the_rate_stands_beside_the_modulation(playing_controller: AppController, tone: ToneGroup) -> None:
    tone.more.click()
    slider, rate = tone.by_id["modulation"], tone.rate
    assert rate is not None
    assert rate.mapTo(tone, QPoint()).y() == slider.mapTo(tone, QPoint()).y()
    rate.jump(7.5)
    assert playing_controller.session.config.tone == Tone(modulation_rate=7.5)
    assert rate.scale.text(rate.current()) == "7.5 Hz"
    playing_controller.window.undo()
    assert rate.current() == 5.0


def test_a_lock_holds_a_slider_of_the_tone_when_all_are_centred(
    playing_controller: AppController, tone: ToneGroup
) -> None:
    session = playing_controller.session
    session.set_tone("brightness", 0.5)
    session.set_tone("warmth", 0.5)
    choose(tone.by_id["warmth"], "Lock")
    assert session.tone_locks == {"warmth"}
    session.centre()
    assert session.config.tone == Tone(warmth=0.5)


def test_letting_go_while_nothing_plays_is_heard_once(
    playing_controller: AppController, tone: ToneGroup, worker: FakeRenderWorker
) -> None:
    playback = playing_controller.playback
    assert isinstance(playback, Playback)
    drag(tone.by_id["brightness"], 60)
    assert not playback.playing
    worker.answer()
    assert playback.playing


def test_every_slider_of_the_tone_says_what_it_does(tone: ToneGroup) -> None:
    tips = [slider.toolTip().splitlines()[0] for slider in tone.sliders]
    assert all(tip.startswith("To the right: ") for tip in tips)
    assert len(set(tips)) == len(tips)
