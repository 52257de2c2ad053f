"""PNG files with spectrograms of a recording and its copies, drawn by the window's widget."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from distill_app.dsp.spectrogram import DB_FLOOR, Spectrogram, spectrogram
from tools.picture_sheet import draw_sheet
from tools.vocoder_measures import RATE_HZ

_ITEMS = ("piano", "full-mix")
_TRANSIENT = "drums"
_SECONDS = 6.0
_BEFORE_SECONDS, _AFTER_SECONDS = 0.04, 0.06
_ZOOM_FFT, _ZOOM_HOP = 256, 8  # 5.8 ms every 0.2 ms
_ZOOM_LOW_HZ, _ZOOM_HIGH_HZ, _ZOOM_ROWS = 200.0, 20_000.0, 256
_WIDTH, _HEIGHT = 480, 400
Copies = Mapping[str, Mapping[str, Tensor]]


def draw_pictures(recordings: Mapping[str, Tensor], copies: Copies, folder: Path) -> None:
    """Writes `vocoders-ITEM.png` for two recordings, and for the hardest attack of the drums at high zoom."""
    for name, original in recordings.items():
        sounds = {"original": original, **{title: made[name] for title, made in copies.items()}}
        if name.endswith(_ITEMS):
            _draw({title: _overview(sound) for title, sound in sounds.items()}, folder / f"vocoders-{name}.png")
        if name.endswith(_TRANSIENT):
            place = hardest_attack(original)
            zoomed = {title: _zoom(sound, place) for title, sound in sounds.items()}
            _draw(zoomed, folder / f"vocoders-{name}-attack.png")


def hardest_attack(samples: Tensor) -> int:
    """Sample with the largest excess of power in the next 5 ms over ten times that of the 20 ms before."""
    power = torch.nn.functional.pad(samples.double().square().cumsum(0), (1, 0))
    after, before = round(0.005 * RATE_HZ), round(0.020 * RATE_HZ)
    places = torch.arange(before, len(samples) - after)
    next_power = (power[places + after] - power[places]) / after
    return int(places[(next_power - 10 * (power[places] - power[places - before]) / before).argmax()])


def _overview(samples: Tensor) -> Spectrogram:
    return spectrogram(samples[: round(_SECONDS * RATE_HZ)].numpy(), RATE_HZ, columns=_WIDTH)


def _zoom(samples: Tensor, place: int) -> Spectrogram:
    """Spectrogram from 40 ms before an attack to 60 ms after it, with a window short enough to show pre-echo."""
    before, length = (round(each * RATE_HZ) for each in (_BEFORE_SECONDS, _BEFORE_SECONDS + _AFTER_SECONDS))
    padded = torch.nn.functional.pad(samples, (before, length))[place : place + length]
    window = torch.hann_window(_ZOOM_FFT)
    spectrum = torch.stft(padded, _ZOOM_FFT, _ZOOM_HOP, window=window, return_complex=True).abs() * 2 / window.sum()
    hertz = _ZOOM_LOW_HZ * (_ZOOM_HIGH_HZ / _ZOOM_LOW_HZ) ** (torch.arange(_ZOOM_ROWS) / (_ZOOM_ROWS - 1))
    rows = spectrum[(hertz * _ZOOM_FFT / RATE_HZ).round().long()]
    levels = (20 * rows.clamp_min(1e-9).log10()).clamp(DB_FLOOR, 0).numpy().astype(np.float32)
    return Spectrogram(levels, _ZOOM_LOW_HZ, _ZOOM_HIGH_HZ, length / RATE_HZ)


def _draw(pictures: Mapping[str, Spectrogram], path: Path) -> None:
    """Draws the spectrograms side by side. Raises OSError if the file cannot be written."""
    draw_sheet(pictures, path, _WIDTH, _HEIGHT, columns=len(pictures))
