"""Writes golden files: the twin's losses, gradients, updates and features at random weights.

    python3 golden.py DIR

One gzipped safetensors file per case; README.md says what is in them.
"""

import copy
import gzip
import json
import os
import pathlib
import struct
import sys

# Before torch reads it. With AVX-512 oneDNN's float32 of a network with BatchNorm is up to 2e-5 off on
# Zen 5, twice what our tests allow.
os.environ.setdefault("ONEDNN_MAX_CPU_ISA", "AVX2")

import numpy as np
import torch

from amdim_twin import Classifiers, Config, Twin, adam, variables

CIFAR = {"mean": (0.491, 0.482, 0.447), "std": (0.247, 0.243, 0.262)}

# Odd sizes, so that no engine gets by on multiples of its tile. Name, config, classes, images per view, seed
# (chosen with seeds.py).
CASES = [
    ("px32", Config(32, 6, 50, 2, **CIFAR), 5, 12, 11),
    ("px32_bn", Config(32, 6, 50, 2, use_bn=True, lambda_=5e-2, tclip=4, **CIFAR), 0, 12, 5),
    ("px64", Config(64, 4, 33, 2, tclip=4, **CIFAR), 0, 8, 4),
    ("px64_bn", Config(64, 4, 33, 2, use_bn=True, **CIFAR), 0, 10, 16),
    ("px128", Config(128, 2, 17, 1, pairs=("1-7", "5-7", "5-5"), **CIFAR), 0, 6, 4),
]
LR = 2e-4
STEPS = 10
FROZEN = 2  # images whose frozen features are kept


def randomise(net, rng):
    """Sets every variable to random multiples of 2⁻¹², which float32 holds and gzip likes."""
    for name, v, _ in variables(net):
        shape = tuple(v.shape)
        if name.endswith((".scale", ".var")):
            draw = rng.uniform(0.5, 1.5, shape)
        elif name.endswith((".bias", ".mean")):
            draw = rng.uniform(-0.3, 0.3, shape)
        else:
            draw = rng.uniform(-1, 1, shape) * (3 / np.prod(shape[1:])) ** 0.5  # variance 1/fan-in
        if name.endswith(".conv2.weight"):
            draw *= 0.15  # branches weaker than skips, as in training, where they start at zero
        v.data.copy_(torch.from_numpy(np.round(draw * 4096) / 4096))


