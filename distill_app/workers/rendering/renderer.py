"""The worker's own: loaded models, vocoders and finished sounds. Imports torch; lives in the worker's thread."""

import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np
import torch

from distill_app.audio.format import PLAYBACK_RATE
from distill_app.common.errors import ModelFileError
from distill_app.dsp.resample import resample
from distill_app.dsp.sound import Samples, Sound
from distill_app.dsp.spectrogram import spectrogram
from distill_app.generation.export import ExportResult, export_wav
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model
from distill_app.vocoders.registry import LIVE_VOCODER
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.workers.background_job import run_in_background, stream_in_background
from distill_app.workers.rendering.lru_cache import LruCache
from distill_app.workers.rendering.messages import ExportRequest, RenderRequest, RenderResult
from distill_app.workers.rendering.vocoder_cache import VocoderCache, WeightsKey
from distill_app.workers.rendering.vocoder_resolver import VocoderResolver
from distill_app.workers.rendering.vocoder_timer import VocoderTimer

_MODELS = 4
_RESULT_SECONDS = 300.0

Stamp = tuple[Path, int, int]
"""A model file as it is now: trained anew under the same name, it is another one."""
_Key = tuple[Stamp, WeightsKey, RenderRequest]


class SoundRenderer:
    """Makes sounds, each step of work being one step of a generator.

    Args:
        tell: given a sentence for the person where something goes on differently than they might think.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._behind = threading.Lock()
        self._models: LruCache[Stamp, DistillModel] = LruCache(_MODELS)
        self._vocoder_cache = VocoderCache(tell)
        self._resolver = VocoderResolver(self._vocoder_cache, tell)
        self._results: LruCache[_Key, RenderResult] = LruCache(_RESULT_SECONDS, lambda result: result.sound.seconds)

    def compute_with(self, compute: ComputeConfig) -> None:
        """From now on vocoders compute there and with that; those that were loaded for another choice are dropped."""
        self._vocoder_cache.compute = compute

    def pipeline(self, request: RenderRequest) -> GenerationPipeline:
        """Loads what is not loaded yet. Raises ModelFileError or VocoderError."""
        stamp = _stamp(request.model)
        model = self._model(stamp)
        return GenerationPipeline(model, self._resolver.get(request.vocoder, model, stamp))

    def voice(self, request: RenderRequest) -> str:
        """The id of the vocoder that makes the sound. Raises ModelFileError or VocoderError."""
        stamp = _stamp(request.model)
        return self._resolver.name(request.vocoder, self._model(stamp), stamp)

    def quick_pipeline(self, request: RenderRequest) -> GenerationPipeline:
        """The same with a vocoder that keeps up with the hand, if the one asked for does not."""
        if self._is_live(request) and not (pipeline := self.pipeline(request)).needs_mel_adapter:
            return pipeline
        return GenerationPipeline(self._model(_stamp(request.model)), self._vocoder_cache.get(LIVE_VOCODER))

    def _is_live(self, request: RenderRequest) -> bool:
        stamp = _stamp(request.model)
        return self._resolver.is_live(request.vocoder, self._model(stamp), stamp)

    def known(self, request: RenderRequest) -> RenderResult | None:
        """What was rendered before."""
        return self._results.find(self._key(request))

    def render(self, request: RenderRequest) -> Generator[float, None, RenderResult]:
        """Yields the fraction done; returns the sound at PLAYBACK_RATE."""
        key = self._key(request)
        return self._results.find(key) or self._results.put(key, (yield from self._render(request)))

    def export(self, asked: ExportRequest) -> Generator[float, None, ExportResult]:
        """The same as a file: yields the fraction done."""
        pipeline, config = self.pipeline(asked.sound), asked.sound.config
        blocks = pipeline.stream(config)
        if not pipeline.vocoder.info.live:  # a block of it takes seconds, in which the hand wants to be answered
            blocks = stream_in_background(blocks, self._behind)
        frames = round(config.seconds * asked.wanted.rate)
        job = export_wav(
            asked.path, blocks, pipeline.sample_rate, asked.wanted, asked.overwrite, asked.path.stem, frames
        )
        return (yield from _fractions(job, pipeline.samples(config)))

    def _render(self, request: RenderRequest) -> Generator[float, None, RenderResult]:
        started = time.monotonic()
        stamp = _stamp(request.model)
        job = self._sound(self._model(stamp), stamp, request)
        sound = yield from job if self._is_live(request) else run_in_background(job, self._behind)
        picture = spectrogram(sound.mono(), sound.sample_rate)
        return RenderResult(request, sound, picture, time.monotonic() - started)

    def _sound(self, model: DistillModel, stamp: Stamp, request: RenderRequest) -> Generator[float, None, Sound]:
        """Loading a vocoder that is not live may take as long as a render does: it is part of the work behind."""
        yield 0.0
        vocoder = self._resolver.get(request.vocoder, model, stamp)
        compute, watch = self._vocoder_cache.compute, VocoderTimer()
        sound = yield from _collected(GenerationPipeline(model, vocoder), request, watch)
        watch.remember(vocoder, compute, request.config.seconds)
        return sound

    def _key(self, request: RenderRequest) -> _Key:
        stamp = _stamp(request.model)
        return stamp, self._resolver.weights_key(request.vocoder, self._model(stamp), stamp), request

    def _model(self, stamp: Stamp) -> DistillModel:
        return self._models.find(stamp) or self._models.put(stamp, load_model(stamp[0]))


def _stamp(path: Path) -> Stamp:
    try:
        stat = path.stat()
    except OSError as error:
        raise ModelFileError(f"“{path.name}” cannot be opened: {error.strerror}.") from error
    return path, stat.st_mtime_ns, stat.st_size


def _fractions(job: Generator[int, None, ExportResult], total: int) -> Generator[float, None, ExportResult]:
    while True:
        try:
            done = next(job)
        except StopIteration as end:
            return end.value
        try:
            yield done / total
        except GeneratorExit:
            job.close()
            raise


def _collected(
    pipeline: GenerationPipeline, request: RenderRequest, watch: VocoderTimer
) -> Generator[float, None, Sound]:
    total = pipeline.samples(request.config)
    samples = np.empty((1, total), np.float32)
    done = 0
    for block in watch.over(pipeline.stream(request.config)):
        samples[0, done : done + len(block)] = block
        done += len(block)
        yield done / total
    return Sound(_at_playback_rate(samples, pipeline.sample_rate, request.config.seconds), PLAYBACK_RATE)


def _at_playback_rate(samples: Samples, rate: int, seconds: float) -> Samples:
    """As many samples at PLAYBACK_RATE as any vocoder gives of that length: pieces of another one fit into it."""
    if rate == PLAYBACK_RATE:
        return samples
    wanted = round(seconds * PLAYBACK_RATE)
    found = resample(torch.from_numpy(samples), rate, PLAYBACK_RATE).numpy()[:, :wanted]
    return np.pad(found, ((0, 0), (0, wanted - found.shape[1])))
