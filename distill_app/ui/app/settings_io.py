"""What the window starts from: the settings of last time, as far as they still make sense."""

from dataclasses import replace
from pathlib import Path
from typing import cast, get_args

from distill_app.audio.devices import LATENCIES, DeviceChoice
from distill_app.common.errors import SettingsError
from distill_app.common.paths import STARTER_MODEL
from distill_app.common.settings import Settings
from distill_app.generation.config import GenerationConfig, Mode
from distill_app.models.header import ModelHeader, read_header
from distill_app.ui.play.play_preferences import PlayPreferences
from distill_app.vocoders.embedded.vocoder import AUTO
from distill_app.vocoders.runtime.compute_config import ComputeConfig, DeviceName, Runtime
from distill_app.workers.rendering.messages import RenderRequest


def initial_request(settings: Settings) -> RenderRequest:
    """The sound of last time; a value out of its range gives way to its default. Raises ModelFileError.

    A vocoder that is gone is left to the session, which says so.
    """
    vocoder = settings.vocoder or AUTO
    model = Path(settings.model) if settings.model else STARTER_MODEL
    return RenderRequest(model, vocoder, _config(settings, read_header(model)))


def _config(settings: Settings, header: ModelHeader) -> GenerationConfig:
    sliders = tuple(settings.sliders.get(axis.name, 0.0) for axis in header.axes)
    try:
        return GenerationConfig(cast(Mode, settings.mode), sliders, settings.seconds, settings.seed, settings.drift)
    except SettingsError:
        return GenerationConfig()


def with_sound(settings: Settings, request: RenderRequest, header: ModelHeader, looping: bool) -> Settings:
    """The settings with this sound in them; `header` is its model's."""
    config = request.config
    return replace(
        settings,
        model="" if request.model == STARTER_MODEL else str(request.model),
        vocoder=request.vocoder,
        mode=config.mode,
        sliders={axis.name: value for axis, value in zip(header.axes, config.sliders, strict=True)},
        seconds=config.seconds,
        seed=config.seed,
        drift=config.drift,
        loop=looping,
    )


def device_choice(settings: Settings) -> DeviceChoice:
    """The sound output of last time; a value that makes no sense gives way to its default."""
    usual = DeviceChoice().latency
    latency = next((known for known in LATENCIES if known == settings.latency), usual)
    rate = settings.device_rate if settings.device_rate > 0 else None
    return DeviceChoice(settings.device or None, settings.host_api or None, rate, latency)


def with_device(settings: Settings, choice: DeviceChoice, limiter: bool) -> Settings:
    """The settings with this sound output in them."""
    return replace(
        settings,
        device=choice.name or "",
        host_api=choice.host_api or "",
        device_rate=choice.sample_rate or 0,
        latency=choice.latency,
        limiter=limiter,
    )


def play_preferences(settings: Settings) -> PlayPreferences:
    """Preferences about playing as the settings have them."""
    return PlayPreferences(settings.preview_on_release, settings.adapt_latency)


def with_preferences(settings: Settings, preferences: PlayPreferences) -> Settings:
    """The settings with these choices in them."""
    return replace(settings, preview_on_release=preferences.preview_on_release, adapt_latency=preferences.adapt_latency)


def compute_config(settings: Settings) -> ComputeConfig:
    """Where and with what vocoders computed last time; a name that makes no sense gives way to "auto"."""
    devices: tuple[DeviceName, ...] = get_args(DeviceName)
    runtimes: tuple[Runtime, ...] = get_args(Runtime)
    device = next((name for name in devices if name == settings.compute_device), ComputeConfig().device)
    runtime = next((name for name in runtimes if name == settings.compute_runtime), ComputeConfig().runtime)
    return ComputeConfig(device, runtime)


def with_compute(settings: Settings, compute: ComputeConfig) -> Settings:
    """The settings with this choice in them."""
    return replace(settings, compute_device=compute.device, compute_runtime=compute.runtime)
