"""Costs of places that are computed for all of the recordings at once are those of each place."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
import torch

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.grain.place_costs import PlaceCosts
from distill_app.grain.source import GrainSource
from distill_app.grain.targets import RANGE_NEPERS, features
from tests.grain.synthetic import synthetic_recordings


@pytest.fixture(scope="module")
def source() -> GrainSource:
    return GrainSource.of_samples(list(synthetic_recordings(5.0).values()), DISTILL_MEL)


@pytest.mark.parametrize("frame", [50, 500, 1_000])
def test_distances_are_those_between_features(source: GrainSource, frame: int) -> None:
    target = source.mel[:, frame]
    wanted = (source.features.ahead - features(target[:, None])).norm(dim=1)
    found = PlaceCosts(source).distances(target)
    np.testing.assert_allclose(found, wanted.numpy(), atol=2e-3)


def test_a_place_costs_its_difference_over_the_bands_that_are_heard(source: GrainSource) -> None:
    target, heard = source.mel[:, 400].clone(), np.arange(450, 500)
    target[100:] = target.max() - RANGE_NEPERS - 1
    others, costs = np.arange(source.frames), np.zeros(source.frames, np.float32)
    allowed, found = PlaceCosts(source).joined(heard, others, costs, target, margin=100.0)
    audible = target > target.max() - RANGE_NEPERS
    details = source.features.details[:, audible]
    wanted = 0.7 * (details - details[450:500].mean(0)).square().mean(1).sqrt()
    assert 0 < int(torch.count_nonzero(audible)) <= 100
    np.testing.assert_array_equal(allowed, others)
    np.testing.assert_allclose(found, wanted.numpy(), atol=1e-5)


def test_distances_are_kept_for_the_latest_target(source: GrainSource) -> None:
    costs = PlaceCosts(source)
    first, other = source.mel[:, 50], source.mel[:, 500]
    found = costs.distances(first)
    assert costs.distances(first.clone()) is found
    np.testing.assert_array_equal(costs.distances(other), PlaceCosts(source).distances(other))
    np.testing.assert_array_equal(costs.distances(first), found)


def test_costs_are_kept_for_as_long_as_their_source(source: GrainSource) -> None:
    copy = replace(source)
    assert PlaceCosts.of(copy) is PlaceCosts.of(copy) is not PlaceCosts.of(source)
    costs = weakref.ref(PlaceCosts.of(copy))
    del copy
    gc.collect()
    assert costs() is None
