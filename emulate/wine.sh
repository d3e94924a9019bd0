#!/usr/bin/env bash
# Runs the short tests of packages as programs of Windows, under Wine:
#
#   emulate/wine.sh [PACKAGE…]
#
# By default those that write, lock, map or name files. Wine 10 is that of Debian 13, downloaded
# once (130 MB) and kept apart from the system in $XDG_CACHE_HOME: Debian 12's Wine 8 lacks
# bcryptprimitives.dll, without which no program of Go starts. Needs Debian's patchelf, but no root.
# Where it cannot be had the tests are skipped, and it says so.
#
# Wine is not Windows. It makes no symbolic links, and says it has; it replaces no file that is open,
# which NTFS does if asked as POSIX has it; and each call of files takes it milliseconds.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=${XDG_CACHE_HOME:-$HOME/.cache}/amdim-wine
root=$dir/root lib=$dir/root/usr/lib/x86_64-linux-gnu

skip() { echo "skipped: $*"; exit 0; }

# fetch takes what Wine needs to run programs without windows.
fetch() {
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || skip "Wine needs apt-get and dpkg-deb"
  command -v patchelf >/dev/null || skip "there is no patchelf; Debian's package patchelf has it"
  rm -rf "$dir" && mkdir -p "$dir"/apt/{lists,archives}/partial
  : >"$dir/apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main" \
    >"$dir/apt/sources.list"
  local apt=(apt-get -qq -o "Dir::Etc::sourcelist=$dir/apt/sources.list" -o Dir::Etc::sourceparts=-
    -o "Dir::State::lists=$dir/apt/lists" -o "Dir::State::status=$dir/apt/status" -o "Dir::Cache=$dir/apt"
    -o Debug::NoLocking=1 -o APT::Sandbox::User=root -o APT::Architecture=amd64 -o Acquire::Languages=none)
  "${apt[@]}" update || skip "no list of Debian 13's packages"
  (cd "$dir/apt/archives" && "${apt[@]}" download wine64 libwine libz-mingw-w64 libc6 libunwind8 liblzma5 \
    libgcc-s1) || skip "Debian 13's Wine cannot be had"
  for d in "$dir"/apt/archives/*.deb; do dpkg-deb -x "$d" "$root"; done
  ln -sf wineserver64 "$root/usr/lib/wine/wineserver" # a script that names the system's
  ln -sfn . "$root/usr/share/wine/wine"          # where the server looks for tables of letters
  cp "$root/usr/x86_64-w64-mingw32/lib/zlib1.dll" "$lib/wine/x86_64-windows/"
  for f in wine64 wineserver64; do
    patchelf --set-interpreter "$lib/ld-linux-x86-64.so.2" --force-rpath --set-rpath "$lib" "$root/usr/lib/wine/$f"
  done
  rm -rf "$dir/apt" && touch "$dir/fetched"
}

[ "$(uname -m)" = x86_64 ] || skip "Wine here runs programs of amd64 alone"
[ -e "$dir/fetched" ] || fetch
[ $# -gt 0 ] || set -- ./internal/durable ./internal/lock ./internal/mapped ./internal/regular ./internal/memory \
  ./internal/shell ./checkpoint ./config ./embedding
work=$(mktemp -d) wine=$root/usr/lib/wine
export WINEPREFIX=$work/prefix WINEDEBUG=-all
trap '"$wine/wineserver" -k 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
"$wine/wine64" wineboot -i >"$work/boot.txt" 2>&1 || true # it misses programs of 32 bits
[ -e "$WINEPREFIX/drive_c/windows/system32/kernel32.dll" ] || { cat "$work/boot.txt"; skip "Wine does not start here"; }
for p in "$@"; do
  GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go test -c -o "$work/test.exe" "$p"
  echo "$p"
  # The links that Wine only says it makes, and many calls at once.
  (cd "$p" && "$wine/wine64" "$work/test.exe" -test.short -test.timeout 5m \
    -test.skip 'Link|ManyWriters') || { echo "$p: fails under Wine"; exit 1; }
done
