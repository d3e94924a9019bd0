#!/bin/sh
# Pairs per second of PyTorch's twin network beside ours, in turns on one machine.
#
#   bench/peer.sh [-r ROUNDS] [-s "SETTING ..."] [-a "TWIN ARGUMENTS"] [COMMAND ...]
#   bench/peer.sh -r 1 -s bfloat16-channels-last -a "--steps 20"
#
# COMMAND measures our side: what counts is every "<number> pairs/s" it prints. By default it is the Go benchmark
# of the same training step. SETTING and arguments are those of twin/bench_twin.py; $PYTHON has torch.
set -eu
rounds=3 settings="float32 float32-channels-last bfloat16 bfloat16-channels-last" arguments=""
while getopts r:s:a: option; do
	case $option in
	r) rounds=$OPTARG ;;
	s) settings=$OPTARG ;;
	a) arguments=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- go test ./engine/cpu -run '^$' -bench Pretrain -benchtime 10x
log=$(mktemp) turn=$(mktemp)
trap 'rm -f "$log" "$turn"' EXIT

# Large blocks stay with the process: without this PyTorch spends its time in page faults.
twin() {
	MALLOC_MMAP_THRESHOLD_=100000000000 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=67108864 \
		"${PYTHON:-/usr/bin/python3}" twin/bench_twin.py $arguments "$1"
}

lscpu | grep 'Model name'
lscpu | grep -o -w -e avx2 -e avx512f -e avx512_bf16 -e amx_bf16 | xargs echo 'Instructions:'
for round in $(seq "$rounds"); do
	uptime
	for setting in $settings; do
		twin "$setting" >"$turn"
		cat "$turn"
		cat "$turn" >>"$log"
	done
	"$@" >"$turn"
	sed 's/^/ours: /' "$turn" | tee -a "$log"
done

echo
echo "Median of $rounds rounds, pairs/s:"
grep -E '[0-9.]+ pairs/s' "$log" |
	sed -E 's/[[:space:]]+/ /g; s/(ours: [^ ]*).* ([0-9.]+) pairs\/s.*/\1|\2/; s/^(torch.*): ([0-9.]+) pairs\/s.*/\1|\2/' |
	sort -t '|' -k 1,1 -k 2,2n |
	awk -F '|' '
		function flush() { if (n) printf "%10.1f  %s\n", (v[int((n + 1) / 2)] + v[int(n / 2) + 1]) / 2, name }
		$1 != name { flush(); name = $1; n = 0 }
		{ v[++n] = $2 }
		END { flush() }'
