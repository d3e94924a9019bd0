//go:build unix && !solaris && !aix

package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestAPipeInPlaceOfAFileIsRefused hangs where one is opened: no process writes into it.
func TestAPipeInPlaceOfAFileIsRefused(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, folder := range []string{"cifar", "places", "packed", "run"} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ pipe, line string }{
		{"pipe", "import pipe --out new"},
		{"pipe", "inspect pipe"},
		{"pipe", "export --model pipe --out new.onnx"},
		{"photos.npy", "search --index photos.npy --name 1.png"},
		{"pipe", "data check cifar10:pipe"},
		{"cifar/data_batch_1.bin", "data check cifar10:cifar"},
		{"pipe", "pretrain --preset photos-tiny --data shapes --quarantine pipe --out new"},
		{"places/val_places205.csv", "data check places205:places"},
		{"packed/pack.json", "data check packed:packed"},
		{"run/checkpoint.safetensors", "report run"},
	} {
		if err := syscall.Mkfifo(c.pipe, 0o644); err != nil && !os.IsExist(err) {
			t.Skip(err)
		}
		_, _, err := execute(strings.Fields(c.line)...)
		if err == nil || !strings.Contains(err.Error(), c.pipe+": it is a pipe, not a regular file") {
			t.Errorf("amdim %s: %v", c.line, err)
		}
	}
}
