"""Sliders of a trained network: found, given anchors, and named after recordings."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import avg_pool1d

from distill_app.corpus.corpus import Corpus
from distill_app.corpus.mel_sources import evenly_spaced_positions
from distill_app.models.loudness import window_levels
from distill_app.models.model import DistillModel
from distill_app.models.window import WINDOW_FRAMES
from distill_app.training.axes.alignment import align_components
from distill_app.training.axes.character import character_components, ranked_axes, with_anchors
from distill_app.training.axes.names import named_axes
from distill_app.training.axes.tone_directions import tone_directions

_ENCODE_BATCH = 64
_POOLED_FRAMES = 16
_UNKNOWN = -1


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of a corpus with the recordings they are from.

    Args:
        mels: `[n, bands, WINDOW_FRAMES]`.
        recordings: `[n]`, places in `names`; -1 of windows that represent recordings not present.
        names: file names of the recordings.
    """

    mels: Tensor
    recordings: Tensor
    names: Sequence[str] = ()

    @classmethod
    def of(cls, corpus: Corpus, hop: int, most: int, replayed: Tensor | None = None) -> "Windows":
        """Evenly spaced windows, at most `most`, and after these `replayed` ones `[n, bands, WINDOW_FRAMES]`."""
        slices = [
            (number, part)
            for number, file in enumerate(corpus.files)
            for part in file.slices(0, file.mel.frames, corpus.floor)
        ]
        places = evenly_spaced_positions([part for _, part in slices], hop, most)
        mels = torch.stack([slices[place][1].read(start, start + WINDOW_FRAMES) for place, start in places])
        recordings = torch.tensor([slices[place][0] for place, _ in places])
        if replayed is not None:
            mels = torch.cat([mels, replayed])
            recordings = torch.cat([recordings, torch.full((len(replayed),), _UNKNOWN)])
        return cls(mels, recordings, [file.name for file in corpus.files])


@torch.inference_mode()
def with_found_axes(
    model: DistillModel, windows: Windows, before: DistillModel | None = None
) -> tuple[DistillModel, list[float]]:
    """Model with the sliders in which the windows differ, and the share of their variance that each explains.

    Args:
        before: base model, whose sliders are found again where they can be.
    """
    batches = torch.split(windows.mels, _ENCODE_BATCH)
    latents = torch.cat([model.encode(batch) for batch in batches])
    sounds = avg_pool1d(windows.mels, _POOLED_FRAMES).flatten(1)
    components = character_components(latents, sounds, tone_directions(model, windows.mels))
    if before is not None:
        components = align_components(components, latents, model, before)
    levels = torch.cat([window_levels(batch, model.header.mel_format) for batch in batches])
    axes = with_anchors(ranked_axes(latents, components, levels), latents, levels, windows.recordings)
    axes = named_axes(
        axes,
        sounds,
        _ends(model.with_axes(axes)),
        [windows.names[n] if n >= 0 else "" for n in windows.recordings.tolist()],
    )
    return model.with_axes(axes), [round(share, 4) for share in components.explained_variance.tolist()]


def _ends(model: DistillModel) -> Tensor:
    """Pooled log-mels `[axes, 2, features]` at the ends of each slider, the others at rest."""
    count = len(model.axes.axes)
    places = [[*[0.0] * number, end] for number in range(count) for end in (-1.0, 1.0)]
    mels = model.decode_at_corpus_level(torch.stack([model.axes.to_latent(place) for place in places]))
    return avg_pool1d(mels, _POOLED_FRAMES).flatten(1).reshape(count, 2, -1)
