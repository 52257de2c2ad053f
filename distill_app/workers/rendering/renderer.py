"""Renders and exports sounds, and keeps the latest results. Imports torch; lives in the worker's thread."""

import threading
import time
from collections.abc import Callable, Generator

import numpy as np
import torch

from distill_app.audio.format import PLAYBACK_RATE
from distill_app.common.errors import VocoderError
from distill_app.common.generators import map_steps
from distill_app.common.lru_cache import LruCache
from distill_app.dsp.mono import mono_signal
from distill_app.dsp.resample import resample
from distill_app.dsp.sound import Samples, Sound
from distill_app.dsp.spectrogram import spectrogram_steps
from distill_app.generation.config import GenerationConfig
from distill_app.generation.export import ExportResult, export_sound
from distill_app.generation.loop_render import close_loop, loop_blocks
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.texture_cache import TextureCache
from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.network_vocoder import NetworkVocoder
from distill_app.vocoders.registry import LIVE_VOCODER
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.vocoders.runtime.devices import CPU, choose_device
from distill_app.workers.background_job import run_in_background, stream_in_background
from distill_app.workers.rendering.messages import ExportRequest, RenderRequest, RenderResult
from distill_app.workers.rendering.resolver import RequestResolver, ResolvedRequest, ResultKey
from distill_app.workers.rendering.vocoder_cache import VocoderCache
from distill_app.workers.rendering.vocoder_speeds import VocoderTimer

_RESULT_SECONDS = 300.0


class SoundRenderer:
    """Renders resolved requests; each step of a returned generator is one short piece of work.

    Args:
        notify: called with a sentence for the user where a fallback is used.
        speed_measured: called where the saved speed of a vocoder has changed.
    """

    def __init__(self, notify: Callable[[str], None], speed_measured: Callable[[], None]) -> None:
        self._speed_measured = speed_measured
        self._background = threading.Lock()
        self._vocoders = VocoderCache(notify)
        self._resolver = RequestResolver(self._vocoders, notify)
        self._results: LruCache[ResultKey, RenderResult] = LruCache(_RESULT_SECONDS, _seconds)

    def compute_with(self, compute: ComputeConfig) -> None:
        """Sets the device and runtime of vocoders; those loaded for others are dropped."""
        self._vocoders.compute = compute

    def resolve(self, request: RenderRequest) -> ResolvedRequest:
        """Raises ModelFileError or VocoderError."""
        return self._resolver.resolve(request)

    def pipeline(self, sound: ResolvedRequest) -> GenerationPipeline:
        """Loads the vocoder where it is not loaded. Raises VocoderError."""
        return self._resolver.pipeline(sound)

    def preview_pipeline(self, sound: ResolvedRequest) -> tuple[GenerationPipeline, bool]:
        """Pipeline that keeps up with a moving slider, and whether it has the request's own vocoder.

        Raises VocoderError where the sound is endless and no vocoder that keeps up reads the model's mel format.
        """
        if sound.live and _can_preview(pipeline := self.pipeline(sound)):
            return pipeline, True
        vocoder = self._vocoders.get(self._vocoders.find(LIVE_VOCODER))
        pipeline = GenerationPipeline(sound.model, vocoder, self._resolver.textures)
        if sound.request.config.endless and not _can_preview(pipeline):
            raise VocoderError("This model cannot play on without an end: no live vocoder reads it. Choose a length.")
        return pipeline, False

    def cached(self, sound: ResolvedRequest) -> RenderResult | None:
        """Result of an earlier render."""
        return self._results.find(sound.key)

    def render(self, sound: ResolvedRequest) -> Generator[float, None, RenderResult]:
        """Yields the fraction done; returns the sound at PLAYBACK_RATE."""
        return self.cached(sound) or self._results.put(sound.key, (yield from self._render(sound)))

    def export(self, task: ExportRequest) -> Generator[float, None, ExportResult]:
        """Writes a file; yields the fraction done. Raises AudioFileError, ModelFileError or VocoderError."""
        sound, config = self.resolve(task.sound), task.sound.config
        vocoder = self._resolver.vocoder(sound)
        pipeline = GenerationPipeline(sound.model, vocoder, self._textures(sound), mono=task.wanted.mono)
        blocks = loop_blocks(pipeline, config) if task.seamless else pipeline.stream(config)
        if not pipeline.vocoder.info.live:  # a block takes seconds, and sliders have to be answered meanwhile
            blocks = stream_in_background(blocks, self._background)
        frames = round(config.seconds * task.wanted.rate)
        job = export_sound(task.path, blocks, pipeline.sample_rate, task.wanted, task.overwrite, task.path.stem, frames)
        return (yield from _fractions(job, pipeline.samples(config)))

    def _textures(self, sound: ResolvedRequest) -> TextureCache | None:
        """Textures of the worker's thread, where a sound is rendered in it."""
        return self._resolver.textures if sound.live else None

    def _render(self, sound: ResolvedRequest) -> Generator[float, None, RenderResult]:
        started = time.monotonic()
        job = self._samples(sound)
        rendered, loop, vocoder = yield from job if sound.live else run_in_background(job, self._background)
        steps = spectrogram_steps(mono_signal(rendered.samples), rendered.sample_rate)
        picture = yield from map_steps(steps, lambda _: 1.0)  # all is rendered
        elapsed = time.monotonic() - started
        return RenderResult(sound.request, rendered, picture, elapsed, vocoder, loop, sound.streamed)

    def _samples(self, sound: ResolvedRequest) -> Generator[float, None, tuple[Sound, Sound | None, str]]:
        """The sound, its loop, and its vocoder's id. Loads the vocoder first, which may take as long as the render."""
        yield 0.0
        vocoder = self._resolver.vocoder(sound)
        compute, timer, config = self._vocoders.compute, VocoderTimer(), sound.request.config
        pipeline = GenerationPipeline(sound.model, vocoder, self._textures(sound))
        rendered = yield from _collected(pipeline, sound.request, timer)
        place = _device_type(vocoder), choose_device("auto").type
        if timer.save(vocoder.info.id, sound.vocoder.gmac_per_second, config.seconds, compute, *place):
            self._speed_measured()
        return rendered, _closed(pipeline, config, rendered), vocoder.info.id


