"""The open model's file is written again by its training: sound, sliders, locks and undo steps stay."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from distill_app.generation.config import Move
from distill_app.models.axis import Axis
from distill_app.models.model import DistillModel
from distill_app.models.model_file import save_model
from distill_app.ui.play.latent_slider import LatentSlider
from distill_app.ui.play.model_renewal import ModelRenewal, turned_sliders
from distill_app.ui.play.session import Session


@pytest.fixture
def session(tiny_model_file: Path) -> Session:
    session = Session()
    session.open_model(tiny_model_file)
    return session


def refine(model: DistillModel, path: Path, turned: tuple[int, ...] = ()) -> None:
    """Writes the model with another name for each slider, and some of them turned round."""
    axes = model.axes
    for number, axis in enumerate(model.axes.axes):
        named = replace(axis, name=f"Refined {number}")
        axes = axes.with_oriented_axis(
            number, named.reversed() if number in turned else named, -1 if number in turned else 1
        )
    save_model(model.with_axes(axes), path)


def names(session: Session) -> list[str]:
    assert session.header is not None
    return [axis.name for axis in session.header.axes]


def test_sliders_locks_and_undo_steps_stay(session: Session, tiny_model: DistillModel, tiny_model_file: Path) -> None:
    session.set_slider(0, 0.4)
    session.set_slider(1, -0.8)
    session.set_locked(1, True)
    before, renewed = session.request, []
    session.model_renewed.connect(lambda: renewed.append(session.request))
    refine(tiny_model, tiny_model_file)
    ModelRenewal(session).renew(tiny_model_file)
    assert names(session) == ["Refined 0", "Refined 1"]
    assert session.request == before
    assert renewed == [before]
    assert session.locks == {1}
    session.history.undo()
    assert session.config.sliders == (0.4, 0.0)


def test_a_slider_that_is_turned_round_keeps_its_sound(
    session: Session, tiny_model: DistillModel, tiny_model_file: Path
) -> None:
    session.set_slider(0, 0.4)
    session.choose_slot("B")
    session.set_slider(0, 0.6)
    refine(tiny_model, tiny_model_file, turned=(0,))
    ModelRenewal(session).renew(tiny_model_file)
    assert session.config.sliders == (-0.6, 0.0)
    session.choose_slot("A")
    assert session.config.sliders == (-0.4, 0.0)
    for _ in range(3):
        session.history.undo()
    assert session.config.sliders == (-0.4, 0.0)


def test_earlier_moves_are_turned_with_their_slider(
    session: Session, tiny_model: DistillModel, tiny_model_file: Path
) -> None:
    assert session.request is not None
    moved = replace(session.request.config, sliders=(0.5, 0.1), moves=(Move(40, (0.3, 0.2)),))
    session.restore(replace(session.request, config=moved))
    refine(tiny_model, tiny_model_file, turned=(0,))
    ModelRenewal(session).renew(tiny_model_file)
    assert (session.config.sliders, session.config.moves[0].sliders) == ((-0.5, 0.1), (-0.3, 0.2))


def test_it_waits_until_the_slider_rests(
    qtbot: QtBot, session: Session, tiny_model: DistillModel, tiny_model_file: Path
) -> None:
    session.audition_slider(0, 0.3)
    refine(tiny_model, tiny_model_file)
    renewal = ModelRenewal(session)
    renewal.renew(tiny_model_file)
    assert names(session) == [axis.name for axis in tiny_model.axes.axes]
    session.set_slider(0, 0.3)
    qtbot.waitUntil(lambda: names(session) == ["Refined 0", "Refined 1"], timeout=60_000)
    assert session.config.sliders == (0.3, 0.0)


def test_another_model_and_an_unchanged_file_are_left_alone(
    session: Session, tiny_model: DistillModel, tiny_model_file: Path, tmp_path: Path
) -> None:
    changes: list[str] = []
    session.model_changed.connect(lambda: changes.append("model"))
    save_model(tiny_model, tmp_path / "other.distillgan")
    ModelRenewal(session).renew(tiny_model_file)
    refine(tiny_model, tiny_model_file)
    ModelRenewal(session).renew(tmp_path / "other.distillgan")
    assert changes == []


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"damaged")])
def test_a_file_that_is_gone_or_damaged_is_one_sentence(
    session: Session, tiny_model_file: Path, spoil: Callable[[Path], object]
) -> None:
    before, renewal = session.request, ModelRenewal(session)
    messages: list[str] = []
    renewal.notified.connect(lambda message: messages.append(message.sentence))
    spoil(tiny_model_file)
    renewal.renew(tiny_model_file)
    assert len(messages) == 1
    assert messages[0].endswith(".")
    assert session.request == before


def test_a_slider_that_is_not_measured_says_so_on_hover(qtbot: QtBot) -> None:
    measured, unmeasured = (LatentSlider(Axis("Air", "high_share", rho, -1.0, 0.0, 1.0)) for rho in (0.97, None))
    for slider in (measured, unmeasured):
        qtbot.addWidget(slider)
    assert "Not measured yet" not in measured.toolTip()
    assert "Not measured yet" in unmeasured.toolTip()


def test_a_slider_is_turned_round_where_its_ends_are_swapped() -> None:
    a, b = Axis("A", "", 0.9, -1.0, 0.2, 2.0), Axis("B", "", None, -3.0, 0.0, 1.0)
    assert turned_sliders([a, b], [a, b]) == frozenset()
    assert turned_sliders([a, b], [a.reversed(), b]) == {0}
    assert turned_sliders([a, b], [a, replace(b.reversed(), low=b.reversed().low + 1e-4)]) == {1}
    assert turned_sliders([a, b], [replace(a, low=-5.0), b]) == frozenset()
    even = Axis("Even", "", None, -1.0, 0.0, 1.0)
    assert turned_sliders([even], [even]) == frozenset()
