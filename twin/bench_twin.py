"""Measures the twin on random data: training steps (forward, losses, online classifiers, backward, Adam), or,
with --inference, the frozen encoder with its outputs f1, phi5 and phi7.

    python3 bench_twin.py [--px 32 --ndf 64 --n-rkhs 512 --n-depth 3 --batch 128] [--seconds 10] SETTING ...
    python3 bench_twin.py --settings

SETTING is float32 or bfloat16, then "-channels-last" or not, then, from torch 2 on, "-compile" or not. Prints
one line per setting: what the median step or batch makes in a second, and the memory of the process at its
largest so far. One pair is two views of one image. bench/peer.sh runs every setting in a process of its own,
with the allocator settings that suit PyTorch best.
"""

import argparse
import contextlib
import json
import os
import resource
import statistics
import time

import torch

import products
from amdim_twin import Config, Twin, adam

CLASSES = 10
COMPILES = hasattr(torch, "compile")
SETTINGS = [
    precision + layout + compiled
    for precision in ("float32", "bfloat16")
    for layout in ("", "-channels-last")
    for compiled in (("", "-compile") if COMPILES else ("",))
]


def training(net, config, batch, layout, autocast):
    """A function that makes one training step by the network that it is given, and that network."""
    net.train()
    optimiser = adam(net, 2e-4)
    views = [torch.randn(batch, 3, config.px, config.px).to(memory_format=layout) for _ in range(2)]
    location = torch.randint(0, 25, (2 * batch,))
    labels = torch.randint(0, CLASSES, (2 * batch,))

    def step(run):
        with autocast():
            total, _ = run(*views, location, labels)
        optimiser.zero_grad()
        total.backward()
        optimiser.step()

    return step, net


def inference(net, config, batch, layout, autocast):
    """A function that encodes one batch by the function that it is given, and that function."""
    net.eval()
    images = torch.randn(batch, 3, config.px, config.px).to(memory_format=layout)

    def encode(run):
        with torch.inference_mode(), autocast():
            f = run(images)
        return [f[name] for name in ("f1", "phi5", "phi7")]

    return encode, net.features


def measure(config, batch, seconds, setting, job):
    """What the median run makes in a second, after two runs that are not counted."""
    layout = torch.channels_last if "-channels-last" in setting else torch.contiguous_format
    bf16 = setting.startswith("bfloat16")

    def autocast():
        return torch.autocast("cpu", dtype=torch.bfloat16) if bf16 else contextlib.nullcontext()

    net = Twin(config, CLASSES).to(memory_format=layout)
    call, part = job(net, config, batch, layout, autocast)
    if setting.endswith("-compile"):
        part = torch.compile(part)
    spent, runs = [], []
    while sum(runs) < seconds or (len(runs) < 3 and sum(runs) < 2 * seconds):
        start = time.perf_counter()
        call(part)
        spent.append(time.perf_counter() - start)
        runs = spent[2:] or (spent[1:] if sum(spent) > 2 * seconds else [])
    return batch / statistics.median(runs)


def main():
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    defaults = {"px": 32, "ndf": 64, "n-rkhs": 512, "n-depth": 3, "batch": 128}
    for name, value in defaults.items():
        parser.add_argument("--" + name, type=int, default=value)
    parser.add_argument("--seconds", type=float, default=10, help="to spend on runs that count")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--inference", action="store_true")
    parser.add_argument("--settings", action="store_true", help="list what this torch has, and leave")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("setting", nargs="*", metavar="SETTING", help=", ".join(SETTINGS))
    a = parser.parse_args()
    if a.settings:
        return print(*SETTINGS)
    if not a.setting or set(a.setting) - set(SETTINGS):
        parser.error("SETTING: need some of " + ", ".join(SETTINGS))
    torch.set_num_threads(a.threads)
    products.check()
    torch.manual_seed(1)
    config = Config(a.px, a.ndf, a.n_rkhs, a.n_depth)
    unit, job = ("image", inference) if a.inference else ("pair", training)
    for setting in a.setting:
        rate = measure(config, a.batch, a.seconds, setting, job)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        if a.json:
            print(json.dumps({"engine": "torch " + torch.__version__, "setting": setting,
                              "per_second": rate, "unit": unit, "peak_bytes": peak}), flush=True)
            continue
        net = f"{a.px} px {a.ndf}/{a.n_rkhs}/{a.n_depth} batch {a.batch}, {a.threads} threads"
        memory = f"{peak / 2**20:.0f} MiB"
        print(f"torch {torch.__version__} {setting}, {net}: {rate:.1f} {unit}s/s, {memory}", flush=True)


if __name__ == "__main__":
    main()