def _closed(pipeline: GenerationPipeline, config: GenerationConfig, sound: Sound) -> Sound | None:
    """Loop of a rendered sound; None where it is a hit, or of another rate."""
    if pipeline.one_shot or not _can_preview(pipeline):
        return None
    return Sound(close_loop(pipeline, config, sound.samples), sound.sample_rate)


def _can_preview(pipeline: GenerationPipeline) -> bool:
    return not pipeline.needs_mel_adapter and pipeline.sample_rate == PLAYBACK_RATE


def _seconds(result: RenderResult) -> float:
    return result.sound.seconds


def _device_type(vocoder: Vocoder) -> str:
    return vocoder.device.type if isinstance(vocoder, NetworkVocoder) else CPU.type


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
    pipeline: GenerationPipeline, request: RenderRequest, timer: VocoderTimer
) -> Generator[float, None, Sound]:
    total, blocks = pipeline.samples(request.config), list[Samples]()
    done = 0
    for block in timer.timed(pipeline.stream(request.config)):
        blocks.append(block)
        done += block.shape[1]
        yield done / total
    samples = np.concatenate(blocks, 1)
    return Sound(_at_playback_rate(samples, pipeline.sample_rate, request.config.seconds), PLAYBACK_RATE)


def _at_playback_rate(samples: Samples, rate: int, seconds: float) -> Samples:
    """Samples `[channels, n]` at PLAYBACK_RATE, as many whatever the vocoder: previews have to fit into them."""
    if rate == PLAYBACK_RATE:
        return samples
    length = round(seconds * PLAYBACK_RATE)
    resampled = resample(torch.from_numpy(samples), rate, PLAYBACK_RATE).numpy()[:, :length]
    return np.pad(resampled, ((0, 0), (0, length - resampled.shape[1])))
