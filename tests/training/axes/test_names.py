"""Sliders are named after recordings at their ends, and by a number where file names say nothing."""

from collections.abc import Sequence

import torch
from torch import Tensor

from distill_app.models.axes import LatentAxes
from distill_app.models.axis import Axis
from distill_app.training.axes.names import LABEL_LENGTH_MAX, clean_labels, named_axes

SIDES = torch.tensor([[-1.0, 0.0], [1.0, 0.0], [0.0, -1.0], [0.0, 1.0]])


def plain() -> LatentAxes:
    ranks = [-1.0, 0.0, 1.0]
    return LatentAxes(
        (Axis.by_rank("Character 1", ranks), Axis.by_rank("Character 2", ranks)), torch.zeros(2), torch.eye(2)
    )


def named(sounds: Tensor, files: Sequence[str]) -> list[Axis]:
    """Axes whose ends are one unit from rest."""
    return list(named_axes(plain(), sounds, SIDES.reshape(2, 2, 2), files).axes)


def test_names_are_cleaned() -> None:
    files = ["/a/drum_Kick_01.wav", "drum_glassHit2.flac", "drum_snare-03 (final).wav", "drum_12.wav"]
    assert clean_labels(files) == ["kick", "glass hit", "snare final", ""]
    assert clean_labels(["01.wav", "", "..."]) == ["", "", ""]
    assert max(map(len, clean_labels(["x" * 300 + ".wav", "Größe.wav"]))) == LABEL_LENGTH_MAX
    assert clean_labels(["kick 1.wav", "kick 2.wav"]) == ["", ""], "all alike"


def test_the_word_of_a_group_is_left_out_where_others_remain() -> None:
    files = ["tabla_ke.wav", "tabla_na.wav", "perc_bell.wav", "perc_door.wav", "rain.wav", "tabla.wav", "tabla_ke2.wav"]
    assert clean_labels(files) == ["ke", "na", "perc bell", "perc door", "rain", "tabla", "ke"]


def test_an_end_is_named_after_what_it_goes_to_not_after_the_nearest_which_is_heard_at_rest() -> None:
    latents = torch.cat([SIDES * 3, torch.zeros(1, 2)])
    files = ["glass.wav", "kick.wav", "rain.wav", "bell.wav", "rest.wav"]
    assert [axis.name for axis in named(latents, files)] == ["glass ↔ kick", "rain ↔ bell"]


def test_a_pair_is_not_given_turned_round_nor_where_the_first_recording_says_nothing() -> None:
    turned = named(SIDES, ["glass.wav", "kick.wav", "kick.wav", "glass.wav"])
    assert [axis.name for axis in turned] == ["glass ↔ kick", "Character 2"]
    silent = named(SIDES, ["1.wav", "kick.wav", "rain.wav", "bell.wav"])
    assert [axis.name for axis in silent] == ["Character 1", "rain ↔ bell"]
    second = torch.cat([SIDES, torch.tensor([[-0.9, 0.0]])])
    silent = named(second, ["1.wav", "kick.wav", "rain.wav", "bell.wav", "snare.wav"])
    assert silent[0].name == "Character 1", "not after the second"


def test_a_slider_is_named_after_the_recordings_at_its_ends() -> None:
    axes = named(SIDES, ["kit glass.wav", "kit kick 2.wav", "kit rain.wav", "kit bell.wav"])
    assert [axis.name for axis in axes] == ["glass ↔ kick", "rain ↔ bell"]
    assert [(axis.low_end, axis.high_end) for axis in axes] == [("glass", "kick"), ("rain", "bell")]


def test_no_name_is_given_twice_and_none_without_two_recordings() -> None:
    twice = torch.cat([SIDES[:2] * 3, SIDES[:2] * 3 + torch.tensor([0.0, 0.1])])
    axes = named(twice, ["a glass", "kick b", "a glass", "kick b"])
    assert len({axis.name for axis in axes}) == 2
    nothing = named(SIDES, ["1.wav", "2.wav", "3.wav", "4.wav"])
    assert [axis.name for axis in nothing] == ["Character 1", "Character 2"]
    assert [axis.low_end for axis in nothing] == ["", ""]
