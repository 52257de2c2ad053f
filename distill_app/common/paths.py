"""Folders of the app and of the user."""

from pathlib import Path

from platformdirs import user_cache_path, user_config_path, user_data_path, user_log_path

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
STARTER_MODEL = RESOURCES / "starter.distillgan"
_MODEL_FILES = "*.distillgan"
BUILT_IN_WEIGHTS = RESOURCES / "built-in.safetensors"
VENDOR = RESOURCES.parent / "vendor"

_APP = "Distill"


def starter_models(folder: Path = RESOURCES) -> tuple[Path, ...]:
    """Models that ship with the app; the first is the one that the window opens with."""
    others = sorted(path for path in folder.glob(_MODEL_FILES) if path.name != STARTER_MODEL.name)
    return folder / STARTER_MODEL.name, *others


def config_folder() -> Path:
    return user_config_path(_APP, appauthor=False)


def data_folder() -> Path:
    return user_data_path(_APP, appauthor=False)


def cache_folder() -> Path:
    return user_cache_path(_APP, appauthor=False)


def vocoder_folder() -> Path:
    """Folder of the downloaded and imported vocoders, one subfolder each."""
    return data_folder() / "vocoders"


def log_folder() -> Path:
    return user_log_path(_APP, appauthor=False)
