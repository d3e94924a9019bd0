"""Checkpoints in the layout of the authors' code, with random weights, and what their networks compute.

    make.py DIR          writes them, gzipped: NAME.pth.gz and, beside it, NAME.expected.pth.gz
    make.py --load FILE… loads checkpoints as the authors' code does, and writes FILE.expected

The modules are written from the paper and from the names in the authors' state dict; they share no code with
theirs. Runs on torch 1.13 (Debian's python3-torch) and later.
"""

import gzip
import io
import pathlib
import sys

import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

MEAN, STD = (0.49, 0.48, 0.45), (0.25, 0.24, 0.26)
IMAGES, CLASSES = 3, 5


class Norm(nn.Module):
    """A BatchNorm that is always there, used or not."""

    def __init__(self, width, used=True):
        super().__init__()
        self.bn, self.used = nn.BatchNorm2d(width), used

    def forward(self, x):
        return self.bn(x) if self.used else x


class Stem(nn.Module):
    def __init__(self, cin, cout, k, stride=1, pad=0, first=False):
        super().__init__()
        self.conv, self.pad = nn.Conv2d(cin, cout, k, stride), pad
        if first:
            self.bn = Norm(cout, False)

    def forward(self, x):
        return F.relu(self.conv(F.pad(x, (self.pad,) * 4, mode="reflect") if self.pad else x))


class Residual(nn.Module):
    def __init__(self, cin, cout, k, stride, use_bn):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, k, stride, bias=False)
        self.conv2 = nn.Conv2d(cout, cout, 1, bias=False)
        self.bn1 = Norm(cout, use_bn)
        self.window, self.more = (k, stride), cout - cin

    def forward(self, x):
        mean = F.avg_pool2d(x, *self.window)
        return self.conv2(F.relu(self.bn1(self.conv1(x)))) + F.pad(mean, (0, 0, 0, 0, 0, self.more))


class Block(nn.Module):
    def __init__(self, cin, cout, k, stride, depth, use_bn):
        super().__init__()
        rest = [Residual(cout, cout, 1, 1, use_bn) for _ in range(depth - 1)]
        self.layer_list = nn.Sequential(Residual(cin, cout, k, stride, use_bn), *rest)

    def forward(self, x):
        return self.layer_list(x)


class Head(nn.Module):
    def __init__(self, cin, r, use_bn, first=False):
        super().__init__()
        self.hidden = "bn1" if first else "bn_hid"
        self.conv1 = nn.Conv2d(cin, r, 1, bias=False)
        self.conv2 = nn.Conv2d(r, r, 1, bias=False)
        setattr(self, self.hidden, Norm(r, use_bn))
        self.bn_out = Norm(r)
        self.shortcut = nn.Conv2d(cin, r, 1)

    def forward(self, x):
        h = F.relu(getattr(self, self.hidden)(self.conv1(x)))
        return self.bn_out(self.conv2(h) + self.shortcut(x))


class Encoder(nn.Module):
    def __init__(self, px, n, r, depth, use_bn, first=False):
        super().__init__()
        if px == 32:
            layers = [Stem(3, n, 3, first=first), Residual(n, n, 1, 1, use_bn)]
            rows = [(2 * n, 4, 2), (4 * n, 2, 2), (4 * n, 3, 1), (4 * n, 3, 1)]
        else:
            layers = [Stem(3, n, 3, first=first)]
            if px == 128:
                layers = [Stem(3, n, 5, 2, 2, first), Stem(n, n, 3, first=first)]
            rows = [(2 * n, 4, 2), (4 * n, 4, 2), (8 * n, 2, 2), (8 * n, 3, 1), (8 * n, 3, 1)]
        width = n
        for i, (cout, k, stride) in enumerate(rows):
            layers.append(Block(width, cout, k, stride, depth, use_bn))
            width = cout
            if i == len(rows) - 3:
                layers.append(Norm(width, use_bn))
        self.layer_list = nn.ModuleList(layers + [Residual(width, r, 3, 1, use_bn), Norm(r)])
        self.rkhs_block_5 = Head(width, r, use_bn, first)
        self.rkhs_block_7 = Head(width, r, use_bn, first)

    def forward(self, x):
        f = {}
        for layer in self.layer_list:
            x = layer(x)
            f[x.shape[-1]] = x
        return {"f1": f[1].flatten(1), "phi5": self.rkhs_block_5(f[5]), "phi7": self.rkhs_block_7(f[7])}


