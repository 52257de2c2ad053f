"""Recordings in the folders of a vocoder training."""

from collections.abc import Sequence
from pathlib import Path

from distill_app.common.errors import CorpusError
from distill_app.common.training_paths import SUFFIX as TRAINING_SUFFIX
from distill_app.corpus.hidden_files import is_hidden_below
from distill_app.dsp.containers.detection import detect_kind, is_named_sound


def list_recordings(sources: Sequence[Path]) -> list[Path]:
    """Recordings among files and folders, each once. Raises CorpusError if there is none."""
    found: list[Path] = []
    for source in sources:
        try:
            found += _list_source(source)
        except OSError as error:
            raise CorpusError(f"“{source}” cannot be opened: {error.strerror}.") from error
    if not found:
        raise CorpusError(f"There are no recordings in {', '.join(f'“{source}”' for source in sources)}.")
    return list(dict.fromkeys(found))


def _list_source(source: Path) -> list[Path]:
    if source.is_dir():
        return sorted(path for path in source.rglob("*") if _is_recording(path, source))
    if source.is_file():
        return [source]
    raise CorpusError(f"There is no file or folder “{source}”.")


def _is_recording(path: Path, source: Path) -> bool:
    """Whether a file is a recording: not hidden and no training demo. Unreadable files count."""
    is_training_demo = any(folder.endswith(TRAINING_SUFFIX) for folder in path.relative_to(source).parts[:-1])
    if is_training_demo or is_hidden_below(path, source) or not path.is_file():
        return False
    try:
        return is_named_sound(path) or detect_kind(path) == "sound"
    except OSError:
        return True
