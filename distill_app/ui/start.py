"""What the window starts from: the settings of last time, as far as they still make sense."""

from dataclasses import replace
from pathlib import Path
from typing import cast

from distill_app.engine.jobs import RenderRequest
from distill_app.errors import SettingsError
from distill_app.generation.config import GenerationConfig, Mode
from distill_app.paths import STARTER_MODEL
from distill_app.settings import Settings
from distill_app.vocoders.catalogue import DEFAULT_VOCODER, vocoders


def first_request(settings: Settings) -> RenderRequest:
    """The sound of last time; a value out of its range gives way to its default."""
    known = {info.id for info in vocoders()}
    vocoder = settings.vocoder if settings.vocoder in known else DEFAULT_VOCODER
    return RenderRequest(Path(settings.model) if settings.model else STARTER_MODEL, vocoder, _config(settings))


def _config(settings: Settings) -> GenerationConfig:
    try:
        return GenerationConfig(
            cast(Mode, settings.mode), settings.sliders, settings.seconds, settings.seed, settings.drift
        )
    except SettingsError:
        return GenerationConfig()


def remembered(settings: Settings, request: RenderRequest, looping: bool) -> Settings:
    """The settings with this sound in them."""
    config = request.config
    return replace(
        settings,
        model="" if request.model == STARTER_MODEL else str(request.model),
        vocoder=request.vocoder,
        mode=config.mode,
        sliders=config.sliders,
        seconds=config.seconds,
        seed=config.seed,
        drift=config.drift,
        loop=looping,
    )
