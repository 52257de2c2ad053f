"""`--tone NAME=VALUE`, and sliders of the tone by `--slider`."""

import pytest

from distill_app.cli.report import WrongUseError
from distill_app.cli.tone_args import split_sliders, tone_of
from distill_app.common.errors import SettingsError
from distill_app.models.axis import Axis
from distill_app.tone.tone import NEUTRAL, Tone

AXES = (Axis("Brightness", "centroid", 0.95, -2, 0, 1), Axis("Axis 2", "", 0.3, -1, 0, 1))


@pytest.mark.parametrize(
    ("settings", "tone"),
    [
        ([], NEUTRAL),
        (["Brightness=0.5"], Tone(brightness=0.5)),
        (["bRIGHTNESS=0,5", "air=−1"], Tone(brightness=0.5, air=-1)),
        (["brightness=0.5", "brightness=0.25"], Tone(brightness=0.25)),
        (["pitch=+7st"], Tone(pitch=7 / 12)),
        (["pitch=-12 ST"], Tone(pitch=-1)),
        (["Pitch=0.5"], Tone(pitch=0.5)),
        (["loudness=-9dB"], Tone(loudness=-0.5)),
        (["loudness=+3dB"], Tone(loudness=0.5)),
        (["speed=2x"], Tone(speed=0.5)),
        (["speed=0.25×"], Tone(speed=-1)),
    ],
)
def test_names_without_case_and_units(settings: list[str], tone: Tone) -> None:
    assert tone_of(settings, NEUTRAL.modulation_rate, one_shot=False) == tone


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("Theremin=1", "there are: Loudness, Pitch"),
        ("1=1", "there are: Loudness"),
        ("air=1.1", "“Air” goes from −1 to [+]1, so “1.1” cannot be set"),
        ("air=1st", "so “1st” cannot be set"),
        ("pitch=12.1st", "or from −12 st to 12 st"),
        ("speed=0x", "or from 0.25 × to 4 ×"),
        ("speed=-2x", "so “-2x” cannot be set"),
        ("loudness=7dB", "or from −18 dB to 6 dB"),
        ("loudness=nan", "cannot be set"),
        ("air", "--tone NAME=VALUE"),
        ("attack=1", "changes only models of one-shots"),
    ],
)
def test_what_cannot_be_set_is_refused(setting: str, sentence: str) -> None:
    with pytest.raises(WrongUseError, match=sentence):
        tone_of([setting], NEUTRAL.modulation_rate, one_shot=False)


def test_hits_have_an_attack() -> None:
    assert tone_of(["attack=1"], 2.0, one_shot=True) == Tone(attack=1, modulation_rate=2.0)
    with pytest.raises(WrongUseError, match="from 0 to"):
        tone_of(["attack=-1"], 2.0, one_shot=True)
    with pytest.raises(WrongUseError, match="only models of sustained sounds"):
        tone_of(["speed=2x"], 2.0, one_shot=True)


def test_a_rate_out_of_range_is_refused() -> None:
    with pytest.raises(SettingsError, match="15 Hz"):
        tone_of([], 16.0, one_shot=False)


def test_a_slider_of_the_model_comes_before_one_of_the_tone_of_the_same_name() -> None:
    own, tone = split_sliders(["brightness=1", "warmth=0.5", "2=1", "Theremin=1"], AXES)
    assert own == ["brightness=1", "2=1", "Theremin=1"]
    assert tone == ["warmth=0.5"]
