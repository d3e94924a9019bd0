"""Prints the table of bench/peer.sh: medians over rounds, and ours over each of theirs.

    python3 peer_table.py DIR

DIR holds CASE/ROUND.NAME.json, each an object with engine, unit, per_second and peak_bytes; NAME begins with
"ours" or "torch".
"""

import json
import pathlib
import statistics
import sys


def read(folder):
    """Numbers by NAME: (engine, unit, rates, most bytes)."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        name = path.name.split(".", 1)[1].removesuffix(".json")
        r = json.loads(path.read_text())
        engine, unit, rates, peak = found.get(name, (r["engine"], r["unit"], [], 0))
        found[name] = engine, unit, rates + [r["per_second"]], max(peak, r["peak_bytes"])
    return found


def table(case, found):
    median = {name: statistics.median(rates) for name, (_, _, rates, _) in found.items()}
    ours = {name: m for name, m in median.items() if name.startswith("ours")}
    theirs = {name: m for name, m in median.items() if name.startswith("torch")}
    unit = next(iter(found.values()))[1]
    print(f"\n{case}, {unit}s/s\n")
    row = ["", "median", "rounds", "memory"] + [f"{o} over it" for o in ours]
    rounds = max(len(" ".join(f"{r:.1f}" for r in rates)) for _, _, rates, _ in found.values())
    width = [max(len(n) for n in found), 8, max(6, rounds), 9] + [len(n) for n in row[4:]]

    def line(cells):
        padded = [c.rjust(w) if i else c.ljust(w) for i, (c, w) in enumerate(zip(cells, width))]
        print("| " + " | ".join(padded) + " |")

    line(row)
    line(["-" * width[0]] + ["-" * (w - 1) + ":" for w in width[1:]])
    for name, (_, _, rates, peak) in found.items():
        ratios = [f"{m / median[name]:.2f}" if name in theirs else "" for m in ours.values()]
        shown = " ".join(f"{r:.1f}" for r in rates)
        line([name, f"{median[name]:.1f}", shown, f"{peak / 2**20:.0f} MiB"] + ratios)
    if ours and theirs:
        best, peer = max(ours, key=ours.get), max(theirs, key=theirs.get)
        print(f"\n{best} is {ours[best] / theirs[peer]:.2f} times {peer}, the best of torch.")


def main():
    for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        found = read(folder) if folder.is_dir() else {}
        if found:
            table(folder.name[2:], found)


if __name__ == "__main__":
    main()
