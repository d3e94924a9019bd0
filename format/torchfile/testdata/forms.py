"""Writes one dictionary in both forms of PyTorch's files: forms.py DIR."""

import pathlib
import sys

import torch

x = torch.arange(6, dtype=torch.float32).reshape(2, 3)
tensors = {
    "float32": x,
    "transposed": x.t(),
    "row": x[1],
    "float64": torch.tensor([0.5, -2], dtype=torch.float64),
    "float16": torch.tensor([1.5, -float("inf"), 2.0**-14, 2.0**-24], dtype=torch.float16),
    "bfloat16": torch.tensor([1.5, -3], dtype=torch.bfloat16),
    "int64": torch.tensor([-1, 1 << 40]),
    "int32": torch.tensor([-7], dtype=torch.int32),
    "int16": torch.tensor([-8], dtype=torch.int16),
    "int8": torch.tensor([-9], dtype=torch.int8),
    "uint8": torch.tensor([200], dtype=torch.uint8),
    "bool": torch.tensor([True, False]),
    "parameter": torch.nn.Parameter(torch.tensor([1.0, 2.0])),
    "scalar": torch.tensor(4.0),
    "empty": torch.zeros(0, 3),
}
root = {
    "tensors": tensors,
    "int": 3,
    "negative": -70000,
    "long": -(1 << 40),
    "float": 20.25,
    "true": True,
    "text": "é",
    "none": None,
    "list": [1, "two"],
}
folder = pathlib.Path(sys.argv[1])
torch.save(root, folder / "zip.pth")
torch.save(root, folder / "legacy.pth", _use_new_zipfile_serialization=False)
