"""Exports networks with fake quantization, as PyTorch's training for quantization has it, and what they compute."""
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional

folder = sys.argv[1]
torch.manual_seed(5)


def scaled(layer):
    layer.register_buffer("scale", layer.weight.detach().flatten(1).abs().amax(1) / 127)
    layer.register_buffer("zero", torch.zeros(layer.weight.shape[0], dtype=torch.int32))
    return layer


def weights(layer):
    return torch.fake_quantize_per_channel_affine(layer.weight, layer.scale, layer.zero, 0, -128, 127)


class Chain(nn.Module):
    """A convolution of bytes with a zero point, a depthwise one of signed bytes, and a dense layer."""

    def __init__(self):
        super().__init__()
        self.first = scaled(nn.Conv2d(3, 8, 3, padding=1))
        self.second = scaled(nn.Conv2d(8, 8, 3, groups=8, stride=2))
        self.third = scaled(nn.Linear(8 * 7 * 7, 5))

    def forward(self, x):
        x = torch.fake_quantize_per_tensor_affine(x, 0.03, 128, 0, 255)
        x = functional.relu(functional.conv2d(x, weights(self.first), self.first.bias, padding=1))
        x = torch.fake_quantize_per_tensor_affine(x, 0.015, 0, -128, 127)
        x = functional.conv2d(x, weights(self.second), self.second.bias, stride=2, groups=8)
        x = torch.fake_quantize_per_tensor_affine(functional.relu(x), 0.01, 0, 0, 255)
        return functional.linear(x.flatten(1), weights(self.third), self.third.bias)


class Shortcut(nn.Module):
    """A block whose branches quantize what flows in each in its own way."""

    def __init__(self):
        super().__init__()
        self.first = scaled(nn.Conv2d(3, 8, 3, padding=1))
        self.second = scaled(nn.Conv2d(8, 8, 3, padding=1))
        self.third = scaled(nn.Linear(8 * 16 * 16, 5))

    def forward(self, x):
        x = torch.fake_quantize_per_tensor_affine(x, 0.03, 128, 0, 255)
        x = functional.relu(functional.conv2d(x, weights(self.first), self.first.bias, padding=1))
        main = torch.fake_quantize_per_tensor_affine(x, 0.015, 0, 0, 255)
        other = torch.fake_quantize_per_tensor_affine(x, 0.017, 3, 0, 255)
        main = functional.conv2d(main, weights(self.second), self.second.bias, padding=1)
        main = torch.fake_quantize_per_tensor_affine(main, 0.02, 120, 0, 255)
        x = torch.fake_quantize_per_tensor_affine(functional.relu(main + other), 0.02, 0, 0, 255)
        return functional.linear(x.flatten(1), weights(self.third), self.third.bias)


inputs = torch.randn(4, 3, 16, 16)
inputs.numpy().astype(numpy.float32).tofile(folder + "/inputs")
for name, network in (("chain", Chain()), ("shortcut", Shortcut())):
    network.eval()
    torch.onnx.export(network, inputs, f"{folder}/{name}.onnx", opset_version=13, input_names=["x"],
                      dynamic_axes={"x": {0: "n"}})
    with torch.no_grad():
        network(inputs).numpy().astype(numpy.float32).tofile(f"{folder}/{name}")
