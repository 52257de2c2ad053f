"""Layout of the window at every size that a screen allows."""

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from distill_app.common.paths import STARTER_MODEL
from distill_app.ui.app.controller import AppController
from distill_app.ui.app.pages import left_column_width
from distill_app.ui.common.screen_fit import fit_rect

SMALL = QRect(0, 0, 960, 540)


@pytest.fixture
def starter(controller: AppController) -> AppController:
    """Controller with the eight sliders of the starter model."""
    controller.models.open(STARTER_MODEL)
    QApplication.processEvents()  # the window has been fitted to the screen of the tests
    return controller


def resize(controller: AppController, width: int, height: int) -> None:
    controller.window.resize(width, height)
    for _ in range(3):
        QApplication.processEvents()
    assert controller.window.size() == QSize(width, height)


def is_wholly_seen(widget: QWidget, within: QWidget) -> bool:
    """Whether a widget lies within `within` at no less than its minimum size."""
    place = QRect(widget.mapTo(within, widget.rect().topLeft()), widget.size())
    least = widget.minimumSizeHint().boundedTo(widget.maximumSize())
    return within.rect().contains(place) and place.width() >= least.width() and place.height() >= least.height()


def seen_sliders(controller: AppController) -> tuple[int, int]:
    """Number of sliders of the tone and of the character that are wholly seen."""
    panel = controller.window.play.slider_panel
    tone, character = (
        sum(slider.isVisible() and is_wholly_seen(slider, panel._area.viewport()) for slider in group.sliders)
        for group in panel.groups
    )
    return tone, character


def test_four_sliders_of_each_group_show_at_the_usual_size(starter: AppController) -> None:
    for height in range(720, 860, 20):
        resize(starter, 1200, height)
        assert seen_sliders(starter) == (4, 4)
        assert not starter.window.play.slider_panel._area.verticalScrollBar().isVisible()


def test_a_small_window_shows_the_first_group_and_the_source_without_its_titles(starter: AppController) -> None:
    resize(starter, 960, 540)
    assert seen_sliders(starter)[0] == 4
    assert is_wholly_seen(starter.window.play.slider_panel.character.header, starter.window)
    source = starter.window.play.source
    assert not any(title.isVisible() for title in source.titles)
    assert is_wholly_seen(source.vocoder, starter.window)
    resize(starter, 960, 800)
    assert all(title.isVisible() for title in source.titles)


@pytest.mark.parametrize("size", [(928, 440), (960, 540), (1280, 800), (1920, 1080)])
def test_the_controls_are_within_every_window(starter: AppController, size: tuple[int, int]) -> None:
    transport, picture = starter.window.play.transport, starter.window.play.picture
    transport.grain.show()
    resize(starter, *size)
    making = [transport.mode, transport.seconds, transport.drift, transport.grain, transport.seed, transport.new_seed]
    playing = [
        transport.play,
        transport.loop,
        transport.endless,
        transport.time,
        transport.volume.mute,
        transport.volume.fader,
    ]
    for widget in [*playing, transport.export, *making, picture.handle, starter.window.status]:
        assert is_wholly_seen(widget, starter.window), widget


def test_the_window_can_be_as_small_as_a_small_screen_with_its_bars(controller: AppController) -> None:
    least = controller.window.minimumSize().expandedTo(controller.window.minimumSizeHint())
    controller.window.pages.show_page("train")
    least = least.expandedTo(controller.window.minimumSizeHint())
    assert least.width() <= 956
    assert least.height() <= 470


def test_the_left_column_takes_its_share_of_a_wide_window(starter: AppController) -> None:
    widths = []
    for width in (1000, 1500, 1920):
        resize(starter, width, 720)
        assert starter.window.play.slider_panel.width() == left_column_width(width)
        widths.append(starter.window.play.slider_panel.sliders[0].width())
    assert [left_column_width(width) for width in (1000, 1500, 1920)] == [320, 390, 440]
    assert widths == sorted(set(widths)), "the sliders grow with it"


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (QRect(100, 100, 800, 400), QRect(100, 100, 800, 400)),
        (QRect(0, 0, 1200, 720), QRect(0, 0, 960, 540)),
        (QRect(1500, 900, 800, 400), QRect(160, 140, 800, 400)),
        (QRect(-300, -50, 800, 400), QRect(0, 0, 800, 400)),
    ],
)
def test_a_window_lies_within_the_screen_that_is_there(window: QRect, expected: QRect) -> None:
    assert fit_rect(window, SMALL) == expected


def test_the_window_of_a_larger_screen_comes_back_onto_this_one(qtbot: QtBot, controller: AppController) -> None:
    usable = controller.window.screen().availableGeometry()
    controller.window.setGeometry(usable.right() - 200, usable.bottom() - 100, 2 * usable.width(), 2 * usable.height())
    far = controller.window.saveGeometry()
    controller.window.restore(far)
    qtbot.waitUntil(lambda: controller.window.frameGeometry().height() <= usable.height(), timeout=60_000)
    least = controller.window.minimumSize().width()  # which the screen of the tests is narrower than
    assert controller.window.geometry().width() == max(least, usable.width() - 4)
    assert usable.contains(controller.window.geometry().topLeft())
