#!/usr/bin/env bash
# The whole check on a GPU: build, tests, peak, each network by amdim and by the PyTorch twin, training. Each
# measurement has a time limit, leaves its result in OUT/results as it goes, and does not stop the others when
# it fails; a build that fails ends all. OUT/results.tgz is packed anew after each stage and measurement.
#
#   bench/gpu.sh --out OUT [--stages "build test peak compare table profile train eval"]
#                [--cases "small large photo"] [--sides "ours graphs twin"] [--kinds "device loader files"]
#                [--device cuda] [--seconds 10] [--workers 16] [--batch 512] [--limit 300] [--photos DIR]
#                [--data DIR] [--minutes 8] [--preset cifar10-small] [--epochs N] [--seeds "1"]
#   bench/gpu.sh --out OUT --stages "peak compare" --device cpu --cases "toy toyphoto" --seconds 1 --batch 32 \
#                --workers 2
#
# On a machine that is lent for minutes one network first, briefly, then the others:
#
#   bench/gpu.sh --out OUT --stages "build peak compare test" --cases small --seconds 3 --limit 120
#   bench/gpu.sh --out OUT --stages compare --cases "large photo"
#
# $PYTHON has torch. Without go on the path, OUT/amdim (go build -tags torch ./cmd/amdim) and OUT/torch.test
# (go test -c -tags torch ./engine/torch) are taken as they are and the shim alone is built. profile says what
# our operations take, and which kernels PyTorch runs, as they are and compiled. With --photos, a folder of JPEG
# files (go run ./bench/folder -out DIR -n 2000 -damaged 0 makes one), networks of 128 px also learn from these,
# decoding included. Of --kinds, device is a batch that stays there, loader makes views beside it, files decodes
# them, too; few seconds favour a loader that has filled its queue. train needs --data, the folder of CIFAR-10,
# and trains all seeds side by side; called again it goes on with OUT/PRESET-SEED. --limit is the seconds of each
# measurement, --minutes those of training in one call.
set -uo pipefail
out="" stages="build test peak compare" cases="small large photo" sides="ours graphs twin" device=cuda
kinds="device loader files"
seconds=10 workers=16 batch=512 limit=300 photos="" data="" minutes=8 preset=cifar10-small epochs="" seeds=1
while [ $# -gt 0 ]; do
	case $1 in
	--out | --stages | --cases | --sides | --kinds | --device | --seconds | --workers | --batch | --limit | \
		--photos | --data | --minutes | --preset | --epochs | --seeds)
		[ $# -ge 2 ] || { echo "$1: a value is missing" >&2; exit 2; }
		printf -v "${1#--}" %s "$2"
		;;
	*) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" && exit 2 ;;
	esac
	shift 2
done
[ -n "$out" ] || { echo "--out is missing: a folder for the results" >&2; exit 2; }
[ -z "$data" ] || [ -d "$data" ] || { echo "--data $data: there is no such folder" >&2; exit 2; }
[ -z "$data" ] || data=$(realpath "$data")
[ -z "$photos" ] || [ -d "$photos" ] || { echo "--photos $photos: there is no such folder" >&2; exit 2; }
[ -z "$photos" ] || photos=$(realpath "$photos")
mkdir -p "$out/results" && out=$(realpath "$out") && cd "$(dirname "$0")/.." || exit 1
python=${PYTHON:-python3}
export AMDIM_TORCH_LIBRARY=$out/libamdim_torch.so AMDIM_TORCH_DEVICE=$device
export AMDIM_TUNE_LOG=1 # what --tune found is in results/CASE.KIND.graphs.log
failed="" shared=""

# network sets px ndf n_rkhs n_depth, and base, the preset that amdim starts from.
network() {
	case $1 in
	small) set -- 32 128 1024 3 cifar10-small ;;
	large) set -- 32 256 2048 10 cifar10-large ;;
	photo) set -- 128 192 1536 8 imagenet-small ;;
	toy) set -- 32 8 32 1 cifar10-tiny ;;
	toyphoto) set -- 128 8 64 1 imagenet-small ;;
	*) echo "--cases $1: need some of small large photo toy toyphoto" >&2 && exit 2 ;;
	esac
	px=$1 ndf=$2 n_rkhs=$3 n_depth=$4 base=$5
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

# record is an attempt whose standard output is the result, there when it is whole; keep is one that must not
# fail.
record() { attempt "$@" >"$out/results/$1.part" && mv "$out/results/$1.part" "$out/results/$1.json"; }
keep() { record "$@" || { failed="$failed $1" && return 1; }; }

# pack keeps the results as one file, whole at any time.
pack() {
	tar -C "$out" -czf "$out/results.tgz.part" results && mv "$out/results.tgz.part" "$out/results.tgz"
}

