"""Resolves a render request, once: the loaded model, the vocoder that renders it, and the key of its result."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from distill_app.common.errors import ModelFileError, VocoderError
from distill_app.common.lru_cache import LruCache
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.texture_cache import TextureCache
from distill_app.generation.vocoder_lookup import INSTEAD
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model
from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.built_in import BUILT_IN, GRAIN
from distill_app.vocoders.embedded.vocoder import (
    AUTO,
    AUTO_IN_FILES,
    OF_MODEL,
    OWN,
    embedded_vocoder,
    read_embedded,
    resolve_vocoder_id,
)
from distill_app.vocoders.registry import get_vocoder
from distill_app.workers.rendering.messages import RenderRequest
from distill_app.workers.rendering.vocoder_cache import VocoderCache, VocoderSource, WeightsKey

_MODELS = 4

FileStamp = tuple[Path, int, int]
"""Path, time and size of a model file: trained again under the same name, it has another stamp."""
ResultKey = tuple[FileStamp, WeightsKey, RenderRequest]


@dataclass(frozen=True, eq=False)
class ResolvedRequest:
    """A request with its model loaded and its vocoder found."""

    request: RenderRequest
    model: DistillModel
    vocoder: VocoderSource
    key: ResultKey

    @property
    def live(self) -> bool:
        """Whether its vocoder keeps up with a moving slider."""
        return self.vocoder.live

    @property
    def streamed(self) -> bool:
        """Whether it is rendered while it plays: it has no end, or each of its laps is another hit."""
        return self.request.config.endless or (self.live and bool(self.model.header.lead_frames))


class RequestResolver:
    """Finds models and vocoders, and loads them. `vocoder` may be called from any thread.

    Args:
        notify: called with a sentence for the user where "auto" falls back to the built-in vocoder.
    """

    def __init__(self, vocoders: VocoderCache, notify: Callable[[str], None]) -> None:
        self._vocoders, self._notify = vocoders, notify
        self._models: LruCache[FileStamp, DistillModel] = LruCache(_MODELS)
        self._damaged: set[FileStamp] = set()
        self.textures = TextureCache()
        """For pipelines of the worker's thread."""

    def resolve(self, request: RenderRequest) -> ResolvedRequest:
        """Loads the model where it is not loaded, but not the vocoder. Raises ModelFileError or VocoderError."""
        stamp = _stamp(request.model)
        model = self._models.find(stamp) or self._models.put(stamp, load_model(request.model))
        source = self._find_vocoder(request.vocoder, model, stamp)
        return ResolvedRequest(request, model, source, (stamp, source.weights_key, request))

    def vocoder(self, sound: ResolvedRequest) -> Vocoder:
        """Loads the vocoder where it is not loaded. Raises VocoderError."""
        stamp, may_fall_back = (
            sound.key[0],
            sound.request.vocoder in (AUTO, AUTO_IN_FILES) and sound.vocoder.id in OF_MODEL,
        )
        if may_fall_back and stamp in self._damaged:
            return self._vocoders.get(self._vocoders.find(BUILT_IN.id))
        try:
            return self._vocoders.get(sound.vocoder)
        except VocoderError as error:
            if not may_fall_back:
                raise
            return self._vocoders.get(self._fall_back(stamp, error))

    def pipeline(self, sound: ResolvedRequest) -> GenerationPipeline:
        """Loads the vocoder where it is not loaded. Raises VocoderError."""
        return GenerationPipeline(sound.model, self.vocoder(sound), self.textures)

    def _find_vocoder(self, name: str, model: DistillModel, stamp: FileStamp) -> VocoderSource:
        if name not in OF_MODEL:
            return self._vocoders.find(name)
        if name in (AUTO, AUTO_IN_FILES) and stamp in self._damaged:
            return self._vocoders.find(BUILT_IN.id)
        try:
            embedded = read_embedded(model.header.vocoder)
        except VocoderError as error:
            if name == OWN:
                raise
            return self._fall_back(stamp, error)
        found = resolve_vocoder_id(name, embedded, model.header.grain is not None)
        if found == GRAIN.id:
            return VocoderSource(GRAIN.id, stamp, live=True, make=lambda compute: get_vocoder(GRAIN.id, compute, model))
        if found != OWN:
            return self._vocoders.find(found)
        return VocoderSource(
            OWN,
            stamp,
            live=embedded is not None and embedded.info.live,
            make=lambda compute: embedded_vocoder(model.header.vocoder, model.vocoder_state, compute),
        )

    def _fall_back(self, stamp: FileStamp, error: VocoderError) -> VocoderSource:
        """The built-in vocoder; notifies once for each model file."""
        self._damaged.add(stamp)
        self._notify(f"{error} {INSTEAD}")
        return self._vocoders.find(BUILT_IN.id)


def _stamp(path: Path) -> FileStamp:
    try:
        stat = path.stat()
    except OSError as error:
        raise ModelFileError(f"“{path.name}” cannot be opened: {error.strerror}.") from error
    return path, stat.st_mtime_ns, stat.st_size
