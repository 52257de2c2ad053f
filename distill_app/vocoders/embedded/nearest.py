"""The vocoder that is measured to be nearest to recordings, for files: there sound counts, not speed. No torch."""

import math
from collections.abc import Mapping

from distill_app.vocoders.built_in import BUILT_IN, GRIFFIN_LIM
from distill_app.vocoders.embedded.quality_gate import DECIDING, QualityGate

Distances = tuple[float, ...]
"""Mean distances that decide, in the order of `DECIDING`."""

HELD_OUT: Mapping[str, Distances] = {
    BUILT_IN.id: (0.050, 0.75, 0.60, 0.54),
    GRIFFIN_LIM.id: (0.043, 0.77, 0.57, 0.52),
}
"""Distances of the vocoders that are always there, on nine recordings (`make bench-vocoder`, docs/vocoders.md)."""


def nearest_vocoder(gate: QualityGate | None) -> tuple[str, float]:
    """Id of the vocoder nearest to recordings, and how much nearer it is than the built-in one, from 0 to 1.

    Args:
        gate: measurements of the embedded vocoder, which takes part where it passed; None where there is none.
    """
    table = _of_gate(gate) if gate is not None and gate.passed else HELD_OUT
    nearest = min(table, key=lambda name: _mean(table[name]))
    return nearest, 1 - _mean(table[nearest]) / _mean(table[BUILT_IN.id])


def _of_gate(gate: QualityGate) -> Mapping[str, Distances]:
    return {name: tuple(getattr(distance, each) for each in DECIDING) for name, distance in gate.recordings.items()}


def _mean(distances: Distances) -> float:
    """Geometric mean."""
    return math.prod(distances) ** (1 / len(distances))
