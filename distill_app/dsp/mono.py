"""Mixdown of the channels of a recording to mono, decided once for the whole file. numpy only.

Every part of the program that learns from a recording or judges it takes its signal from here. The decision rests on
the channels' covariance over the whole file, after `HighPass`:

* channels far below the loudest one are left out; where one is left, it is the signal;
* where the mean of the others (mid) does not cancel, it is the signal;
* of two that cancel: half their difference (side) where that is about as strong as the louder of them, else that one;
* of more than two that cancel: the mean of those that are not opposed to the loudest one, else that one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distill_app.dsp.sound import Samples

_LIVE_DB = 20.0
"""Level below the loudest channel, in dB, beyond which a channel is left out as crosstalk or input noise."""
_SILENT_DB = 40.0
"""Level below the loudest channel, in dB, beyond which a channel counts as silent."""
_AGREEMENT = 0.7
"""Least power of the channels' mean relative to unrelated channels: 2 for two equal ones, 1 unrelated, 0 opposed."""
_SIDE_SHARE = 10 ** (-1 / 10)
_LOUDER = 10 ** (0.5 / 10)

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Mixdown:
    """Weights with which the channels of a file are mixed to mono.

    Args:
        weights: factor of each channel.
        note: which channels were used and why, as a clause; "" where it is the mean of all.
    """

    weights: tuple[float, ...]
    note: str = ""

    @classmethod
    def mean(cls, channels: int) -> "Mixdown":
        return cls((1 / channels,) * channels)

    @property
    def used(self) -> list[int]:
        """Numbers of the channels, from 0, that are heard in it."""
        return [number for number, weight in enumerate(self.weights) if weight]

    def sentence(self, name: str) -> str:
        """The note with the name of the file; "" where there is none."""
        return f"“{name}”: {self.note}." if self.note else ""

    def apply(self, samples: Samples) -> Samples:
        """Mono `[n]` of samples `[channels, n]`."""
        used = self.used
        if len(used) == 1:
            return samples[used[0]] * np.float32(self.weights[used[0]])
        return np.asarray([self.weights[number] for number in used], np.float32) @ samples[used]


class ChannelStatistics:
    """Covariance of the channels of a recording, block by block, in constant memory."""

    def __init__(self, channels: int) -> None:
        self._products = np.zeros((channels, channels))

    def add(self, samples: Samples) -> None:
        """Another block `[channels, n]` that `HighPass` has passed."""
        self._products += samples @ samples.T

    def mixdown(self) -> Mixdown:
        """The decision for what was added so far."""
        return _decided(self._products)


def _decided(products: Matrix) -> Mixdown:
    powers = products.diagonal()
    count, loudest = len(powers), int(powers.argmax())
    live = [number for number in range(count) if powers[number] >= powers[loudest] * 10 ** (-_LIVE_DB / 10)]
    if len(live) == 1 and count > 1:
        silent = np.delete(powers, loudest).max() <= powers[loudest] * 10 ** (-_SILENT_DB / 10)
        return _one(count, loudest, _alone(count, loudest, silent))
    if _agree(products, live):
        note = "" if len(live) == count else f"used the {len(live)} loudest of {count} channels"
        return _mean_of(count, live, note)
    return _of_opposed(products, live) if len(live) == 2 else _of_most(products, live, loudest)


def _agree(products: Matrix, channels: Sequence[int]) -> bool:
    """Whether their mean cancels no more than some of what they hold."""
    part = products[np.ix_(channels, channels)]
    return bool(part.sum() >= _AGREEMENT * part.trace())


def _of_opposed(products: Matrix, pair: Sequence[int]) -> Mixdown:
    first, second = pair
    count, powers = len(products), products.diagonal()
    louder = second if powers[second] > _LOUDER * powers[first] else first
    side = (powers[first] + powers[second] - 2 * products[first, second]) / 4
    if side < _SIDE_SHARE * powers[louder]:
        return _one(count, louder, f"channels cancel each other: used {_name(count, louder)}")
    weights = tuple(0.5 if each == first else -0.5 if each == second else 0.0 for each in range(count))
    names = f"{_name(count, first)} minus {_name(count, second)}"
    return Mixdown(weights, f"channels cancel each other: used {names}")


def _of_most(products: Matrix, live: Sequence[int], loudest: int) -> Mixdown:
    count = len(products)
    beside = [number for number in live if products[number, loudest] >= 0]
    if len(beside) > 1 and _agree(products, beside):
        return _mean_of(count, beside, f"channels cancel each other: used {len(beside)} of {count}")
    return _one(count, loudest, f"channels cancel each other: used {_name(count, loudest)}")


def _one(count: int, channel: int, note: str) -> Mixdown:
    return Mixdown(tuple(float(number == channel) for number in range(count)), note)


def _mean_of(count: int, channels: Sequence[int], note: str) -> Mixdown:
    return Mixdown(tuple((number in channels) / len(channels) for number in range(count)), note)


def _alone(count: int, channel: int, silent: bool) -> str:
    name = f"channel {channel + 1} of {count}" if count > 2 else f"the {_name(count, channel)} channel"
    return f"only {name} holds sound: used it" if silent else f"{name} is by far the loudest: used it"


def _name(count: int, channel: int) -> str:
    return ("left", "right")[channel] if count == 2 else f"channel {channel + 1}"
