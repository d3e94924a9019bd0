#!/usr/bin/env bash
# The engine on libtorch as it is built for GPUs, on a machine that has none: the shim is compiled and linked with
# CUDA, NCCL and cublasLt against the torch of Debian 13, in a root of its own, and tested on the processor. What
# a GPU computes is not seen.
#
#   emulate/cuda.sh OUT        # as root; 2.7 GB of packages, 11 GB in OUT, a quarter of an hour on two cores
#
# Packages and objects stay in OUT for the next time. Debian's package of cuDNN would fetch it from its maker: a
# library that has its functions, and does nothing in them, stands in for it.
set -euo pipefail
[ $# = 1 ] || { sed -n '2,/^set /s/^# \{0,1\}//p' "$0" && exit 2; }
[ "$(id -u)" = 0 ] || { echo "$0 makes a root of its own: only root can" >&2 && exit 1; }
mkdir -p "$1/debs" && out=$(realpath "$1") && cd "$(dirname "$0")/.."
root=$out/root lib=usr/lib/x86_64-linux-gnu
packages="base-files bash dash coreutils sed grep mawk findutils libc-bin make g++ python3-torch-cuda
  libtorch-cuda-dev libnccl-dev libopenblas0-pthread ca-certificates"

# apt looks at Debian 13 and nothing else, as a machine without any package.
apt=(apt-get -qq -o "Dir=$out/apt" -o "Dir::State::status=$out/apt/status" -o Acquire::Languages=none
  -o APT::Sandbox::User=root -o APT::Install-Recommends=false)
mkdir -p "$out"/apt/etc/apt/{apt.conf.d,preferences.d,sources.list.d,trusted.gpg.d}
mkdir -p "$out"/apt/var/{lib/apt/lists,cache/apt/archives}/partial
touch "$out/apt/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main contrib
non-free" | tr '\n' ' ' >"$out/apt/etc/apt/sources.list"

# fetch takes what is missing.
fetch() {
	"${apt[@]}" update
	# shellcheck disable=SC2086
	"${apt[@]}" install -y --print-uris $packages | tr -d "'" >"$out/uris"
	while read -r url name size _; do
		[ "$(stat -c %s "$out/debs/$name" 2>/dev/null)" = "$size" ] || curl -fsS --retry 5 -o "$out/debs/$name" "$url"
	done <"$out/uris"
}

# unpack runs no script of a package: what they would link is linked here.
unpack() {
	mkdir -p "$root"
	while read -r _ name _; do
		dpkg-deb --fsys-tarfile "$out/debs/$name" | tar -C "$root" -xf - --keep-directory-symlink
	done <"$out/uris"
	ln -sf mawk "$root/usr/bin/awk"
	ln -sf g++ "$root/usr/bin/c++"
	mknod -m 666 "$root/dev/null" c 1 3
	echo "/$lib/openblas-pthread" >"$root/etc/ld.so.conf.d/blas.conf"
	nm -D --undefined-only "$root/$lib/libtorch_cuda.so" | grep -o 'cudnn[A-Za-z0-9_]*' | sort -u |
		sed 's/.*/int &(void) { return 1; }/' >"$root/cudnn.c"
	chroot "$root" gcc -shared -fPIC -o "/$lib/libcudnn.so.9" /cudnn.c
	chroot "$root" ldconfig
	touch "$out/unpacked"
}

[ -e "$out/unpacked" ] || { fetch && unpack; }
rm -rf "$root/shim" && cp -r engine/torch/shim "$root/shim"
chroot "$root" make -j"$(nproc)" -C /shim OUT=/out PYTHON=/usr/bin/python3-none
CGO_ENABLED=0 go test -c -tags torch -o "$root/torch.test" ./engine/torch
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
trap 'umount "$root/proc"' EXIT
chroot "$root" env AMDIM_TORCH_LIBRARY=/out/libamdim_torch.so TMPDIR=/tmp /torch.test -test.v -test.run \
	'Library|Memory|Equal|TenSteps|FusedUpdates|Collectives' | grep -E '^(---|PASS|FAIL|panic)|--- FAIL|_test.go'
