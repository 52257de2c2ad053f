"""The tone in the session: it keeps the walk, is one undo step, and goes with the sound."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from distill_app.dsp.mel_format import MelFormat
from distill_app.generation.config import GenerationConfig, Move
from distill_app.models.header import read_header
from distill_app.models.model import DistillModel
from distill_app.models.model_file import save_model
from distill_app.tone.tone import NEUTRAL, Tone
from distill_app.ui.play.playhead import retoned
from distill_app.ui.play.session import Session
from distill_app.vocoders.embedded.vocoder import AUTO
from distill_app.workers.rendering.messages import RenderRequest

WALKED = GenerationConfig(sliders=(0.5, 0.0), start=40, moves=(Move(60, (0.0, 0.0)),), endless=True)


class At:
    """Playhead at a frame."""

    previewing = False

    def __init__(self, frame: int) -> None:
        self._frame = frame

    def next_frame(self, mel_format: MelFormat) -> int:
        return self._frame


@pytest.fixture
def session(tiny_model_file: Path) -> Session:
    session = Session(rng=random.Random(1))
    session.restore(RenderRequest(tiny_model_file, AUTO, WALKED))
    return session


def test_a_change_keeps_the_walk_and_is_one_step(session: Session) -> None:
    session.playhead = At(25)
    heard: list[RenderRequest] = []
    session.auditioned.connect(heard.append)
    for value in (0.1, 0.2, 0.3):
        session.audition_tone("air", value)
    assert [each.config for each in heard] == [replace(WALKED, tone=Tone(air=value)) for value in (0.1, 0.2, 0.3)]
    assert session.config == WALKED, "the history waits for the end"
    session.set_tone("air", 0.3)
    assert session.request == heard[-1]
    assert session.history.undoText() == "move Air (tone)"
    session.history.undo()
    assert session.config == WALKED
    assert not session.history.canUndo()


def test_the_rate_is_a_step_of_its_own(session: Session) -> None:
    session.set_tone("modulation_rate", 2.5)
    assert session.config.tone == Tone(modulation_rate=2.5)
    assert session.history.undoText() == "change modulation rate"


def test_a_slider_moved_back_is_heard_again(session: Session) -> None:
    changes: list[bool] = []
    session.audition_tone("air", 0.3)
    session.changed.connect(lambda: changes.append(True))
    session.set_tone("air", 0.0)
    assert changes == [True]
    assert not session.history.canUndo()


def test_a_moved_slider_of_the_model_keeps_the_tone(session: Session) -> None:
    session.set_tone("air", 0.3)
    session.audition_slider(0, 1.0)
    session.set_slider(0, 1.0)
    assert session.config.tone == Tone(air=0.3)


def test_another_speed_goes_on_where_the_sound_is(session: Session) -> None:
    heard: list[RenderRequest] = []
    session.auditioned.connect(heard.append)
    session.playhead = At(25)
    session.audition_tone("speed", 0.25)
    first = heard[-1].config
    assert first.path_frame(65) == WALKED.path_frame(65), "40 + 25: where the playhead is"
    session.playhead = At(60)
    session.audition_tone("speed", 0.5)
    assert heard[-1].config.path_frame(100) == first.path_frame(100) > 100
    session.set_tone("speed", 0.5)
    assert session.request == heard[-1]
    assert session.config.path_frame(110) == session.config.path_frame(100) + 20
    assert session.config.moves == WALKED.moves


def test_a_sound_with_a_length_has_another_speed_from_its_beginning(tiny_model_file: Path) -> None:
    header, ended = read_header(tiny_model_file), replace(WALKED, endless=False)
    assert retoned(ended, Tone(speed=0.5), header, At(25)).tempo_since == (40, 40)
    previewed = At(25)
    previewed.previewing = True
    assert retoned(WALKED, Tone(speed=0.5), header, previewed).tempo_since == (40, 40), "it is played anew"


def test_centre_moves_the_tone_and_randomize_does_not(session: Session) -> None:
    for control, value in (("air", 0.3), ("warmth", -0.5), ("modulation_rate", 3.0)):
        session.set_tone(control, value)
    tone = session.config.tone
    session.randomize(1.0)
    assert session.config.tone == tone
    session.set_tone_locked("warmth", True)
    session.centre()
    assert session.config.sliders == (0.0, 0.0)
    assert session.config.tone == Tone(warmth=-0.5, modulation_rate=3.0), "a rate has no centre"
    session.history.undo()
    assert session.config.tone == tone


def test_slots_and_models_keep_their_tone(session: Session, tiny_model: DistillModel, tmp_path: Path) -> None:
    first = session.request
    assert first is not None
    session.set_tone("air", 0.3)
    session.choose_slot("B")
    session.set_tone("air", -0.3)
    session.choose_slot("A")
    assert session.config.tone.air == 0.3
    other = tmp_path / "other.distillgan"
    save_model(tiny_model, other)
    session.set_tone_locked("air", True)
    session.open_model(other)
    assert (session.config.tone, session.tone_locks) == (NEUTRAL, frozenset())
    session.open_model(first.model)
    assert session.config.tone.air == 0.3
    session.open_model(first.model)
    assert session.config.tone == NEUTRAL, "opening the open model again sets its sliders to 0"
