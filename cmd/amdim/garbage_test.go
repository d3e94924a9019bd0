package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/amdim/amdim/train/plan"
)

// What plan says holds for how pretrain collects: in training on black images as CIFAR-10's
// files and on drawn ones, which are held, and on photographs, which are decoded.
func TestGarbageIsBoundedAsThePlanSays(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 150 MB")
	}
	t.Setenv("GOGC", "")
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	cifar := t.TempDir()
	for i := range 5 {
		name := filepath.Join(cifar, fmt.Sprintf("data_batch_%d.bin", i+1))
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(name, 10000*(1+3*32*32)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		spec, gogc string
		want       int
	}{
		{"folder:" + photoFolder(t, numbered("", 24)...), "", plan.GarbagePercent},
		{"shapes:train=22,test=1", "", plan.HeldPercent},
		{"cifar10:" + cifar, "", plan.HeldPercent},
		{"cifar10:" + cifar, "100", 100},
	} {
		t.Setenv("GOGC", c.gogc)
		debug.SetGCPercent(100)
		boundGarbage()
		args := tiny(filepath.Join(t.TempDir(), "run"), "--data", c.spec, "--max-steps", "1")
		if _, _, err := execute(args...); err != nil {
			t.Fatal(err)
		}
		if percent := debug.SetGCPercent(100); percent != c.want {
			t.Errorf("%s, GOGC=%s: %d %%, want %d", c.spec, c.gogc, percent, c.want)
		}
	}
	out, _, err := execute(planTiny("--json", "--data", "cifar10:"+cifar)...)
	if err != nil {
		t.Fatal(err)
	}
	var r planResult
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	used := r.Memory.Measured[2].Bytes + r.Memory.Updates
	if garbage := float64(r.Memory.Need-40<<20)/float64(used) - 1; !(0.09 < garbage && garbage < 0.11) {
		t.Errorf("garbage is %.3f of %d bytes in use", garbage, used)
	}
}
