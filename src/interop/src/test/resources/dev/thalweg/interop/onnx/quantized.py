"""Exports a network with fake quantization, as PyTorch's training for quantization has it, and what it computes."""
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional

folder = sys.argv[1]
torch.manual_seed(5)


class Network(nn.Module):
    """A convolution of bytes with a zero point, a depthwise one of signed bytes, and a dense layer."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.second = nn.Conv2d(8, 8, 3, groups=8, stride=2)
        self.third = nn.Linear(8 * 7 * 7, 5)
        for layer in (self.first, self.second, self.third):
            layer.register_buffer("scale", layer.weight.detach().flatten(1).abs().amax(1) / 127)
            layer.register_buffer("zero", torch.zeros(layer.weight.shape[0], dtype=torch.int32))

    @staticmethod
    def weights(layer):
        return torch.fake_quantize_per_channel_affine(layer.weight, layer.scale, layer.zero, 0, -128, 127)

    def forward(self, x):
        x = torch.fake_quantize_per_tensor_affine(x, 0.03, 128, 0, 255)
        x = functional.relu(functional.conv2d(x, self.weights(self.first), self.first.bias, padding=1))
        x = torch.fake_quantize_per_tensor_affine(x, 0.015, 0, -128, 127)
        x = functional.conv2d(x, self.weights(self.second), self.second.bias, stride=2, groups=8)
        x = torch.fake_quantize_per_tensor_affine(functional.relu(x), 0.01, 0, 0, 255)
        return functional.linear(x.flatten(1), self.weights(self.third), self.third.bias)


network = Network().eval()
inputs = torch.randn(4, 3, 16, 16)
torch.onnx.export(network, inputs, folder + "/fake.onnx", opset_version=13, input_names=["x"],
                  dynamic_axes={"x": {0: "n"}})
inputs.numpy().astype(numpy.float32).tofile(folder + "/inputs")
with torch.no_grad():
    network(inputs).numpy().astype(numpy.float32).tofile(folder + "/outputs")
