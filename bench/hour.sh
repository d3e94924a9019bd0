#!/bin/sh
# What an hour of training on CIFAR-10 buys, ours beside the PyTorch twin: in turns, slice by slice, on one
# machine. A run that was interrupted goes on with the slices that it lacks.
#
#   bench/hour.sh --data DIR --out DIR [--slices 6] [--minutes 10] [--setting float32-channels-last]
#
# DIR of --data is what cifar10:DIR names. --minutes are those of a slice, its start and end included; a slice that
# was interrupted gets what is left of them. OUT keeps the settings and refuses others, but for more slices. $PYTHON
# has torch, else /usr/bin/python3. At the end both encoders are evaluated in the same way.
set -eu
slices=6 minutes=10 setting=float32-channels-last data="" out=""
while [ $# -gt 1 ]; do
	case $1 in
	--data) data=$2 ;;
	--out) out=$2 ;;
	--slices) slices=$2 ;;
	--minutes) minutes=$2 ;;
	--setting) setting=$2 ;;
	*) break ;;
	esac
	shift 2
done
if [ $# -gt 0 ] || [ -z "$data" ] || [ -z "$out" ]; then
	sed -n '2,/^set /s/^# \{0,1\}//p' "$0" && exit 2
fi
data=$(realpath "$data") && mkdir -p "$out" && out=$(realpath "$out")
cd "$(dirname "$0")/.."
python=${PYTHON:-/usr/bin/python3}
"$python" -c 'import torch, PIL' || { echo "$python needs torch and Pillow" >&2 && exit 1; }
batches=$(dirname "$(find "$data/" -name data_batch_1.bin | head -n 1)")
settings="--data $data --minutes $minutes --setting $setting"
[ -e "$out/settings" ] || echo "$settings" >"$out/settings"
was=$(cat "$out/settings")
[ "$settings" = "$was" ] || { echo "$out was begun with $was: give the same, or another --out" >&2 && exit 2; }
CGO_ENABLED=0 go build -o "$out/amdim" ./cmd/amdim

# trained prints the seconds of ours up to its checkpoint: what came behind it is lost.
trained() {
	[ -e "$out/ours/checkpoint.safetensors" ] || { echo 0 && return; }
	"$out/amdim" inspect --json "$out/ours" | "$python" -c '
import json, sys
step = json.load(sys.stdin)["meta"]["step"]
lines = [json.loads(line) for line in open(sys.argv[1]) if line.endswith("\n")]
print(max((line["seconds"] for line in lines if line["step"] <= step), default=0))' "$out/ours/metrics.jsonl"
}

# ours counts its own time only where a slice was interrupted: start and end are not in it, nor are the updates
# behind the last line of the metrics.
ours() {
	had=$(trained) begun=$out/ours.$slice.begun
	[ -e "$begun" ] || echo "$had" >"$begun"
	left=$(awk "BEGIN { print $minutes - ($had - $(cat "$begun")) / 60 }")
	case $left in 0 | -*) return ;; esac
	"$out/amdim" pretrain --quiet --minutes "$left" --preset cifar10-tiny --data "cifar10:$data" --out "$out/ours" \
		--resume=auto
}

twin() {
	seconds=$(awk "BEGIN { print 60 * $minutes * $slice }")
	MALLOC_MMAP_THRESHOLD_=100000000000 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=67108864 \
		"$python" twin/train_twin.py --data "$batches" --out "$out/twin" --until "$seconds" --setting "$setting"
}

for slice in $(seq "$slices"); do
	for side in ours twin; do
		[ ! -e "$out/$side.$slice" ] || continue
		$side
		touch "$out/$side.$slice"
		echo "slice $slice of $side: $(date -u +%H:%M), load $(cut -d ' ' -f 1 /proc/loadavg)"
	done
done
"$out/amdim" import --quiet --overwrite "$out/twin/encoder.pth" --out "$out/imported"
for run in ours imported; do
	"$out/amdim" inspect "$out/$run" | head -n 8
	"$out/amdim" eval --model "$out/$run" --data "cifar10:$data" --protocol linear,knn --no-baselines
done
