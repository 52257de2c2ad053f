"""Mixdown of the channels of a recording to mono, decided once for the whole file. numpy only.

Training and evaluation both take their signal from here. The decision uses the channels' covariance over the whole
file, after `HighPass`:

1. Channels far below the loudest one are dropped. If one is left, it is the signal.
2. If the mean of the remaining channels (mid) does not cancel, it is the signal.
3. Two channels that cancel: half their difference (side) if it is about as strong as the louder one, else the louder.
4. More channels that cancel: the mean of those in phase with the loudest one, else the loudest one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distill_app.dsp.sound import Samples

_CROSSTALK_DB = 20.0
"""Level below the loudest channel, in dB, beyond which a channel is dropped as crosstalk or input noise."""
_SILENT_DB = 40.0
"""Level below the loudest channel, in dB, beyond which a channel counts as silent."""
_MIN_MEAN_POWER = 0.7
"""Minimum power of the sum relative to uncorrelated channels: 2 for two equal ones, 1 uncorrelated, 0 opposed."""
_MIN_STEREO_DB = 50.0
"""Level below both channels, in dB, beyond which their sum or their difference does not make a stereo sound."""
_MIN_SIDE_POWER = 10 ** (-1 / 10)
_LOUDER_POWER = 10 ** (0.5 / 10)

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Mixdown:
    """Weights that mix the channels of a file to mono.

    Args:
        weights: factor of each channel.
        note: which channels were used and why, as a clause; "" for the mean of all channels.
    """

    weights: tuple[float, ...]
    note: str = ""

    @classmethod
    def mean(cls, channels: int) -> "Mixdown":
        return cls((1 / channels,) * channels)

    @property
    def used_channels(self) -> list[int]:
        """Indices of the channels with a weight other than 0."""
        return [number for number, weight in enumerate(self.weights) if weight]

    def sentence(self, name: str) -> str:
        """Note as a sentence that names the file; "" if there is no note."""
        return f"“{name}”: {self.note}." if self.note else ""

    def apply(self, samples: Samples) -> Samples:
        """Mix samples `[channels, n]` to mono `[n]`."""
        used = self.used_channels
        if len(used) == 1:
            return samples[used[0]] * np.float32(self.weights[used[0]])
        return np.asarray([self.weights[number] for number in used], np.float32) @ samples[used]


class ChannelStatistics:
    """Running covariance of the channels of a recording, in constant memory."""

    def __init__(self, channels: int) -> None:
        self._products = np.zeros((channels, channels))

    def add(self, samples: Samples) -> None:
        """Add a high-passed block `[channels, n]`."""
        self._products += samples @ samples.T

    def mixdown(self) -> Mixdown:
        """Mixdown for the blocks added so far."""
        return _choose_mixdown(self._products)

    @property
    def is_stereo(self) -> bool:
        """Whether there are two channels that both sound, and neither is the other one nor its opposite."""
        powers = self._products.diagonal()
        if len(powers) != 2 or powers.min() < powers.max() * 10 ** (-_CROSSTALK_DB / 10):
            return False
        common = 2 * abs(float(self._products[0, 1]))
        return bool(powers.sum() - common > powers.sum() * 10 ** (-_MIN_STEREO_DB / 10))


def mono_signal(samples: Samples) -> Samples:
    """Mono signal `[n]` of a sound `[channels, n]` without offset, which no channel cancels."""
    statistics = ChannelStatistics(len(samples))
    statistics.add(samples)
    return statistics.mixdown().apply(samples)


def _choose_mixdown(products: Matrix) -> Mixdown:
    powers = products.diagonal()
    count, loudest = len(powers), int(powers.argmax())
    live = [number for number in range(count) if powers[number] >= powers[loudest] * 10 ** (-_CROSSTALK_DB / 10)]
    if len(live) == 1 and count > 1:
        silent = np.delete(powers, loudest).max() <= powers[loudest] * 10 ** (-_SILENT_DB / 10)
        return _single_channel(count, loudest, _single_channel_note(count, loudest, silent))
    if _adds_up(products, live):
        note = "" if len(live) == count else f"used the {len(live)} loudest of {count} channels"
        return _mean_of_channels(count, live, note)
    return _mix_opposed_pair(products, live) if len(live) == 2 else _mix_opposed_group(products, live, loudest)


def _adds_up(products: Matrix, channels: Sequence[int]) -> bool:
    """Whether the channels' mean keeps enough of their power."""
    part = products[np.ix_(channels, channels)]
    return bool(part.sum() >= _MIN_MEAN_POWER * part.trace())


def _mix_opposed_pair(products: Matrix, pair: Sequence[int]) -> Mixdown:
    first, second = pair
    count, powers = len(products), products.diagonal()
    louder = second if powers[second] > _LOUDER_POWER * powers[first] else first
    side = (powers[first] + powers[second] - 2 * products[first, second]) / 4
    if side < _MIN_SIDE_POWER * powers[louder]:
        return _single_channel(count, louder, f"channels cancel each other: used {_channel_name(count, louder)}")
    weights = tuple(0.5 if each == first else -0.5 if each == second else 0.0 for each in range(count))
    names = f"{_channel_name(count, first)} minus {_channel_name(count, second)}"
    return Mixdown(weights, f"channels cancel each other: used {names}")


def _mix_opposed_group(products: Matrix, live: Sequence[int], loudest: int) -> Mixdown:
    count = len(products)
    in_phase = [number for number in live if products[number, loudest] >= 0]
    if len(in_phase) > 1 and _adds_up(products, in_phase):
        return _mean_of_channels(count, in_phase, f"channels cancel each other: used {len(in_phase)} of {count}")
    return _single_channel(count, loudest, f"channels cancel each other: used {_channel_name(count, loudest)}")


def _single_channel(count: int, channel: int, note: str) -> Mixdown:
    return Mixdown(tuple(float(number == channel) for number in range(count)), note)


def _mean_of_channels(count: int, channels: Sequence[int], note: str) -> Mixdown:
    return Mixdown(tuple((number in channels) / len(channels) for number in range(count)), note)


def _single_channel_note(count: int, channel: int, silent: bool) -> str:
    name = f"channel {channel + 1} of {count}" if count > 2 else f"the {_channel_name(count, channel)} channel"
    return f"only {name} holds sound: used it" if silent else f"{name} is by far the loudest: used it"


def _channel_name(count: int, channel: int) -> str:
    return ("left", "right")[channel] if count == 2 else f"channel {channel + 1}"
