"""File names of exported sounds; WAV is the only format."""

import re
from pathlib import Path

SUFFIX = ".wav"
_OTHER_FORMAT = re.compile(
    r"\.(aac|aif|aifc|aiff|alac|amr|ape|au|bwf|caf|flac|m4a|m4b|mka|mp2|mp3|mp4|mpc|oga|ogg|opus|ra|rf64|snd|spx|voc|w64"
    r"|wave|webm|wma|wv)",
    re.IGNORECASE,
)


def is_other_format(path: Path) -> bool:
    """Whether the name asks for a sound format that is not written."""
    return _OTHER_FORMAT.fullmatch(path.suffix) is not None


def as_wav(path: Path) -> Path:
    """The path with `.wav`, in place of another sound format's suffix and else behind the name: `take 1.5` has none."""
    if path.suffix.lower() == SUFFIX:
        return path
    return path.with_suffix(SUFFIX) if is_other_format(path) else path.with_name(path.name + SUFFIX)
