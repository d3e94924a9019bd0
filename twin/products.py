"""Refuses a PyTorch that multiplies matrices by a BLAS that is not optimised: losses and heads would take most of
a float32 step, and a comparison with it would flatter us.

Debian's python3-torch asks for any BLAS and gets the reference one, at a few GFLOP/s; its convolutions are
oneDNN's all the same. libopenblas0-pthread beside it is enough.
"""

import sys
import time

import torch

LEAST = 0.2  # of the speed of convolutions; the reference BLAS has 0.03, OpenBLAS 0.9 to 1.7


def gflops(run, products):
    """The best of five runs after one that is not counted."""
    spent = []
    for _ in range(6):
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return 2e-9 * products / min(spent[1:])


def speeds():
    """GFLOP/s in float32 of a product of square matrices, and of a convolution about as large."""
    a, b = torch.randn(1024, 1024), torch.randn(1024, 1024)
    image, kernel = torch.randn(16, 128, 32, 32), torch.randn(128, 128, 3, 3)
    convolve = torch.nn.functional.conv2d
    return (gflops(lambda: a @ b, 1024**3),
            gflops(lambda: convolve(image, kernel), 16 * 30 * 30 * 9 * 128**2))


def check():
    product, convolution = speeds()
    if product < LEAST * convolution:
        sys.exit(f"this PyTorch multiplies matrices at {product:.0f} GFLOP/s and convolves at {convolution:.0f}: "
                 "its BLAS is not optimised; on Debian install libopenblas0-pthread")


if __name__ == "__main__":
    print("float32: products at %.0f GFLOP/s, convolutions at %.0f" % speeds())
