"""Report of a corpus's sources, written beside it."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

SOURCES = {
    "FluidR3": ("FluidR3 GM soundfont, Frank Wen (Debian: fluid-soundfont-gm)", "MIT"),
    "MuseScore General": ("MuseScore General soundfont, S. Christian Collins (musescore-general-soundfont)", "MIT"),
    "recordings": (
        "Recordings of Sonic Pi listed as CC0 (sonic-pi-samples) and the Audiophob kit (hydrogen-drumkits)",
        "CC0",
    ),
    "songs": ("Songs and performances of Carlos Viola Iborra, 2006/2007 (fretsonfire-songs-sectoid)", "MIT"),
    "espeak-ng": (
        "Speech made by espeak-ng of sentences written for this (the program is GPL-3, its output free)",
        "—",
    ),
    "computed": ("Noise, tones and synthesis computed by this command", "MIT, as this project"),
}
"""Description and licence of each source."""


@dataclass(frozen=True)
class SegmentFile:
    """File of a corpus."""

    file: str
    kind: str
    sources: tuple[str, ...]
    seconds: float


def write_report(folder: Path, written: list[SegmentFile], seed: int) -> None:
    """Writes corpus.json with one entry for each file, and corpus.md with the amounts."""
    sources = {name: {"what": what, "licence": licence} for name, (what, licence) in SOURCES.items()}
    content = {"seed": seed, "sources": sources, "files": [asdict(item) for item in written]}
    (folder / "corpus.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    (folder / "corpus.md").write_text(_summary(written, seed), encoding="utf-8")


def _summary(written: list[SegmentFile], seed: int) -> str:
    total = sum(item.seconds for item in written) / 60
    kinds = _minutes((item.kind, item.seconds) for item in written)
    source_minutes = _minutes((source, item.seconds) for item in written for source in item.sources)
    return "\n".join(
        [
            "# Training corpus of the built-in vocoder",
            "",
            f"{len(written)} segments, {total:.1f} minutes, 44.1 kHz mono, seed {seed}.",
            "",
            "| kind | minutes |",
            "| --- | ---: |",
            *(f"| {kind} | {minutes:.1f} |" for kind, minutes in kinds.items()),
            "",
            "| source | licence | minutes |",
            "| --- | --- | ---: |",
            *(
                f"| {SOURCES[name][0]} | {SOURCES[name][1]} | {minutes:.1f} |"
                for name, minutes in source_minutes.items()
            ),
            "",
            "Segments in which several sources sound together count for each of them.",
            "",
        ]
    )


def _minutes(parts: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Minutes of each name, the largest first."""
    found: dict[str, float] = defaultdict(float)
    for name, seconds in parts:
        found[name] += seconds / 60
    return dict(sorted(found.items(), key=lambda item: -item[1]))
