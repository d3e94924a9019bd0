#!/usr/bin/python3
"""Writes golden.json and golden.bin.gz: what torchvision makes of synthetic PIL images.

golden.json lists images and cases; every picture is a run of bytes of
golden.bin, (height, width, 3) row-major, at the stated offset. See README.md.
"""
import gzip
import json
import os
import zlib

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image, ImageDraw
from torchvision import transforms
from torchvision.transforms import functional as F

BICUBIC = transforms.InterpolationMode.BICUBIC
JITTER = [F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue]


def smooth(rng, h, w):
    """Sums of a few waves per channel, stretched so that both ends clip."""
    y, x = np.mgrid[0:h, 0:w] / max(h, w)
    planes = []
    for _ in range(3):
        waves = [rng.normal() * np.sin(2 * np.pi * (rng.uniform(-4, 4) * x + rng.uniform(-4, 4) * y
                                                    + rng.uniform())) for _ in range(5)]
        planes.append(sum(waves))
    return to_image(np.stack(planes, -1) * 70 + 128)


def photo(rng, h, w):
    """Noise with the 1/f spectrum of photographs under shapes with sharp edges."""
    f = np.hypot(*np.meshgrid(np.fft.fftfreq(h), np.fft.fftfreq(w), indexing="ij"))[..., None]
    spectrum = np.fft.fft2(rng.normal(size=(h, w, 3)), axes=(0, 1)) / np.maximum(f, 1 / max(h, w))
    noise = np.fft.ifft2(spectrum, axes=(0, 1)).real
    noise = noise @ np.array([[1, 0.8, 0.7], [0, 0.5, -0.3], [0, 0, 0.4]])  # channels go together
    img = to_image(noise / noise.std() * 60 + 110)
    draw = ImageDraw.Draw(img)
    for _ in range(5):
        x, y, r = rng.uniform(0, w), rng.uniform(0, h), rng.uniform(0.05, 0.2) * h
        draw.ellipse([x - r, y - r, x + r, y + r], fill=tuple(int(v) for v in rng.integers(0, 256, 3)))
        draw.line([x, y, rng.uniform(0, w), rng.uniform(0, h)], fill=(255, 255, 255))
    return img


def colours(rng, h, w):
    """Random bytes: every hue, saturation and value."""
    return Image.fromarray(rng.integers(0, 256, (h, w, 3), dtype=np.uint8))


def to_image(a):
    return Image.fromarray(np.clip(np.rint(a), 0, 255).astype(np.uint8))


class Golden:
    def __init__(self):
        self.bytes = bytearray()
        self.images, self.cases = [], []

    def put(self, img):
        a = np.asarray(img)
        at = {"offset": len(self.bytes), "h": a.shape[0], "w": a.shape[1]}
        self.bytes += a.tobytes()
        return at

    def image(self, name, img):
        self.images.append({"name": name, **self.put(img)})

    def case(self, op, image, out, **arguments):
        self.cases.append({"op": op, "image": image, **self.put(out), **arguments})


def translate(img, dx, dy):
    """np.pad's reflection does not repeat the edge."""
    m = max(abs(dx), abs(dy))
    return F.crop(F.pad(img, m, padding_mode="reflect"), m - dy, m - dx, img.height, img.width)


def colour_cases(g, images):
    for name, img in images.items():
        g.case("gray", name, F.to_grayscale(img, 3))
        for i, op in enumerate(["brightness", "contrast", "saturation"]):
            for factor in (0.0, 0.6, 0.8371, 1.0, 1.1393, 1.4):
                g.case(op, name, JITTER[i](img, factor), factor=factor)
        for factor in (-0.5, -0.2, -0.0713, 0.0, 0.05, 0.1, 0.1999, 0.5):
            g.case("hue", name, F.adjust_hue(img, factor), factor=factor)
        for order in ([0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]):
            for factors in ([1.31, 0.72, 1.27, 0.13], [0.66, 1.38, 0.61, -0.19]):
                out = img
                for i in order:
                    out = JITTER[i](out, factors[i])
                g.case("jitter", name, out, order=order, factors=factors)


