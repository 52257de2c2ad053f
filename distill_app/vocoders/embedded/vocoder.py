"""A model's own vocoder: what the model file says of it, which vocoder plays therefore, and it itself ready to use.

Torch comes late: the window lists it before torch is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from distill_app.common.errors import VocoderError
from distill_app.common.parsing import ParseError, parse_guard
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.built_in import BUILT_IN
from distill_app.vocoders.embedded.quality_gate import QualityGate
from distill_app.vocoders.networks.config import ConvNextConfig, GeneratorConfig, config_from_dict
from distill_app.vocoders.networks.flops import cost, is_live
from distill_app.vocoders.registry import VocoderEntry
from distill_app.vocoders.runtime.compute_config import ComputeConfig

if TYPE_CHECKING:
    from torch import Tensor, nn

    from distill_app.vocoders.base import Vocoder

OWN, AUTO = "own", "auto"
"""What can be asked for beside the vocoders of the catalogue: the model's own, and whichever is better."""
TITLE = "This model's own"
_AUTO_SUMMARY = "This model's own vocoder where it is measured to be better than the built-in one, else that one."
FORMAT_VERSION = 1
_STORED_BYTES = 2
"""Of a value: half precision, as the built-in vocoder's."""
_DAMAGED = "The vocoder that this model carries is damaged; train it again, or choose another one."
_NEWER = "The vocoder that this model carries was made by a newer version of Distill; update the app to use it."
_NONE = "This model carries no vocoder of its own; train one, or choose another vocoder."


@dataclass(frozen=True)
class EmbeddedVocoder:
    """All of it but its tensors.

    Args:
        config: the network; Distill's own kind is used as the built-in vocoder is, with its phase retrieval.
        gate: how it compares with the built-in one.
        training: how it was trained.
    """

    config: GeneratorConfig
    gate: QualityGate
    training: Mapping[str, Any]

    @property
    def info(self) -> VocoderInfo:
        return embedded_info(self.config, f"Trained on this model's recordings: {self.gate.verdict}.")

    def to_dict(self) -> dict[str, Any]:
        """For the header of a model file."""
        values = {"format_version": FORMAT_VERSION, "config": self.config.to_dict()}
        return values | {"gate": self.gate.to_dict(), "training": dict(self.training)}


def embedded_info(config: GeneratorConfig, summary: str) -> VocoderInfo:
    """Of such a network, as a model file holds it."""
    costs = cost(config)
    return VocoderInfo(
        id=OWN,
        title=TITLE,
        summary=summary,
        mel_format=config.mel_format,
        parameters=costs.parameters,
        licence="",
        live=isinstance(config, ConvNextConfig) or is_live(costs.gmac_per_second),
        size_bytes=_STORED_BYTES * costs.parameters,
    )


def read_embedded(values: Mapping[str, Any] | None) -> EmbeddedVocoder | None:
    """What `to_dict` gave; None where the model carries none. Raises VocoderError where it cannot be used."""
    if values is None:
        return None
    if isinstance(version := values.get("format_version"), int) and version > FORMAT_VERSION:
        raise VocoderError(_NEWER)
    try:
        with parse_guard():
            if version != FORMAT_VERSION or not isinstance(values["training"], Mapping):
                raise ParseError("a header of another kind")
            return EmbeddedVocoder(
                config_from_dict(values["config"]), QualityGate.from_dict(values["gate"]), values["training"]
            )
    except ParseError as error:
        raise VocoderError(_DAMAGED) from error


def mark_outdated(values: dict[str, Any]) -> dict[str, Any]:
    """The same of a vocoder whose model has learned from other recordings since; a damaged one stays as it is."""
    try:
        own = read_embedded(values)
    except VocoderError:
        return values
    return values if own is None else replace(own, gate=replace(own.gate, outdated=True)).to_dict()


def resolve_vocoder_id(wanted: str, own: EmbeddedVocoder | None) -> str:
    """The id of what plays where `wanted` is asked for: of `AUTO`, the model's own if it has passed the gate."""
    if wanted != AUTO:
        return wanted
    return OWN if own is not None and own.gate.passed else BUILT_IN.id


def embedded_entries(values: Mapping[str, Any] | None) -> tuple[VocoderEntry, ...]:
    """`AUTO`, and `OWN` where the model's header `values` tell of one, as the selector shows them."""
    try:
        own = read_embedded(values)
    except VocoderError as error:
        return _auto(None), VocoderEntry(_unusable(), "damaged", str(error))
    return (_auto(own),) if own is None else (_auto(own), _listing(own))


def _auto(own: EmbeddedVocoder | None) -> VocoderEntry:
    playing = _listing(own) if own is not None and own.gate.passed else VocoderEntry(BUILT_IN, "built in")
    return replace(playing, info=replace(playing.info, id=AUTO, title="Auto", summary=_AUTO_SUMMARY))


def _listing(own: EmbeddedVocoder) -> VocoderEntry:
    gmac = cost(own.config).gmac_per_second
    return VocoderEntry(own.info, "in the model", gmac_per_second=gmac, verdict=own.gate.short_verdict)


def _unusable() -> VocoderInfo:
    return VocoderInfo(OWN, TITLE, "In the model's file.", BUILT_IN.mel_format, 0, "", live=False)


def embedded_vocoder(
    values: Mapping[str, Any] | None,
    state: "Mapping[str, Tensor] | None",
    compute: ComputeConfig = ComputeConfig(),  # noqa: B008 - frozen
) -> "Vocoder":
    """Ready to use, of what the model's header says and the tensors of its file. Raises as `embedded_network` does."""
    network, own = embedded_network(values, state)
    return build_vocoder(network, own.config, own.info, compute)


def embedded_network(
    values: Mapping[str, Any] | None, state: "Mapping[str, Tensor] | None"
) -> "tuple[nn.Module, EmbeddedVocoder]":
    """The network alone.

    Names and shapes are compared before anything is allocated. Raises VocoderError where the model carries none, or a
    damaged one.
    """
    from distill_app.vocoders.networks.weights_file import network_from_state

    own = read_embedded(values)
    if own is None:
        raise VocoderError(_NONE)
    try:
        with parse_guard():
            return network_from_state(own.config, dict(state or {})), own
    except ParseError as error:
        raise VocoderError(_DAMAGED) from error


def build_vocoder(
    network: "nn.Module", config: GeneratorConfig, info: VocoderInfo, compute: ComputeConfig
) -> "Vocoder":
    """The network as the vocoder that it is meant for; its weights are taken as they are now."""
    from distill_app.vocoders.network_vocoder import NetworkVocoder
    from distill_app.vocoders.networks.convnext import ConvNextGenerator
    from distill_app.vocoders.phase.hybrid import hybrid_vocoder
    from distill_app.vocoders.runtime.selection import select_runtime

    if isinstance(network, ConvNextGenerator):
        return hybrid_vocoder(info, network)
    return NetworkVocoder(info, select_runtime(network, config, info, compute), config.context_frames, compute)
