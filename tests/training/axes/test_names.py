"""Sliders are named after recordings at their ends, and by a number where file names say nothing."""

import torch

from distill_app.models.axes import LatentAxes
from distill_app.models.axis import Axis
from distill_app.training.axes.names import LABEL_LENGTH_MAX, clean_labels, named_axes

SIDES = torch.tensor([[-1.0, 0.0], [1.0, 0.0], [0.0, -1.0], [0.0, 1.0]])


def plain() -> LatentAxes:
    ranks = [-1.0, 0.0, 1.0]
    return LatentAxes(
        (Axis.by_rank("Character 1", ranks), Axis.by_rank("Character 2", ranks)), torch.zeros(2), torch.eye(2)
    )


def test_names_are_cleaned() -> None:
    files = ["/a/drum_Kick_01.wav", "drum_glassHit2.flac", "drum_snare-03 (final).wav", "drum_12.wav"]
    assert clean_labels(files) == ["kick", "glass hit", "snare final", ""]
    assert clean_labels(["01.wav", "", "..."]) == ["", "", ""]
    assert max(map(len, clean_labels(["x" * 300 + ".wav", "Größe.wav"]))) == LABEL_LENGTH_MAX
    assert clean_labels(["kick 1.wav", "kick 2.wav"]) == ["", ""], "all alike"


def test_a_slider_is_named_after_the_recordings_at_its_ends() -> None:
    axes = named_axes(plain(), SIDES, ["kit glass.wav", "kit kick 2.wav", "kit rain.wav", "kit bell.wav"])
    assert [axis.name for axis in axes.axes] == ["glass ↔ kick", "rain ↔ bell"]
    assert [(axis.low_end, axis.high_end) for axis in axes.axes] == [("glass", "kick"), ("rain", "bell")]


def test_no_name_is_given_twice_and_none_without_two_recordings() -> None:
    twice = torch.cat([SIDES[:2] * 3, SIDES[:2] * 3 + torch.tensor([0.0, 0.1])])
    axes = named_axes(plain(), twice, ["a glass", "kick b", "a glass", "kick b"])
    assert len({axis.name for axis in axes.axes}) == 2
    nothing = named_axes(plain(), SIDES, ["1.wav", "2.wav", "3.wav", "4.wav"])
    assert [axis.name for axis in nothing.axes] == ["Character 1", "Character 2"]
    assert [axis.low_end for axis in nothing.axes] == ["", ""]
