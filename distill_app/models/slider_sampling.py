"""Random sounds of an instrument: near those of its corpus, so that they neither copy it nor leave its world."""

import numpy as np

from distill_app.models.axes import LatentAxes
from distill_app.models.axis import NEARNESS

SPREAD = 0.5
"""Standard deviation of the corpus in slider units: ±1 is its 2nd and 98th percentile, two deviations of a normal."""

Values = np.ndarray


def sample_sliders(axes: LatentAxes, centre: Values, random: np.random.Generator) -> Values:
    """Slider values `[axes]` of a random sound around `centre`.

    Sliders that are drawn each by itself come to places where the corpus holds nothing: loud, shrill or empty ones. So
    where the corpus is known, what is drawn goes to where it stands nearby.
    """
    values = centre + SPREAD * random.standard_normal(len(centre))
    if axes.anchors is None:
        return values
    return np.asarray(axes.towards_corpus(values.tolist())) + NEARNESS * random.standard_normal(len(centre))
