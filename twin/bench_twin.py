"""Measures training steps of the twin: forward, losses, online classifiers, backward, Adam, on random data.

    python3 bench_twin.py [--px 32 --ndf 64 --n-rkhs 512 --n-depth 3 --batch 128] [--steps 10] SETTING ...

SETTING is float32 or bfloat16, each also with "-channels-last". Prints one line per setting: pairs per
second of the median step. One pair is two views of one image. bench/peer.sh runs it with the allocator
settings that suit PyTorch best.
"""

import argparse
import contextlib
import os
import statistics
import time

import torch

from amdim_twin import Config, Twin, adam

CLASSES = 10


def measure(config, batch, steps, bf16, channels_last):
    """Pairs per second of the median step, after two that are not counted."""
    layout = torch.channels_last if channels_last else torch.contiguous_format
    net = Twin(config, CLASSES).train().to(memory_format=layout)
    optimiser = adam(net, 2e-4)
    views = [torch.randn(batch, 3, config.px, config.px).to(memory_format=layout) for _ in range(2)]
    location = torch.randint(0, 25, (2 * batch,))
    labels = torch.randint(0, CLASSES, (2 * batch,))
    seconds = []
    for _ in range(steps + 2):
        start = time.perf_counter()
        with torch.autocast("cpu", dtype=torch.bfloat16) if bf16 else contextlib.nullcontext():
            total, _ = net(*views, location, labels)
        optimiser.zero_grad()
        total.backward()
        optimiser.step()
        seconds.append(time.perf_counter() - start)
    return batch / statistics.median(seconds[2:])


def main():
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    settings = [d + c for d in ("float32", "bfloat16") for c in ("", "-channels-last")]
    defaults = {"px": 32, "ndf": 64, "n-rkhs": 512, "n-depth": 3, "batch": 128, "steps": 10}
    for name, value in defaults.items():
        parser.add_argument("--" + name, type=int, default=value)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("setting", nargs="+", choices=settings)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    config = Config(a.px, a.ndf, a.n_rkhs, a.n_depth)
    for setting in a.setting:
        bf16, channels_last = setting.startswith("bfloat16"), setting.endswith("-channels-last")
        pairs = measure(config, a.batch, a.steps, bf16, channels_last)
        net = f"{a.px} px {a.ndf}/{a.n_rkhs}/{a.n_depth} batch {a.batch}, {a.threads} threads"
        print(f"torch {torch.__version__} {setting}, {net}: {pairs:.1f} pairs/s", flush=True)


if __name__ == "__main__":
    main()
