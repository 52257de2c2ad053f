"""State and undo history of the Play page."""

import random
from collections.abc import Callable
from dataclasses import replace
from math import dist
from pathlib import Path

import pytest

from distill_app.common.errors import ModelFileError
from distill_app.models.model import DistillModel
from distill_app.models.model_file import save_model
from distill_app.ui.play.session import Session


@pytest.fixture
def session(tiny_model_file: Path) -> Session:
    session = Session(rng=random.Random(1))
    session.open_model(tiny_model_file)
    return session


def test_a_model_opens_with_sliders_at_zero_and_nothing_to_undo(session: Session) -> None:
    assert session.config.sliders == (0.0, 0.0)
    assert not session.history.canUndo()


def test_each_change_is_one_undo_step(session: Session) -> None:
    changes: tuple[Callable[[], None], ...] = (
        lambda: session.set_slider(1, 0.5),
        lambda: session.set_mode("crossfade"),
        lambda: session.set_seconds(2.5),
        lambda: session.set_seed(7),
        lambda: session.set_drift(0.3),
        lambda: session.randomize(1.0),
        session.centre,
        session.new_seed,
    )
    states = [session.request]
    for change in changes:
        change()
        states.append(session.request)
    assert len(set(states)) == len(changes) + 1
    for state in reversed(states[:-1]):
        session.history.undo()
        assert session.request == state
    for state in states[1:]:
        session.history.redo()
        assert session.request == state


def test_an_unchanged_value_is_no_undo_step(session: Session) -> None:
    session.set_slider(0, 0.0)
    session.set_mode("slider")
    assert not session.history.canUndo()


def test_randomize_respects_locks_and_the_amount(session: Session) -> None:
    session.set_locked(0, True)
    session.randomize(1.0)
    first, second = session.config.sliders
    assert first == 0
    assert 0 < abs(second) <= 1
    session.set_slider(1, 0.0)
    session.randomize(0.1)
    assert 0 < abs(session.config.sliders[1]) <= 0.1


def test_randomize_stays_in_range(session: Session) -> None:
    assert session.config.sliders
    for _ in range(50):
        session.randomize(1.0)
        assert all(abs(value) <= 1 for value in session.config.sliders)


def test_randomize_goes_near_a_training_sound_where_the_model_lists_them(
    session: Session, tiny_model: DistillModel, tmp_path: Path
) -> None:
    notified = replace(tiny_model, header=replace(tiny_model.header, landmarks=((-0.9, 0.8), (0.6, -0.9))))
    save_model(notified, tmp_path / "told.distillgan")
    session.open_model(tmp_path / "told.distillgan")
    places = []
    for _ in range(60):
        session.randomize(1.0)
        places.append(session.config.sliders)
    distances = [min(dist(place, mark) for mark in notified.header.landmarks) for place in places]
    assert sorted(distances)[30] < 0.45
    assert max(distances) < 0.85, "a third of the way to the other"
    assert len({place[0] > 0 for place in places}) == 2
    assert all(abs(value) <= 1 for place in places for value in place)


def test_centre_respects_locks(session: Session) -> None:
    session.set_slider(0, 0.4)
    session.set_slider(1, 0.5)
    session.set_locked(1, True)
    session.centre()
    assert session.config.sliders == (0.0, 0.5)


def test_opening_a_model_can_be_undone(
    session: Session, tiny_model: DistillModel, tmp_path: Path, tiny_model_file: Path
) -> None:
    other = tmp_path / "other.distillgan"
    save_model(tiny_model, other)
    session.set_slider(0, 0.5)
    session.open_model(other)
    assert session.request is not None
    assert session.request.model == other
    assert session.config.sliders == (0.0, 0.0)
    session.history.undo()
    assert session.request.model == tiny_model_file
    assert session.config.sliders == (0.5, 0.0)


def test_a_broken_model_changes_nothing(session: Session, tmp_path: Path) -> None:
    broken = tmp_path / "broken.distillgan"
    broken.write_bytes(b"nothing of the kind")
    before = session.request
    with pytest.raises(ModelFileError):
        session.open_model(broken)
    assert session.request == before


def test_giving_up_leaves_no_undo_step(session: Session, tiny_model: DistillModel, tmp_path: Path) -> None:
    other = tmp_path / "other.distillgan"
    save_model(tiny_model, other)
    before = session.request
    session.open_model(other)
    assert session.request is not None
    session.give_up(session.request)
    assert session.request == before
    assert not session.history.canRedo()


def test_slots_keep_two_sounds(session: Session) -> None:
    session.set_slider(0, 0.5)
    session.choose_slot("B")
    assert session.config.sliders == (0.5, 0.0)
    session.set_slider(0, -0.5)
    session.choose_slot("A")
    assert session.config.sliders == (0.5, 0.0)
    session.choose_slot("B")
    assert session.config.sliders == (-0.5, 0.0)


def test_slots_survive_undo(session: Session) -> None:
    session.choose_slot("B")
    session.set_slider(0, -0.5)
    session.choose_slot("A")
    session.history.undo()
    assert session.slot == "B"
    assert session.config.sliders == (-0.5, 0.0)


def test_restoring_fits_the_sliders_to_the_model(session: Session) -> None:
    from dataclasses import replace

    assert session.request is not None
    wide = replace(session.request, config=replace(session.config, sliders=(0.1, 0.2, 0.3)))
    session.restore(wide)
    assert session.config.sliders == (0.1, 0.2)
    session.restore(replace(wide, config=replace(session.config, sliders=())))
    assert session.config.sliders == (0.0, 0.0)
