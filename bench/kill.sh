#!/usr/bin/env bash
# Trains twice with the same flags: once through, and once with kill -9 every
# EVERY seconds and --resume=auto after it. Both must end in the same bytes.
#
#   bench/kill.sh OUT --preset photos-tiny --data folder:DIR --epochs 20
#
# DIR is relative to the root of the project. OUT receives the runs whole and killed,
# and amdim. EVERY defaults to 60.
set -euo pipefail
out=${1:?usage: bench/kill.sh OUT FLAGS OF amdim pretrain}
shift
every=${EVERY:-60}
mkdir -p "$out"
out=$(realpath "$out")
cd "$(dirname "$0")/.."
CGO_ENABLED=0 go build -o "$out/amdim" ./cmd/amdim

whole="" run=""
trap 'kill -9 $whole $run 2>/dev/null || true' EXIT
"$out/amdim" pretrain "$@" --out "$out/whole" --overwrite >"$out/whole.out" 2>"$out/whole.log" &
whole=$!

kills=0
rm -rf "$out/killed" # here, since a kill may come before --overwrite does it
while true; do
  "$out/amdim" pretrain "$@" --out "$out/killed" --resume=auto >"$out/killed.out" 2>>"$out/killed.log" &
  run=$!
  for ((s = 0; s < every; s++)); do
    kill -0 "$run" 2>/dev/null || break
    sleep 1
  done
  if kill -9 "$run" 2>/dev/null; then
    wait "$run" 2>/dev/null || true
    kills=$((kills + 1))
  else
    wait "$run"
    break
  fi
done
run=""
wait "$whole"
whole=""
echo "$kills kills in $SECONDS s"
sha256sum "$out"/{whole,killed}/checkpoint.safetensors
cmp "$out"/{whole,killed}/checkpoint.safetensors && echo "the same bytes"
