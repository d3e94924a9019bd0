"""Measures on one device what a training of AMDIM can reach with PyTorch, as JSON on stdout.

    python3 gpu_twin.py peak [--device cuda]
    python3 gpu_twin.py train [--px 32 --ndf 128 --n-rkhs 1024 --n-depth 3] [--batch 512] [--workers 16]
                              [--folder DIR] [--no-compile]
    python3 gpu_twin.py profile [--px 32 …]
    python3 gpu_twin.py views --workers 2 --folder DIR [--px 128] [--batch 64]

peak is TFLOP/s of a large matrix product, bf16 and TF32. train is the twin's pairs per second: bf16 autocast,
channels-last, torch.compile where torch has it, fused Adam on CUDA. With --workers the views are made by a
DataLoader from noise, or from the JPEG files of --folder (views.py), and the rate is over all the time, waits
included; without, one batch stays on the device. The batch is halved until it fits. profile is milliseconds of a
step by kernel, as PyTorch runs it and compiled. views is pairs per second of the loader alone.
"""

import argparse
import json
import time

import torch

from amdim_twin import Config, Twin, adam
from views import loader

CLASSES = 10


def synchronise(device):
    if device == "cuda":
        torch.cuda.synchronize()


def timed(device, run, seconds, warm=3):
    """Seconds of one run: the mean over at least that time, waiting for the device only at both ends."""
    for _ in range(warm):
        run()
    synchronise(device)
    start, n = time.perf_counter(), 0
    while True:
        for _ in range(4):  # the device is kept busy: no wait between
            run()
        n += 4
        synchronise(device)
        spent = time.perf_counter() - start
        if spent >= seconds:
            return spent / n


def peak(device, side, seconds):
    """TFLOP/s of a product of square matrices."""
    found = {}
    for name, dtype in (("bf16", torch.bfloat16), ("tf32", torch.float32)):
        a, b = [torch.randn(side, side, device=device).to(dtype) for _ in range(2)]
        found[name] = 2 * side**3 / timed(device, lambda: a @ b, seconds) / 1e12
    return found


def fixed(config, batch, device):
    """One batch that stays on the device."""
    shape = batch, 3, config.px, config.px
    views = [torch.randn(shape, device=device).to(memory_format=torch.channels_last) for _ in range(2)]
    while True:
        yield views


def loaded(config, batch, device, net, workers, folder):
    """Batches of two views from worker processes; 8-bit until they are on the device."""
    for images in loader(config.px, batch, workers, device == "cuda", folder):
        images = images.to(device, non_blocking=True)
        yield [net.normalise(images[:, view], torch.float32) for view in range(2)]


def trainer(config, batch, device, workers, compiled, folder=None):
    """A function that makes one training step."""
    net = Twin(config, CLASSES).to(device, memory_format=torch.channels_last).train()
    optimiser = adam(net, 2e-4, **({"fused": True} if device == "cuda" else {}))
    run = torch.compile(net, dynamic=False) if compiled else net
    batches = loaded(config, batch, device, net, workers, folder) if workers else fixed(config, batch, device)
    labels = torch.randint(0, CLASSES, (2 * batch,), device=device)

    def step():
        location = torch.randint(0, 25, (2 * batch,), device=device)
        with torch.autocast(device, dtype=torch.bfloat16):
            total, _ = run(*next(batches), location, labels)
        optimiser.zero_grad(set_to_none=True)
        total.backward()
        optimiser.step()

    return step


def train(a):
    config, batch = Config(a.px, a.ndf, a.n_rkhs, a.n_depth), a.batch
    compiled = not a.no_compile and hasattr(torch, "compile")
    while True:
        try:
            step = trainer(config, batch, a.device, a.workers, compiled, a.folder)
            spent = timed(a.device, step, a.seconds)
            break
        except RuntimeError as e:
            if not any(s in str(e) for s in ("out of memory", "ALLOC_FAILED", "ALLOCATION_FAILED")) or batch == 1:
                raise
            batch //= 2
        step = None
        if compiled:
            torch._dynamo.reset()  # what was compiled for the larger batch holds memory
        torch.cuda.empty_cache()
        if a.device == "cuda":
            torch.cuda.reset_peak_memory_stats()
    memory = torch.cuda.max_memory_allocated() if a.device == "cuda" else 0
    return {"per_second": batch / spent, "batch": batch, "compiled": compiled, "peak_bytes": memory}


def kernels(a, compiled):
    """What a step spends its time on, longest first."""
    from torch.profiler import ProfilerActivity, profile

    steps, most = 3, 40
    step = trainer(Config(a.px, a.ndf, a.n_rkhs, a.n_depth), a.batch, a.device, 0, compiled)
    for _ in range(4):
        step()
    synchronise(a.device)
    kind = ProfilerActivity.CUDA if a.device == "cuda" else ProfilerActivity.CPU
    with profile(activities=[kind]) as p:
        for _ in range(steps):
            step()
        synchronise(a.device)

    def spent(k):  # microseconds; torch 2.4 renamed it
        return getattr(k, "self_device_time_total", 0) or getattr(k, "self_cuda_time_total", 0) or (
            k.self_cpu_time_total if a.device == "cpu" else 0)

    found = sorted(p.key_averages(), key=spent, reverse=True)
    return {"milliseconds": sum(map(spent, found)) / steps / 1e3,
            "kernels": [{"name": k.key[:100], "milliseconds": spent(k) / steps / 1e3, "calls": k.count / steps}
                        for k in found[:most]]}


def views(a):
    batches = iter(loader(a.px, a.batch, a.workers, False, a.folder))
    return {"per_second": a.batch / timed("cpu", lambda: next(batches), a.seconds), "workers": a.workers}


def profiles(a):
    return {"batch": a.batch, "eager": kernels(a, False),
            "compiled": kernels(a, True) if hasattr(torch, "compile") and not a.no_compile else None}


def main():
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("what", choices=("peak", "train", "profile", "views"))
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--seconds", type=float, default=10)
    defaults = {"px": 32, "ndf": 128, "n-rkhs": 1024, "n-depth": 3, "batch": 512, "workers": 0, "side": 8192}
    for name, value in defaults.items():
        parser.add_argument("--" + name, type=int, default=value)
    parser.add_argument("--folder", help="with --workers: the JPEG files below it")
    parser.add_argument("--no-compile", action="store_true")
    a = parser.parse_args()
    if a.what == "views" and a.workers < 1:
        parser.error("views are made by processes: say how many with --workers")
    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    device = torch.cuda.get_device_name() if a.device == "cuda" else "cpu"
    jobs = {"peak": lambda a: peak(a.device, a.side, a.seconds), "train": train, "profile": profiles,
            "views": views}
    result = jobs[a.what](a)
    print(json.dumps({"torch": torch.__version__, "device": device, **result}), flush=True)


if __name__ == "__main__":
    main()
