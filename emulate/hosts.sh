#!/usr/bin/env bash
# Two hosts on this machine: network namespaces joined by a cable. Runs COMMAND in each with RANK, WORLD_SIZE,
# LOCAL_RANK, MASTER_ADDR and MASTER_PORT as a launcher sets them; the lines of rank 1 begin with "1: ".
# Exits with the larger of the two statuses. Needs root and Debian's iproute2; elsewhere it says so and is
# skipped.
#   emulate/hosts.sh [--rate 100mbit] [--delay 5ms] [--cut SECONDS] [--port 29500] COMMAND…
# --rate and --delay slow the cable, --delay where the kernel has netem; --cut takes it out after a while.
set -euo pipefail
rate='' delay='' cut='' port=29500
while [[ ${1-} == --* ]]; do
  [[ $# -ge 2 ]] || { echo "hosts.sh: $1: a value is missing" >&2; exit 2; }
  case $1 in
    --rate) rate=$2 ;; --delay) delay=$2 ;; --cut) cut=$2 ;; --port) port=$2 ;;
    *) echo "hosts.sh: unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done
[[ $# -gt 0 ]] || { sed -n '2,7s/^# //p' "$0" >&2; exit 2; }
skip() { echo "skipped: $*"; exit 0; }
[[ $(id -u) == 0 ]] || skip "network namespaces need root"
command -v ip >/dev/null || skip "there is no ip; Debian's iproute2 has it"

name=amdim$$ pids=()
cleanup() {
  for p in "${pids[@]}"; do kill -KILL -- "-$p" 2>/dev/null || true; done
  for h in 0 1; do ip netns del "$name-$h" 2>/dev/null || true; done
}
trap cleanup EXIT
trap 'exit 130' INT TERM
ip netns add "$name-0" 2>/dev/null || skip "this machine makes no network namespaces"
ip netns add "$name-1"
ip link add eth0 netns "$name-0" type veth peer name eth0 netns "$name-1"
for h in 0 1; do
  ip -n "$name-$h" address add "10.77.0.$((h + 1))/24" dev eth0
  ip -n "$name-$h" link set lo up
  ip -n "$name-$h" link set eth0 up
  [[ -z $delay ]] || tc -n "$name-$h" qdisc add dev eth0 root handle 1: netem delay "$delay" 2>/dev/null ||
    skip "this kernel has no netem, which --delay needs"
  [[ -z $rate ]] ||
    tc -n "$name-$h" qdisc add dev eth0 $([[ $delay ]] && echo parent 1: || echo root) \
      tbf rate "$rate" burst 64kb latency 50ms
done

set -m # a group of processes each, so that all of it ends
for h in 0 1; do
  env RANK=$h WORLD_SIZE=2 LOCAL_RANK=0 MASTER_ADDR=10.77.0.1 MASTER_PORT="$port" \
    ip netns exec "$name-$h" "$@" > >(if [[ $h == 1 ]]; then sed -u 's/^/1: /'; else cat; fi) 2>&1 &
  pids+=($!)
done
[[ -z $cut ]] || { sleep "$cut"; ip -n "$name-1" link set eth0 down; echo "hosts.sh: the cable is out"; }
status=0
for p in "${pids[@]}"; do
  rc=0; wait "$p" || rc=$?
  ((rc <= status)) || status=$rc
done
exit "$status"
