"""Draws pictures in many formats, and writes beside them what Pillow makes of them.

python3 pictures.py FOLDER leaves picture files in FOLDER, raw bytes [C, H, W] of what each is expected to be at some size, and
expected.tsv: file, channels, height, width, resize, greatest difference in levels (or - where 40 dB are asked), raw file.
"""
import io
import math
import os
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageOps, TiffImagePlugin

FOLDER = sys.argv[1]
RANDOM = np.random.RandomState(12)
SRGB = ImageCms.createProfile("sRGB")
ORIENTATION = 0x0112
WHITE = (255, 255, 255)


# Profiles: International Color Consortium, Specification ICC.1:2001-04.

def profile(colour_class, space, connection, tags):
    body, table, offset = b"", struct.pack(">I", len(tags)), 128 + 4 + 12 * len(tags)
    for name, data in tags:
        data += b"\0" * (-len(data) % 4)
        table += name + struct.pack(">II", offset + len(body), len(data))
        body += data
    header = struct.pack(">I4sI4s4s4s", offset + len(body), b"none", 0x02400000, colour_class, space, connection)
    header += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28 + struct.pack(">3I", 0xF6D6, 0x10000, 0xD32D)
    return header + b"\0" * (128 - len(header)) + table + body


def xyz(x, y, z):
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in (x, y, z)))


def text(name):
    return b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name + b"\0" * 79


CURVE = b"curv\0\0\0\0" + struct.pack(">IH", 1, 0x0233)
COPYRIGHT = (b"cprt", b"text\0\0\0\0none\0")
ADOBE_RGB = profile(b"mntr", b"RGB ", b"XYZ ", [
    (b"desc", text(b"wide")), COPYRIGHT, (b"wtpt", xyz(0.9505, 1, 1.0891)), (b"rTRC", CURVE), (b"gTRC", CURVE), (b"bTRC", CURVE),
    (b"rXYZ", xyz(0.60974, 0.31111, 0.01947)), (b"gXYZ", xyz(0.20528, 0.62567, 0.06087)), (b"bXYZ", xyz(0.14919, 0.06322, 0.74457))])
GREY = profile(b"mntr", b"GRAY", b"XYZ ", [
    (b"desc", text(b"grey")), COPYRIGHT, (b"wtpt", xyz(0.9642, 1, 0.8249)), (b"kTRC", b"curv\0\0\0\0" + struct.pack(">IH", 1, 0x01CD))])


def ink(c, m, y, k):
    """The colour of inks, as Lab in a table's bytes."""
    red, green, blue = (((1 - strength * ink) * (1 - 0.9 * k)) ** 2 for strength, ink in ((0.8, c), (0.7, m), (0.85, y)))
    # sRGB's colours beside the white of D50.
    x = 0.4361 * red + 0.3851 * green + 0.1431 * blue
    y = 0.2225 * red + 0.7169 * green + 0.0606 * blue
    z = 0.0139 * red + 0.0971 * green + 0.7141 * blue
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x / 0.9642, y, z / 0.8249))
    return round((116 * fy - 16) * 2.55), round(128 + 500 * (fx - fy)), round(128 + 200 * (fy - fz))


def cmyk_profile():
    side, ramp = 5, bytes(range(256))
    steps = [i / (side - 1) for i in range(side)]
    table = b"".join(bytes(ink(c, m, y, k)) for c in steps for m in steps for y in steps for k in steps)
    identity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    lut = b"mft1\0\0\0\0" + bytes([4, 3, side, 0]) + identity + ramp * 4 + table + ramp * 3
    return profile(b"prtr", b"CMYK", b"Lab ", [(b"desc", text(b"inks")), COPYRIGHT, (b"wtpt", xyz(0.9642, 1, 0.8249)), (b"A2B0", lut)])


CMYK = cmyk_profile()


# Pictures.

def drawn(width, height):
    """A colour picture [H, W, 3] of slopes, waves, edges and noise."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    red = 255 * x / max(1, width - 1)
    green = 127 + 127 * np.sin(x * 0.37 + y * y * 0.011)
    blue = np.where((x // 5 + y // 7) % 2 == 0, 30, 220)
    noise = RANDOM.randint(-12, 13, (height, width, 3))
    return np.clip(np.stack([red, green, blue], 2) + noise, 0, 255).astype(np.uint8)


def smooth(width, height):
    """A colour picture without edges, which lossy formats keep well."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    waves = [127 + 120 * np.sin(x / width * a + y / height * b) for a, b in ((5, 2), (3, 7), (8, 4))]
    return np.clip(np.stack(waves, 2), 0, 255).astype(np.uint8)


