"""Builds ONNX graphs from the layers of the networks.

Features are `[batch, channels, 1, frames]`: ONNX Runtime computes 2-D convolutions in blocks of channels, 1-D ones not,
which takes a fifth longer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, checker, helper, numpy_helper
from torch import Tensor, nn

_IR_VERSION = 9
"""IR version of the file: the one that was current with opset 20."""
_CHANNELS, _TIME = 1, 3

Axes = tuple[int | str, ...]
"""Length of each axis, or the name of a free one."""


@dataclass(frozen=True)
class TensorSpec:
    """Input or output of a graph, in single precision.

    Args:
        name: its name in the file.
        axes: its shape.
    """

    name: str
    axes: Axes


class GraphBuilder:
    """Builds a graph node by node; methods take and return names of values.

    Convolutions declare their output length as a symbolic product. Otherwise ONNX Runtime takes seconds to load a graph
    with a thousand unknown lengths.
    """

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        self._known: list[ValueInfoProto] = []
        self._length = "frames"

    def node(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        """Add an operator with one output."""
        return self.nodes(kind, *inputs, outputs=outputs, **attributes)[0]

    def nodes(self, kind: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        """Add an operator with several outputs."""
        names = [f"{kind}_{len(self._nodes)}_{number}" for number in range(outputs)]
        self._nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return names

    def constant(self, values: Tensor | Sequence[int] | float) -> str:
        name = f"constant_{len(self._constants)}"
        array = torch.as_tensor(values).detach().cpu().contiguous().numpy()
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def unsqueeze(self, value: str, axis: int) -> str:
        return self.node("Unsqueeze", value, self.constant([axis]))

    def squeeze(self, value: str, axis: int) -> str:
        return self.node("Squeeze", value, self.constant([axis]))

    def to_channels_last(self, value: str) -> str:
        """Transpose `[batch, channels, 1, frames]` to `[batch, 1, frames, channels]`."""
        return self.node("Transpose", value, perm=[0, 2, 3, 1])

    def to_channels_first(self, value: str) -> str:
        """Transpose `[batch, 1, frames, channels]` to `[batch, channels, 1, frames]`."""
        return self.node("Transpose", value, perm=[0, 3, 1, 2])

    def conv(self, value: str, layer: nn.Conv1d) -> str:
        """Add a convolution that keeps the length."""
        padding = layer.dilation[0] * (layer.kernel_size[0] - 1) // 2
        geometry: dict[str, Any] = {"dilations": [1, *layer.dilation], "pads": [0, padding, 0, padding]}
        made = self.node("Conv", value, *self._weights(layer), group=layer.groups, **geometry)
        return self.with_shape(made, layer.out_channels)

    def conv_transpose(self, value: str, layer: nn.ConvTranspose1d) -> str:
        padding = int(layer.padding[0])
        geometry: dict[str, Any] = {"strides": [1, *layer.stride], "pads": [0, padding, 0, padding]}
        self._length += f"*{layer.stride[0]}"
        return self.with_shape(self.node("ConvTranspose", value, *self._weights(layer), **geometry), layer.out_channels)

    def with_shape(self, value: str, channels: int, more: int = 0) -> str:
        """Declare the shape of a value: its channels, and the present length plus `more`. Returns the value."""
        length = f"{self._length}+{more}" if more else self._length
        self._known.append(_info(TensorSpec(value, ("batch", channels, 1, length))))
        return value

    def _weights(self, layer: nn.Conv1d | nn.ConvTranspose1d) -> list[str]:
        weights = [self.constant(layer.weight.unsqueeze(2))]
        return weights if layer.bias is None else [*weights, self.constant(layer.bias)]

    def linear(self, rows: str, weight: Tensor, bias: Tensor) -> str:
        """Add a linear layer, `[…, inputs]` to `[…, outputs]`."""
        return self.node("Add", self.node("MatMul", rows, self.constant(weight.T)), self.constant(bias))

    def layer_norm(self, rows: str, layer: nn.LayerNorm) -> str:
        """Add a layer norm over the last axis."""
        scale, shift = self.constant(layer.weight), self.constant(layer.bias)
        return self.node("LayerNormalization", rows, scale, shift, epsilon=layer.eps)

    def mean(self, values: Sequence[str]) -> str:
        return self.node("Mul", self.node("Sum", *values), self.constant(1 / len(values)))

    def model(
        self, inputs: TensorSpec, outputs: Mapping[TensorSpec, str], opset: int, metadata: Mapping[str, str]
    ) -> ModelProto:
        """Complete model, validated.

        Args:
            inputs: the input.
            outputs: outputs, and the names of their values.
            opset: version of the ONNX operators.
            metadata: texts stored in the model.
        """
        for spec, value in outputs.items():
            self._nodes.append(helper.make_node("Identity", [value], [spec.name]))
        graph = helper.make_graph(
            self._nodes, "vocoder", [_info(inputs)], [*map(_info, outputs)], self._constants, value_info=self._known
        )
        opsets = [helper.make_operatorsetid("", opset)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="Distill")
        helper.set_model_props(model, dict(metadata))
        checker.check_model(model, full_check=True)
        return model


def _info(spec: TensorSpec) -> ValueInfoProto:
    return helper.make_tensor_value_info(spec.name, TensorProto.FLOAT, spec.axes)
