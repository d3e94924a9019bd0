#!/bin/sh
# Runs the tests of a package on an emulated processor with AVX-512 and
# AVX512_BF16, and exits with their code:
#
#   emulate/bochs.sh [-e NAME=VALUE]... [PACKAGE [TEST FLAGS]]
#
# By default the short tests of ./internal/kernel, without two kinds:
#
#   AMX under emulation by ptrace: inside Bochs it does not end in minutes;
#   Store and GemmStore of the avx512 set, of either maker: VCVTNE2PS2BF16 of
#   Bochs 3.0 takes the upper half of its result from behind its operand.
#   avx512-without-bf16, the same code but for this instruction, is tested.
#
# EMULATE_CPU=corei7_icelake_u is a processor without AVX512_BF16: use it for
# packages that store BF16, such as ./engine/cpu.
#
# The emulator is Bochs 3.0 and the kernel Linux 6.12, both of Debian trixie;
# they are downloaded once, and kept apart from the system, in $XDG_CACHE_HOME.
# No root is needed. Debian's kernel 6.1 hangs in Bochs.
set -eu
cd "$(dirname "$0")/.."
dir=${XDG_CACHE_HOME:-$HOME/.cache}/amdim-emulate
root=$dir/root
mkdir -p "$dir"

die() { echo "emulate: $*" >&2; exit 2; }

# apt with lists, status and archives of its own.
fetch() {
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || die "needs apt-get and dpkg-deb"
  key=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -f $key ] || die "needs the package debian-archive-keyring"
  apt=$dir/apt
  mkdir -p "$apt/lists/partial" "$apt/archives/partial"
  : > "$apt/status"
  echo "deb [signed-by=$key] http://deb.debian.org/debian trixie main" > "$apt/sources.list"
  cat > "$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
Debug::NoLocking "1";
APT::Sandbox::User "root";
APT::Install-Recommends "0";
APT::Architecture "amd64";
Acquire::Languages "none";
CONF
  export APT_CONFIG="$apt/apt.conf"
  apt-get -qq update || die "no list of Debian trixie's packages"
  kernel=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-6[^ ]*\).*/\1/p')
  apt-get -qq install -y --download-only bochs bochs-term bochsbios vgabios isolinux syslinux-common \
    xorriso cpio >/dev/null || die "Debian's packages of Bochs cannot be had"
  (cd "$apt/archives" && apt-get -qq download "$kernel") || die "$kernel cannot be had"
  rm -rf "$root.new" && mkdir "$root.new"
  for d in "$apt"/archives/*.deb; do dpkg-deb -x "$d" "$root.new"; done
  mv "$root.new" "$root" && rm -rf "$apt"
}

[ -d "$root" ] || fetch
lib=$root/usr/lib/x86_64-linux-gnu
# in_root runs a program of trixie on its own libraries.
in_root() {
  program=$root/usr/bin/$1
  shift
  "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$lib" "$program" "$@"
}

env=
while [ "${1:-}" = -e ]; do env="$env $2"; shift 2; done
package=${1:-./internal/kernel}
[ $# = 0 ] || shift
[ $# -gt 0 ] || set -- -test.short -test.v \
  '-test.skip=AMX|^Test(GemmStore|Store)Equals/^avx512(-of-another-maker)?$'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$work/files/dev" "$work/iso"
export CGO_ENABLED=0
GOOS=linux GOARCH=amd64 go test -c -o "$work/files/test" "$package" || die "$package does not build"
GOOS=linux GOARCH=amd64 go build -o "$work/files/init" ./emulate/init
echo "$env /test -test.timeout=24h $*" > "$work/files/job"
(cd "$work/files" && find . | in_root cpio -o -H newc --quiet) > "$work/iso/initrd"
cp "$root"/boot/vmlinuz-* "$work/iso/vmlinuz"
cp "$root/usr/lib/ISOLINUX/isolinux.bin" "$root/usr/lib/syslinux/modules/bios/ldlinux.c32" "$work/iso/"
options="console=ttyS0,115200 quiet mitigations=off nokaslr tsc=reliable nowatchdog"
options="$options lsm=capability no5lvl idle=halt clearcpuid=amx_tile"
cat > "$work/iso/isolinux.cfg" <<CONF
default test
prompt 0
label test
  kernel /vmlinuz
  append initrd=/initrd $options
CONF
in_root xorriso -as mkisofs -quiet -o "$work/boot.iso" -b isolinux.bin -c boot.cat -no-emul-boot \
  -boot-load-size 4 -boot-info-table "$work/iso" >"$work/xorriso.txt" 2>&1 ||
  { cat "$work/xorriso.txt"; die "no boot image"; }
# Bochs has AMX but not XFD, which Linux needs for it (clearcpuid); it returns from SMM
# wrongly with LA57.
model=model=${EMULATE_CPU:-sapphire_rapids}
case $model in *sapphire*) model="$model, exclude_features=\"la57,waitpkg\"" ;; esac
# A low ips makes the guest's clock run fast, a high one its timer seldom.
cat > "$work/bochsrc" <<CONF
config_interface: textconfig
display_library: term
cpu: $model, ips=200000000
memory: guest=1024, host=1024
romimage: file=$root/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=$root/usr/share/vgabios/vgabios.bin
ata0-master: type=cdrom, path=$work/boot.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$work/serial.txt
clock: sync=none
speaker: enabled=0
sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
log: /dev/null
panic: action=fatal
CONF
echo c > "$work/rc" # Debian's Bochs has its debugger on: continue
export BXSHARE="$root/usr/share/bochs" LTDL_LIBRARY_PATH="$lib/bochs/plugins"
export TERMINFO="$root/usr/share/terminfo" TERM=vt100
in_root bochs-bin -q -f "$work/bochsrc" -rc "$work/rc" </dev/null >"$work/bochs.txt" 2>&1 || true
[ -f "$work/serial.txt" ] || { tail -5 "$work/bochs.txt"; die "Bochs did not start"; }
tr -d '\r' < "$work/serial.txt" | sed -n '/^emulate: exit/!p'
code=$(tr -d '\r' < "$work/serial.txt" | sed -n 's/^emulate: exit status //p')
[ -n "$code" ] || { tail -5 "$work/bochs.txt"; die "the emulated machine ended without an exit status"; }
exit "$code"