def save(name, image, **options):
    image.save(os.path.join(FOLDER, name), **options)
    return name


def save_bytes(name, data):
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(data)
    return name


def read(name):
    with open(os.path.join(FOLDER, name), "rb") as file:
        return file.read()


def png(bits, colour, rows, *chunks):
    """A PNG of packed rows, for what Pillow does not write. Portable Network Graphics, W3C 2003."""
    height, width, data = rows
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))] + list(chunks)
    parts += [(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in data))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts)


def words(values):
    """Rows of 16-bit samples."""
    return values.shape[0], values.shape[1], [row.astype(">u2").tobytes() for row in values]


ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def interlaced(picture):
    height, width, _ = picture.shape
    rows = [row.tobytes() for x, y, dx, dy in ADAM7 for row in picture[y::dy, x::dx] if row.size]
    data = png(8, 2, (height, width, rows))
    header = data[16:28] + b"\1"
    return data[:16] + header + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + data[33:]


# What is expected.

def upright(name):
    """A picture as it is to be seen: sRGB or grey, 8 bits, on white."""
    image = Image.open(os.path.join(FOLDER, name))
    image.load()
    embedded = image.info.get("icc_profile")
    # Pillow has turned TIFF files by itself when it loaded them.
    if image.format != "TIFF":
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        return Image.fromarray((np.array(image) >> 8).astype(np.uint8))
    alpha = None
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        alpha = image.convert("RGBA").getchannel("A")
        image = image.getchannel(0) if image.mode == "LA" else image if image.mode == "L" else image.convert("RGBA").convert("RGB")
    if image.mode in ("P", "1"):
        image = image.convert("RGB" if image.mode == "P" else "L")
    if embedded:
        image = ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(io.BytesIO(embedded)), SRGB, outputMode="RGB")
    if image.mode not in ("RGB", "L"):
        image = image.convert("RGB")
    if alpha is not None:
        white = Image.new(image.mode, image.size, "white")
        white.paste(image, mask=alpha)
        image = white
    return image


def resized(image, width, height, resize):
    if image.size == (width, height):
        return image
    if resize == "STRETCH":
        return image.resize((width, height), Image.BILINEAR)
    if resize == "PAD":
        return ImageOps.pad(image, (width, height), Image.BILINEAR, color="white")
    # torchvision's Resize of the short side, and CenterCrop.
    w, h = image.size
    if w * height <= h * width:
        size = width, h * width // w
    else:
        size = w * height // h, height
    left, top = round((size[0] - width) / 2), round((size[1] - height) / 2)
    return image.resize(size, Image.BILINEAR).crop((left, top, left + width, top + height))


EXPECTED = open(os.path.join(FOLDER, "expected.tsv"), "w")


def expect(name, tolerance, sizes):
    image = upright(name)
    for mode, channels in (("L", 1), ("RGB", 3)):
        converted = image.convert(mode)
        for width, height, resize in [image.size + ("STRETCH",)] + sizes:
            raw = "%s.%d.%d.%d.%s.raw" % (name, channels, width, height, resize)
            values = np.array(resized(converted, width, height, resize)).reshape(height, width, channels)
            save_bytes(raw, values.transpose(2, 0, 1).tobytes())
            allowed = tolerance if (width, height) == image.size else "-"
            print(name, channels, height, width, resize, allowed, raw, sep="\t", file=EXPECTED)


SIZES = [(32, 32, "STRETCH"), (24, 40, "CROP"), (40, 24, "PAD"), (90, 130, "STRETCH")]


def exact(name, sizes=SIZES):
    expect(name, 1, sizes)


def lossy(name, tolerance=3):
    expect(name, tolerance, SIZES)


