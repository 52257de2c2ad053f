"""The vocoder that a model file may carry: its header, its entries in the selector, and loading it.

torch is imported late: the window lists the vocoder before torch is loaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from distill_app.common.errors import VocoderError
from distill_app.common.parsing import ParseError, parse_guard
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.built_in import BUILT_IN, GRAIN, GRIFFIN_LIM
from distill_app.vocoders.embedded.nearest import nearest_vocoder
from distill_app.vocoders.embedded.quality_gate import QualityGate
from distill_app.vocoders.networks.config import ConvNextConfig, GeneratorConfig, config_from_dict
from distill_app.vocoders.networks.flops import cost, is_live
from distill_app.vocoders.registry import VocoderEntry
from distill_app.vocoders.runtime.compute_config import ComputeConfig

if TYPE_CHECKING:
    from torch import Tensor, nn

    from distill_app.vocoders.base import Vocoder

OWN, AUTO, AUTO_IN_FILES = "own", "auto", "auto-in-files"
"""Ids of the embedded vocoder, of the best live one for a model, and of the one nearest to recordings."""
OF_MODEL = (OWN, GRAIN.id, AUTO, AUTO_IN_FILES)
"""Ids of the vocoders that depend on the model."""
TITLE = "This model's own"
_AUTO_SUMMARY = (
    "The model's recordings where it carries them. Else, live, its own vocoder where that is measured to be better "
    "than the built-in one, or that one; in exported files, the one that is measured to be nearest to recordings."
)
FORMAT_VERSION = 1
_BYTES_PER_VALUE = 2
_DAMAGED = "The vocoder that this model carries is damaged; train it again, or choose another one."
_NEWER = "The vocoder that this model carries was made by a newer version of Distill; update the app to use it."
_NONE = "This model carries no vocoder of its own; train one, or choose another vocoder."


@dataclass(frozen=True)
class EmbeddedVocoder:
    """Description of an embedded vocoder, without its tensors.

    Args:
        config: the network; a `ConvNextConfig` is combined with phase retrieval, as in the built-in vocoder.
        gate: measurements against the built-in vocoder.
        training: record of its training.
    """

    config: GeneratorConfig
    gate: QualityGate
    training: Mapping[str, Any]

    @property
    def info(self) -> VocoderInfo:
        return embedded_info(self.config, f"Trained on this model's recordings: {self.gate.verdict}.")

    def to_dict(self) -> dict[str, Any]:
        """Values for the header of a model file."""
        values = {"format_version": FORMAT_VERSION, "config": self.config.to_dict()}
        return values | {"gate": self.gate.to_dict(), "training": dict(self.training)}


def embedded_info(config: GeneratorConfig, summary: str) -> VocoderInfo:
    """Description of an embedded network in half precision."""
    costs = cost(config)
    return VocoderInfo(
        id=OWN,
        title=TITLE,
        summary=summary,
        mel_format=config.mel_format,
        parameters=costs.parameters,
        licence="",
        live=isinstance(config, ConvNextConfig) or is_live(costs.gmac_per_second),
        size_bytes=_BYTES_PER_VALUE * costs.parameters,
    )


def read_embedded(values: Mapping[str, Any] | None) -> EmbeddedVocoder | None:
    """Parse the values of `to_dict`; None for a model without a vocoder. Raises VocoderError where they are invalid."""
    if values is None:
        return None
    if isinstance(version := values.get("format_version"), int) and version > FORMAT_VERSION:
        raise VocoderError(_NEWER)
    try:
        with parse_guard():
            if version != FORMAT_VERSION or not isinstance(values["training"], Mapping):
                raise ParseError("a header of another kind")
            gate = QualityGate.from_dict(values["gate"])
            return EmbeddedVocoder(config_from_dict(values["config"]), gate, values["training"])
    except ParseError as error:
        raise VocoderError(_DAMAGED) from error


def mark_outdated(values: dict[str, Any]) -> dict[str, Any]:
    """Header values with an outdated gate, for a model trained on other recordings since; damaged ones unchanged."""
    try:
        embedded = read_embedded(values)
    except VocoderError:
        return values
    return values if embedded is None else replace(embedded, gate=replace(embedded.gate, outdated=True)).to_dict()


def id_for_file(name: str) -> str:
    """Id of the vocoder that writes a file where one of that id is chosen."""
    return AUTO_IN_FILES if name == AUTO else name


def resolve_vocoder_id(name: str, embedded: EmbeddedVocoder | None, has_grain: bool = False) -> str:
    """Id of the vocoder to use.

    `AUTO` is the grain of a model with recordings, else the embedded vocoder if it passed its gate, else the built-in
    one. `AUTO_IN_FILES` is the grain, else the one that is measured to be nearest to recordings.
    """
    if name not in (AUTO, AUTO_IN_FILES):
        return name
    if has_grain:
        return GRAIN.id
    if name == AUTO_IN_FILES:
        return nearest_vocoder(None if embedded is None else embedded.gate)[0]
    return OWN if embedded is not None and embedded.gate.passed else BUILT_IN.id


def model_entries(vocoder: Mapping[str, Any] | None, has_grain: bool = False) -> tuple[VocoderEntry, ...]:
    """Selector entries of a model: `AUTO`, `GRAIN` if it carries recordings, `OWN` if it carries a vocoder.

    Args:
        vocoder: of the model's header.
    """
    grain = (VocoderEntry(GRAIN, "in the model"),) if has_grain else ()
    try:
        embedded = read_embedded(vocoder)
    except VocoderError as error:
        return _auto_entry(None, grain), *grain, VocoderEntry(_damaged_info(), "damaged", str(error))
    own = () if embedded is None else (_entry(embedded),)
    return _auto_entry(embedded, grain), *grain, *own


def _auto_entry(embedded: EmbeddedVocoder | None, grain: tuple[VocoderEntry, ...]) -> VocoderEntry:
    passed = embedded is not None and embedded.gate.passed
    plain = _entry(embedded) if embedded is not None and passed else VocoderEntry(BUILT_IN, "built in")
    entry = next(iter(grain), plain)
    info = replace(entry.info, id=AUTO, title="Auto", summary=_AUTO_SUMMARY)
    files, gain = nearest_vocoder(None if embedded is None else embedded.gate)
    title = entry.info.title if grain else {OWN: TITLE, BUILT_IN.id: BUILT_IN.title}.get(files, GRIFFIN_LIM.title)
    return replace(entry, info=info, plays=entry.info.title, files=title, files_gain=0.0 if grain else gain)


def _entry(embedded: EmbeddedVocoder) -> VocoderEntry:
    gmac = cost(embedded.config).gmac_per_second
    return VocoderEntry(embedded.info, "in the model", gmac_per_second=gmac, verdict=embedded.gate.short_verdict)


def _damaged_info() -> VocoderInfo:
    return VocoderInfo(OWN, TITLE, "In the model's file.", BUILT_IN.mel_format, 0, "", live=False)


def embedded_vocoder(
    values: Mapping[str, Any] | None,
    state: "Mapping[str, Tensor] | None",
    compute: ComputeConfig = ComputeConfig(),  # noqa: B008 - frozen
) -> "Vocoder":
    """Load the vocoder with that header and those tensors. Raises VocoderError where there is none or it is damaged."""
    network, embedded = embedded_network(values, state)
    return build_vocoder(network, embedded.config, embedded.info, compute)


def embedded_network(
    values: Mapping[str, Any] | None, state: "Mapping[str, Tensor] | None"
) -> "tuple[nn.Module, EmbeddedVocoder]":
    """Network of an embedded vocoder, and its description.

    Names and shapes are compared before memory is allocated. Raises VocoderError where there is none or it is damaged.
    """
    from distill_app.vocoders.networks.weights_file import network_from_state

    embedded = read_embedded(values)
    if embedded is None:
        raise VocoderError(_NONE)
    try:
        with parse_guard():
            return network_from_state(embedded.config, dict(state or {})), embedded
    except ParseError as error:
        raise VocoderError(_DAMAGED) from error


def build_vocoder(
    network: "nn.Module", config: GeneratorConfig, info: VocoderInfo, compute: ComputeConfig
) -> "Vocoder":
    """Vocoder of a network with its present weights."""
    from distill_app.vocoders.network_vocoder import NetworkVocoder
    from distill_app.vocoders.networks.convnext import ConvNextGenerator
    from distill_app.vocoders.phase.hybrid import hybrid_vocoder
    from distill_app.vocoders.runtime.selection import select_runtime

    if isinstance(network, ConvNextGenerator):
        return hybrid_vocoder(info, network)
    return NetworkVocoder(info, select_runtime(network, config, info, compute), config.context_frames, compute)
