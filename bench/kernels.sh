#!/bin/sh
# Each convolution of the 32 px network 128/1024/3 on 100 images, in GFLOP/s and percent of the peak of the
# same run, beside oneDNN 2.6.3 on 2 vCPU of a Xeon (bf16 on AMX, percent of 7.4 TFLOP/s; float32 on AVX-512),
# as a Markdown table.
#
#   bench/kernels.sh [bf16|f32] [-benchtime 5x] [-count 3]
#
# Of several counts the best is taken: other work only makes one slower.
set -eu
cd "$(dirname "$0")/.."
precision=${1:-bf16}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- -benchtime 5x -count 3
echo "$(lscpu | sed -n 's/^Model name: *//p'), $(nproc) threads, AMDIM_KERNEL=${AMDIM_KERNEL:-}, $precision"
echo
go test ./engine/cpu -run '^$' -bench "Shapes/$precision/" "$@" | awk -v precision="$precision" '
	BEGIN {
		split("1717 (23 %),2792 (38 %),2351 (32 %),1792 (24 %),2462 (33 %),1088 (15 %)," \
			"2702 (37 %),1803 (24 %),1824 (25 %)", forward, ",")
		split("1157 (16 %),943 (13 %),1812 (24 %),856 (12 %),1575 (21 %),731 (10 %)," \
			"1377 (19 %),1208 (16 %),-", data, ",")
		split("636 (9 %),572 (8 %),412 (6 %),333 (4 %),275 (4 %),298 (4 %),319 (4 %),315 (4 %),-", weights, ",")
		split("396,352,392,365,441,368,418,394,383", single, ",")
	}
	/^BenchmarkShapes/ {
		name = $1
		sub(/^[^/]*\/[^/]*\//, "", name)
		sub(/-[0-9]+$/, "", name)
		gsub("_", " ", name)
		gsub("s2", " s2", name)
		if (!(name in row)) { row[name] = ++n; names[n] = name }
		for (i = 4; i < NF; i++) {
			unit = $(i + 1)
			if (unit ~ /-GFLOP\/s$/ && $i > best[name, unit]) best[name, unit] = $i
			if (unit == "peak-GFLOP/s" && $i > peak) peak = $i
		}
	}
	function ours(phase) {
		x = best[names[k], phase "-GFLOP/s"]
		return sprintf("%.0f (%.0f %%)", x, 100 * x / peak)
	}
	END {
		if (precision == "f32") { for (k in single) { forward[k] = single[k]; data[k] = weights[k] = "-" } }
		printf "| %-21s | %12s | %12s | %13s | %12s | %16s | %12s |\n", "shape", "forward+ReLU", "oneDNN",
			"backward data", "oneDNN", "backward weights", "oneDNN"
		print "|---|---:|---:|---:|---:|---:|---:|"
		for (k = 1; k <= n; k++)
			printf "| %-21s | %12s | %12s | %13s | %12s | %16s | %12s |\n", names[k], ours("forward"), forward[k],
				ours("data"), data[k], ours("weights"), weights[k]
		printf "\nPeak: %.0f GFLOP/s by multiply-adds in registers.\n", peak
	}'
