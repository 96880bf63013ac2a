"""Exports torchvision's classifiers with random weights: python3 onnx_networks.py DIRECTORY [NAME ...]

With "fixed" for a name: small networks, each for batches of 1 and 2 that the file fixes, as NAME-OPSET-BATCH.onnx.
Else, for each there is NAME.onnx with what PyTorch answers, and NAME.train.onnx with gradients of the mean cross-entropy
for batches of pictures, and how far rounding moves PyTorch's own. Numbers are floats in little-endian order; before
each parameter stands how many it has.
"""

import copy
import sys
import warnings

import torch
from torchvision import models

warnings.filterwarnings("ignore")

CLASSES = 5


class Tokens(torch.nn.Module):
    def forward(self, pictures):
        return pictures.flatten(2).transpose(1, 2)


class Attention(torch.nn.Module):
    """Of tokens to each other, as timm writes it."""

    def __init__(self, units, heads):
        super().__init__()
        self.heads = heads
        self.qkv = torch.nn.Linear(units, 3 * units)
        self.proj = torch.nn.Linear(units, units)

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = self.qkv(x).reshape(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        scores = (q @ k.transpose(-2, -1) * (d // self.heads) ** -0.5).softmax(dim=-1)
        return self.proj((scores @ v).transpose(1, 2).reshape(n, t, d))


class States(torch.nn.Module):
    """What a recurrent layer's states are: all, or the last."""

    def __init__(self, cell, last):
        super().__init__()
        self.cell = cell
        self.last = last

    def forward(self, x):
        states = self.cell(x)[0]
        return states[:, -1] if self.last else states


def parts(num_classes):
    """Layers that torchvision's classifiers have none of."""
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 4, 4),
        torch.nn.GroupNorm(2, 8),
        Tokens(),
        Attention(8, 2),
        States(torch.nn.GRU(8, 6, batch_first=True), False),
        torch.nn.Linear(6, 7),
        States(torch.nn.LSTM(7, 8, batch_first=True), True),
        torch.nn.Linear(8, num_classes),
    )


class Recurrent(torch.nn.Module):
    """Rows of grey pictures one after the other; its answer is made of the last state."""

    def __init__(self, cell, last):
        super().__init__()
        self.states = States(cell, last)
        self.head = torch.nn.Linear(8, CLASSES)

    def forward(self, pictures):
        states = self.states(pictures.mean(1))
        return self.head(states if states.dim() == 2 else states.mean(1))


class TokensFirst(torch.nn.Module):
    """Attention of tokens that come before the examples, to the very end."""

    def __init__(self):
        super().__init__()
        self.patches = torch.nn.Conv2d(3, 8, 8, 8)
        self.attention = torch.nn.MultiheadAttention(8, 2)
        self.head = torch.nn.Linear(8, CLASSES)

    def forward(self, pictures):
        tokens = self.patches(pictures).flatten(2).permute(2, 0, 1)
        return self.head(self.attention(tokens, tokens, tokens)[0].mean(0))


class WithToken(torch.nn.Module):
    """A class token, repeated for the batch, before attention as timm writes it."""

    def __init__(self):
        super().__init__()
        self.patches = torch.nn.Conv2d(3, 8, 8, 8)
        self.token = torch.nn.Parameter(torch.randn(1, 1, 8))
        self.places = torch.nn.Parameter(torch.randn(1, 17, 8))
        self.norm = torch.nn.LayerNorm(8)
        self.attention = Attention(8, 2)
        self.head = torch.nn.Linear(8, CLASSES)

    def forward(self, pictures):
        tokens = self.patches(pictures).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.token.expand(len(tokens), -1, -1), tokens], 1) + self.places
        return self.head((tokens + self.attention(self.norm(tokens)))[:, 0])


def encoder(norm_first):
    layer = torch.nn.TransformerEncoderLayer(8, 2, 16, 0.0, "gelu", batch_first=True, norm_first=norm_first)
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 8, 8),
        Tokens(),
        torch.nn.TransformerEncoder(layer, 2),
        torch.nn.Flatten(),
        torch.nn.Linear(8 * 16, CLASSES),
    )


