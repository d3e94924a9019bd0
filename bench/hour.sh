#!/bin/sh
# What an hour of training on CIFAR-10 buys, ours beside the PyTorch twin: in turns, slice by slice, on one
# machine. A run that was interrupted goes on with the slices that it lacks.
#
#   bench/hour.sh --data DIR --out DIR [--slices 6] [--minutes 10] [--setting float32-channels-last]
#
# DIR of --data is what cifar10:DIR names. --minutes are those of a slice, its start and end included. $PYTHON has
# torch, else /usr/bin/python3. At the end both encoders are evaluated in the same way.
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
CGO_ENABLED=0 go build -o "$out/amdim" ./cmd/amdim
seconds=$(awk "BEGIN { print 60 * $minutes }")

ours() {
	run="--preset cifar10-tiny --data cifar10:$data --out $out/ours"
	[ ! -e "$out/ours/checkpoint.safetensors" ] || run="--resume --out $out/ours"
	"$out/amdim" pretrain --quiet --minutes "$minutes" $run
}

twin() {
	MALLOC_MMAP_THRESHOLD_=100000000000 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=67108864 \
		"$python" twin/train_twin.py --data "$batches" --out "$out/twin" --seconds "$seconds" --setting "$setting"
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
