"""`--at SOUND[@SECONDS]`: the place of a sound file in a model."""

from pathlib import Path
from typing import TYPE_CHECKING

from distill_app.cli.report import WrongUseError
from distill_app.common.number_parsing import parse_number

if TYPE_CHECKING:
    from torch import Tensor

    from distill_app.models.model import DistillModel


def parse_place(text: str) -> tuple[Path, float]:
    """File and seconds; what follows the last “@” is seconds only if it is a number and no file has the whole name."""
    name, at, seconds = text.rpartition("@")
    number = parse_number(seconds) if at and not Path(text).exists() else None
    if number is None:
        return Path(text), 0.0
    if number < 0:
        raise WrongUseError(f"“--at {text}” begins before the sound; give seconds from 0 up.")
    return Path(name), number


def model_at_sound(model: "DistillModel", text: str) -> "DistillModel":
    """Copy of a model that sounds like a file where its sliders are 0. Raises WrongUseError or AudioFileError."""
    from distill_app.models.placed import placed_at

    path, seconds = parse_place(text)
    return placed_at(model, model.encode(_window(model, path, seconds)[None])[0])


def _window(model: "DistillModel", path: Path, seconds: float) -> "Tensor":
    """Log-mel window `[bands, WINDOW_FRAMES]` of a file, at the level at which the model has learned."""
    import torch

    from distill_app.corpus.loudness_normalization import TARGET_LUFS
    from distill_app.corpus.mel_cache import max_block_power, mono_at_rate
    from distill_app.dsp.loudness import power_to_lufs
    from distill_app.dsp.mel import to_mel
    from distill_app.dsp.mono_file import read_mono
    from distill_app.models.window import WINDOW_FRAMES

    mel_format = model.header.mel_format
    samples = torch.cat([mono_at_rate(piece, mel_format.sample_rate) for piece in read_mono(path, 60.0)])
    begin, length = round(seconds * mel_format.sample_rate), WINDOW_FRAMES * mel_format.hop
    if begin >= len(samples):
        raise WrongUseError(f"“{path.name}” ends before {seconds:g} s.")
    if model.header.lead_frames:
        return _hit_window(samples[begin : begin + 2 * length], WINDOW_FRAMES)
    level = power_to_lufs(max_block_power(samples))
    window = torch.nn.functional.pad(samples[begin : begin + length], (0, max(0, begin + length - len(samples))))
    return to_mel(window * 10 ** ((TARGET_LUFS - level) / 20), mel_format)


def _hit_window(samples: "Tensor", frames: int) -> "Tensor":
    """Log-mel window `[bands, frames]` of the first hit in samples `[n]`."""
    import torch

    from distill_app.corpus.onset_alignment import onset_aligned_mel
    from distill_app.dsp.mel_format import DISTILL_MEL

    mel, starts = onset_aligned_mel(samples)
    window = mel[:, min(starts, default=0) :][:, :frames]
    silence = torch.tensor(DISTILL_MEL.floor).log().item()
    return torch.nn.functional.pad(window, (0, frames - window.shape[1]), value=silence)