def draw_images(images, px, rng):
    """Two views of each image: patches of random colour, the second view moved by one pixel, and noise.

    Pixels drawn one by one would make all images alike to the encoder, which averages, and BatchNorm would
    then enlarge rounding errors.
    """
    patches = rng.randint(2, 16, (images, 4, 4, 3)).repeat(px // 4, 1).repeat(px // 4, 2)
    views = np.concatenate([patches, np.roll(patches, 1, axis=2)])
    return ((views + rng.randint(-2, 3, views.shape)) * 15).astype(np.uint8)


def draw_inputs(config, classes, images, rng):
    """The program's inputs by name, in the Go layout."""
    rows = 2 * images
    x = {"images": draw_images(images, config.px, rng)}
    x["location5"] = rng.randint(0, 25, rows).astype(np.int32)
    if classes:
        x["labels"] = rng.randint(0, classes, rows).astype(np.int32)
        x["labels"][[1, rows - 2]] = -1
        x["mask1"] = (rng.uniform(size=(rows, config.n_rkhs)) > 0.2).astype(np.float32)
        x["mask2"] = (rng.uniform(size=(rows, Classifiers.hidden)) > 0.2).astype(np.float32)
    return x


def forward(net, x, dtype):
    t = {k: torch.from_numpy(v) for k, v in x.items()}
    view1, view2 = net.normalise(t["images"], dtype).chunk(2)
    rest = [t["location5"].long()]
    if "labels" in t:
        rest += [t["labels"].long(), t["mask1"].to(dtype), t["mask2"].to(dtype)]
    return net(view1, view2, *rest)


def smooth(out):
    """Names of the numbers that do not jump with a rounding error: no shares, no accuracies."""
    return [name for name in out if not name.startswith("clipped.") and not name.endswith(".accuracy")]


def ten_losses(net, x, dtype):
    """The losses and penalties of STEPS updates on one batch, (STEPS, numbers)."""
    net = copy.deepcopy(net).to(dtype).train()
    optimiser, rows = adam(net, LR), []
    for _ in range(STEPS):
        total, out = forward(net, x, dtype)
        rows.append([float(out[name].detach()) for name in smooth(out)])
        optimiser.zero_grad()
        total.backward()
        optimiser.step()
    return np.array(rows)


def snapshot(net, prefix):
    return {
        prefix + name: v.detach().permute(axes).contiguous().numpy().copy()
        for name, v, axes in variables(net)
    }


def golden(config, classes, images, seed):
    rng = np.random.RandomState(seed)
    net = Twin(config, classes).double()
    randomise(net, rng)
    x = draw_inputs(config, classes, images, rng)
    tensors = {"input/" + k: v for k, v in x.items()}
    before = snapshot(net, "")
    tensors.update({"weight/" + k: v.astype(np.float32) for k, v in before.items()})
    tensors["losses64"] = ten_losses(net, x, torch.float64)
    tensors["losses32"] = ten_losses(net, x, torch.float32).astype(np.float32)
    tensors.update(frozen(net, x))
    tensors.update(refreshed(net, x))

    net.train()
    total, out = forward(net, x, torch.float64)
    tensors.update({"output/" + k: v.detach().numpy() for k, v in out.items()})
    optimiser = adam(net, LR)
    total.backward()
    for name, v, axes in variables(net):
        if v.requires_grad:
            tensors["grad/" + name] = v.grad.permute(axes).contiguous().numpy()
    optimiser.step()
    for name, v in snapshot(net, "").items():
        tensors["change/" + name] = v - before[name]
    meta = {
        "config": json.dumps(config.to_json()),
        "classes": str(classes),
        "lr": str(LR),
        "losses": json.dumps(smooth(out)),
        "torch": torch.__version__,
    }
    return tensors, meta


def frozen(net, x):
    """Features of a few images with the running statistics, in the Go layout."""
    net = copy.deepcopy(net).eval()
    with torch.no_grad():
        f = net.features(net.normalise(torch.from_numpy(x["images"][:FROZEN]), torch.float64))
    return {"frozen/" + k: (v if v.dim() == 2 else v.permute(0, 2, 3, 1)).numpy() for k, v in f.items()}


def refreshed(net, x):
    """Change of the encoder's running statistics by one batch of all images."""
    before = snapshot(net, "")
    net = copy.deepcopy(net).train()
    with torch.no_grad():
        net.encoder(net.normalise(torch.from_numpy(x["images"]), torch.float64))
    after = snapshot(net, "")
    return {
        "refresh/" + k: after[k] - before[k]
        for k in after
        if k.startswith("encoder.") and k.endswith((".mean", ".var"))
    }


def shorten(v):
    """Rounds a double to 37 significant bits: 7e-12 relative, a quarter less to store."""
    if v.dtype != np.float64:
        return v
    bits = np.ascontiguousarray(v).view(np.uint64)
    return ((bits + np.uint64(1 << 15)) & np.uint64(0xFFFFFFFFFFFF0000)).view(np.float64).reshape(v.shape)


def write(path, tensors, meta):
    kinds = {"float64": "F64", "float32": "F32", "uint8": "U8", "int32": "I32"}
    header, data = {"__metadata__": meta}, []
    at = 0
    for name, v in tensors.items():
        raw = np.asarray(shorten(v)).tobytes()
        kind, end = kinds[str(v.dtype)], at + len(raw)
        header[name] = {"dtype": kind, "shape": list(v.shape), "data_offsets": [at, end]}
        data.append(raw)
        at = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    body = struct.pack("<Q", len(text)) + text + b"".join(data)
    path.write_bytes(gzip.compress(body, 9, mtime=0))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    torch.set_num_threads(1)
    for name, config, classes, images, seed in CASES:
        path = pathlib.Path(sys.argv[1]) / (name + ".safetensors.gz")
        tensors, meta = golden(config, classes, images, seed)
        write(path, tensors, meta)
        print(f"{path}: {len(tensors)} tensors, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
