"""Trains the twin on CIFAR-10 for some time: the accuracy that an hour of PyTorch buys.

    python3 train_twin.py --data DIR --out DIR [--until 3600] [--updates N] [--setting float32-channels-last]
                          [--threads N] [--ndf 64 --n-rkhs 512 --n-depth 3 --batch 128] [--lr 2e-4] [--seed 1]

DIR of --data holds the binary CIFAR-10. A run that is there goes on, so that the time can be spent in slices: --until
are the seconds of all slices, starts included, --updates those of this one. Interrupted, it stops behind its update
and exits with 130. --out has state.pt, encoder.pth in the layout of the authors' code, which amdim import reads, and
a line of losses in metrics.jsonl for every 50 updates.
"""

import argparse
import contextlib
import json
import os
import pathlib
import signal
import sys
import time

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset

import products
from amdim_twin import Config, Head, Residual, Twin, adam
from bench_twin import CLASSES, SETTINGS
from views import two_views

MEAN, STD = (125.3 / 255, 123 / 255, 113.9 / 255), (63 / 255, 62.1 / 255, 66.7 / 255)
WARMUP, EVERY = 500, 50


class Cifar(Dataset):
    """Two views of each image and its label; images by the index within the five files."""

    def __init__(self, folder):
        files = [pathlib.Path(folder) / f"data_batch_{i}.bin" for i in range(1, 6)]
        rows = np.concatenate([np.fromfile(f, np.uint8).reshape(-1, 3073) for f in files])
        self.labels = rows[:, 0].astype(np.int64)
        self.images = rows[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return two_views(Image.fromarray(self.images[i]), 32), self.labels[i]


class Batches:
    """Indices of whole batches from an update on, without end; every epoch has an order of its own."""

    def __init__(self, images, batch, seed, update):
        self.images, self.batch, self.seed, self.update = images, batch, seed, update

    def __iter__(self):
        per, update = self.images // self.batch, self.update
        while True:
            epoch, at = divmod(update, per)
            order = np.random.RandomState(self.seed * 100003 + epoch).permutation(self.images)
            for i in range(at, per):
                yield order[i * self.batch : (i + 1) * self.batch].tolist()
                update += 1


def initialise(net):
    """Section 3.5 of PAPER.md: every residual branch starts at zero. What else it asks for is PyTorch's default."""
    for module in net.modules():
        if isinstance(module, (Residual, Head)):
            torch.nn.init.zeros_(module.conv2.weight)
        if isinstance(module, Head):
            torch.nn.init.uniform_(module.shortcut.weight, -0.01, 0.01)
            with torch.no_grad():
                module.shortcut.weight[:, :, 0, 0].fill_diagonal_(1)


def authors_name(name):
    """The authors' name of a parameter of the twin at 32 px."""
    part = name.split(".")
    rest = ".".join(part[3:])
    if name.startswith("encoder.stems."):
        return f"encoder.module.layer_list.0.conv.{rest}"
    if name.startswith("encoder.blocks."):
        block = int(part[2])
        index = block + 1 + (block > 2)  # behind the block of side 7 their list has a BatchNorm
        if block in (0, 5):  # no list of layers
            rest = ".".join(part[4:])
        else:
            rest = "layer_list." + rest
        return f"encoder.module.layer_list.{index}.{rest}"
    if name.startswith("encoder.norm1."):
        return f"encoder.module.layer_list.8.bn.{part[2]}"
    if name.startswith("phi"):
        rest = ".".join(part[1:]).replace("norm_out", "bn_out.bn")
        return f"encoder.module.rkhs_block_{part[0][3:]}.{rest}"
    places = {"linear": "lin.block_forward.2", "fc1": "mlp.block_forward.2", "norm": "mlp.block_forward.3",
              "fc2": "mlp.block_forward.6"}
    return f"evaluator.block_glb_{places[part[1]]}.{part[2]}"


def authors_checkpoint(net, update, per):
    c = net.config
    hyper = {"encoder_size": c.px, "ndf": c.ndf, "n_rkhs": c.n_rkhs, "n_depth": c.n_depth, "use_bn": c.use_bn,
             "n_classes": CLASSES, "tclip": c.tclip}
    own = {"mean", "std"}  # of the images: no part of the authors' network
    model = {authors_name(k): v.contiguous() for k, v in net.state_dict().items() if k not in own}
    images = {"size": c.px, "resize": 0, "mean": c.mean, "std": c.std}
    cursor = {"info_epoch": update // per, "info_step": update, "classifier_epoch": 0, "classifier_step": 0}
    return {"model": model, "hyperparams": hyper, "cursor": cursor, "preprocessing": images}


def save(path, value):
    """Writes beside the file and takes its place: what is interrupted loses nothing."""
    torch.save(value, path.with_suffix(".new"))
    os.replace(path.with_suffix(".new"), path)


class Run:
    """A training in its folder, from where it stopped."""

    def __init__(self, a):
        self.a, self.out = a, pathlib.Path(a.out)
        self.out.mkdir(parents=True, exist_ok=True)
        self.data = Cifar(a.data)
        self.layout = torch.channels_last if "-channels-last" in a.setting else torch.contiguous_format
        self.bf16 = a.setting.startswith("bfloat16")
        torch.manual_seed(a.seed)
        self.net = Twin(Config(32, a.ndf, a.n_rkhs, a.n_depth, mean=MEAN, std=STD), CLASSES)
        initialise(self.net)
        self.net = self.net.to(memory_format=self.layout).train()
        self.optimiser = adam(self.net, a.lr)
        self.update, self.seconds = 0, 0.0
        if (self.out / "state.pt").exists():
            state = torch.load(self.out / "state.pt")
            self.net.load_state_dict(state["net"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.update, self.seconds = state["update"], state["seconds"]
        torch.manual_seed(a.seed + self.update)
        self.call = torch.compile(self.net) if a.setting.endswith("-compile") else self.net

    def step(self, images, labels):
        for group in self.optimiser.param_groups:
            group["lr"] = self.a.lr * min(1, (self.update + 1) / WARMUP)
        views = [self.net.normalise(images[:, v], torch.float32) for v in range(2)]
        views = [v.to(memory_format=self.layout) for v in views]
        location = torch.randint(0, 25, (2 * len(images),))
        autocast = torch.autocast("cpu", dtype=torch.bfloat16) if self.bf16 else contextlib.nullcontext()
        with autocast:
            total, out = self.call(*views, location, labels.repeat(2))
        self.optimiser.zero_grad()
        total.backward()
        self.optimiser.step()
        self.update += 1
        return out

    def train(self, start, stopped):
        a = self.a
        batches = Batches(len(self.data), a.batch, a.seed, self.update)
        loader = iter(DataLoader(self.data, batch_sampler=batches, num_workers=1, prefetch_factor=4))
        first, before = self.update, self.seconds
        last = first + (a.updates or sys.maxsize)
        while self.update < last and before + time.monotonic() - start < a.until and not stopped:
            out = self.step(*next(loader))
            self.seconds = before + time.monotonic() - start
            if self.update % EVERY == 0:
                self.record(out)
        self.save()
        self.seconds = before + time.monotonic() - start  # with the end
        print(f"update {self.update}, {self.update * a.batch} pairs in {self.seconds:.0f} s, this slice "
              f"{(self.update - first) * a.batch / (self.seconds - before):.1f} pairs/s", flush=True)

    def record(self, out):
        line = {"step": self.update, "seconds": round(self.seconds, 1)}
        line.update({k: round(float(v.detach()), 4) for k, v in out.items()})
        with open(self.out / "metrics.jsonl", "a") as f:
            f.write(json.dumps(line) + "\n")

    def save(self):
        net, optimiser = self.net.state_dict(), self.optimiser.state_dict()
        save(self.out / "encoder.pth",
             authors_checkpoint(self.net, self.update, len(self.data) // self.a.batch))
        save(self.out / "state.pt", {"net": net, "optimiser": optimiser, "update": self.update,
                                     "seconds": self.seconds})


def main():
    start, stopped = time.monotonic(), []
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--until", type=float, default=3600)
    parser.add_argument("--updates", type=int, default=0)
    parser.add_argument("--setting", default="float32-channels-last", choices=SETTINGS)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    for name, value in {"ndf": 64, "n-rkhs": 512, "n-depth": 3, "batch": 128, "seed": 1}.items():
        parser.add_argument("--" + name, type=int, default=value)
    parser.add_argument("--lr", type=float, default=2e-4)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    products.check()
    signal.signal(signal.SIGINT, lambda *_: stopped.append(True))
    Run(a).train(start, stopped)
    sys.exit(130 if stopped else 0)


if __name__ == "__main__":
    main()
