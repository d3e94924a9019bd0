"""Two views of an image as section 2 of PAPER.md has them, with the operations of Pillow that torchvision
calls for images of Pillow, so torchvision is not needed; and a DataLoader of them over noise or JPEG files."""

import math
import pathlib
import random

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageOps
from torch.utils.data import DataLoader, Dataset


def translate(image, most=4):
    """Shifts by up to most pixels, with probability 0.8; what comes in is mirrored."""
    if random.random() >= 0.8:
        return image
    padded = np.pad(np.asarray(image), ((most, most), (most, most), (0, 0)), "reflect")
    x, y = random.randint(0, 2 * most), random.randint(0, 2 * most)
    return Image.fromarray(padded[y : y + image.height, x : x + image.width])


def crop(image, px):
    """A part of 0.3 to 1 of the area, of ratio 0.7 to 1.4, resized to px."""
    width, height = image.size
    for _ in range(10):
        area = width * height * random.uniform(0.3, 1)
        ratio = math.exp(random.uniform(math.log(0.7), math.log(1.4)))
        w, h = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < w <= width and 0 < h <= height:
            x, y = random.randint(0, width - w), random.randint(0, height - h)
            return image.resize((px, px), Image.BICUBIC, (x, y, x + w, y + h))
    return ImageOps.fit(image, (px, px), Image.BICUBIC)


def shift_hue(image, by):
    h, s, v = image.convert("HSV").split()
    h = Image.fromarray(np.asarray(h) + np.uint8(int(by * 255) % 256))
    return Image.merge("HSV", (h, s, v)).convert("RGB")


def jitter(image, hue):
    """Brightness, contrast, saturation and hue, in random order, with probability 0.8."""
    if random.random() >= 0.8:
        return image
    steps = [
        lambda i, kind=kind: kind(i).enhance(random.uniform(0.6, 1.4))
        for kind in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color)
    ]
    steps.append(lambda i: shift_hue(i, random.uniform(-hue, hue)))
    random.shuffle(steps)
    for step in steps:
        image = step(image)
    return image


def view(image, px):
    small = px == 32
    image = jitter(translate(image) if small else crop(image, px), 0.1 if px == 128 else 0.2)
    return np.asarray(image.convert("L").convert("RGB") if random.random() < 0.25 else image)


def two_views(image, px):
    """(2, px, px, 3) of uint8; both views of the image are mirrored or none."""
    if random.random() < 0.5:
        image = ImageOps.mirror(image)
    return torch.from_numpy(np.stack([view(image, px) for _ in range(2)]))


class Noise(Dataset):
    """Pairs of views, (2, px, px, 3) of uint8; images as large as amdim bench makes them at 64 and 128 px."""

    def __init__(self, px, length):
        side = {32: 32, 64: 140, 128: 292}[px]
        draw = np.random.RandomState(0)
        self.px, self.length = px, length
        self.images = [draw.randint(0, 256, (side, side, 3), np.uint8) for _ in range(64)]

    def __len__(self):
        return self.length

    def __getitem__(self, i):
        return two_views(Image.fromarray(self.images[i % len(self.images)]), self.px)


class Photos(Dataset):
    """Pairs of views of the JPEG files below a folder, each decoded anew."""

    def __init__(self, folder, px, length):
        self.files = sorted(p for p in pathlib.Path(folder).rglob("*") if p.suffix.lower() in (".jpg", ".jpeg"))
        if not self.files:
            raise SystemExit(f"{folder}: no .jpg or .jpeg in it")
        self.px, self.length = px, length

    def __len__(self):
        return self.length

    def __getitem__(self, i):
        return two_views(Image.open(self.files[i % len(self.files)]).convert("RGB"), self.px)


def loader(px, batch, workers, pin, folder=None):
    """Batches of two views from worker processes, without end: of the JPEG files of a folder, or of noise."""
    length = 10**9 // batch * batch  # workers that are started anew, epoch by epoch, begin with empty queues
    images = Photos(folder, px, length) if folder else Noise(px, length)
    return DataLoader(images, batch, num_workers=workers, pin_memory=pin, drop_last=True, prefetch_factor=4)
