"""A made-up published vocoder of 300 kB of random bytes."""

import random
from collections.abc import Mapping

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.vocoders.weights.manifest import ManifestEntry, WeightFile
from tools.hub_server import sha256

REVISION = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "someone/some-vocoder"
FILES: Mapping[str, bytes] = {"config.json": b'{"made": "up"}', "generator.pt": random.Random(0).randbytes(300_000)}
ENTRY = ManifestEntry(
    id="made-up",
    title="Made Up",
    summary="For tests.",
    mel_format=DISTILL_MEL,
    files=tuple(WeightFile(name, len(data), sha256(data)) for name, data in FILES.items()),
    licence="MIT",
    repository=REPOSITORY,
    revision=REVISION,
)
