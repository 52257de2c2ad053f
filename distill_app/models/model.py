"""A trained model in RAM."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from distill_app.common.errors import ModelFileError
from distill_app.grain.bank import GrainBank
from distill_app.grain.source import GrainSource
from distill_app.models.axes import LatentAxes
from distill_app.models.grain_tensors import grain_header
from distill_app.models.header import ModelHeader
from distill_app.models.loudness import limit_level, window_levels
from distill_app.models.vae import VAE
from distill_app.models.window import WINDOW_FRAMES

_NATS_MAX = 3.5
"""30 dB."""


@dataclass(frozen=True, eq=False)
class DistillModel:
    """The latent instrument: decodes latent vectors to log-mel windows of `WINDOW_FRAMES` frames.

    Args:
        header: name, formats, corpus, training record.
        vae: in evaluation mode.
        mean, std: `[bands]`, statistics of the corpus's log-mel; the VAE sees `(mel - mean) / std`.
        axes: slider directions.
        vocoder_state: tensors of the embedded vocoder, described by `header.vocoder`.
        grain: the recordings it carries, described by `header.grain`; None if there are none, or they are damaged.
    """

    header: ModelHeader
    vae: VAE
    mean: Tensor
    std: Tensor
    axes: LatentAxes
    vocoder_state: Mapping[str, Tensor] | None = None
    grain: GrainBank | None = None

    @torch.inference_mode()
    def decode(self, latents: Tensor) -> Tensor:
        """Log-mel `[n, bands, WINDOW_FRAMES]` of latents `[n, latent]`, limited to the header's ceiling."""
        mel = self.vae.decode(latents) * self.std[:, None] + self.mean[:, None]
        return limit_level(mel, self.header.mel_format, self.header.ceiling_dbfs).clamp_min(self._floor)

    @torch.inference_mode()
    def decode_at_corpus_level(self, latents: Tensor) -> Tensor:
        """Log-mel `[n, bands, WINDOW_FRAMES]` of latents `[n, latent]`, at the level of nearby corpus sounds.

        Log-mels average geometrically, so partials of one sound fall into gaps of the other: plain decoding between
        sounds is up to 15 dB too soft, and beyond them too loud.
        """
        mel, mel_format = self.decode(latents), self.header.mel_format
        wanted = [self.axes.level(latent) for latent in latents]
        known = [level for level in wanted if level is not None]
        if not known:
            return mel
        nats = (torch.stack(known) - window_levels(mel, mel_format)).clamp(-_NATS_MAX, _NATS_MAX)
        return limit_level(mel + nats[:, None, None], mel_format, self.header.ceiling_dbfs).clamp_min(self._floor)

    @torch.inference_mode()
    def encode(self, mel: Tensor) -> Tensor:
        """Posterior means `[n, latent]` of log-mels `[n, bands, WINDOW_FRAMES]`."""
        if mel.shape[-1] != WINDOW_FRAMES:
            raise ValueError(f"encodes windows of {WINDOW_FRAMES} frames")
        return self.vae.encode((mel - self.mean[:, None]) / self.std[:, None])[0]

    def reconstruct(self, mel: Tensor) -> Tensor:
        """Log-mels `[n, bands, WINDOW_FRAMES]` as the model knows them: decoded from their own latents."""
        return self.decode_at_corpus_level(self.encode(mel))

    def with_axes(self, axes: LatentAxes) -> "DistillModel":
        """Copy of the model with these sliders, also in its header."""
        return replace(self, axes=axes, header=replace(self.header, axes=axes.axes, landmarks=axes.landmarks()))

    def with_vocoder_of(self, earlier: "DistillModel") -> "DistillModel":
        """Copy of the model with the embedded vocoder of `earlier`, if that one exists and fits the mel format."""
        if earlier.vocoder_state is None or earlier.header.mel_format != self.header.mel_format:
            return self
        header = replace(self.header, vocoder=earlier.header.vocoder)
        return replace(self, header=header, vocoder_state=earlier.vocoder_state)

    def with_grain(self, grain: GrainBank | None) -> "DistillModel":
        """Copy of the model that carries these recordings, or none."""
        values = None if grain is None else grain_header(grain).to_values()
        return replace(self, grain=grain, header=self.header.with_grain(values))

    @property
    def grain_source(self) -> GrainSource | None:
        """Decoded recordings; None if the model carries none. Raises ModelFileError if they cannot be used."""
        if isinstance(self._decoded_grain, ModelFileError):
            raise self._decoded_grain.with_traceback(None)
        return self._decoded_grain

    @cached_property
    def _decoded_grain(self) -> GrainSource | ModelFileError | None:
        """Recordings, or why they cannot be used: each preview asks, and decoding takes half a second."""
        if self.grain is None and self.header.grain is None:
            return None
        try:
            if self.grain is None:
                raise ValueError("a description that does not fit")
            mute = replace(self, grain=None, vocoder_state=None)  # no cycle, which would keep both in memory for longer
            return GrainSource.of(self.grain, self.header.mel_format, mute.reconstruct)
        except (ValueError, RuntimeError) as error:
            return ModelFileError(
                f"The recordings that “{self.header.name}” carries are damaged ({error}); it plays without them."
            )

    @property
    def _floor(self) -> float:
        return torch.tensor(self.header.mel_format.floor).log().item()
