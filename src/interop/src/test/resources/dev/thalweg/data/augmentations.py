"""Writes how torchvision changes pictures: python3 augmentations.py DIRECTORY"""

import sys
from pathlib import Path

import numpy
import torch
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode, autoaugment, functional

DIRECTORY = Path(sys.argv[1])
RANDOM = numpy.random.default_rng(17)
SIZES = [(32, 32), (28, 28), (17, 40), (41, 16), (5, 7), (2, 3), (1, 1)]
BOXES = 20_000


def smooth(height, width, channels):
    """Waves in a narrow part of the levels."""
    y, x = numpy.mgrid[0:height, 0:width]
    planes = [110 + 60 * numpy.sin(x / (5 + c)) * numpy.cos(y / 7 + c) for c in range(channels)]
    return numpy.stack(planes, axis=2) + RANDOM.integers(0, 12, (height, width, channels))


def pictures():
    """Noise, waves, one level, and few levels; in colour and grey."""
    for channels in (3, 1):
        for height, width in SIZES:
            shape = (height, width, channels)
            for levels in (
                RANDOM.integers(0, 256, shape),
                smooth(*shape),
                numpy.full(shape, 77),
                RANDOM.choice([3, 130, 131, 255], shape),
            ):
                pixels = levels.astype(numpy.uint8)
                yield Image.fromarray(pixels if channels == 3 else pixels[:, :, 0])


def planes(picture):
    """The bytes of a picture, channel by channel."""
    pixels = numpy.asarray(picture)
    return pixels.tobytes() if pixels.ndim == 2 else pixels.transpose(2, 0, 1).tobytes()


class Cases:
    """A table of what was done to which picture, and a file for each picture that came out."""

    def __init__(self, name):
        self.name = name
        self.lines = []

    def add(self, number, picture, changed, *fields):
        (DIRECTORY / f"{self.name}-{len(self.lines)}").write_bytes(planes(changed))
        form = (len(picture.getbands()), picture.height, picture.width)
        self.lines.append("\t".join(map(str, (f"picture-{number}", *form, *fields))))

    def close(self):
        (DIRECTORY / f"{self.name}.tsv").write_text("\n".join(self.lines) + "\n")


def crops():
    cases = Cases("crops")
    for number, picture in enumerate(PICTURES):
        width, height = picture.size
        for _ in range(6):
            across, down = RANDOM.integers(1, width + 1), RANDOM.integers(1, height + 1)
            left, top = RANDOM.integers(0, width - across + 1), RANDOM.integers(0, height - down + 1)
            changed = functional.resized_crop(picture, top, left, down, across, [height, width])
            cases.add(number, picture, changed, left, top, across, down)
    cases.close()


def boxes():
    """What is cut out, drawn many times; rows of left, top, width and height."""
    lines = []
    for width, height, scale, ratio in (
        (32, 32, (0.08, 1.0), (3 / 4, 4 / 3)),
        (500, 375, (0.08, 1.0), (3 / 4, 4 / 3)),
        (33, 9, (0.3, 0.9), (0.5, 1.5)),
        (10, 60, (0.5, 1.0), (0.9, 1.2)),
    ):
        picture = Image.new("L", (width, height))
        rows = numpy.array(
            [transforms.RandomResizedCrop.get_params(picture, scale, ratio) for _ in range(BOXES)], dtype="<f4"
        )
        rows[:, [1, 0, 3, 2]].astype("<f4").tofile(DIRECTORY / f"boxes-{len(lines)}")
        lines.append("\t".join(map(str, (width, height, *scale, *ratio))))
    (DIRECTORY / "boxes.tsv").write_text("\n".join(lines) + "\n")


def changes():
    """Each change at some of its magnitudes, to either side."""
    cases = Cases("changes")
    space = autoaugment.TrivialAugmentWide()._augmentation_space(31)
    for number, picture in enumerate(PICTURES):
        for name, (magnitudes, signed) in space.items():
            for magnitude in magnitudes.reshape(-1)[[0, 3, 15, 20, 30] if magnitudes.ndim else [0]].tolist():
                for sign in (1, -1) if signed else (1,):
                    changed = autoaugment._apply_op(picture, name, sign * magnitude, InterpolationMode.NEAREST, None)
                    cases.add(number, picture, changed, name, sign * magnitude)
    cases.close()


def spaces():
    """How strong each change can be in pictures of some sizes."""
    lines = []
    for height, width in (*SIZES, (224, 224), (331, 662), (375, 500)):
        for name, space in (
            ("wide", autoaugment.TrivialAugmentWide()._augmentation_space(31)),
            ("narrow", autoaugment.RandAugment()._augmentation_space(31, (height, width))),
        ):
            for change, (magnitudes, signed) in space.items():
                numbers = magnitudes.tolist() if magnitudes.ndim else []
                lines.append("\t".join(map(str, (name, height, width, change, signed, *numbers))))
    (DIRECTORY / "spaces.tsv").write_text("\n".join(lines) + "\n")


torch.manual_seed(17)
PICTURES = list(pictures())
for number, picture in enumerate(PICTURES):
    (DIRECTORY / f"picture-{number}").write_bytes(planes(picture))
crops()
boxes()
changes()
spaces()
