"""Makes the nine test sounds for vocoders: `python -m tools.vocoder_heldout OUT`.

They are parts of recordings in Debian packages, which are downloaded and unpacked, not installed. The training corpus
contains none of them, and none ships with the app. manifest.json lists their sources and licences.
"""

import hashlib
import io
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

from distill_app.common.errors import DistillError
from tools.vocoder_audio import RATE_HZ
from tools.vocoder_audio.debian import Packages, qt_resource
from tools.vocoder_audio.filters import normalise_peak
from tools.vocoder_audio.heldout_items import ITEMS, SHA256, Clip, Item, Source
from tools.vocoder_audio.recordings import resample_to_rate

_EDGE_SECONDS = 0.02


def read(packages: Packages, source: Source) -> bytes:
    """Content of a recording.

    Raises:
        DistillError: it cannot be downloaded or unpacked.
    """
    file = packages.file(source.package, source.path)
    if file.suffix == ".rcc":
        return qt_resource(file.read_bytes(), source.inside)
    return file.read_bytes()


def clip_samples(content: bytes, clip: Clip) -> np.ndarray:
    """Samples of a clip, mono at `RATE_HZ`, faded where it was cut."""
    samples, rate = sf.read(io.BytesIO(content), always_2d=True)
    mono = resample_to_rate(samples.mean(axis=1), rate)[round(clip.start_seconds * RATE_HZ) :]
    if clip.seconds:
        mono = mono[: round(clip.seconds * RATE_HZ)]
    edge = np.minimum(1.0, np.arange(len(mono)) / (_EDGE_SECONDS * RATE_HZ))
    opening = edge if clip.start_seconds else 1.0
    return mono * opening * edge[::-1] * 10 ** (clip.gain_db / 20)


def mix_clips(item: Item, contents: dict[Source, bytes]) -> np.ndarray:
    """Mix of an item's clips, `[seconds · RATE_HZ]`, normalised to its peak."""
    found = np.zeros(round(item.seconds * RATE_HZ))
    for clip in item.clips:
        start = round(clip.at_seconds * RATE_HZ)
        part = clip_samples(contents[clip.source], clip)[: len(found) - start]
        found[start : start + len(part)] += part
    edge = np.minimum(1.0, np.arange(len(found))[::-1] / (_EDGE_SECONDS * RATE_HZ))
    return normalise_peak(found * edge, item.peak_db)


def make_item(item: Item, packages: Packages, folder: Path) -> dict[str, Any]:
    """Writes an item and returns its entry in the manifest."""
    contents = {clip.source: read(packages, clip.source) for clip in item.clips}
    file = folder / f"{item.name}.wav"
    sf.write(file, mix_clips(item, contents), RATE_HZ, subtype="PCM_16")
    sources = [_source_entry(source, content, packages) for source, content in contents.items()]
    return {
        "file": file.name,
        "what": item.what,
        "seconds": item.seconds,
        **_digest(file.read_bytes()),
        "from": sources,
    }


def changed_files(entries: list[dict[str, Any]]) -> list[str]:
    """Names of the files that differ from those of the published figures."""
    return [entry["file"] for entry in entries if SHA256[Path(entry["file"]).stem] != entry["sha256"]]


def _source_entry(source: Source, content: bytes, packages: Packages) -> dict[str, str]:
    return {
        "package": f"{source.package} {packages.version(source.package)}",
        "path": "!".join(filter(None, (source.path, source.inside))),
        "licence": source.licence,
        **_digest(content),
    }


def _digest(content: bytes) -> dict[str, str]:
    return {"sha256": hashlib.sha256(content).hexdigest()}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as unpacked:
        packages = Packages(Path(unpacked))
        try:
            entries = [make_item(item, packages, folder) for item in ITEMS]
        except (DistillError, OSError) as error:
            sys.exit(str(error))
    (folder / "manifest.json").write_text(json.dumps(entries, indent=1), encoding="utf-8")
    for name in changed_files(entries):
        print(f"{name} differs from the file of the published figures: measure all vocoders again.", file=sys.stderr)
    print(f"{len(entries)} sounds and manifest.json are in {folder}.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
