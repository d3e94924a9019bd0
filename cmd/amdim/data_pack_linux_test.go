package main

import (
	"maps"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// On a disk that gets full packing ends with one line that says what to do, and
// with room goes on to the same bytes.
func TestPackingGoesOnAfterAFullDisk(t *testing.T) {
	if !withOwnMounts(t) {
		return
	}
	const spec = "shapes:train=300,test=20,size=64"
	whole, disk := filepath.Join(t.TempDir(), "pack"), filepath.Join(t.TempDir(), "disk")
	mount(t, disk, "size=2m")
	full := filepath.Join(disk, "pack")
	mustRun(t, "data pack --out", whole, spec)
	_, _, err := execute("data", "pack", spec, "--out", full)
	if err == nil || exitCode(err) != exitFailure || strings.Contains(err.Error(), "\n") {
		t.Fatalf("exit code %d, %v", exitCode(err), err)
	}
	again := "make room, then run amdim data pack " + spec + " --out " + full
	for _, want := range []string{"no space left", again} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\n\tlacks %q", err, want)
		}
	}
	if _, _, err := execute("data", "check", "packed:"+full); err == nil ||
		!strings.Contains(err.Error(), "was not finished; run the same command again") {
		t.Errorf("data check: %v", err)
	}
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT, "size=16m"); err != nil {
		t.Skip("mount:", err)
	}
	mustRun(t, "data pack --out", full, spec)
	if !maps.Equal(filesIn(t, whole), filesIn(t, full)) {
		t.Error("other bytes")
	}
}
