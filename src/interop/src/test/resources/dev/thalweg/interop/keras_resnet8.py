"""PyTorch's twin of a ResNet-8 that Keras saved: python3 keras_resnet8.py MODEL.h5 PICTURES OUT

Reads the weights by h5py, wires the network by what the file says of it, and writes the logits for
PICTURES/test/CLASS/NNNN.jpg, decoded by Pillow, in the order of their names, as 32-bit floats.
"""

import json
import pathlib
import sys

import h5py
import numpy
import PIL.Image
import torch
import torch.nn.functional as F


def same(x, kernel, stride):
    """TensorFlow's padding: the odd pixel goes to the bottom and the right."""
    pads = []
    for size in (x.shape[3], x.shape[2]):
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads)


file = h5py.File(sys.argv[1])
config = json.loads(file.attrs["model_config"])["config"]


def weight(layer, name):
    return torch.from_numpy(file["model_weights"][layer][layer][name + ":0"][...])


def layer(kind, c, inputs):
    name = c["name"]
    x = inputs[0]
    if kind == "Conv2D":
        assert c["padding"] == "same" and c["activation"] == "linear"
        kernel = weight(name, "kernel").permute(3, 2, 0, 1)
        stride = c["strides"][0]
        return F.conv2d(same(x, kernel.shape[2], stride), kernel, weight(name, "bias"), stride)
    if kind == "BatchNormalization":
        statistics = weight(name, "moving_mean"), weight(name, "moving_variance")
        return F.batch_norm(x, *statistics, weight(name, "gamma"), weight(name, "beta"), eps=c["epsilon"])
    if kind == "Activation":
        return {"relu": F.relu}[c["activation"]](x)
    if kind == "Add":
        return inputs[0] + inputs[1]
    if kind == "AveragePooling2D":
        return F.avg_pool2d(x, c["pool_size"][0])
    if kind == "Flatten":
        return x.permute(0, 2, 3, 1).flatten(1)
    if kind == "Dense":
        assert c["activation"] == "softmax"
        return F.linear(x, weight(name, "kernel").T, weight(name, "bias"))
    raise ValueError(kind)


def answer(pictures):
    known = {}
    for each in config["layers"]:
        if each["class_name"] == "InputLayer":
            known[each["name"]] = pictures
        else:
            inputs = [known[source[0]] for source in each["inbound_nodes"][0]]
            known[each["name"]] = layer(each["class_name"], each["config"], inputs)
    return known[config["output_layers"][0][0]]


files = sorted((pathlib.Path(sys.argv[2]) / "test").glob("*/*.jpg"))
outputs = []
with torch.no_grad():
    for begin in range(0, len(files), 250):
        batch = numpy.stack([numpy.asarray(PIL.Image.open(f).convert("RGB")) for f in files[begin : begin + 250]])
        outputs.append(answer(torch.from_numpy(batch).permute(0, 3, 1, 2).float()))
torch.cat(outputs).numpy().tofile(sys.argv[3])
