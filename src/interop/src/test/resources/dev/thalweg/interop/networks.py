"""Writes what PyTorch answers: python3 networks.py DIRECTORY"""

import sys

import torch
from torchvision import models


def narrow(vgg):
    """Takes small pictures without repeating their last pixel 7x7 times."""
    vgg.avgpool = torch.nn.Identity()
    vgg.classifier[0] = torch.nn.Linear(512, 4096)
    return vgg


NETWORKS = {
    "resnet18": (lambda: models.resnet18(num_classes=7), 64),
    "resnet50": (lambda: models.resnet50(num_classes=7), 64),
    "mobilenetv2": (lambda: models.mobilenet_v2(num_classes=7), 64),
    "vgg11": (lambda: narrow(models.vgg11(num_classes=7)), 32),
    "vgg11bn": (lambda: narrow(models.vgg11_bn(num_classes=7)), 32),
    "transformer": (
        lambda: models.VisionTransformer(
            image_size=32, patch_size=8, num_layers=2, num_heads=2, hidden_dim=32, mlp_dim=128, num_classes=7
        ),
        32,
    ),
}

torch.manual_seed(1)
for name, (make, size) in NETWORKS.items():
    network = make().eval()
    with torch.no_grad():
        # Every number differs from what it would be if it were forgotten or confused with another.
        for key, value in network.state_dict().items():
            if key.endswith("running_var"):
                value.uniform_(0.5, 2)
            elif value.dim() == 1:
                value.normal_(1 if key.endswith("weight") else 0, 0.1)
        network.heads.head.weight.normal_(0, 0.1) if name == "transformer" else None
        pictures = torch.randn(3, 3, size, size)
        logits = network(pictures)
    torch.save(network.state_dict(), f"{sys.argv[1]}/{name}.pth")
    pictures.numpy().tofile(f"{sys.argv[1]}/{name}.pictures")
    logits.numpy().tofile(f"{sys.argv[1]}/{name}.logits")
