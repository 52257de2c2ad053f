"""K-weighted level (ITU-R BS.1770-4), by the filters' response to frequency."""

import numpy as np

from tools.bench_sliders.bands import RATE_HZ, Signal, Values

# Coefficients of the recommendation, for 48 kHz: the rise by the head and the high-pass, numerator and denominator.
_TABLE_HZ = 48_000
_HEAD = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
_BLOCK, _STEP = round(0.4 * RATE_HZ), round(0.1 * RATE_HZ)
_OFFSET_DB = -0.691
_SILENCE = -70.0
_FAR_DB, _RELATIVE_GATE_DB = 50.0, 10.0  # the first is taken from the loudest block, so that a gain moves no gate


def k_level(samples: Signal) -> float:
    """Gated level of mono samples `[n]` in LUFS; -70 for silence. A sound below 0.4 s is one block."""
    weighted = k_weighted(samples)
    padded = np.pad(weighted, (0, max(0, _BLOCK - len(weighted))))
    sums = np.concatenate([[0.0], np.cumsum(np.square(padded))])
    starts = np.arange(0, len(padded) - _BLOCK + 1, _STEP)
    powers = (sums[starts + _BLOCK] - sums[starts]) / min(_BLOCK, max(len(samples), 1))
    if _level(powers.max()) <= _SILENCE:
        return _SILENCE
    loud = powers[_level(powers) > _level(powers.max()) - _FAR_DB]
    kept = loud[_level(loud) > _level(loud.mean()) - _RELATIVE_GATE_DB]
    return float(_level(kept.mean()))


def k_weighted(samples: Signal) -> Values:
    """Samples `[n]` after both filters, without their phase."""
    count = len(samples) + RATE_HZ // 4
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(count, 1 / RATE_HZ) / _TABLE_HZ)
    gain = np.abs(_response(_HEAD, turn) * _response(_HIGH_PASS, turn))
    return np.fft.irfft(np.fft.rfft(samples.astype(np.float64), count) * gain, count)[: len(samples)]


def _response(filters: tuple[tuple[float, ...], tuple[float, ...]], turn: Values) -> Values:
    over, under = (sum(factor * turn**power for power, factor in enumerate(each)) for each in filters)
    return np.asarray(over / under)


def _level(power: Values) -> Values:
    return np.asarray(_OFFSET_DB + 10 * np.log10(np.maximum(power, 1e-12)))
