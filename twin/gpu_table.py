"""Prints the table of bench/gpu.sh from the JSON files that its stages left.

    python3 gpu_table.py DIR

DIR holds peak.json, and for a CASE and KIND (device, loader or files) CASE.KIND.twin.json, CASE.KIND.ours.json
and, with updates as CUDA graphs of tuned kernels, CASE.KIND.graphs.json.
FLOPs per pair are those that amdim counts, for both sides.
"""

import json
import pathlib
import sys

IMAGES = {"device": "on the device", "loader": "views made by a loader", "files": "JPEG files, by a loader"}
NOTE = """
PyTorch lets cuDNN try its kernels and, on the device, learns one batch that stays there and awaits nothing.
Ours copies every batch and fetches features and losses of each update; its bench does not count the first
five. Where it is not tuned it takes kernels that give the same bytes again."""


def read(path):
    """The object of a file, or None: a stage that failed leaves an empty one or none."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None


def ours_rate(r):
    """Pairs per second over all updates: the median would hide those that waited for images."""
    return r["batch"] * len(r["seconds"]) / sum(r["seconds"])


def row(folder, case, kind, peak):
    twin, ours, graphs = [read(folder / f"{case}.{kind}.{side}.json") for side in ("twin", "ours", "graphs")]
    theirs = twin["per_second"] if twin else None
    each, by_graph = [ours_rate(r) if r else None for r in (ours, graphs)]
    mine = max((rate for rate in (each, by_graph) if rate), default=None)
    ours = ours or graphs
    flops = ours["flops"] / ours["batch"] if ours else None

    def number(x, form):
        return "–" if x is None else format(x, form)

    def share(rate):
        return rate * flops / (peak * 1e10) if rate and flops and peak else None

    cells = [case, IMAGES[kind]]
    cells += [number(twin and twin["batch"], "d"), number(ours and ours["batch"], "d")]
    cells += [number(flops and flops / 1e9, ".2f"), number(theirs, ".1f")]
    tuned = not graphs or "tuned" in graphs["engine"]
    cells += [number(each, ".1f"), number(by_graph, ".1f") + ("" if tuned else " (not tuned)")]
    cells += [number(mine / theirs if mine and theirs else None, ".2f")]
    cells += [number(share(theirs), ".1f"), number(share(mine), ".1f")]
    return "| " + " | ".join(cells) + " |"


def main():
    folder = pathlib.Path(sys.argv[1])
    found = read(folder / "peak.json")
    if found:
        print(f"{found['device']}, torch {found['torch']}: measured peak "
              f"{found['bf16']:.4g} TFLOP/s bf16, {found['tf32']:.4g} TF32.\n")
    head = ["network", "images", "batch, PyTorch", "batch, ours", "GFLOP per pair", "PyTorch, pairs/s"]
    head += ["ours, pairs/s", "as graphs, tuned", "the better over PyTorch", "PyTorch, % of peak", "ours, % of peak"]
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    done = {tuple(p.name.split(".")[:2]) for p in folder.glob("*.*.*.json")}
    done = {(case, kind) for case, kind in done if kind in IMAGES}
    for case, kind in sorted(done):
        print(row(folder, case, kind, found and found["bf16"]))
    print(NOTE)


if __name__ == "__main__":
    main()
