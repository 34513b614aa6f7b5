"""A trained network as an ONNX file, which most programs that run networks read: https://onnx.ai."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from core.layers import Conv2D, Dense, Flatten, Layer, MaxPool2D, ReLU
from playground.atomic_file import replacing, told
from playground.errors import ExportError
from playground.model_file import Model
from playground.preparation import preparation_of

__all__ = ["INPUT", "LOGITS", "PROBABILITIES", "export_onnx", "onnx_bytes"]

INPUT, LOGITS, PROBABILITIES = "image", "logits", "probabilities"
"""Names in the file: (m, c, h, w) float32 from 0 to 1 → (m, outputs) and (m, classes)."""

# old enough for every runtime in use; the newest of the package is refused by older ones
_OPSET, _IR_VERSION = 17, 8


def export_onnx(path: str | Path, model: Model) -> None:
    """Write a model as ONNX, or leave whatever was there untouched.

    Raises ExportError if the `onnx` package is not installed or the file cannot be written.
    """
    path = Path(path)
    content = onnx_bytes(model)
    with told(path, ExportError), replacing(path.resolve()) as file:
        file.write(content)


def onnx_bytes(model: Model) -> bytes:
    """A model as the content of an ONNX file, checked by ONNX's own checker. Raises ExportError without `onnx`."""
    onnx = _onnx()
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    settings = model.settings
    nodes, flowing = [], INPUT
    names = {id(layer): name for name, layer in _named_layers(model)}
    for number, layer in enumerate(model.network.layers):
        output = LOGITS if layer is model.network.layers[-1] else f"{type(layer).__name__.lower()}_{number}"
        nodes.append(_node(helper, layer, names.get(id(layer), ""), flowing, output))
        flowing = output
    nodes += _activation(helper, settings.outputs)
    graph = helper.make_graph(
        nodes,
        "cnn-playground",
        [helper.make_tensor_value_info(INPUT, floats, ["m", *settings.image_shape])],
        [
            helper.make_tensor_value_info(LOGITS, floats, ["m", settings.outputs]),
            helper.make_tensor_value_info(PROBABILITIES, floats, ["m", len(model.class_names)]),
        ],
        [
            onnx.numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name)
            for name, values in model.network.parameters().items()
        ],
    )
    file = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], producer_name="cnn-playground")
    file.ir_version = _IR_VERSION
    helper.set_model_props(
        file,
        {
            "class_names": json.dumps(model.class_names),
            "step": str(model.step),
            "preparation": preparation_of(settings),
            "settings": json.dumps(settings.to_dict()),
        },
    )
    onnx.checker.check_model(file, full_check=True)
    content: bytes = file.SerializeToString()
    return content


def _onnx() -> ModuleType:
    try:
        import onnx  # noqa: PLC0415 - optional, and slow to load
        import onnx.checker  # noqa: PLC0415
        import onnx.helper  # noqa: PLC0415
        import onnx.numpy_helper  # noqa: PLC0415
    except ImportError as error:
        raise ExportError(
            "An ONNX file is written by the package onnx, which is not installed; "
            f"run {sys.executable} -m pip install onnx, and export again."
        ) from error
    module: ModuleType = onnx
    return module


def _named_layers(model: Model) -> list[tuple[str, Layer]]:
    names = dict.fromkeys(name.partition(".")[0] for name in model.network.parameters())
    return [(name, model.network.layer(name)) for name in names]


def _node(helper: ModuleType, layer: Layer, name: str, source: str, output: str) -> Any:
    weights = [source, f"{name}.weight", f"{name}.bias"]
    if isinstance(layer, Conv2D):
        # cross-correlation, as here; pads are begin and end of each axis
        return helper.make_node(
            "Conv",
            weights,
            [output],
            name,
            kernel_shape=list(layer.kernel_size),
            strides=list(layer.stride),
            pads=[*layer.padding, *layer.padding],
        )
    if isinstance(layer, MaxPool2D):
        return helper.make_node(
            "MaxPool", [source], [output], kernel_shape=list(layer.kernel_size), strides=list(layer.stride)
        )
    if isinstance(layer, Dense):
        return helper.make_node("Gemm", weights, [output], name, transB=1)
    kinds: dict[type[Layer], tuple[str, dict[str, int]]] = {ReLU: ("Relu", {}), Flatten: ("Flatten", {"axis": 1})}
    if type(layer) not in kinds:
        raise ExportError(f"{layer!r} has no counterpart in ONNX here; export a network of the playground.")
    kind, attributes = kinds[type(layer)]
    return helper.make_node(kind, [source], [output], **attributes)


def _activation(helper: ModuleType, outputs: int) -> list[Any]:
    if outputs > 1:
        return [helper.make_node("Softmax", [LOGITS], [PROBABILITIES], axis=1)]
    # both classes from the logit: 1 - σ(z) is σ(-z), which keeps its digits where σ(z) rounds to 1
    return [
        helper.make_node("Neg", [LOGITS], ["negative"]),
        helper.make_node("Concat", ["negative", LOGITS], ["both"], axis=1),
        helper.make_node("Sigmoid", ["both"], [PROBABILITIES]),
    ]