# build takes a shim without NCCL, which serves one GPU, and without products of cublasLt, which are a way among
# others, where it cannot be had with them.
build() {
	shim build || shim build.plain NCCL=0 BLASLT= || { failed="$failed build" && return 1; }
	if command -v go >/dev/null; then
		CGO_ENABLED=0 try build.amdim 600 go build -tags torch -o "$out/amdim" ./cmd/amdim &&
			CGO_ENABLED=0 try build.test 600 go test -c -tags torch -o "$out/torch.test" ./engine/torch
	elif [ ! -x "$out/amdim" ] || [ ! -x "$out/torch.test" ]; then
		echo "build: there is no go here, and no $out/amdim and $out/torch.test" >&2
		failed="$failed build" && return 1
	fi
}

shim() {
	local to=$out/results/$1
	attempt "$1" 600 make -j"$(nproc)" -C engine/torch/shim OUT="$out" PYTHON="$python" "${@:2}" >"$to.out" ||
		{ grep -m 3 error "$to.log" >&2; return 1; }
}

# tests are those of one GPU, and of a group over Gloo.
tests() {
	local run='Operation|EveryWay|TenSteps|Graphs|ItsTorch|Collectives' to=$out/results/test.out
	[ -e "$AMDIM_TORCH_LIBRARY" ] || { echo "test: there is no $AMDIM_TORCH_LIBRARY" >&2; return 1; }
	(cd engine/torch && attempt test "$limit" "$out/torch.test" -test.v -test.run "$run" >"$to") ||
		{ grep -E '^ *--- FAIL|panic' "$to" | head >&2; return 1; }
}

# batch_of is that of a result, or --batch.
batch_of() {
	local batch_in='import json, sys; print(json.load(open(sys.argv[1]))["batch"])'
	"$python" -c "$batch_in" "$out/results/$1.json" 2>/dev/null || echo "$batch"
}

# twin starts from our batch, and halves it until it fits.
twin() {
	network "$1"
	local loader=0 folder=() b
	b=$(batch_of "$1.$2.ours")
	[ "$2" = device ] || loader=$workers
	[ "$2" != files ] || folder=(--folder "$photos")
	keep "$1.$2.twin" "$limit" "$python" twin/gpu_twin.py train --device "$device" --px "$px" --ndf "$ndf" \
		--n-rkhs "$n_rkhs" --n-depth "$n_depth" --batch "$b" --seconds "$seconds" --workers "$loader" "${folder[@]}"
}

# no_memory reports whether the last line of a log says so: other lines are of ways that were tried and left.
no_memory() { tail -n 1 "$out/results/$1.log" | grep -qE 'out of memory|ALLOC(ATION)?_FAILED'; }

# ours halves the batch until it fits. The third argument is ours, or graphs for updates as CUDA graphs of the
# kernels that cuDNN finds fastest, which start from the batch of those without. A kernel that breaks the GPU's
# context ends the program: then it is measured without a choice of kernels, and the log of the first is kept.
ours() {
	network "$1"
	local kind=$2 name=$1.$2.$3 b=$batch images=() graphs=""
	[ "$3" = ours ] || { graphs="--graphs --tune" && b=$(batch_of "$1.$2.ours"); }
	case $kind in
	device) images=(--no-data) ;;
	files) images=(--data "folder:$photos" --decode) ;;
	esac
	until record "$name" "$limit" "$out/amdim" bench --quiet --json --no-profile "${images[@]}" $graphs \
		--engine torch --device "$device" --precision bf16 --preset "$base" --set model.ndf="$ndf" --set model.n_rkhs="$n_rkhs" \
		--set model.n_depth="$n_depth" --batch "$b" --seconds "$((2 * seconds))"; do
		if no_memory "$name" && [ "$b" -gt 32 ]; then
			b=$((b / 2))
		elif [ "$graphs" = "--graphs --tune" ]; then
			graphs=--graphs failed="$failed $name.tuned"
			mv "$out/results/$name.log" "$out/results/$name.tuned.log"
		else
			failed="$failed $name" && return 1
		fi
	done
}

# compare measures one network, what is ours first, and prints the table so far.
compare() {
	local side kind
	network "$1"
	for side in $sides; do
		for kind in $kinds; do
			[ "$kind" != files ] || { [ -n "$photos" ] && [ "$px" = 128 ]; } || continue
			case $side in
			ours) ours "$1" "$kind" ours ;;
			graphs) [ "$device" = cpu ] || ours "$1" "$kind" graphs ;;
			twin) twin "$1" "$kind" ;;
			esac
			pack
		done
	done
	table
}

table() {
	"$python" twin/gpu_table.py "$out/results" | tee "$out/results/$(date +%F)_gpu.md" || failed="$failed table"
}

