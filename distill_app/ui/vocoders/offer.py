"""What the person is asked to agree to before a download."""

import os
from urllib.parse import urlsplit

from distill_app.common.paths import vocoder_folder
from distill_app.ui.style.format import file_size
from distill_app.ui.vocoders.format import band, speed_in_words
from distill_app.ui.vocoders.license_agreement import Offer
from distill_app.vocoders.registry import VocoderEntry
from distill_app.vocoders.weights.manifest import MANIFEST, read_manifest


def offer_of(entry: VocoderEntry, speed: float | None) -> Offer:
    """Of a vocoder that can be downloaded; `speed` as in `distill_app.ui.vocoders.format.facts`."""
    info = entry.info
    return Offer(
        title=info.title,
        summary=info.summary,
        sound=" · ".join([*band(entry), *filter(None, [speed_in_words(info, speed)])]),
        size=file_size(entry.download_bytes),
        licence=info.licence,
        licence_text=_licence_text(info.id),
        origin=f"{_host()}/{entry.repository}",
        place=vocoder_folder() / info.id,
        reason=entry.reason,
    )


def _licence_text(name: str) -> str:
    """In full, "" where the manifest names no file."""
    texts = [entry.licence_file for entry in read_manifest() if entry.id == name and entry.licence_file]
    return (MANIFEST.parent / texts[0]).read_text("utf-8") if texts else ""


def _host() -> str:
    """Where the person's computer is told to download from."""
    return urlsplit(os.environ.get("HF_ENDPOINT", "")).netloc or "huggingface.co"
