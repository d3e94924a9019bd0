#!/bin/sh
# amdim bench beside the PyTorch twin, in turns on one machine: medians, ratios, peak memory, as Markdown.
#
#   bench/peer.sh [--rounds 3] [--seconds 10] [--isa best|avx2] [--threads N]
#                 [--cases "tiny wide photo encoder"] [--settings "SETTING ..."] [--precisions "f32 bf16"]
#   bench/peer.sh --isa avx2 --rounds 1 --cases tiny --settings float32-channels-last --precisions f32
#
# SETTING is one of twin/bench_twin.py; by default all that the torch has, so with torch 2 also torch.compile.
# $PYTHON has torch; without it /usr/bin/python3, into which Debian's python3-torch is installed if it is absent
# and this may be done, with OpenBLAS: the reference BLAS would halve its float32. $AMDIM, where it is set, is the
# program: where there is no go. --isa avx2 holds both sides to AVX2.
set -eu
rounds=3 seconds=10 isa=best settings="" precisions="f32 bf16"
cases="tiny wide photo encoder" threads=$(nproc)
while [ $# -gt 0 ]; do
	case $1 in
	--rounds) rounds=$2 ;;
	--seconds) seconds=$2 ;;
	--isa) isa=$2 ;;
	--threads) threads=$2 ;;
	--cases) cases=$2 ;;
	--settings) settings=$2 ;;
	--precisions) precisions=$2 ;;
	*) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" && exit 2 ;;
	esac
	shift 2
done
[ -z "${AMDIM:-}" ] || AMDIM=$(realpath "$AMDIM")
cd "$(dirname "$0")/.."

python=${PYTHON:-/usr/bin/python3}
if ! "$python" -c 'import torch' 2>/dev/null; then
	if [ -n "${PYTHON:-}" ] || ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
		echo "$python has no torch; as root this script installs Debian's python3-torch and OpenBLAS" >&2
		exit 1
	fi
	apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-torch libopenblas0-pthread
fi

case $isa in
best) if grep -q avx512f /proc/cpuinfo; then export ATEN_CPU_CAPABILITY=avx512; fi ;;
avx2)
	export ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2 DNNL_MAX_CPU_ISA=AVX2 AMDIM_KERNEL=avx2
	export OPENBLAS_CORETYPE=Haswell MKL_ENABLE_INSTRUCTIONS=AVX2
	;;
*) echo "--isa $isa: need best or avx2" >&2 && exit 2 ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "${AMDIM:-}" ]; then
	cp "$AMDIM" "$work/amdim"
else
	CGO_ENABLED=0 go build -o "$work/amdim" ./cmd/amdim
fi

# network sets px ndf n_rkhs n_depth batch, what amdim starts from, the title, and what both measure.
network() {
	job=""
	case $1 in
	tiny) set -- 32 64 512 3 128 cifar10-tiny "1 training" ;;
	wide) set -- 32 128 1024 3 100 cifar10-tiny "2 training" ;;
	photo) set -- 128 64 512 3 16 imagenet-small "3 training" ;;
	encoder) job=--inference && set -- 32 128 1024 3 100 cifar10-tiny "4 encoder" ;;
	*) echo "--cases $1: need some of tiny wide photo encoder" >&2 && exit 2 ;;
	esac
	px=$1 ndf=$2 n_rkhs=$3 n_depth=$4 batch=$5 preset=$6
	title="$7 $px px $ndf,$n_rkhs,$n_depth, batch $batch"
}

# Large blocks stay with the process: without this PyTorch spends its time in page faults. Compiled for inference
# it packs its weights once.
twin() {
	TORCHINDUCTOR_FREEZING=1 MALLOC_MMAP_THRESHOLD_=100000000000 MALLOC_TRIM_THRESHOLD_=100000000000 \
		MALLOC_TOP_PAD_=67108864 \
		"$python" twin/bench_twin.py $job --px "$px" --ndf "$ndf" --n-rkhs "$n_rkhs" --n-depth "$n_depth" \
		--batch "$batch" --seconds "$seconds" --threads "$threads" --json "$1"
}

# Half of the seconds of amdim bench are for updates: the twin has no bounds to measure.
ours() {
	"$work/amdim" bench --quiet $job $([ -n "$job" ] || echo --no-data) --json --preset "$preset" \
		--set model.ndf="$ndf" --set model.n_rkhs="$n_rkhs" --set model.n_depth="$n_depth" --batch "$batch" \
		--threads "$threads" --seconds "$(awk "BEGIN { print 2 * $seconds }")" --precision "$1"
}

# try writes what a side measured, or says why it did not.
try() {
	name=$1 && shift
	file="$work/run/$title/$round.$name.json"
	if "$@" >"$file" 2>"$work/error"; then
		"$python" -c 'import json, sys; r = json.load(open(sys.argv[1])); print("  %-36s %8.1f %ss/s" % (
			sys.argv[2], r["per_second"], r["unit"]))' "$file" "$name" >&2
	else
		rm -f "$file"
		echo "  $name: $(tail -n 1 "$work/error")" >&2
	fi
}

[ -n "$settings" ] || settings=$("$python" twin/bench_twin.py --settings)
lscpu | sed -n 's/^Model name: */Machine: /p'
sets=$(grep -o -w -e avx2 -e avx512f -e avx512_bf16 -e amx_bf16 /proc/cpuinfo | sort -u | xargs)
echo "Instructions: $sets, used: $isa"
"$python" -c 'import torch
print("torch", torch.__version__, "with oneDNN" if torch.backends.mkldnn.is_available() else "")'
"$python" twin/products.py
built=$("$work/amdim" version | grep -o 'go[0-9][0-9.]*' | head -n 1)
echo "amdim $("$work/amdim" --version | cut -d ' ' -f 2), $built," \
	"$threads threads, $rounds rounds"
for round in $(seq "$rounds"); do
	for c in $cases; do
		network "$c"
		mkdir -p "$work/run/$title"
		echo "round $round, $title, load $(cut -d ' ' -f 1 /proc/loadavg):" >&2
		for setting in $settings; do
			try "torch $setting" twin "$setting"
		done
		for precision in $precisions; do
			try "ours $precision" ours "$precision"
		done
	done
done
"$python" twin/peer_table.py "$work/run"