class Classifier(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.block_forward = nn.Sequential(*layers)


class Model(nn.Module):
    def __init__(self, encoder_size, ndf, n_rkhs, n_depth, use_bn, n_classes, tclip=20.0, first=False):
        super().__init__()
        encoder = Encoder(encoder_size, ndf, n_rkhs, n_depth, use_bn, first)
        self.encoder = nn.Module()  # in place of DataParallel
        self.encoder.module = encoder
        self.g2l_loss = nn.Module()
        masks = torch.eye(25, dtype=torch.uint8).reshape(25, 1, 5, 5)
        self.g2l_loss.masks_r5 = nn.Parameter(masks, requires_grad=False)
        self.evaluator = nn.Module()
        mlp = [nn.Flatten(), nn.Dropout(0.2), nn.Linear(n_rkhs, 1024, bias=False), nn.BatchNorm1d(1024)]
        mlp += [nn.ReLU(), nn.Dropout(0.2), nn.Linear(1024, n_classes)]
        self.evaluator.block_glb_mlp = Classifier(*mlp)
        self.evaluator.block_glb_lin = Classifier(nn.Flatten(), nn.Dropout(0), nn.Linear(n_rkhs, n_classes))


def randomise(net, rng):
    """Sets everything to random multiples of 2⁻⁸, which gzip likes; weights of a classifier to few values."""
    for name, v in net.state_dict().items():
        shape = tuple(v.shape)
        if name.endswith("masks_r5"):
            continue
        if name.endswith("num_batches_tracked"):
            v.fill_(7 if uses(net, name) else 0)
            continue
        if name.startswith("evaluator.block_glb_mlp"):
            draw = rng.randint(0, 2, shape) / 4
        elif "bn" in name.split(".")[-2] and not uses(net, name):
            continue
        elif name.endswith("running_var") or len(shape) == 1 and name.endswith("weight"):
            draw = rng.uniform(0.5, 1.5, shape)
        elif len(shape) == 1:
            draw = rng.uniform(-0.3, 0.3, shape)
        else:
            draw = rng.uniform(-1, 1, shape) * (3 / np.prod(shape[1:])) ** 0.5
        v.copy_(torch.from_numpy(np.round(draw * 256) / 256))


def uses(net, name):
    """Whether the BatchNorm that has the parameter is used."""
    module = net.get_submodule(name.rsplit(".", 2)[0])
    return not isinstance(module, Norm) or module.used


def expected(net, rng, px):
    """Images (n, px, px, 3) and what the network makes of them, in the layout NHWC."""
    images = rng.randint(0, 256, (IMAGES, 4, 4, 3)).repeat(px // 4, 1).repeat(px // 4, 2).astype(np.uint8)
    mean, std = (torch.tensor(v, dtype=torch.float64) for v in (MEAN, STD))
    x = ((torch.from_numpy(images).double() / 255 - mean) / std).permute(0, 3, 1, 2)
    with torch.no_grad():
        out = net.double().eval().encoder.module(x)
    out = {k: v.permute(0, 2, 3, 1).contiguous() if v.dim() == 4 else v for k, v in out.items()}
    return {"images": torch.from_numpy(images), **out}


def save(path, value, legacy=False):
    b = io.BytesIO()
    torch.save(value, b, _use_new_zipfile_serialization=not legacy)
    path.write_bytes(gzip.compress(b.getvalue(), 9, mtime=0))


# Name, hyperparameters, old form of the file, first revision of the authors' code.
CASES = [
    ("px32", (32, 3, 13, 2, False), False, False),
    ("px32_bn", (32, 2, 9, 3, True), True, False),
    ("px64", (64, 2, 17, 2, False), True, False),
    ("px64_bn", (64, 1, 8, 2, True), False, False),
    ("px128", (128, 2, 16, 1, False), False, False),
    ("px128_bn", (128, 1, 11, 2, True), True, False),
    ("px32_first", (32, 2, 8, 2, False), True, True),
]


def write(folder):
    for i, (name, sizes, legacy, first) in enumerate(CASES):
        rng = np.random.RandomState(100 + i)
        hyper = dict(zip(("encoder_size", "ndf", "n_rkhs", "n_depth", "use_bn"), sizes))
        hyper |= {"n_classes": CLASSES, "tclip": 17.5 if i % 2 else 20.0}
        net = Model(first=first, **hyper).eval()
        randomise(net, rng)
        state = net.state_dict()
        if first:
            counters = {"info_epochs": 4, "info_steps": 700, "class_epochs": 0, "class_steps": 0}
            checkpoint = {**counters, "model": state}
        else:
            cursor = {"info_epoch": 4, "info_step": 70000, "classifier_epoch": 0, "classifier_step": 0}
            checkpoint = {"model": state, "hyperparams": hyper, "cursor": cursor}
        save(folder / (name + ".pth.gz"), checkpoint, legacy)
        out = expected(net, rng, sizes[0])
        save(folder / (name + ".expected.pth.gz"), {k: v.float() for k, v in out.items()})


def load(path):
    checkpoint = torch.load(path)
    net = Model(**checkpoint["hyperparams"])
    net.load_state_dict(checkpoint["model"])  # strict: a key too many or too few is an error
    p = checkpoint["preprocessing"]
    assert p["mean"] == MEAN and p["std"] == STD, p
    out = expected(net, np.random.RandomState(1), checkpoint["hyperparams"]["encoder_size"])
    torch.save({k: v.float() for k, v in out.items()}, path + ".expected")


if __name__ == "__main__":
    torch.set_num_threads(1)
    if len(sys.argv) > 2 and sys.argv[1] == "--load":
        for path in sys.argv[2:]:
            load(path)
    elif len(sys.argv) == 2:
        write(pathlib.Path(sys.argv[1]))
    else:
        sys.exit(__doc__)
