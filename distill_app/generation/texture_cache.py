"""The latest textures, so that a moving slider continues the walk that is heard."""

from collections.abc import Callable
from dataclasses import replace

from distill_app.common.lru_cache import LruCache
from distill_app.generation.config import GenerationConfig
from distill_app.generation.hit_texture import HitTexture, hits_of
from distill_app.generation.limited_texture import LimitedTexture
from distill_app.generation.mel_windows import MelWindows
from distill_app.generation.stretched_texture import Pace, StretchedTexture
from distill_app.generation.texture import RecordedTexture, Texture, WalkTexture
from distill_app.generation.toned_mel import hit_frames
from distill_app.generation.toned_texture import TonedTexture
from distill_app.grain.hits import Hits
from distill_app.grain.source import GrainSource
from distill_app.tone.tone import NEUTRAL, Tone

Windows = Callable[[GenerationConfig], MelWindows]
WalkKey = tuple[GrainSource, GenerationConfig]

_CAPACITY, _BEGINNINGS = 8, 4
_SOURCES_KEPT = 2


class TextureCache:
    """Textures by recordings and configuration. Belongs to one thread."""

    def __init__(self) -> None:
        self._walks: LruCache[WalkKey, WalkTexture] = LruCache(_CAPACITY)
        self._beginnings: LruCache[WalkKey, WalkTexture] = LruCache(_BEGINNINGS)
        self._hit_textures: LruCache[tuple[GrainSource, GenerationConfig], HitTexture] = LruCache(_CAPACITY)
        self._hits: LruCache[GrainSource, Hits] = LruCache(_SOURCES_KEPT)
        self._stretched: LruCache[tuple[Texture, float, Pace, bool], StretchedTexture] = LruCache(_CAPACITY)
        self._toned: LruCache[tuple[Texture, Tone, Pace, bool], TonedTexture] = LruCache(_CAPACITY)
        self._limited: LruCache[tuple[Texture, float], LimitedTexture] = LruCache(_CAPACITY)

    def toned(
        self, texture: RecordedTexture, source: GrainSource, tone: Tone, pace: Pace, exact_mel: bool
    ) -> TonedTexture:
        """Texture with a tone; `exact_mel` as of `StretchedTexture`."""
        key = texture, tone, pace, exact_mel
        known = self._toned.find(key)
        if known is not None:
            return known
        moved: Texture = texture
        if tone.pitch or not pace.is_plain:
            moved = self._moved(texture, source, tone.pitch_ratio, pace, exact_mel)
        return self._toned.put(key, TonedTexture(moved, source, tone, hit_frames(pace.is_hit)))

    def _moved(
        self, texture: RecordedTexture, source: GrainSource, ratio: float, pace: Pace, exact_mel: bool
    ) -> StretchedTexture:
        """Texture at another pitch and speed, the same whatever else the tone changes."""
        key = texture, ratio, pace, exact_mel
        known = self._stretched.find(key)
        return known or self._stretched.put(key, StretchedTexture(texture, source, pace, ratio, exact_mel))

    def limited(self, texture: Texture, source: GrainSource, ceiling: float, hits: bool) -> LimitedTexture:
        """Texture whose peaks stay below a ceiling."""
        key = texture, ceiling
        known = self._limited.find(key)
        return known or self._limited.put(key, LimitedTexture(texture, source, ceiling, hits))

    def hit(self, source: GrainSource, config: GenerationConfig, windows: Windows) -> HitTexture:
        """Texture of the hit at the configuration's start."""
        key = source, replace(_plain(config), start=config.start, moves=())
        known = self._hit_textures.find(key)
        if known is not None:
            return known
        each, hits = windows(config), self._hits.find(source) or self._hits.put(source, hits_of(source))
        return self._hit_textures.put(key, HitTexture(source, hits, config.seed, each, config.start // each.hop))

    def walk(self, source: GrainSource, config: GenerationConfig, windows: Windows) -> WalkTexture:
        """Texture of a sustained sound."""
        config = _plain(config)
        known = self._kept(config).find((source, config))
        if known is not None:
            return known
        missing = [config]
        while missing[-1].moves:
            before = missing[-1].before_last_move()
            if self._kept(before).find((source, before)) is not None:
                break
            missing.append(before)
        for each in reversed(missing):
            walk = self._kept(each).put((source, each), self._create(source, each, windows))
        return walk

    def _kept(self, config: GenerationConfig) -> LruCache[WalkKey, WalkTexture]:
        """Cache of a walk. A loop comes back to those without moves, whose beginning takes long to find."""
        return self._walks if config.moves else self._beginnings

    def _create(self, source: GrainSource, config: GenerationConfig, windows: Windows) -> WalkTexture:
        if not config.moves:
            return WalkTexture(source, config.seed, windows(config), config.drift)

        def earlier(frame: int) -> WalkTexture:
            return self.walk(source, config.until(frame), windows)

        return WalkTexture(source, config.seed, windows(config), config.drift, config.moves[-1].frame, earlier)


def _plain(config: GenerationConfig) -> GenerationConfig:
    """Configuration without what leaves the texture as it is."""
    return replace(
        config, seconds=GenerationConfig.seconds, grain=1.0, endless=False, start=0, tone=NEUTRAL, tempo_since=(0, 0)
    )
