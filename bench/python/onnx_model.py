"""Writes a network as an ONNX model, whose parameters are those in the file `parameters` beside it.

    onnx_model.py SIZES MODEL
"""

import sys
from itertools import pairwise

from onnx import TensorProto, helper, save


def stored(name, shape, offset):
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
    for key, value in (("location", "parameters"), ("offset", offset)):
        tensor.external_data.add(key=key, value=str(value))
    return tensor


def main(shape, path):
    sizes = [int(size) for size in shape.split("-")]
    nodes, tensors, at, last = [], [], 0, len(sizes) - 1
    for l, (inputs, outputs) in enumerate(pairwise(sizes), 1):
        for name, dims in ((f"W{l}", (inputs, outputs)), (f"b{l}", (outputs,))):
            tensors.append(stored(name, dims, at))
            at += 4 * outputs * (inputs if len(dims) == 2 else 1)
        nodes.append(helper.make_node("Gemm", [f"A{l - 1}" if l > 1 else "X", f"W{l}", f"b{l}"], [f"Z{l}"]))
        nodes.append(helper.make_node("Relu" if l < last else "Softmax", [f"Z{l}"], [f"A{l}" if l < last else "A"]))
    graph = helper.make_graph(
        nodes, "network", [helper.make_tensor_value_info("X", TensorProto.FLOAT, ["N", sizes[0]])],
        [helper.make_tensor_value_info("A", TensorProto.FLOAT, ["N", sizes[-1]])], tensors)
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)


if __name__ == "__main__":
    main(*sys.argv[1:])