# Of pictures of 32 by 32 pixels, and in which operator sets.
FIXED = {
    "convolutions": (
        lambda: torch.nn.Sequential(
            torch.nn.Conv2d(3, 8, 3, 2, 1),
            torch.nn.BatchNorm2d(8),
            torch.nn.GroupNorm(2, 8),
            torch.nn.Upsample(size=(20, 20), mode="bilinear", align_corners=False),
            torch.nn.MaxPool2d(2),
            torch.nn.Flatten(),
            torch.nn.Linear(800, CLASSES),
        ),
        (11, 17),
    ),
    "encoder": (lambda: encoder(False), (9, 17)),
    "encoder_norm_first": (lambda: encoder(True), (14,)),
    "gru": (lambda: Recurrent(torch.nn.GRU(32, 8, batch_first=True), True), (9, 17)),
    "lstm": (lambda: Recurrent(torch.nn.LSTM(32, 8, batch_first=True), False), (14,)),
    "swin": (
        lambda: models.SwinTransformer([4, 4], 8, [1, 2], [2, 2], [2, 2], num_classes=CLASSES),
        (14,),
    ),
    "tokens_first": (TokensFirst, (9, 17)),
    "vit": (lambda: models.VisionTransformer(32, 8, 2, 2, 16, 32, num_classes=CLASSES), (9, 17)),
    "with_token": (WithToken, (9, 17)),
}


# How to make it, the height and width of its pictures, and for how many batches gradients are written: for one alone
# where the parameters take hundreds of megabytes.
NETWORKS = {
    "alexnet": (models.alexnet, 224, 1),
    "resnet18": (models.resnet18, 64, 3),
    "squeezenet1_1": (models.squeezenet1_1, 64, 3),
    "mobilenet_v2": (models.mobilenet_v2, 64, 3),
    "mobilenet_v3_small": (models.mobilenet_v3_small, 64, 3),
    "shufflenet_v2_x0_5": (models.shufflenet_v2_x0_5, 64, 3),
    "mnasnet0_5": (models.mnasnet0_5, 64, 3),
    "regnet_y_400mf": (models.regnet_y_400mf, 64, 3),
    "efficientnet_b0": (models.efficientnet_b0, 64, 3),
    "vit": (
        lambda num_classes: models.VisionTransformer(
            image_size=32, patch_size=8, num_layers=2, num_heads=4, hidden_dim=32, mlp_dim=64, num_classes=num_classes
        ),
        32,
        3,
    ),
    "parts": (parts, 32, 3),
    "mobilenet_v3_large": (models.mobilenet_v3_large, 64, 3),
    "shufflenet_v2_x1_0": (models.shufflenet_v2_x1_0, 64, 3),
    "mnasnet1_0": (models.mnasnet1_0, 64, 3),
    "vit_b_16": (lambda num_classes: models.vit_b_16(num_classes=num_classes, image_size=64), 64, 1),
    "vgg16_bn": (models.vgg16_bn, 224, 1),
    "resnet50": (models.resnet50, 64, 3),
    "resnext50": (models.resnext50_32x4d, 64, 3),
    "wide_resnet50": (models.wide_resnet50_2, 64, 1),
    "densenet121": (models.densenet121, 64, 3),
    "googlenet": (
        lambda num_classes: models.googlenet(num_classes=num_classes, aux_logits=False, init_weights=False),
        64,
        1,
    ),
    "inception_v3": (
        lambda num_classes: models.inception_v3(num_classes=num_classes, aux_logits=False, init_weights=False),
        139,
        1,
    ),
    "convnext_tiny": (models.convnext_tiny, 64, 3),
    "swin_t": (models.swin_t, 64, 3),
}


