#!/usr/bin/env bash
# Trains photos-tiny on a folder of JPEG files of 500 × 375, 1 % of them damaged,
# and says how long the engine waited for data and which files could not be read.
#
#   bench/folder.sh OUT [-n FILES] [FLAGS OF amdim pretrain, such as --max-steps 100]
#
# OUT receives photos (kept from one call to the next), run, and amdim. FILES
# defaults to 10000: 620 MB, a minute or two to make. A run trains on nine tenths
# of them, for one epoch, and names the damaged files among these.
set -euo pipefail
out=${1:?usage: bench/folder.sh OUT [-n FILES] [FLAGS OF amdim pretrain]}
shift
files=10000
if [ "${1:-}" = -n ]; then
	files=$2
	shift 2
fi
mkdir -p "$out"
out=$(realpath "$out")
cd "$(dirname "$0")/.."
CGO_ENABLED=0 go build -o "$out/amdim" ./cmd/amdim

damaged=$((files / 100))
photos=$out/photos-$files
if [ ! -e "$photos" ]; then
	go run ./bench/folder -out "$photos.part" -n "$files" -damaged "$damaged"
	mv "$photos.part" "$photos"
fi
du -sh "$photos"

"$out/amdim" pretrain --preset photos-tiny --data "folder:$photos" --out "$out/run" --overwrite \
	--log-steps 5 --epochs 1 "$@"

# Each line of metrics.jsonl is a mean over as many updates. The first waits for the
# loader to start.
grep -o '"wait_share":[0-9.e-]*' "$out/run/metrics.jsonl" | cut -d: -f2 | awk '
	NR == 1 { first = $1; next }
	{ sum += $1; if ($1 > most) most = $1 }
	END { if (NR < 2) { print "too few updates: give more --max-steps"; exit 1 }
	printf "engine busy: %.2f %% of the time, at least %.2f %% (%d lines); first line %.2f %%\n",
		100 * (1 - sum / (NR - 1)), 100 * (1 - most), NR - 1, 100 * (1 - first) }'
met=0
[ ! -e "$out/run/unreadable.jsonl" ] || met=$(wc -l <"$out/run/unreadable.jsonl")
echo "unreadable: $met files met of $damaged that are damaged, the held-out ones with them:" \
	"$out/run/unreadable.jsonl"
