"""The worker's own: loaded models, vocoders and finished sounds. Imports torch; lives in the worker's thread."""

import threading
import time
from collections.abc import Generator
from pathlib import Path

import numpy as np
import torch

from distill_app.dsp.resample import resample
from distill_app.dsp.sound import Sound
from distill_app.dsp.spectrogram import spectrogram
from distill_app.engine.behind import run_behind
from distill_app.engine.cache import Cache
from distill_app.engine.jobs import ExportRequest, RenderRequest, RenderResult
from distill_app.engine.player import PLAYBACK_RATE
from distill_app.errors import ModelFileError
from distill_app.generation.export import ExportResult, export_wav
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.models.file import load_model
from distill_app.models.model import DistillModel
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.catalogue import LIVE_VOCODER
from distill_app.vocoders.compute import Compute

_MODELS = 4
_VOCODERS = 2
_RESULT_SECONDS = 300.0

Stamp = tuple[Path, int, int]
"""A model file as it is now: trained anew under the same name, it is another one."""


class Kitchen:
    """Makes sounds, each step of work being one step of a generator."""

    def __init__(self) -> None:
        self.compute = Compute()
        """Where and with what vocoders compute that are made from now on."""
        self._behind = threading.Lock()
        self._models: Cache[Stamp, DistillModel] = Cache(_MODELS)
        self._vocoders: Cache[tuple[str, Compute], Vocoder] = Cache(_VOCODERS)
        self._results: Cache[tuple[Stamp, RenderRequest], RenderResult] = Cache(
            _RESULT_SECONDS, lambda result: result.sound.seconds
        )

    def pipeline(self, request: RenderRequest) -> GenerationPipeline:
        """Loads what is not loaded yet. Raises ModelFileError or VocoderError."""
        return GenerationPipeline(self._model(_stamp(request.model)), self._vocoder(request.vocoder))

    def quick_pipeline(self, request: RenderRequest) -> GenerationPipeline:
        """The same with a vocoder that keeps up with the hand, if the one asked for does not."""
        pipeline = self.pipeline(request)
        if pipeline.vocoder.info.live:
            return pipeline
        return GenerationPipeline(pipeline.model, self._vocoder(LIVE_VOCODER))

    def known(self, request: RenderRequest) -> RenderResult | None:
        """What was rendered before."""
        return self._results.find((_stamp(request.model), request))

    def render(self, request: RenderRequest) -> Generator[float, None, RenderResult]:
        """Yields the fraction done; returns the sound at PLAYBACK_RATE."""
        key = (_stamp(request.model), request)
        return self._results.find(key) or self._results.put(key, (yield from self._render(request)))

    def export(self, asked: ExportRequest) -> Generator[float, None, ExportResult]:
        """The same as a file: yields the fraction done."""
        pipeline, config = self.pipeline(asked.sound), asked.sound.config
        title = pipeline.model.header.name
        blocks = pipeline.stream(config)
        job = export_wav(asked.path, blocks, pipeline.sample_rate, asked.wanted, asked.overwrite, title)
        return (yield from _fractions(job, pipeline.samples(config)))

    def _render(self, request: RenderRequest) -> Generator[float, None, RenderResult]:
        started = time.monotonic()
        pipeline = self.pipeline(request)
        job = _collected(pipeline, request)
        sound = yield from job if pipeline.vocoder.info.live else run_behind(job, self._behind)
        picture = spectrogram(sound.mono(), sound.sample_rate)
        return RenderResult(request, sound, picture, time.monotonic() - started)

    def _model(self, stamp: Stamp) -> DistillModel:
        return self._models.find(stamp) or self._models.put(stamp, load_model(stamp[0]))

    def _vocoder(self, name: str) -> Vocoder:
        key = (name, self.compute)
        return self._vocoders.find(key) or self._vocoders.put(key, get_vocoder(*key))


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


def _collected(pipeline: GenerationPipeline, request: RenderRequest) -> Generator[float, None, Sound]:
    total = pipeline.samples(request.config)
    samples = np.empty((1, total), np.float32)
    done = 0
    for block in pipeline.stream(request.config):
        samples[0, done : done + len(block)] = block
        done += len(block)
        yield done / total
    if pipeline.sample_rate == PLAYBACK_RATE:
        return Sound(samples, PLAYBACK_RATE)
    return Sound(resample(torch.from_numpy(samples), pipeline.sample_rate, PLAYBACK_RATE).numpy(), PLAYBACK_RATE)
