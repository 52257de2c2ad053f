"""Random phrases are valid MIDI and end in time."""

from collections.abc import Callable

import numpy as np
import pytest

from tools.vocoder_audio.midi import DRUM_CHANNEL, Score
from tools.vocoder_audio.phrases import drum_phrase, ensemble_phrase, instrument_phrase

SECONDS = 12.0
PHRASES = (instrument_phrase, ensemble_phrase, drum_phrase)


@pytest.mark.parametrize("phrase", PHRASES)
def test_every_note_is_valid_midi(phrase: Callable[[np.random.Generator, float], Score]) -> None:
    for seed in range(60):
        score = phrase(np.random.default_rng(seed), SECONDS)
        assert score.notes
        assert set(score.programs) >= {note.channel for note in score.notes}
        for note in score.notes:
            assert 0 <= note.pitch <= 127
            assert 1 <= note.velocity <= 127
            assert 0 <= note.start_seconds < SECONDS
            assert note.seconds > 0
        assert all(abs(bend.cents) <= 200 for bend in score.bends)


def test_only_drums_use_the_drum_channel() -> None:
    score = drum_phrase(np.random.default_rng(0), SECONDS)
    assert {note.channel for note in score.notes} == {DRUM_CHANNEL}
    assert all(35 <= note.pitch <= 81 for note in score.notes)


def test_phrases_cover_programs_pitches_and_velocities() -> None:
    scores = [instrument_phrase(np.random.default_rng(seed), SECONDS) for seed in range(600)]
    assert len({score.programs[0] for score in scores}) > 110
    pitches = [note.pitch for score in scores for note in score.notes]
    velocities = [note.velocity for score in scores for note in score.notes]
    assert min(pitches) < 30
    assert max(pitches) > 95
    assert np.ptp(velocities) > 100


def test_seed_determines_the_phrase() -> None:
    first, again, other = (ensemble_phrase(np.random.default_rng(seed), SECONDS) for seed in (4, 4, 5))
    assert first == again
    assert first != other
