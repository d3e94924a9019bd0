#!/usr/bin/env bash
# The whole check on a GPU: build, tests, peak, PyTorch twin, amdim, training. Each stage has a time limit, leaves
# its result in OUT as it goes, and does not stop the others when it fails.
#
#   bench/gpu.sh --out OUT [--stages "build test peak twin ours table train eval"] [--cases "small large photo"]
#                [--device cuda] [--seconds 10] [--workers 16] [--batch 512] [--limit 300] [--minutes 8] [--data DIR]
#   bench/gpu.sh --out /tmp/gpu --stages "peak twin table" --device cpu --cases toy --seconds 1 --batch 32 --workers 2
#
# $PYTHON has torch. Without go on the path, OUT/amdim and OUT/torch.test (go test -c -tags torch ./engine/torch) are
# taken as they are and the shim alone is built. train needs --data, CIFAR-10's folder; called again it goes on with
# OUT/run. --limit is the seconds of each measurement, --minutes those of training in one call.
set -uo pipefail
out="" stages="build test peak twin ours table" cases="small large photo" device=cuda seconds=10 workers=16
batch=512 limit=300 minutes=8 data=""
while [ $# -gt 0 ]; do
	case $1 in
	--out | --stages | --cases | --device | --seconds | --workers | --batch | --limit | --minutes | --data)
		[ $# -ge 2 ] || { echo "$1: a value is missing" >&2; exit 2; }
		printf -v "${1#--}" %s "$2"
		;;
	*) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" | sed '$d' && exit 2 ;;
	esac
	shift 2
done
[ -n "$out" ] || { echo "--out is missing: a folder for the results" >&2; exit 2; }
mkdir -p "$out/results" && out=$(realpath "$out") && cd "$(dirname "$0")/.." || exit 1
[ -z "$data" ] || data=$(realpath "$data")
python=${PYTHON:-python3}
export AMDIM_TORCH_LIBRARY=$out/libamdim_torch.so AMDIM_TORCH_DEVICE=$device
failed=""

# network sets px ndf n_rkhs n_depth, and the preset that amdim starts from.
network() {
	case $1 in
	small) set -- 32 128 1024 3 cifar10-small ;;
	large) set -- 32 256 2048 10 cifar10-large ;;
	photo) set -- 128 192 1536 8 imagenet-small ;;
	toy) set -- 32 8 32 1 cifar10-tiny ;;
	*) echo "--cases $1: need some of small large photo toy" >&2 && exit 2 ;;
	esac
	px=$1 ndf=$2 n_rkhs=$3 n_depth=$4 preset=$5
}

# attempt runs a command with its limit in seconds and says how it ended; try is one that must not fail.
attempt() {
	local name=$1 most=$2 began=$SECONDS
	shift 2
	if timeout "$most" "$@" 2>"$out/results/$name.log"; then
		echo "$name: done in $((SECONDS - began)) s" >&2
	else
		echo "$name: failed ($?) after $((SECONDS - began)) s: $(tail -n 1 "$out/results/$name.log")" >&2
		return 1
	fi
}
try() { attempt "$@" || { failed="$failed $1" && return 1; }; }

# record is an attempt whose standard output is the result, written when all of it is there; keep must not fail.
record() { attempt "$@" >"$out/results/$1.part" && mv "$out/results/$1.part" "$out/results/$1.json"; }
keep() { record "$@" || { failed="$failed $1" && return 1; }; }

build() {
	if command -v go >/dev/null; then
		OUT=$out PYTHON=$python try build 600 make torch
		CGO_ENABLED=0 try build.test 600 go test -c -tags torch -o "$out/torch.test" ./engine/torch
	else
		try build 600 make -C engine/torch/shim OUT="$out" PYTHON="$python"
	fi
}

twin() {
	network "$1"
	local loader=0
	[ "$2" = device ] || loader=$workers
	keep "$1.$2.twin" "$limit" "$python" twin/gpu_twin.py train --device "$device" --px "$px" --ndf "$ndf" \
		--n-rkhs "$n_rkhs" --n-depth "$n_depth" --batch "$batch" --seconds "$seconds" --workers "$loader"
}

# ours takes the twin's batch where there is one, and halves it until it fits. The third argument is ours, or graphs
# for updates as CUDA graphs.
ours() {
	network "$1"
	local kind=$2 name=$1.$2.$3 b=$batch none="" graphs="" twin=$out/results/$1.$2.twin.json
	[ "$3" = ours ] || graphs=--graphs
	[ ! -e "$twin" ] || b=$("$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["batch"])' "$twin")
	[ "$kind" = loader ] || none=--no-data
	until record "$name" "$limit" "$out/amdim" bench --quiet --json $none $graphs --engine torch --device "$device" \
		--precision bf16 --preset "$preset" --set model.ndf="$ndf" --set model.n_rkhs="$n_rkhs" \
		--set model.n_depth="$n_depth" --batch "$b" --seconds "$((2 * seconds))"; do
		if ! grep -qi memory "$out/results/$name.log" || [ "$b" -le 32 ]; then
			failed="$failed $name" && return 1
		fi
		b=$((b / 2))
	done
}

training() {
	[ -n "$data" ] || { echo "train: --data is missing: the folder of CIFAR-10" >&2; failed="$failed train"; return; }
	try train $((60 * minutes + 120)) "$out/amdim" pretrain --quiet --engine torch --device "$device" --precision bf16 \
		--preset cifar10-small --data "cifar10:$data" --resume=auto --minutes "$minutes" --out "$out/run"
}

evaluation() {
	[ -n "$data" ] || { echo "eval: --data is missing: the folder of CIFAR-10" >&2; failed="$failed eval"; return; }
	keep eval "$limit" "$out/amdim" eval --quiet --json --engine torch --device "$device" --protocol linear \
		--model "$out/run" --data "cifar10:$data"
}

for c in $cases; do network "$c"; done
for stage in $stages; do
	case $stage in
	build) build ;;
	test)
		(cd engine/torch && try test "$limit" "$out/torch.test" -test.v >"$out/results/test.out") || failed="$failed test"
		;;
	peak) keep peak "$limit" "$python" twin/gpu_twin.py peak --device "$device" --seconds 2 \
		--side "$([ "$device" = cuda ] && echo 8192 || echo 256)" ;;
	twin) for c in $cases; do for kind in device loader; do twin "$c" "$kind"; done; done ;;
	ours)
		for c in $cases; do for kind in device loader; do
			ours "$c" "$kind" ours
			[ "$device" = cpu ] || ours "$c" "$kind" graphs
		done; done
		;;
	table)
		"$python" twin/gpu_table.py "$out/results" | tee "$out/results/$(date +%F)_gpu.md" || failed="$failed table"
		;;
	train) training ;;
	eval) evaluation ;;
	*) echo "--stages $stage: need some of build test peak twin ours table train eval" >&2 && exit 2 ;;
	esac
done
[ -z "$failed" ] || { echo "failed:$failed; see $out/results" >&2; exit 1; }
