"""The latest textures, so that a moving slider continues the walk that is heard."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from torch import Tensor

from distill_app.common.lru_cache import LruCache
from distill_app.generation.config import GenerationConfig
from distill_app.generation.texture import HitTexture, Texture, WalkTexture
from distill_app.grain.source import GrainSource

Windows = Callable[[GenerationConfig], tuple[Iterator[Tensor], int]]
"""Endless log-mel windows of a configuration, and the frames from one to the next."""

_CAPACITY = 8


class TextureCache:
    """Textures by recordings and configuration. Belongs to one thread."""

    def __init__(self) -> None:
        self._textures: LruCache[tuple[GrainSource, GenerationConfig], Texture] = LruCache(_CAPACITY)

    def texture(self, source: GrainSource, config: GenerationConfig, windows: Windows, one_shots: bool) -> Texture:
        """Texture of a configuration.

        Args:
            one_shots: whether the model's windows are hits.
        """
        key = source, replace(config, seconds=GenerationConfig.seconds, grain=1.0, endless=False, start=0)
        return self._textures.find(key) or self._textures.put(key, self._create(*key, windows, one_shots))

    def _create(self, source: GrainSource, config: GenerationConfig, windows: Windows, one_shots: bool) -> Texture:
        if one_shots and source.onsets:
            return HitTexture(source, config.seed, *windows(config))
        path = None
        if config.moves:
            before = self.texture(source, config.before_last_move(), windows, one_shots)
            path = before.path(config.moves[-1].frame) if isinstance(before, WalkTexture) else None
        return WalkTexture(source, config.seed, *windows(config), path)
