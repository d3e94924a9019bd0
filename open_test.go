package amdim

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/train"
)

// Memory for a network is taken only if the file holds it: this one would need 100 TB.
func TestAFileThatClaimsAHugeNetworkIsAnError(t *testing.T) {
	run, err := tinyRun()
	if err != nil {
		t.Fatal(err)
	}
	r, err := checkpoint.Open(train.CheckpointPath(run))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	meta, err := r.Run()
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(meta.Config), `"ndf"`)
	_, after, _ := strings.Cut(rest, `"use_bn"`)
	meta.Config = []byte(before + `"ndf":8192,"n_rkhs":65536,"n_depth":1024,"use_bn"` + after)
	text, err := meta.Encode()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "huge.safetensors")
	if err := checkpoint.Replace(path, r, nil, text); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() > 10<<20 {
		t.Fatalf("%v, %v", info.Size(), err)
	}
	_, err = Open(path, Options{})
	if text := fmt.Sprint(err); !strings.Contains(text, path) || !strings.Contains(text, "of another network") {
		t.Errorf("error %v", err)
	}
}

// The engine's own precision would be used, whatever Options say.
func TestAPrecisionBesideAnEngineIsAnError(t *testing.T) {
	run, err := tinyRun()
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(run, Options{Engine: ref.New(), Precision: "bf16"})
	if text := fmt.Sprint(err); !strings.Contains(text, run) || !strings.Contains(text, "Precision bf16") {
		t.Errorf("error %v", err)
	}
	m, err := Open(run, Options{Engine: ref.New()})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}
