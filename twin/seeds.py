"""Prints how well conditioned golden cases are under other seeds: how the seeds in golden.py were chosen.

    python3 seeds.py CASE [FIRST LAST]

For each seed: the largest relative difference of ten losses in float32 and in double, the smallest
cosine between a gradient under bfloat16 autocast and in double, and its variable. A draw in which
some unit sits on the kink of its ReLU, or a gradient is a small difference of large sums, measures
the draw and not the engine.
"""

import copy
import sys

import numpy as np
import torch

from amdim_twin import Twin, variables
from golden import CASES, draw_inputs, forward, randomise, ten_losses

NOISE = ("phi5.shortcut.bias", "phi7.shortcut.bias", "encoder.l4.bn.bias")


def gradients(net, x, dtype, autocast):
    net = copy.deepcopy(net).to(dtype).train()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
        total, _ = forward(net, x, dtype)
    total.backward()
    return {name: v.grad.double().flatten() for name, v, _ in variables(net) if v.requires_grad}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    torch.set_num_threads(1)
    [(_, config, classes, images, _)] = [case for case in CASES if case[0] == sys.argv[1]]
    first, last = map(int, sys.argv[2:] or (1, 20))
    for seed in range(first, last + 1):
        rng = np.random.RandomState(seed)
        net = Twin(config, classes).double()
        randomise(net, rng)
        x = draw_inputs(config, classes, images, rng)
        exact = gradients(net, x, torch.float64, False)
        rough = gradients(net, x, torch.float32, True)
        cosine = {k: float(torch.cosine_similarity(exact[k], rough[k], 0)) for k in exact if k not in NOISE}
        worst = min(cosine, key=cosine.get)
        ratio = ten_losses(net, x, torch.float32) / ten_losses(net, x, torch.float64)
        drift = np.abs(ratio - 1).max()
        print(f"seed {seed}: float32 {drift:.1e}, bfloat16 {cosine[worst]:.4f} {worst}", flush=True)


if __name__ == "__main__":
    main()
