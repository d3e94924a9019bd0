#!/usr/bin/python3
"""Writes policy.json and policy.bin.gz: what Pillow makes of synthetic images by the
operations of policies, and what torchvision's policies are. See README.md.
"""
import gzip
import json
import os

import numpy as np
import PIL
import torchvision
from PIL import Image, ImageDraw, ImageEnhance, ImageOps
from torchvision.transforms import AutoAugment, AutoAugmentPolicy, RandAugment

from make_golden import Golden, colours, dump, photo, smooth, to_image


def geometry(img, op, v):
    """As policies call them: shear in pixels per row, translations in pixels."""
    m = {"shear x": (1, v, 0, 0, 1, 0), "shear y": (1, 0, 0, v, 1, 0),
         "translate x": (1, 0, v, 0, 1, 0), "translate y": (1, 0, 0, 0, 1, v)}
    return img.transform(img.size, Image.Transform.AFFINE, m[op])


def cutout(img, x, y, side):
    """A square about (x, y), its corner cut to whole pixels, both edges inclusive."""
    x0, y0 = int(max(0, x - side / 2)), int(max(0, y - side / 2))
    out = img.copy()
    box = (x0, y0, min(img.width, x0 + side), min(img.height, y0 + side))
    ImageDraw.Draw(out).rectangle(box, (125, 123, 114))
    return out


def lighting(img, alpha):
    """Fast AutoAugment's Lighting of pixels in [0, 1], back in 8 bits."""
    value = np.array([0.2175, 0.0188, 0.0045])
    vector = np.array([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]])
    return to_image((np.asarray(img) / 255 + vector @ (alpha * value)) * 255)


def cases(g, images):
    for name, img in images.items():
        for op in ("shear x", "shear y"):
            for v in (-0.3, -0.1337, 0.0, 0.05, 0.2):
                g.case(op, name, geometry(img, op, v), value=v)
        for op in ("translate x", "translate y"):
            for v in (-14.4, -3.47, -0.2, 0.0, 2.51, 7.499):
                g.case(op, name, geometry(img, op, v), value=v)
        for v in (-30, -17.3, 0.0, 0.4, 13.333, 30):
            g.case("rotate", name, img.rotate(v), value=v)
        g.case("autocontrast", name, ImageOps.autocontrast(img))
        g.case("invert", name, ImageOps.invert(img))
        g.case("equalize", name, ImageOps.equalize(img))
        for v in (0, 77.3, 128, 256):
            g.case("solarize", name, ImageOps.solarize(img, v), value=v)
        for v in (4, 5, 8):
            g.case("posterize", name, ImageOps.posterize(img, v), value=v)
        for v in (0.1, 0.64, 1.0, 1.3337, 1.9):
            g.case("sharpness", name, ImageEnhance.Sharpness(img).enhance(v), value=v)
        for x, y, side in ((0.7, 3.2, 5.5), (11.0, 20.0, 6.0), (23.9, 23.9, 8.3), (2.0, 9.9, 0.4)):
            g.case("cutout", name, cutout(img, x, y, side), value=side, at=[x, y])
        for alpha in ([0.0, 0.0, 0.0], [0.1, -0.23, 0.41], [-0.3, 0.2, -0.1]):
            g.case("lighting", name, lighting(img, np.array(alpha)), alpha=alpha)


def dull(rng):
    """Few values: red is one, green two that are rare, blue narrow."""
    a = np.zeros((26, 31, 3), np.uint8)
    a[..., 0] = 77
    a[..., 1] = 200
    a[3, 4, 1] = 10
    a[..., 2] = rng.integers(90, 100, (26, 31))
    return Image.fromarray(a)


def policy(p):
    """Sub-policies as [operation, probability, value of magnitude, signed]; sides are 1."""
    space = AutoAugment()._augmentation_space(10, (1, 1))
    return [[describe(space, op, prob, level) for op, prob, level in sub] for sub in AutoAugment(p).policies]


def describe(space, op, prob, level):
    magnitudes, signed = space[op]
    return [op, prob, float(magnitudes[level]) if magnitudes.ndim else 0.0, signed]


def main():
    rng = np.random.default_rng(1905_00397)
    images = {"smooth": smooth(rng, 30, 24), "photo": photo(rng, 26, 33), "colours": colours(rng, 24, 25),
              "dull": dull(rng), "narrow": colours(rng, 24, 2)}
    g = Golden()
    for name, img in images.items():
        g.image(name, img)
    cases(g, images)
    space = RandAugment()._augmentation_space(31, (1, 1))
    versions = {"PIL": PIL.__version__, "torchvision": torchvision.__version__, "numpy": np.__version__}
    index = {"versions": versions,
             "images": g.images, "cases": g.cases,
             "autoaugment-imagenet": policy(AutoAugmentPolicy.IMAGENET),
             "autoaugment-cifar10": policy(AutoAugmentPolicy.CIFAR10),
             "randaugment": [[describe(space, op, 1.0, m) for op in space] for m in range(31)]}
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "policy.json"), "w") as f:
        f.write("{\n" + ",\n".join(f'"{k}": {dump(v)}' for k, v in index.items()) + "\n}\n")
    with open(os.path.join(here, "policy.bin.gz"), "wb") as f:
        f.write(gzip.compress(bytes(g.bytes), 9, mtime=0))


if __name__ == "__main__":
    main()