def randomize(network):
    """Has every number differ from what it would be if it were forgotten or confused with another."""
    for key, value in network.state_dict().items():
        if key.endswith("running_var"):
            value.uniform_(0.5, 2)
        elif value.is_floating_point() and value.dim() == 1:
            value.normal_(1 if key.endswith("weight") else 0, 0.1)
        elif key.endswith("layer_scale"):
            value.normal_(0.5, 0.1)
    if hasattr(network, "heads"):
        network.heads.head.weight.normal_(0, 0.1)


def without_chance(network):
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        elif type(module).__name__ == "StochasticDepth":
            module.p = 0.0


def export(network, pictures, file, training):
    torch.onnx.export(
        network,
        pictures,
        file,
        opset_version=13,
        input_names=["pictures"],
        output_names=["logits"],
        dynamic_axes={"pictures": {0: "N"}, "logits": {0: "N"}},
        training=torch.onnx.TrainingMode.TRAINING if training else torch.onnx.TrainingMode.EVAL,
        do_constant_folding=not training,
    )


def gradients(network, pictures):
    network.zero_grad(set_to_none=True)
    torch.nn.functional.cross_entropy(network(pictures), torch.arange(len(pictures)) % CLASSES).backward()
    return [parameter.grad.double() for parameter in network.parameters()]


def well_conditioned(network, size, wanted):
    """Draws pictures, so many times, whose gradients depend on rounding least: no input of a ReLU is near its kink."""
    exact = copy.deepcopy(network).double()
    drawn = []
    while len(drawn) < 4 * wanted and sum(error < 1e-4 for error, _, _ in drawn) < wanted:
        pictures = torch.randn(3, 3, size, size)
        truth = gradients(exact, pictures.double())
        largest = max(gradient.norm() for gradient in truth)
        error = max(
            (rounded - gradient).norm() / max(gradient.norm(), 1e-3 * largest)
            for rounded, gradient in zip(gradients(network, pictures), truth)
        )
        drawn.append((error, pictures, truth))
    best = sorted(drawn, key=lambda draw: draw[0])[:wanted]
    print("rounding moves gradients by", [f"{error:.1e}" for error, _, _ in best])
    return best


def floats(values, out):
    out.write(values.detach().numpy().astype("<f4").tobytes())


def fixed(directory):
    for name, (make, opsets) in FIXED.items():
        torch.manual_seed(1)
        network = make().eval()
        with torch.no_grad():
            randomize(network)
            pictures = torch.randn(3, 3, 32, 32)
            logits = network(pictures)
        for opset in opsets:
            for batch in (1, 2):
                file = f"{directory}/{name}-{opset}-{batch}"
                torch.onnx.export(network, pictures[:batch], f"{file}.onnx", opset_version=opset)
                pictures.numpy().tofile(f"{file}.pictures")
                logits.numpy().tofile(f"{file}.logits")


def main(directory, names):
    if names == ["fixed"]:
        return fixed(directory)
    for name in names or NETWORKS:
        print(name)
        make, size, wanted = NETWORKS[name]
        torch.manual_seed(1)
        network = make(num_classes=CLASSES).eval()
        with torch.no_grad():
            randomize(network)
        without_chance(network)
        draws = well_conditioned(network.train(), size, wanted)
        network.eval()
        pictures = torch.randn(3, 3, size, size)
        with torch.no_grad():
            logits = network(pictures)
        pictures.numpy().tofile(f"{directory}/{name}.pictures")
        logits.numpy().tofile(f"{directory}/{name}.logits")
        export(network, pictures, f"{directory}/{name}.onnx", False)
        for number, (rounding, drawn, truth) in enumerate(draws):
            drawn.numpy().tofile(f"{directory}/{name}.{number}.pictures")
            rounding.numpy().astype("<f4").tofile(f"{directory}/{name}.{number}.rounding")
            with open(f"{directory}/{name}.{number}.gradients", "wb") as out:
                for value, gradient in zip(network.parameters(), truth):
                    out.write(value.numel().to_bytes(4, "little"))
                    floats(value, out)
                    floats(gradient, out)
        export(network.train(), pictures, f"{directory}/{name}.train.onnx", 3)


main(sys.argv[1], sys.argv[2:])
