"""Sliders are named after the descriptors that they clearly change, each once."""

import numpy as np

from distill_app.dsp.descriptors import DESCRIPTORS
from distill_app.training.axes.analysis import SWEEP_POINTS, Sweep
from tools.bench_sliders.measured_names import assign_names

UP = np.linspace(0, 1, SWEEP_POINTS)


def flat_sweep(**moves: np.ndarray) -> Sweep:
    """Nothing moves but the descriptors named."""
    values = np.tile([0.5] * len(DESCRIPTORS), (SWEEP_POINTS, 1))
    for number, each in enumerate(DESCRIPTORS):
        values[:, number] = moves.get(each.id, values[:, number])
    return Sweep(values)


def test_names_are_given_once_to_the_axis_that_moves_them_most() -> None:
    sweeps = [
        flat_sweep(loudness=-30 + 10 * UP),
        flat_sweep(loudness=-30 + 20 * UP),
        flat_sweep(centroid=500 + 900 * UP),
    ]
    names = {axis: DESCRIPTORS[number].id for axis, number in assign_names(sweeps).items()}
    assert names == {1: "loudness", 2: "centroid"}


def test_what_is_inaudible_or_not_monotone_gives_no_name() -> None:
    assert assign_names([flat_sweep(loudness=-30 + 0.5 * UP)]) == {}
    zigzag = np.where(np.arange(SWEEP_POINTS) % 2, -30.0, -10.0) + UP
    assert assign_names([flat_sweep(loudness=zigzag)]) == {}