def main():
    colour = drawn(61, 47)
    grey = colour[:, :, 1]
    alpha = np.clip(colour[:, :, 2].astype(int) * 2 - 100, 0, 255).astype(np.uint8)
    image, grey_image = Image.fromarray(colour), Image.fromarray(grey)
    see_through = Image.fromarray(np.dstack([colour, alpha]))
    see_through_grey = Image.merge("LA", [grey_image, Image.fromarray(alpha)])
    calm = Image.fromarray(smooth(61, 47))

    # PNG
    exact(save("rgb.png", image))
    exact(save("grey.png", grey_image))
    exact(save("grey-alpha.png", see_through_grey))
    exact(save("rgba.png", see_through))
    exact(save("palette.png", image.quantize(50)))
    exact(save("palette-few.png", image.quantize(3)))
    exact(save("palette-see-through.png", image.quantize(50), transparency=bytes(range(0, 250, 5))))
    exact(save("one-bit.png", image.convert("1")))
    exact(save("grey-see-through.png", grey_image, transparency=int(grey[20, 30])))
    exact(save("rgb-see-through.png", image.quantize(9).convert("RGB"), transparency=tuple(image.quantize(9).convert("RGB").getpixel((9, 9)))))
    exact(save("profile.png", image, icc_profile=ADOBE_RGB))
    exact(save("profile-alpha.png", see_through, icc_profile=ADOBE_RGB))
    exact(save("profile-palette.png", image.quantize(50), icc_profile=ADOBE_RGB))
    exact(save("profile-grey.png", grey_image, icc_profile=GREY))
    exact(save("profile-srgb.png", image, icc_profile=ImageCms.ImageCmsProfile(SRGB).tobytes()))
    exact(save_bytes("interlaced.png", interlaced(colour)))
    deep = (colour.astype(int) * 256 + RANDOM.randint(0, 256, colour.shape))
    exact(save_bytes("grey-16.png", png(16, 0, words(deep[:, :, 0]))))
    exact(save_bytes("rgb-16.png", png(16, 2, words(deep))))
    exact(save_bytes("grey-alpha-16.png", png(16, 4, words(deep[:, :, :2]))))
    exact(save_bytes("rgba-16.png", png(16, 6, words(np.dstack([deep, deep[:, :, 1]])))))
    for bits in (2, 4):
        levels = grey >> (8 - bits)
        per_byte = 8 // bits
        padded = np.pad(levels, ((0, 0), (0, -61 % per_byte)))
        packed = sum(padded[:, i::per_byte].astype(int) << (8 - bits * (i + 1)) for i in range(per_byte)).astype(np.uint8)
        exact(save_bytes("grey-%d.png" % bits, png(bits, 0, (47, 61, [row.tobytes() for row in packed]))))

    # GIF
    exact(save("palette.gif", image.quantize(100)))
    exact(save("see-through.gif", image.quantize(20), transparency=3))
    exact(save("moving.gif", image.quantize(60), save_all=True, append_images=[calm.quantize(60)], duration=50))
    exact(save("grey.gif", grey_image))

    # BMP
    exact(save("rgb.bmp", image))
    exact(save("grey.bmp", grey_image))
    exact(save("palette.bmp", image.quantize(200)))
    exact(save("one-bit.bmp", image.convert("1")))
    exact(save("alpha.bmp", see_through))

    # Netpbm
    exact(save("rgb.ppm", image))
    exact(save("grey.pgm", grey_image))
    exact(save("one-bit.pbm", image.convert("1")))
    exact(save_bytes("grey-16.pgm", b"P5\n# a comment\n61 47\n65535\n" + deep[:, :, 0].astype(">u2").tobytes()))
    exact(save_bytes("few-levels.ppm", b"P6 61 47 200\n" + (colour // 2 + 60).tobytes()))
    exact(save_bytes("text.ppm", b"P3\n61 47 # a comment\n255\n" + " ".join(str(v) for v in colour.ravel()).encode()))
    exact(save_bytes("text.pgm", b"P2 61 47\n100\n" + "\n".join(str(v // 3) for v in grey.ravel()).encode()))
    exact(save_bytes("text.pbm", b"P1\n61 47\n" + "".join(str(v & 1) for v in grey.ravel()).encode()))

    # TIFF
    exact(save("rgb.tif", image))
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits"):
        exact(save(compression + ".tiff", image, compression=compression))
    exact(save("grey.tif", grey_image))
    exact(save("rgba.tif", see_through))
    exact(save("palette.tif", image.quantize(50)))
    exact(save("one-bit.tif", image.convert("1")))
    exact(save("fax.tif", image.convert("1"), compression="group4"))
    exact(save("grey-16.tif", Image.fromarray(deep[:, :, 0].astype(np.uint16))))
    exact(save("profile.tif", image, icc_profile=ADOBE_RGB))
    exact(save("cmyk.tif", image.convert("CMYK")))
    exact(save("white-is-zero.tif", grey_image, tiffinfo={262: 0}))
    lossy(save("jpeg.tif", calm, compression="jpeg", quality=95))

    # JPEG
    lossy(save("rgb.jpg", image, quality=90))
    lossy(save("full.jpg", image, quality=95, subsampling=0))
    lossy(save("half.jpg", image, quality=95, subsampling=1))
    lossy(save("grey.jpg", grey_image, quality=90))
    lossy(save("progressive.jpg", image, progressive=True))
    lossy(save("profile.jpg", image, quality=95, subsampling=0, icc_profile=ADOBE_RGB))
    lossy(save("profile-grey.jpg", grey_image, quality=95, icc_profile=GREY))
    inks = Image.fromarray(np.dstack([255 - colour, colour[:, ::-1, 0] // 3]), "CMYK")
    lossy(save("cmyk.jpg", inks, quality=95))
    lossy(save("cmyk-profile.jpg", inks, quality=95, icc_profile=CMYK))
    lossy(save_bytes("ycck.jpg", ycck(read("cmyk.jpg"))))
    lossy(save_bytes("ycck-profile.jpg", ycck(read("cmyk-profile.jpg"))))
    lossy(save_bytes("rgb-adobe.jpg", as_adobe(read("full.jpg"), 0)))
    lossy(save_bytes("no-markers.jpg", without_jfif(read("rgb.jpg"))))

    # WebP
    exact(save("lossless.webp", image, lossless=True))
    exact(save("lossless-alpha.webp", see_through, lossless=True, exact=True))
    exact(save("lossless-profile.webp", image, lossless=True, icc_profile=ADOBE_RGB))
    exact(save("lossless-few.webp", image.quantize(5).convert("RGB"), lossless=True))
    # Its decoder's filter between blocks rounds differently from libwebp's.
    lossy(save("lossy.webp", calm, quality=90), "-")
    lossy(save("lossy-edges.webp", image, quality=90), "-")
    lossy(save("lossy-alpha.webp", Image.merge("RGBA", list(calm.split()) + [Image.fromarray(alpha)]), quality=90), "-")
    exact(save("moving.webp", image, lossless=True, save_all=True, append_images=[calm]))

    # Orientations, in each format that knows them
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        lossy(save("orientation-%d.jpg" % orientation, image, quality=90, exif=exif))
        exact(save("orientation-%d.png" % orientation, image, exif=exif))
        exact(save("orientation-%d.webp" % orientation, image, lossless=True, exif=exif))
        exact(save("orientation-%d.tif" % orientation, image, tiffinfo={ORIENTATION: orientation}))
    exact(save("orientation-profile.png", grey_image, exif=exif))

    # Names that say nothing
    for source, name in (("rgb.jpg", "photo.jfif"), ("rgb.jpg", "photo.jpe"), ("rgb.png", "picture"), ("rgb.png", "wrong.jpg")):
        save_bytes(name, read(source))
        (lossy if source == "rgb.jpg" else exact)(name)

    # Sizes
    large = Image.fromarray(drawn(512, 512))
    exact(save("large.png", large), [(32, 32, "STRETCH"), (32, 32, "CROP"), (28, 28, "PAD"), (500, 3, "STRETCH")])
    exact(save("wide.png", Image.fromarray(drawn(700, 30))), [(32, 32, "CROP"), (32, 32, "PAD"), (64, 64, "STRETCH"), (700, 3, "STRETCH")])
    exact(save("tall.png", Image.fromarray(drawn(17, 400))), [(32, 32, "CROP"), (32, 32, "PAD"), (64, 64, "STRETCH")])
    exact(save("dot.png", Image.fromarray(drawn(1, 1))), [(32, 32, "CROP"), (31, 7, "PAD"), (5, 6, "STRETCH")])
    EXPECTED.close()


def segments(jpeg):
    """The marker segments of a JPEG up to its first scan, then the rest."""
    at = 2
    while jpeg[at + 1] != 0xDA:
        length = 2 + struct.unpack(">H", jpeg[at + 2:at + 4])[0]
        yield jpeg[at:at + length]
        at += length
    yield jpeg[at:]


def as_adobe(jpeg, transform):
    """The same samples, said to be of another colour transform."""
    kept = [s for s in segments(jpeg) if s[1] not in (0xE0, 0xEE)]
    marker = b"\xff\xee" + struct.pack(">H", 14) + b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform)
    return b"\xff\xd8" + marker + b"".join(kept)


def ycck(jpeg):
    return as_adobe(jpeg, 2)


def without_jfif(jpeg):
    return b"\xff\xd8" + b"".join(s for s in segments(jpeg) if s[1] != 0xE0)


main()
