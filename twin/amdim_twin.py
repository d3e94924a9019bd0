"""The AMDIM network, its losses and its classifiers in PyTorch.

Written from the paper (Bachman, Hjelm, Buchwalter 2019, arXiv 1906.00910) as a second opinion on the
Go engines: golden.py computes golden files with it, bench_twin.py measures its speed. It shares no code with
them and follows PyTorch's habits: NCHW, one pass per view.

Runs on torch 1.13 (Debian's python3-torch) and later.
"""

import dataclasses

import torch
from torch import nn
import torch.nn.functional as F


@dataclasses.dataclass
class Config:
    """The fields of model.Config, under its JSON names."""

    px: int
    ndf: int
    n_rkhs: int
    n_depth: int
    use_bn: bool = False
    pairs: tuple = ("1-5", "1-7", "5-5")
    lambda_: float = 4e-2
    tclip: float = 20.0
    mean: tuple = (0.5, 0.5, 0.5)
    std: tuple = (0.25, 0.25, 0.25)

    def to_json(self):
        fields = dataclasses.asdict(self)
        fields["lambda"] = fields.pop("lambda_")
        return fields


class Residual(nn.Module):
    """Convolution k×k, ReLU, convolution 1×1, beside the mean of the same windows; no activation follows."""

    def __init__(self, cin, cout, k, stride, use_bn):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, k, stride, bias=False)
        self.norm = nn.BatchNorm2d(cout) if use_bn else nn.Identity()
        self.conv2 = nn.Conv2d(cout, cout, 1, bias=False)
        self.k, self.stride, self.grow = k, stride, cout - cin

    def forward(self, x):
        skip = F.avg_pool2d(x, self.k, self.stride) if self.k > 1 else x
        if self.grow:
            skip = F.pad(skip, (0, 0, 0, 0, 0, self.grow))
        return self.conv2(F.relu(self.norm(self.conv1(x)))) + skip


def block(cin, cout, k, stride, depth, use_bn):
    rest = [Residual(cout, cout, 1, 1, use_bn) for _ in range(depth - 1)]
    return nn.Sequential(Residual(cin, cout, k, stride, use_bn), *rest)


class Encoder(nn.Module):
    """Pixels to the last features of side 7, 5 and 1."""

    def __init__(self, c):
        super().__init__()
        n, d = c.ndf, c.n_depth
        if c.px == 32:
            stems = [nn.Conv2d(3, n, 3)]
            rows = [(n, 1, 1, 1), (2 * n, 4, 2, d), (4 * n, 2, 2, d), (4 * n, 3, 1, d), (4 * n, 3, 1, d)]
        else:
            stems = [nn.Conv2d(3, n, 3)]
            if c.px == 128:
                stems = [nn.Conv2d(3, n, 5, 2, 2, padding_mode="reflect"), nn.Conv2d(n, n, 3)]
            rows = [(2 * n, 4, 2, d), (4 * n, 4, 2, d), (8 * n, 2, 2, d), (8 * n, 3, 1, d), (8 * n, 3, 1, d)]
        self.stems = nn.ModuleList(stems)
        self.blocks, width = nn.ModuleList(), n
        for out, k, stride, depth in rows + [(c.n_rkhs, 3, 1, 1)]:
            self.blocks.append(block(width, out, k, stride, depth, c.use_bn))
            width = out
        self.norm7 = nn.BatchNorm2d(rows[-3][0]) if c.use_bn else nn.Identity()
        self.norm1 = nn.BatchNorm2d(c.n_rkhs)

    def forward(self, x):
        for conv in self.stems:
            x = F.relu(conv(x))
        f = {}
        for layer in self.blocks:
            x = layer(x)
            side = x.shape[-1]
            if side == 7:
                x = self.norm7(x)
            f[side] = x
        f[1] = self.norm1(f[1])
        return f


class Head(nn.Module):
    """φ: features at every location to an embedding of r numbers."""

    def __init__(self, cin, r, use_bn):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, r, 1, bias=False)
        self.norm = nn.BatchNorm2d(r) if use_bn else nn.Identity()
        self.conv2 = nn.Conv2d(r, r, 1, bias=False)
        self.shortcut = nn.Conv2d(cin, r, 1)
        self.norm_out = nn.BatchNorm2d(r)

    def forward(self, x):
        return self.norm_out(self.conv2(F.relu(self.norm(self.conv1(x)))) + self.shortcut(x))


class Classifiers(nn.Module):
    """A linear layer, and an MLP with one hidden layer and dropout of 0.2."""

    hidden, p = 1024, 0.2

    def __init__(self, r, classes):
        super().__init__()
        self.linear = nn.Linear(r, classes)
        self.fc1 = nn.Linear(r, self.hidden, bias=False)
        self.norm = nn.BatchNorm1d(self.hidden)
        self.fc2 = nn.Linear(self.hidden, classes)

    def dropout(self, x, mask):
        return F.dropout(x, self.p) if mask is None else x * mask / (1 - self.p)

    def forward(self, x, mask1=None, mask2=None):
        h = F.relu(self.norm(self.fc1(self.dropout(x, mask1))))
        return {"linear": self.linear(x), "mlp": self.fc2(self.dropout(h, mask2))}


