"""Measures of a system's renders at the places of one question, against the recordings of the set."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from distill_app.dsp.distances import group_delay_error
from distill_app.dsp.loudness import loudness_lufs
from distill_app.dsp.mel import to_mel
from tools.bench_sound.embeddings import Embedder
from tools.bench_sound.instrument import Instrument
from tools.bench_sound.kad import Embeddings, kernel_audio_distance
from tools.bench_sound.measures import (
    PIECE_SAMPLES,
    Samples,
    attack,
    clip_range,
    mean_spectrum,
    mel_error_db,
    novelty_db,
    piece_mel,
    repetition,
    spectrum_error_db,
    spectrum_step_db,
)
from tools.bench_sound.places import Place, asked_mel
from tools.bench_sound.systems import System
from tools.bench_sound.texture import Texture, deviations_of, nearest_distance, texture, texture_distance
from tools.vocoder_audio import RATE_HZ

Values = dict[str, float]

_REFERENCES = 160
_PIECES = 4  # of a held render
_EDGE_SAMPLES = 2_048
"""Samples at either edge that "texture inside" leaves out: files fade in and out, the recorded windows do not."""
_LIKE = 8
_MEDIANS = ("onset_ms", "rise_ms", "rise_times")


@dataclass(frozen=True)
class Column:
    """Measure in a table.

    Args:
        missing: reason for which there may be none.
    """

    id: str
    title: str
    missing: str = ""


_NO_EXCERPT = "there is no recording of that place"
_NO_HIT = "only one-shots have an attack"
COLUMNS = (
    Column("texture_distance", "texture", _NO_EXCERPT),
    Column("inner_texture_distance", "texture inside", _NO_EXCERPT),
    Column("like_texture_distance", "like texture"),
    Column("kad_aisfx_distance", "KAD aisfx", "the networks are not loaded with --quick"),
    Column("kad_musicnn_distance", "KAD musicnn", "the networks are not loaded with --quick"),
    Column("kad_distance", "KAD mean", "the networks are not loaded with --quick"),
    Column("repetition", "repetition", "the sound ends before 6 s"),
    Column("step_db", "steps dB", "the sound ends before 2 s"),
    Column("mel_error_db", "mel error dB", "held sounds have no frame that is asked for"),
    Column("spectrum_error_db", "spectrum error dB"),
    Column("group_delay", "group delay rad", _NO_EXCERPT),
    Column("novelty_db", "novelty dB"),
    Column("loudness_error_db", "loudness error LU", _NO_EXCERPT),
    Column("loudness_lufs", "LUFS"),
    Column("onset_ms", "onset ms", _NO_HIT),
    Column("rise_ms", "rise ms", _NO_HIT),
    Column("rise_times", "rise × recorded", f"{_NO_HIT}, and {_NO_EXCERPT} at random"),
    Column("crest_db", "crest dB", _NO_HIT),
)


class Judge:
    """Measures renders of one instrument.

    Args:
        embedders: networks for the kernel audio distance; none to leave it out.
    """

    def __init__(self, instrument: Instrument, embedders: Sequence[Embedder]) -> None:
        self._instrument, self._embedders = instrument, embedders
        self._references = instrument.excerpts[:: -(-len(instrument.excerpts) // _REFERENCES)]

    @cached_property
    def _textures(self) -> list[Texture]:
        return [texture(each.samples) for each in self._references]

    @cached_property
    def _spectra(self) -> Tensor:
        """Spectra of the recorded windows without their level, `[windows, bands]`."""
        lead = self._instrument.model.header.lead_frames
        return torch.stack([_spectrum_shape(each.mel[:, lead:]) for each in self._references])

    @cached_property
    def _deviations(self) -> Texture:
        return deviations_of(self._textures)

    @cached_property
    def _embeddings(self) -> list[Embeddings]:
        return [each.embed([excerpt.samples for excerpt in self._references]) for each in self._embedders]

    @torch.inference_mode()
    def measure(self, system: System, places: Sequence[Place]) -> Values:
        """Means over the places, of times medians, by the id of the column; NaN where none could be measured."""
        renders = [system.render(self._instrument, each) for each in places]
        rows = [self._measure_one(place, render) for place, render in zip(places, renders, strict=True)]
        means = {name: _centre(name, [row[name] for row in rows]) for name in rows[0]}
        return means | self._kernel_distances([piece for each in renders for piece in self._pieces(each)])

    def _measure_one(self, place: Place, render: Samples) -> Values:
        asked, mel = asked_mel(self._instrument, place), to_mel(render)
        is_held = place.samples > PIECE_SAMPLES
        known = self._instrument.known_windows
        return {
            "like_texture_distance": self._like_texture(asked, render),
            "repetition": repetition(render) if is_held else math.nan,
            "step_db": spectrum_step_db(render) if is_held else math.nan,
            "mel_error_db": math.nan if is_held else mel_error_db(asked, mel),
            "spectrum_error_db": spectrum_error_db(asked[:, : mel.shape[1]], mel),
            "novelty_db": _mean([novelty_db(piece_mel(each), known) for each in self._pieces(render)]),
            "loudness_lufs": loudness_lufs(render, RATE_HZ),
            **self._against_excerpt(place, render, is_held),
            **self._attack(place, render),
        }

    def _like_texture(self, asked: Tensor, render: Samples) -> float:
        """Distance to the nearest texture among the recorded windows whose spectra are most like the asked one.

        Among all windows, steady noise would be near to one that is noise, whatever was asked for.
        """
        distances = (self._spectra - _spectrum_shape(asked)).abs().mean(1)
        like = [self._textures[number] for number in distances.argsort()[:_LIKE].tolist()]
        textures = (texture(each) for each in self._pieces(render))
        return _mean([nearest_distance(each, like, self._deviations) for each in textures])

    def _against_excerpt(self, place: Place, render: Samples, is_held: bool) -> Values:
        """Measures against the recorded window of the place; NaN where there is none, or a held sound goes on."""
        names = ("texture_distance", "inner_texture_distance", "group_delay", "loudness_error_db")
        if place.excerpt is None or is_held:
            return dict.fromkeys(names, math.nan)
        wanted = place.excerpt.samples
        distance, inside = (
            texture_distance(texture(wanted[part]), texture(render[part]), self._deviations)
            for part in (slice(None), slice(_EDGE_SAMPLES, -_EDGE_SAMPLES))
        )
        delay = group_delay_error(torch.from_numpy(wanted), torch.from_numpy(render))
        louder = abs(loudness_lufs(render, RATE_HZ) - loudness_lufs(wanted, RATE_HZ))
        return dict(zip(names, (distance, inside, delay, louder), strict=True))

    def _attack(self, place: Place, render: Samples) -> Values:
        if not self._instrument.is_one_shots:
            return dict.fromkeys((*_MEDIANS, "crest_db"), math.nan)
        found = attack(render)
        wanted = attack(place.excerpt.samples).rise_ms if place.excerpt else math.nan
        return {**asdict(found), "rise_times": found.rise_ms / wanted if wanted else math.nan}

    def _pieces(self, render: Samples) -> list[Samples]:
        """At most four parts, evenly spaced, as long as those of the recordings that they are compared with."""
        length = len(self._references[0].samples)
        whole = np.pad(render, (0, max(0, length - len(render))))
        starts = np.linspace(0, len(whole) - length, min(_PIECES, len(whole) // length)).astype(int)
        return [whole[start : start + length] for start in starts]

    def _kernel_distances(self, pieces: Sequence[Samples]) -> Values:
        distances = {
            f"kad_{embedder.name}_distance": kernel_audio_distance(reference, embedder.embed(pieces))
            for embedder, reference in zip(self._embedders, self._embeddings, strict=True)
        }
        return {**distances, "kad_distance": _mean(list(distances.values()))}


def _spectrum_shape(mel: Tensor) -> Tensor:
    """Mean spectrum `[bands]` of a log-mel, 60 dB at most, without its level."""
    spectrum = clip_range(mean_spectrum(mel))[:, 0]
    return spectrum - spectrum.mean()


def _centre(name: str, values: Sequence[float]) -> float:
    """Mean, or of times the median: one slow swell would outweigh all attacks."""
    found = [each for each in values if not math.isnan(each)]
    return float(np.median(found)) if found and name in _MEDIANS else _mean(found)


def _mean(values: Sequence[float]) -> float:
    """Mean of the values that are numbers; NaN if there is none."""
    found = [each for each in values if not math.isnan(each)]
    return sum(found) / len(found) if found else math.nan


def mean_values(rows: Sequence[Values]) -> Values:
    """Mean of each column over the sets that have it."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: _mean([row.get(name, math.nan) for row in rows]) for name in names}


def missing_reasons(rows: Sequence[Values], columns: Sequence[Column]) -> Iterator[str]:
    """Sentences that say why some of the rows have a dash."""
    for column in columns:
        if column.missing and any(math.isnan(row.get(column.id, math.nan)) for row in rows):
            yield f"{column.title}: {column.missing}"
