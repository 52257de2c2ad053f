"""Random slider positions near the corpus."""

import numpy as np

from distill_app.models.axes import LatentAxes
from distill_app.models.axis import NEIGHBOUR_STD, WAY_MAX

CORPUS_STD = 0.5
"""Standard deviation of the corpus in slider units: ±1 is its 2nd and 98th percentile, two deviations of a normal."""

Values = np.ndarray


def normals_per_sample(axes: LatentAxes) -> int:
    """Number of normal values that `sample_sliders` draws."""
    return len(axes.axes) * (1 if axes.anchors is None or axes.is_by_rank else 2)


def sample_sliders(axes: LatentAxes, centre: Values, random: np.random.Generator) -> Values:
    """Slider values `[axes]` of a random sound around `centre`.

    Independent values per slider often land where the corpus has nothing: loud, shrill or empty sounds. If the corpus
    is known, the values are moved towards it and varied there. By rank, they begin at a recording and go a part of the
    way to where the values lie.
    """
    values = centre + CORPUS_STD * random.standard_normal(len(centre))
    if axes.anchors is None:
        return values
    nearest = np.asarray(axes.nearest_to_corpus(values.tolist()))
    if axes.is_by_rank:
        return nearest + WAY_MAX * (values - nearest)
    return nearest + NEIGHBOUR_STD * random.standard_normal(len(centre))