def nce(antecedent, consequent, clip):
    """One direction: antecedent (B, r), consequent (B, r, h, w). Returns loss, penalty, clip share.

    The negatives of image b are all locations of all other images.
    """
    b, r = antecedent.shape
    s = torch.einsum("br,nrl->bnl", antecedent / r**0.5, consequent.flatten(2))
    s = s if s.dtype == torch.float64 else s.float()
    penalty, clipped = (s**2).mean(), (s.abs() > clip).to(s.dtype).mean()
    s = clip * torch.tanh(s / clip)
    same = torch.eye(b, dtype=torch.bool, device=s.device)
    positive = s.diagonal(dim1=0, dim2=1).T  # (B, L)
    negatives = s.masked_fill(same[:, :, None], -float("inf")).flatten(1).logsumexp(1, keepdim=True)
    return (torch.logaddexp(positive, negatives) - positive).mean(), penalty, clipped


def cross_entropy(logits, labels):
    """Returns loss over the labelled rows, penalty, accuracy over the labelled rows."""
    logits = logits if logits.dtype == torch.float64 else logits.float()
    known = labels >= 0
    loss = F.cross_entropy(10 * torch.tanh(logits / 10), labels, ignore_index=-1)
    hits = ((logits.argmax(1) == labels) & known).sum()
    return loss, (logits**2).mean(), hits.to(logits.dtype) / known.sum()


class Twin(nn.Module):
    """Encoder, heads and, with classes > 0, online classifiers."""

    def __init__(self, config, classes=0):
        super().__init__()
        self.config = config
        width = config.ndf * (4 if config.px == 32 else 8)
        self.encoder = Encoder(config)
        self.phi5 = Head(width, config.n_rkhs, config.use_bn)
        self.phi7 = Head(width, config.n_rkhs, config.use_bn)
        self.classifiers = Classifiers(config.n_rkhs, classes) if classes else None
        self.register_buffer("mean", torch.tensor(config.mean))
        self.register_buffer("std", torch.tensor(config.std))

    def normalise(self, images, dtype):
        """uint8 (n, h, w, 3) to (n, 3, h, w)."""
        mean, std = self.mean.to(dtype), self.std.to(dtype)
        return ((images.to(dtype) / 255 - mean) / std).permute(0, 3, 1, 2)

    def features(self, x):
        """f1, f5, f7, phi5, phi7 of normalised images."""
        f = self.encoder(x)
        heads = {"phi5": self.phi5(f[5]), "phi7": self.phi7(f[7])}
        return {"f1": f[1].flatten(1), "f5": f[5], "f7": f[7], **heads}

    def forward(self, view1, view2, location5, labels=None, mask1=None, mask2=None):
        """Returns the loss to minimise and the named numbers, for normalised views of one batch."""
        views = [self.features(view1), self.features(view2)]
        rows = torch.arange(len(view1), device=view1.device)
        for v, at in zip(views, location5.chunk(2)):
            v["antecedent1"] = v["f1"]
            v["antecedent5"] = v["phi5"].flatten(2)[rows, :, at]
        total, out = 0, {}
        for pair in self.config.pairs:
            source, target = pair.split("-")
            one, two = [
                nce(a["antecedent" + source], b["phi" + target], self.config.tclip)
                for a, b in (views, views[::-1])
            ]
            for name, x, y in zip(("nce.", "penalty.", "clipped."), one, two):
                out[name + pair] = (x + y) / 2
            total = total + out["nce." + pair] + self.config.lambda_ * out["penalty." + pair]
        if self.classifiers is not None:
            f1 = torch.cat([v["f1"] for v in views]).detach()
            for name, logits in self.classifiers(f1, mask1, mask2).items():
                out[name + ".loss"], penalty, out[name + ".accuracy"] = cross_entropy(logits, labels)
                total = total + out[name + ".loss"] + 1e-3 * penalty
        return total, out


def adam(net, lr, **options):
    return torch.optim.Adam(
        net.parameters(), lr=lr, betas=(0.8, 0.999), eps=1e-8, weight_decay=1e-5, **options
    )


def variables(net):
    """Yields (Go name, tensor, axes) for each variable; tensor.permute(axes) has the Go layout."""
    stems = len(net.encoder.stems)
    for module_name, module in net.named_modules():
        name = go_name(module_name, stems)
        if isinstance(module, nn.Conv2d):
            yield name + ".weight", module.weight, (2, 3, 1, 0)
        elif isinstance(module, nn.Linear):
            yield name + ".weight", module.weight, (1, 0)
        elif isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            yield name + ".scale", module.weight, (0,)
            yield name + ".mean", module.running_mean, (0,)
            yield name + ".var", module.running_var, (0,)
        else:
            continue
        if module.bias is not None:
            yield name + ".bias", module.bias, (0,)


def go_name(name, stems):
    """encoder.blocks.1.0.norm → encoder.l3.0.conv1.bn: layers are counted from the first stem."""
    part = name.split(".")
    if name.startswith("encoder.stems."):
        return f"encoder.l{int(part[2]) + 1}"
    if name.startswith("encoder.blocks.") and len(part) > 3:
        tail = {"norm": "conv1.bn"}.get(part[4], part[4]) if len(part) > 4 else ""
        return f"encoder.l{int(part[2]) + 1 + stems}.{part[3]}.{tail}"
    if name == "encoder.norm1":
        return f"encoder.l{stems + 6}.bn"
    if name == "encoder.norm7":
        return f"encoder.l{stems + 3}.bn"
    if name.startswith("phi"):
        return name.replace("norm_out", "bn").replace("norm", "conv1.bn")
    for torch_part, go_part in (("classifiers.linear", "linear"), ("classifiers.norm", "mlp.bn")):
        name = name.replace(torch_part, go_part)
    return name.replace("classifiers.", "mlp.")