def geometric_cases(g, images):
    for name in ("smooth32", "photo32"):
        img = images[name]
        g.case("flip", name, F.hflip(img))
        for dx, dy in ((0, 0), (4, -4), (-4, 4), (3, 1), (-1, -2), (0, 4)):
            g.case("translate", name, translate(img, dx, dy), dx=dx, dy=dy)
    # (name, output, [(y, x, h, w)])
    for name, size, boxes in (
        ("photo32", 32, [(0, 0, 32, 32), (3, 5, 20, 24), (1, 0, 31, 32), (2, 7, 32 - 2, 19)]),
        ("photo96", 32, [(0, 0, 96, 96), (11, 3, 61, 80)]),
        ("photo96", 64, [(0, 0, 96, 96), (17, 9, 57, 70), (30, 2, 64, 71), (5, 31, 48, 64),
                         (40, 44, 50, 41)]),
        ("photo150x200", 128, [(0, 0, 150, 200), (13, 21, 101, 139), (2, 60, 128, 97), (31, 1, 90, 128)]),
        ("smooth32", 128, [(4, 6, 21, 25)]),
    ):
        for y, x, h, w in boxes:
            out = F.resized_crop(images[name], y, x, h, w, [size, size], BICUBIC)
            g.case("resized crop", name, out, box=[y, x, h, w])
    for name, resize, size in (
        ("photo32", 32, 32), ("photo96", 70, 64), ("photo150x200", 70, 64),
        ("photo150x200", 146, 128), ("photo150x200", 32, 32), ("smooth32", 35, 32),
    ):
        plain = transforms.Compose([transforms.Resize(resize, BICUBIC), transforms.CenterCrop(size)])
        g.case("plain", name, plain(images[name]), resize=resize)


def fallback_boxes():
    """Central boxes of RandomResizedCrop: images so long that no try fits."""
    boxes = []
    for h, w in ((40, 300), (300, 40), (33, 331), (331, 33), (25, 250)):
        box = transforms.RandomResizedCrop.get_params(torch.zeros(3, h, w), [0.9, 1.0], [0.7, 1.4])
        boxes.append({"h": h, "w": w, "box": list(box)})
    return boxes


def every_colour():
    """CRC-32 of each operation on all 2^24 colours, red slowest."""
    c = np.arange(1 << 24, dtype=np.uint32)
    rgb = np.stack([c >> 16, c >> 8 & 255, c & 255], -1).astype(np.uint8)
    img = Image.fromarray(rgb.reshape(4096, 4096, 3))
    ops = {"gray": [0.0], "saturation": [0.6337, 1.2813], "hue": [0.0, 0.2, -0.1371, 0.5]}
    call = {"gray": lambda i, _: F.to_grayscale(i, 3), "saturation": F.adjust_saturation, "hue": F.adjust_hue}
    return [{"op": op, "factor": f, "crc32": zlib.crc32(np.asarray(call[op](img, f)).tobytes())}
            for op in ops for f in ops[op]]


def main():
    rng = np.random.default_rng(1906_00910)
    images = {"smooth32": smooth(rng, 32, 32), "photo32": photo(rng, 32, 32), "colours": colours(rng, 24, 40),
              "photo96": photo(rng, 96, 96), "photo150x200": photo(rng, 150, 200)}
    g = Golden()
    for name, img in images.items():
        g.image(name, img)
    colour_cases(g, {k: images[k] for k in ("smooth32", "photo32", "colours")})
    geometric_cases(g, images)
    index = {"versions": {"torchvision": torchvision.__version__, "torch": torch.__version__,
                          "PIL": PIL.__version__, "numpy": np.__version__},
             "images": g.images, "cases": g.cases,
             "fallback": fallback_boxes(), "every_colour": every_colour()}
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "golden.json"), "w") as f:
        f.write("{\n" + ",\n".join(f'"{k}": {dump(v)}' for k, v in index.items()) + "\n}\n")
    with open(os.path.join(here, "golden.bin.gz"), "wb") as f:
        f.write(gzip.compress(bytes(g.bytes), 9, mtime=0))


def dump(v):
    if isinstance(v, list):
        return "[\n" + ",\n".join("  " + json.dumps(e) for e in v) + "\n]"
    return json.dumps(v)


if __name__ == "__main__":
    main()