# has_data says what a stage lacks without --data.
has_data() {
	[ -n "$data" ] || { echo "$1: --data is missing: the folder of CIFAR-10" >&2; failed="$failed $1" && false; }
}

# profile is of half the batch: what is not compiled holds more.
profile() {
	network "$1"
	local b=$(($(batch_of "$1.device.ours") / 2)) tune=""
	[ "$device" = cpu ] || tune=--tune
	keep "$1.profile.ours" "$limit" "$out/amdim" bench --quiet --json --no-data $tune --engine torch \
		--device "$device" --precision bf16 --preset "$base" --set model.ndf="$ndf" --set model.n_rkhs="$n_rkhs" \
		--set model.n_depth="$n_depth" --batch "$b" --seconds "$((2 * seconds))"
	keep "$1.profile.twin" "$limit" "$python" twin/gpu_twin.py profile --device "$device" --px "$px" --ndf "$ndf" \
		--n-rkhs "$n_rkhs" --n-depth "$n_depth" --batch "$b"
}

# share lets processes have the GPU at the same time and not in turns, where NVIDIA's MPS is there: until unshare.
share() {
	[ "$device" != cpu ] && command -v nvidia-cuda-mps-control >/dev/null || return
	export CUDA_MPS_PIPE_DIRECTORY=$out/mps CUDA_MPS_LOG_DIRECTORY=$out/mps
	mkdir -p "$out/mps"
	nvidia-cuda-mps-control -d && shared=1 || unset CUDA_MPS_PIPE_DIRECTORY CUDA_MPS_LOG_DIRECTORY
}

unshare() {
	[ -n "$shared" ] || return
	echo quit | nvidia-cuda-mps-control
	shared=""
	unset CUDA_MPS_PIPE_DIRECTORY CUDA_MPS_LOG_DIRECTORY
}

# training is of all seeds at once: one alone leaves a GPU idle while its batches are small.
training() {
	has_data train || return
	local s p all=() graphs=""
	[ "$device" = cpu ] || graphs="--graphs --tune"
	[ "$seeds" = "${seeds%% *}" ] || share
	for s in $seeds; do
		attempt "train.$s" $((60 * minutes + 120)) "$out/amdim" pretrain --quiet --engine torch --device "$device" \
			--precision bf16 $graphs --preset "$preset" ${epochs:+--epochs "$epochs"} --seed "$s" \
			--data "cifar10:$data" --resume=auto --minutes "$minutes" --out "$out/$preset-$s" &
		all+=($!)
	done
	for p in "${all[@]}"; do wait "$p" || failed="$failed train"; done
	unshare
}

evaluation() {
	has_data eval || return
	local s
	for s in $seeds; do
		keep "eval.$s" "$limit" "$out/amdim" eval --quiet --json --engine torch --device "$device" \
			--no-baselines --protocol linear,mlp,knn,few-shot --model "$out/$preset-$s" --data "cifar10:$data"
	done
}

for c in $cases; do network "$c"; done
[ -n "$seeds" ] || { echo "--seeds is empty: need some, such as \"1 2 3\"" >&2; exit 2; }
for s in $sides; do
	[[ $s =~ ^(ours|graphs|twin)$ ]] || { echo "--sides $s: need some of ours graphs twin" >&2; exit 2; }
done
for k in $kinds; do
	[[ $k =~ ^(device|loader|files)$ ]] || { echo "--kinds $k: need some of device loader files" >&2; exit 2; }
done
[ -n "$stages" ] || { echo "--stages is empty: need some, such as \"build compare\"" >&2; exit 2; }
for s in $stages; do
	[[ $s =~ ^(build|test|peak|compare|table|profile|train|eval)$ ]] ||
		{ echo "--stages $s: need some of build test peak compare table profile train eval" >&2; exit 2; }
done
for n in seconds workers batch limit minutes ${epochs:+epochs}; do
	[[ ${!n} =~ ^[1-9][0-9]*$ ]] || { echo "--$n ${!n}: need a whole number, 1 or more" >&2; exit 2; }
done
[[ $device =~ ^(cuda|cpu)$ ]] || { echo "--device $device: need cuda or cpu" >&2; exit 2; }
for stage in $stages; do
	case $stage in
	build) build || { pack && break; } ;;
	test) tests || failed="$failed test" ;;
	peak) keep peak "$limit" "$python" twin/gpu_twin.py peak --device "$device" --seconds 2 \
		--side "$([ "$device" = cuda ] && echo 8192 || echo 256)" ;;
	compare) for c in $cases; do compare "$c"; done ;;
	table) table ;;
	profile) for c in $cases; do profile "$c"; done ;;
	train) training ;;
	eval) evaluation ;;
	esac
	pack
done
[ -z "$failed" ] || { echo "failed:$failed; see $out/results" >&2; exit 1; }
