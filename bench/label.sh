#!/usr/bin/env bash
# Which images to label first: accuracy of amdim classify after N labels, of images chosen
# by amdim search --typical and of random ones (DRAWS times).
#
#   bench/label.sh OUT RUN FOLDER [N…]
#
# RUN is a trained model and FOLDER has a folder of images for each class, whose names hold
# neither commas nor line breaks. An image of a class without a label counts as wrong.
# Prints a line per choice: labels, choice, draw, classes among the labels, accuracy
# expected and seen on the other images, in percent. DRAWS defaults to 5.
set -euo pipefail
out=${1:?usage: bench/label.sh OUT RUN FOLDER [N…]}
run=$(realpath "${2:?usage: bench/label.sh OUT RUN FOLDER [N…]}")
folder=$(realpath "${3:?usage: bench/label.sh OUT RUN FOLDER [N…]}")
shift 3
[ $# -gt 0 ] || set -- 20 40 100 200
mkdir -p "$out"
out=$(realpath "$out")
cd "$(dirname "$0")/.."
CGO_ENABLED=0 go build -o "$out/amdim" ./cmd/amdim
amdim() { "$out/amdim" "$@" 2>>"$out/log"; }

amdim embed --model "$run" --data "folder:$folder" --out "$out/all.npy" --overwrite >/dev/null
find "$folder" -type f -printf '%P\n' | LC_ALL=C sort >"$out/names"

# measure LABELS CHOICE DRAW: the names to label come on stdin.
measure() {
  rm -rf "$out/labelled"
  while read -r name; do
    mkdir -p "$out/labelled/${name%%/*}"
    cp "$folder/$name" "$out/labelled/${name%%/*}/"
  done
  expected=$(amdim classify --model "$run" --labelled "folder:$out/labelled" --index "$out/all.npy" \
    --out "$out/classes.csv" --overwrite --json | sed -n 's/^ *"accuracy": \([0-9.]*\).*/\1/p' | head -1)
  awk -F, -v labels="$1" -v choice="$2" -v draw="$3" -v expected="${expected:-0}" \
    -v classes="$(ls "$out/labelled" | wc -l)" '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    $column["labelled"] == "false" {
      split($1, path, "/"); n++; right += path[1] == $column["class"]
    }
    END { printf "%d %s %d %d %.1f %.1f\n", labels, choice, draw, classes, 100*expected, 100*right/n }
  ' "$out/classes.csv"
}

for labels in "$@"; do
  amdim search --index "$out/all.npy" --typical "$labels" | sed '1,3d; s/^ *[0-9]*  //' | measure "$labels" typical 1
  for ((draw = 1; draw <= ${DRAWS:-5}; draw++)); do
    awk -v seed="$draw" 'BEGIN { srand(seed) } { print rand() "\t" $0 }' "$out/names" |
      LC_ALL=C sort -g | sed -n "1,${labels}p" | cut -f 2- | measure "$labels" random "$draw"
  done
done | tee "$out/accuracy.txt"
