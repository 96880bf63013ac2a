"""Writes models as Keras saves them, and what they answer: python3 keras_models.py DIRECTORY

Each model is put together layer by layer. A layer has its settings and weights by Keras' documentation, and computes its
result with PyTorch in Keras' order of axes. The models are written as .h5 of Keras 2 (NAME.2.h5) and 3 (NAME.3.h5), and
as .keras (NAME.keras), beside 32-bit floats of inputs (NAME.in0, ...) and outputs (NAME.out0, ...).
"""

import io
import json
import re
import sys
import zipfile

import h5py
import numpy
import torch
import torch.nn.functional as F

torch.manual_seed(7)
BATCH = 2


def random(*shape, scale=0.4):
    return torch.randn(*shape) * scale


class Tensor:
    """A result of a call of a layer, in Keras' order of axes."""

    def __init__(self, layer, call, value):
        self.layer, self.call, self.value = layer, call, value


class Layer:
    def __init__(self, kind, name, config, weights, inner=None):
        self.kind, self.name, self.config, self.weights, self.inner = kind, name, config, weights, inner
        self.calls = []


class Model:
    def __init__(self, data_format="channels_last"):
        self.layers, self.inputs, self.outputs = [], [], []
        self.last = data_format == "channels_last"
        self.data_format = data_format

    def layer(self, kind, config=None, weights=(), name=None, inner=None):
        name = name or f"{kind.lower()}_{len(self.layers)}"
        made = Layer(kind, name, dict(config or {}, name=name, trainable=True, dtype="float32"), list(weights), inner)
        self.layers.append(made)
        return made

    def call(self, layer, inputs, value, arguments=()):
        layer.calls.append((list(inputs), dict(arguments)))
        return Tensor(layer, len(layer.calls) - 1, value)

    def add(self, kind, inputs, value, config=None, weights=(), arguments=()):
        return self.call(self.layer(kind, config, weights), inputs, value, arguments)

    # Layers, in the order of Keras' documentation.

    def input(self, *shape, value=None):
        layer = self.layer("InputLayer", {"shape": [None, *shape]})
        tensor = Tensor(layer, 0, torch.randn(BATCH, *shape) if value is None else value)
        self.inputs.append(tensor)
        return tensor

    def first(self, value):
        return value.permute(0, 3, 1, 2) if self.last else value

    def back(self, value):
        return value.permute(0, 2, 3, 1) if self.last else value

    def channels(self, x):
        return x.value.shape[3 if self.last else 1]

    def padded(self, value, kernel, stride, dilation, padding, fill=0.0):
        """TensorFlow's: of an odd sum, the greater part is below and on the right."""
        if padding == "valid":
            return value
        pads = []
        for size, k in ((value.shape[3], kernel[1]), (value.shape[2], kernel[0])):
            total = max((-(-size // stride) - 1) * stride + (k - 1) * dilation + 1 - size, 0)
            pads += [total // 2, total - total // 2]
        return F.pad(value, pads, value=fill)

    def conv(self, x, filters, kernel, stride=1, padding="valid", dilation=1, groups=1, activation="linear", bias=True):
        weights = [("", "kernel", random(*kernel, self.channels(x) // groups, filters))]
        weights += [("", "bias", random(filters))] if bias else []
        value = self.padded(self.first(x.value), kernel, stride, dilation, padding)
        b = weights[1][2] if bias else None
        value = F.conv2d(value, weights[0][2].permute(3, 2, 0, 1), b, stride, 0, dilation, groups)
        config = {"filters": filters, "kernel_size": kernel, "strides": [stride, stride], "padding": padding}
        config.update(data_format=self.data_format, dilation_rate=[dilation, dilation], groups=groups)
        config.update(activation=activation, use_bias=bias)
        return self.add("Conv2D", [x], activate(activation, self.back(value)), config, weights)

    def depthwise_value(self, x, kernel, stride, padding, dilation):
        height, width, channels, multiplier = kernel.shape
        value = self.padded(self.first(x.value), (height, width), stride, dilation, padding)
        each = kernel.permute(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)
        return F.conv2d(value, each, None, stride, 0, dilation, channels)

    def depthwise(self, x, kernel, stride=1, padding="valid", multiplier=1, dilation=1, activation="linear"):
        weights = [("", "depthwise_kernel", random(*kernel, self.channels(x), multiplier))]
        weights += [("", "bias", random(self.channels(x) * multiplier))]
        value = self.back(self.depthwise_value(x, weights[0][2], stride, padding, dilation))
        value = value + (weights[1][2] if self.last else weights[1][2][:, None, None])
        config = {"kernel_size": kernel, "strides": [stride, stride], "padding": padding, "use_bias": True}
        config.update(depth_multiplier=multiplier, data_format=self.data_format, dilation_rate=[dilation, dilation])
        config.update(activation=activation)
        return self.add("DepthwiseConv2D", [x], activate(activation, value), config, weights)

    def separable(self, x, filters, kernel, stride, padding, multiplier, activation):
        channels = self.channels(x)
        weights = [
            ("", "depthwise_kernel", random(*kernel, channels, multiplier)),
            ("", "pointwise_kernel", random(1, 1, channels * multiplier, filters)),
            ("", "bias", random(filters)),
        ]
        value = self.depthwise_value(x, weights[0][2], stride, padding, 1)
        value = self.back(F.conv2d(value, weights[1][2].permute(3, 2, 0, 1), weights[2][2]))
        config = {"filters": filters, "kernel_size": kernel, "strides": [stride, stride], "padding": padding}
        config.update(data_format=self.data_format, depth_multiplier=multiplier, activation=activation, use_bias=True)
        return self.add("SeparableConv2D", [x], activate(activation, value), config, weights)

    def transposed(self, x, filters, kernel, stride, padding, bias=True):
        """Each pixel adds the kernel, times itself, to what comes out; "same" cuts off what a convolution would pad."""
        inputs = self.first(x.value)
        weights = [("", "kernel", random(kernel, kernel, filters, inputs.shape[1]))]
        weights += [("", "bias", random(filters))] if bias else []
        count, _, height, width = inputs.shape
        full = torch.zeros(count, filters, (height - 1) * stride + kernel, (width - 1) * stride + kernel)
        for i in range(height):
            for j in range(width):
                patch = torch.einsum("nc,hwfc->nfhw", inputs[:, :, i, j], weights[0][2])
                full[:, :, i * stride : i * stride + kernel, j * stride : j * stride + kernel] += patch
        if padding == "same":
            cut = max(kernel - stride, 0) // 2
            full = full[:, :, cut : cut + height * stride, cut : cut + width * stride]
        if bias:
            full = full + weights[1][2][:, None, None]
        config = {"filters": filters, "kernel_size": [kernel, kernel], "strides": [stride, stride], "use_bias": bias}
        config.update(padding=padding, data_format=self.data_format, activation="linear", output_padding=None)
        return self.add("Conv2DTranspose", [x], self.back(full), config, weights)

    def pool(self, x, kind, size, stride=None, padding="valid"):
        value = self.first(x.value)
        step = stride or size
        if kind == "Max":
            value = F.max_pool2d(self.padded(value, (size, size), step, 1, padding, -torch.inf), size, step)
        else:
            ones = self.padded(torch.ones_like(value), (size, size), step, 1, padding)
            sums = F.avg_pool2d(self.padded(value, (size, size), step, 1, padding), size, step)
            value = sums / F.avg_pool2d(ones, size, step)
        config = {"pool_size": [size, size], "padding": padding, "data_format": self.data_format}
        config["strides"] = stride and [stride, stride]
        return self.add(f"{kind}Pooling2D" if kind == "Max" else "AveragePooling2D", [x], self.back(value), config)

    def global_pool(self, x, kind, keepdims=False):
        axes = (1, 2) if self.last else (2, 3)
        value = x.value.mean(axes, keepdim=keepdims) if kind == "Average" else x.value.amax(axes, keepdim=keepdims)
        config = {"data_format": self.data_format, "keepdims": keepdims}
        return self.add(f"Global{kind}Pooling2D", [x], value, config)

    def batch_norm(self, x, scale=True, center=True, axis=None):
        axis = axis or (x.value.dim() - 1 if self.last else 1)
        length = x.value.shape[axis]
        weights = [("", "gamma", 1 + random(length))] if scale else []
        weights += [("", "beta", random(length))] if center else []
        weights += [("", "moving_mean", random(length)), ("", "moving_variance", 0.5 + torch.rand(length))]
        by = {name: array.reshape([-1 if k == axis else 1 for k in range(x.value.dim())]) for _, name, array in weights}
        value = (x.value - by["moving_mean"]) / (by["moving_variance"] + 0.01).sqrt()
        value = value * by.get("gamma", 1) + by.get("beta", 0)
        config = {"axis": [axis], "momentum": 0.97, "epsilon": 0.01, "center": center, "scale": scale}
        return self.add("BatchNormalization", [x], value, config, weights)

    def layer_norm(self, x, scale=True):
        length = x.value.shape[-1]
        weights = [("", "gamma", 1 + random(length))] if scale else []
        weights += [("", "beta", random(length))]
        value = F.layer_norm(x.value, [length], weights[0][2] if scale else None, weights[-1][2], 0.02)
        config = {"axis": [x.value.dim() - 1], "epsilon": 0.02, "center": True, "scale": scale}
        return self.add("LayerNormalization", [x], value, config, weights)

    def group_norm(self, x, groups):
        channels = self.channels(x)
        weights = [("", "gamma", 1 + random(channels)), ("", "beta", random(channels))]
        count = channels if groups == -1 else groups
        value = self.back(F.group_norm(self.first(x.value), count, weights[0][2], weights[1][2], 0.02))
        config = {"axis": -1 if self.last else 1, "groups": groups, "epsilon": 0.02, "center": True, "scale": True}
        return self.add("GroupNormalization", [x], value, config, weights)

    def dense(self, x, units, activation="linear", bias=True):
        weights = [("", "kernel", random(x.value.shape[-1], units))]
        weights += [("", "bias", random(units))] if bias else []
        value = x.value @ weights[0][2] + (weights[1][2] if bias else 0)
        config = {"units": units, "activation": activation, "use_bias": bias}
        return self.add("Dense", [x], activate(activation, value), config, weights)

    def flatten(self, x, data_format=None):
        data_format = data_format or self.data_format
        value = x.value.permute(0, 2, 3, 1) if data_format == "channels_first" else x.value
        return self.add("Flatten", [x], value.flatten(1), {"data_format": data_format})

    def activation(self, x, name):
        return self.add("Activation", [x], activate(name, x.value), {"activation": name})

    def reshape(self, x, *target):
        return self.add("Reshape", [x], x.value.reshape(BATCH, *target), {"target_shape": target})

    def permute(self, x, *dims):
        return self.add("Permute", [x], x.value.permute(0, *dims), {"dims": dims})

    def zero_padding(self, x, top, bottom, left, right):
        value = self.back(F.pad(self.first(x.value), [left, right, top, bottom]))
        config = {"padding": [[top, bottom], [left, right]], "data_format": self.data_format}
        return self.add("ZeroPadding2D", [x], value, config)

    def up_sampling(self, x, size):
        value = self.back(F.interpolate(self.first(x.value), scale_factor=size, mode="nearest"))
        config = {"size": [size, size], "data_format": self.data_format, "interpolation": "nearest"}
        return self.add("UpSampling2D", [x], value, config)

    def dropout(self, x):
        return self.add("Dropout", [x], x.value, {"rate": 0.3, "noise_shape": None, "seed": None})

    def join(self, kind, *inputs, axis=None):
        values = [each.value for each in inputs]
        if kind == "Concatenate":
            return self.add(kind, inputs, torch.cat(values, axis), {"axis": axis})
        value = values[0]
        for each in values[1:]:
            value = value + each if kind == "Add" else value * each
        return self.add(kind, inputs, value)

    def recurrent(self, x, kind, units, sequences, bias=True):
        gates = 4 if kind == "LSTM" else 3
        shape = (gates * units,) if kind == "LSTM" else (2, gates * units)
        weights = [("cell", "kernel", random(x.value.shape[2], gates * units))]
        weights += [("cell", "recurrent_kernel", random(units, gates * units))]
        weights += [("cell", "bias", random(*shape))] if bias else []
        w, u = weights[0][2], weights[1][2]
        b = weights[2][2] if bias else torch.zeros(*shape)
        h = c = torch.zeros(BATCH, units)
        states = []
        for t in range(x.value.shape[1]):
            if kind == "LSTM":
                i, f, g, o = (x.value[:, t] @ w + h @ u + b).chunk(4, 1)
                c = f.sigmoid() * c + i.sigmoid() * g.tanh()
                h = o.sigmoid() * c.tanh()
            else:
                xz, xr, xh = (x.value[:, t] @ w + b[0]).chunk(3, 1)
                hz, hr, hh = (h @ u + b[1]).chunk(3, 1)
                z, r = (xz + hz).sigmoid(), (xr + hr).sigmoid()
                h = z * h + (1 - z) * (xh + r * hh).tanh()
            states.append(h)
        config = {"units": units, "activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": bias}
        config.update(return_sequences=sequences, return_state=False, go_backwards=False, stateful=False, unroll=False)
        config.update(dropout=0.1, recurrent_dropout=0.0, **({"reset_after": True} if kind == "GRU" else {}))
        return self.add(kind, [x], torch.stack(states, 1) if sequences else h, config, weights)

    def attention(self, x, heads, width):
        units = x.value.shape[2]
        weights = []
        for part in ("query", "key", "value"):
            weights += [(part, "kernel", random(units, heads, width)), (part, "bias", random(heads, width))]
        weights += [("attention_output", "kernel", random(heads, width, units))]
        weights += [("attention_output", "bias", random(units))]
        q, k, v = (torch.einsum("ntd,dhw->nhtw", x.value, weights[i][2]) + weights[i + 1][2][:, None] for i in (0, 2, 4))
        mixed = ((q @ k.transpose(2, 3)) / width**0.5).softmax(3) @ v
        value = torch.einsum("nhtw,hwd->ntd", mixed, weights[6][2]) + weights[7][2]
        config = {"num_heads": heads, "key_dim": width, "value_dim": width, "dropout": 0.0, "use_bias": True}
        config.update(output_shape=None, attention_axes=None)
        return self.add("MultiHeadAttention", [x], value, config, weights, {"value": x, "use_causal_mask": False})

    def end(self, *outputs):
        self.outputs = list(outputs)
        return self


def activate(name, x):
    return {
        "linear": lambda: x,
        "relu": lambda: x.relu(),
        "relu6": lambda: F.relu6(x),
        "elu": lambda: F.elu(x),
        "sigmoid": lambda: x.sigmoid(),
        "tanh": lambda: x.tanh(),
        "gelu": lambda: F.gelu(x),
        "swish": lambda: F.silu(x),
        "hard_swish": lambda: F.hardswish(x),
        "leaky_relu": lambda: F.leaky_relu(x, 0.2),
        "softmax": lambda: x.softmax(-1),
        "log_softmax": lambda: x.log_softmax(-1),
    }[name]()


# The formats.


def reference(tensor):
    """Keras' own call of a Functional model, when it was made, is the first."""
    return [tensor.layer.name, tensor.call + (1 if tensor.layer.kind == "Functional" else 0), 0]


def keras_tensor(tensor):
    config = {"shape": [None, *tensor.value.shape[1:]], "dtype": "float32", "keras_history": reference(tensor)}
    return {"class_name": "__keras_tensor__", "config": config}


def nodes(layer, version):
    found = []
    for inputs, arguments in layer.calls:
        if version == 2:
            arguments = {k: reference(v) if isinstance(v, Tensor) else v for k, v in arguments.items()}
            found.append([reference(each) + [arguments] for each in inputs])
        else:
            arguments = {k: keras_tensor(v) if isinstance(v, Tensor) else v for k, v in arguments.items()}
            tensors = [keras_tensor(each) for each in inputs]
            found.append({"args": tensors if len(tensors) == 1 else [tensors], "kwargs": dict(arguments, training=None)})
    return found


def described(layer, version):
    config = dict(layer.config)
    if layer.kind == "InputLayer":
        config["batch_input_shape" if version == 2 else "batch_shape"] = config.pop("shape")
    if layer.inner:
        config = functional(layer.inner, version, layer.name)["config"]
    if version == 2:
        return {"class_name": layer.kind, "config": config}
    if "negative_slope" not in config and "alpha" in config:
        config["negative_slope"] = config.pop("alpha")
    config["dtype"] = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}}
    return {"module": "keras.layers", "class_name": layer.kind, "config": config, "registered_name": None}


def functional(model, version, name="model"):
    layers = []
    for layer in model.layers:
        layers.append(dict(described(layer, version), name=layer.name, inbound_nodes=nodes(layer, version)))
    inputs, outputs = [[reference(t) for t in tensors] for tensors in (model.inputs, model.outputs)]
    if version == 3:
        inputs, outputs = [each[0] if len(each) == 1 else each for each in (inputs, outputs)]
    config = {"name": name, "layers": layers, "input_layers": inputs, "output_layers": outputs}
    return {"class_name": "Functional", "config": config}


def sequential(model, version):
    layers = [described(layer, version) for layer in model.layers]
    config = {"name": "sequential", "layers": layers}
    if version == 2 and model.layers[0].kind == "InputLayer":
        # Keras 2 may leave the input layer out, whose shape the first layer has then.
        layers.pop(0)
        layers[0]["config"]["batch_input_shape"] = model.layers[0].config["shape"]
    return {"class_name": "Sequential", "config": config}


def named_weights(layer, version, prefix=""):
    if layer.inner:
        for each in layer.inner.layers:
            yield from named_weights(each, version, prefix if version == 2 else f"{prefix}{layer.name}/")
    for part, name, array in layer.weights:
        if version == 2:
            part = {"": "", "cell": f"{layer.kind.lower()}_cell/"}.get(part, f"{part}/")
            yield f"{prefix}{layer.name}/{part}{name}:0", array
        else:
            part = {"": "", "cell": f"{layer.kind.lower()}_cell/"}.get(part, f"{part}/")
            name = "kernel" if layer.kind == "DepthwiseConv2D" and name != "bias" else name
            yield f"{prefix}{layer.name}/{part}{name}", array


def write_h5(model, path, version, description):
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "2.15.0" if version == 2 else "3.3.3"
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = json.dumps(description)
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
        for layer in model.layers:
            group = root.create_group(layer.name)
            named = list(named_weights(layer, version, "" if version == 2 else "model/"))
            group.attrs["weight_names"] = [name.encode() for name, _ in named]
            for name, array in named:
                group[name] = array.numpy()


PARTS = {"": "", "cell": "cell/", "query": "query_dense/", "key": "key_dense/", "value": "value_dense/"}
PARTS["attention_output"] = "output_dense/"


def write_variables(file, place, model, is_sequential):
    seen = {}
    for layer in model.layers:
        if is_sequential and layer.kind == "InputLayer":
            continue
        name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", layer.kind)
        name = re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
        seen[name] = seen.get(name, -1) + 1
        path = f"{place}layers/{name}" + (f"_{seen[name]}" if seen[name] else "")
        file.create_group(f"{path}/vars")
        if layer.inner:
            write_variables(file, f"{path}/", layer.inner, False)
        counts = {}
        for part, _, array in layer.weights:
            index = counts[part] = counts.get(part, -1) + 1
            file[f"{path}/{PARTS[part]}vars/{index}"] = array.numpy()


def write_keras(model, path, description, is_sequential):
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        write_variables(file, "", model, is_sequential)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.3.3", "date_saved": "2024-05-01@12:00:00"}))
        archive.writestr("config.json", json.dumps(description))
        archive.writestr("model.weights.h5", content.getvalue())


def write(name, model, is_sequential=False):
    describe = sequential if is_sequential else functional
    directory = sys.argv[1]
    write_h5(model, f"{directory}/{name}.2.h5", 2, describe(model, 2))
    write_h5(model, f"{directory}/{name}.3.h5", 3, describe(model, 3))
    write_keras(model, f"{directory}/{name}.keras", describe(model, 3), is_sequential)
    for kind, tensors in (("in", model.inputs), ("out", model.outputs)):
        for i, tensor in enumerate(tensors):
            # Pictures are channels first in Thalweg.
            value = model.first(tensor.value) if tensor.value.dim() == 4 else tensor.value
            value.contiguous().numpy().tofile(f"{directory}/{name}.{kind}{i}")


# The models.


def convolutions(m, x):
    """Pictures with odd sides that differ, so that no axis can be taken for another."""
    x = m.conv(x, 8, [3, 5], 2, "same", activation="relu")
    x = m.conv(x, 8, [3, 3], 1, "valid", dilation=2, groups=2, bias=False)
    x = m.batch_norm(x)
    x = m.activation(x, "swish")
    y = m.depthwise(x, [3, 3], 1, "same")
    x = m.join("Add", x, y)
    x = m.add("ReLU", [x], F.leaky_relu(x.value, 0.1).clamp(max=torch.inf), {"negative_slope": 0.1, "max_value": None})
    x = m.depthwise(x, [3, 2], 2, "same", multiplier=2, activation="tanh")
    x = m.separable(x, 6, [3, 3], 1, "same", 2, "elu")
    x = m.batch_norm(x, scale=False)
    x = m.batch_norm(x, center=False)
    x = m.add("LeakyReLU", [x], F.leaky_relu(x.value, 0.15), {"alpha": 0.15})
    gates = m.conv(m.global_pool(x, "Average", keepdims=True), 6, [1, 1], activation="sigmoid")
    x = m.join("Multiply", x, gates)
    x = m.transposed(x, 5, 3, 2, "same")
    x = m.transposed(x, 4, 3, 2, "valid", bias=False)
    y = m.pool(x, "Max", 3, 2, "same")
    z = m.pool(x, "Average", 3, 2, "same")
    x = m.join("Concatenate", y, z, axis=3 if m.last else 1)
    x = m.group_norm(x, 4)
    x = m.zero_padding(x, 1, 0, 2, 3)
    x = m.group_norm(x, -1)
    x = m.pool(m.up_sampling(x, 2), "Max", 2)
    x = m.conv(x, 7, [1, 1], activation="leaky_relu")
    return m.pool(x, "Average", 3, 2)


def zoo():
    m = Model()
    x = convolutions(m, m.input(17, 22, 3))
    x = m.layer_norm(x)
    x = m.dense(x, 6, "gelu")
    x = m.activation(x, "softmax")
    x = m.add("Softmax", [x], x.value.softmax(-1), {"axis": -1})
    x = m.flatten(x)
    x = m.batch_norm(x)
    x = m.activation(m.dropout(x), "hard_swish")
    return m.end(m.dense(x, 5, "softmax"))


def first():
    m = Model("channels_first")
    x = convolutions(m, m.input(3, 17, 22))
    y = m.dense(m.flatten(x), 5, "relu6")
    z = m.dense(m.flatten(x, "channels_last"), 4)
    return m.end(m.join("Concatenate", y, z, axis=1))


def flattened():
    """Flattened pictures where their order matters beyond a dense layer."""
    m = Model()
    x = m.conv(m.input(5, 4, 3), 2, [2, 1])
    y = m.conv(x, 2, [1, 1])
    s = m.join("Add", m.flatten(x), m.flatten(y))
    c = m.join("Concatenate", m.flatten(x), m.flatten(y), axis=-1)
    r = m.reshape(m.flatten(x), 4, 8)
    a = m.dense(m.add("ELU", [c], F.elu(c.value), {"alpha": 1.0}), 3)
    return m.end(s, a, m.dense(r, 2), m.layer_norm(m.flatten(y)))


def row():
    m = Model()
    x = m.input(9, 8, 3)
    x = m.add("RandomFlip", [x], x.value, {"mode": "horizontal"})
    x = m.conv(x, 4, [3, 3], activation="relu")
    x = m.pool(x, "Max", 2)
    x = m.dropout(x)
    x = m.flatten(x)
    x = m.dense(x, 6, "relu", bias=False)
    return m.end(m.dense(x, 3, "softmax"))


def sequences():
    m = Model()
    x = m.input(5, 6)
    y = m.join("Add", x, m.attention(x, 2, 3))
    y = m.layer_norm(y)
    y = m.batch_norm(m.dense(y, 4, "relu"))
    y = m.activation(y, "softmax")
    y = m.recurrent(y, "LSTM", 3, True)
    y = m.recurrent(y, "GRU", 4, True)
    z = m.recurrent(y, "LSTM", 2, False, bias=False)
    return m.end(m.join("Concatenate", z, m.recurrent(y, "GRU", 5, False), axis=-1))


def decoder():
    m = Model()
    x = m.input(6)
    x = m.reshape(m.dense(x, 24), 2, 3, -1)
    x = m.conv(x, 3, [2, 2], padding="same")
    y = m.permute(x, 2, 1, 3)
    z = m.add("Reshape", [x], x.value.reshape(BATCH, 6, 3), {"target_shape": [-1, 3]})
    return m.end(y, m.dense(z, 2), m.global_pool(m.conv(y, 2, [2, 1]), "Max"))


class Nested(Model):
    """A model within another, of which it computes the result too."""

    def __init__(self):
        super().__init__()
        self.kernel, self.bias, self.matrix = random(3, 3, 2, 2), random(2), random(2, 2)
        x = self.input(4, 5, 2)
        conv = self.layer("Conv2D", {"filters": 2, "kernel_size": [3, 3], "padding": "same", "use_bias": True})
        conv.weights = [("", "kernel", self.kernel), ("", "bias", self.bias)]
        dense = self.layer("Dense", {"units": 2, "activation": "tanh", "use_bias": False})
        dense.weights = [("", "kernel", self.matrix)]
        x = self.call(conv, [x], self.convolved(x.value))
        x = self.call(dense, [x], (x.value @ self.matrix).tanh())
        # Once more, with the same weights.
        self.end(self.call(dense, [x], (x.value @ self.matrix).tanh()))

    def convolved(self, x):
        return F.conv2d(x.permute(0, 3, 1, 2), self.kernel.permute(3, 2, 0, 1), self.bias, 1, 1).permute(0, 2, 3, 1)

    def of(self, x):
        return ((self.convolved(x) @ self.matrix).tanh() @ self.matrix).tanh()


def nested():
    m = Model()
    x, y = m.input(4, 5, 2), m.input(4, 5, 2)
    inner = Nested()
    layer = m.layer("Functional", {}, [], inner=inner)
    x = m.call(layer, [x], inner.of(x.value))
    y = m.call(layer, [y], inner.of(y.value))
    x = m.call(layer, [x], inner.of(x.value))
    return m.end(m.dense(m.flatten(m.join("Add", x, y)), 3), y)


def pixels():
    """The inputs are bytes."""
    m = Model()
    x = m.input(4, 3, 3, value=torch.randint(0, 256, (BATCH, 4, 3, 3)).float())
    x = m.add("Rescaling", [x], x.value / 127.5 - 1, {"scale": 1 / 127.5, "offset": -1.0})
    mean, variance = random(3), 0.5 + torch.rand(3)
    weights = [("", "mean", mean), ("", "variance", variance), ("", "count", torch.zeros(()))]
    x = m.add("Normalization", [x], (x.value - mean) / variance.sqrt(), {"axis": [-1], "mean": None}, weights)
    return m.end(m.dense(m.flatten(x), 4))


write("zoo", zoo())
write("first", first())
write("flattened", flattened())
write("row", row(), is_sequential=True)
write("sequences", sequences())
write("decoder", decoder())
write("nested", nested())
write("pixels", pixels())
