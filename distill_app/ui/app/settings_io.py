"""Conversion between the settings file and the state of the window; invalid values give way to defaults."""

from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import cast, get_args

from distill_app.audio.devices import LATENCIES, DeviceChoice
from distill_app.common.errors import SettingsError
from distill_app.common.paths import STARTER_MODEL
from distill_app.common.settings import Settings
from distill_app.generation.config import GenerationConfig, Mode
from distill_app.models.header import ModelHeader, read_header
from distill_app.tone.tone import NEUTRAL, Tone
from distill_app.ui.play.model_settings import ModelSettings
from distill_app.ui.play.preferences_page import PlayPreferences
from distill_app.ui.play.slider_values import default_config, is_one_shot
from distill_app.vocoders.embedded.vocoder import AUTO
from distill_app.vocoders.runtime.compute_config import ComputeConfig, DeviceName, Runtime
from distill_app.workers.rendering.messages import RenderRequest

_TONE_NAMES = frozenset(field.name for field in fields(Tone))


def initial_request(settings: Settings, kept: ModelSettings | None = None) -> RenderRequest:
    """Request for the last sound.

    A missing vocoder is kept; the session replaces it.

    Args:
        kept: settings of the models, which know the moves of the sliders as well.

    Raises:
        ModelFileError: the model cannot be read.
    """
    vocoder = settings.vocoder or AUTO
    model = Path(settings.model) if settings.model else STARTER_MODEL
    header = read_header(model)
    config = _config(settings, header)
    whole = config if kept is None else kept.config(model, header)
    settled = replace(whole, moves=(), start=0, tempo_since=(0, 0))
    return RenderRequest(model, vocoder, whole if settled == config else config)


def _config(settings: Settings, header: ModelHeader) -> GenerationConfig:
    sliders = tuple(settings.sliders.get(axis.name, 0.0) for axis in header.axes)
    try:
        return GenerationConfig(
            mode=cast(Mode, settings.mode),
            sliders=sliders,
            seconds=settings.seconds,
            seed=settings.seed,
            drift=settings.drift,
            grain=settings.grain,
            endless=settings.endless and not is_one_shot(header),
            tone=replace(NEUTRAL, **{name: value for name, value in settings.tone.items() if name in _TONE_NAMES}),
        )
    except SettingsError:
        return default_config(header)


def with_sound(settings: Settings, request: RenderRequest, header: ModelHeader, looping: bool) -> Settings:
    """The settings with the sound of `request`, whose model has `header`."""
    config = request.config
    return replace(
        settings,
        model="" if request.model == STARTER_MODEL else str(request.model),
        vocoder=request.vocoder,
        mode=config.mode,
        sliders={axis.name: value for axis, value in zip(header.axes, config.sliders, strict=True)},
        tone=asdict(config.tone),
        seconds=config.seconds,
        endless=config.endless,
        seed=config.seed,
        drift=config.drift,
        grain=config.grain,
        loop=looping,
    )


def device_choice(settings: Settings) -> DeviceChoice:
    """Sound output from the settings."""
    default = DeviceChoice().latency
    latency = next((known for known in LATENCIES if known == settings.latency), default)
    rate = settings.device_rate if settings.device_rate > 0 else None
    return DeviceChoice(settings.device or None, settings.host_api or None, rate, latency)


def with_device(settings: Settings, choice: DeviceChoice, limiter: bool) -> Settings:
    """The settings with a sound output."""
    return replace(
        settings,
        device=choice.name or "",
        host_api=choice.host_api or "",
        device_rate=choice.sample_rate or 0,
        latency=choice.latency,
        limiter=limiter,
    )


def play_preferences(settings: Settings) -> PlayPreferences:
    """Preferences about playing from the settings."""
    return PlayPreferences(settings.preview_on_release, settings.adapt_latency)


def with_preferences(settings: Settings, preferences: PlayPreferences) -> Settings:
    """The settings with preferences about playing."""
    return replace(settings, preview_on_release=preferences.preview_on_release, adapt_latency=preferences.adapt_latency)


def compute_config(settings: Settings) -> ComputeConfig:
    """Device and runtime of the vocoders from the settings."""
    devices: tuple[DeviceName, ...] = get_args(DeviceName)
    runtimes: tuple[Runtime, ...] = get_args(Runtime)
    device = next((name for name in devices if name == settings.compute_device), ComputeConfig().device)
    runtime = next((name for name in runtimes if name == settings.compute_runtime), ComputeConfig().runtime)
    return ComputeConfig(device, runtime)


def with_compute(settings: Settings, compute: ComputeConfig) -> Settings:
    """The settings with device and runtime of the vocoders."""
    return replace(settings, compute_device=compute.device, compute_runtime=compute.runtime)
