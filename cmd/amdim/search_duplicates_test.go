package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/embedding"
)

// alike is an index of images of which the first ones have equal vectors and the others none
// that is near.
func alike(t *testing.T, images, equal int) string {
	t.Helper()
	set := &embedding.Set{Dim: images}
	for i := range images {
		x := make([]float32, images)
		x[max(i, equal-1)] = 1
		set.X, set.Names = append(set.X, x...), append(set.Names, fmt.Sprintf("%03d.png", i))
	}
	index := filepath.Join(t.TempDir(), "alike.npy")
	if err := set.Save(index); err != nil {
		t.Fatal(err)
	}
	return index
}

// An encoder that has hardly learnt finds copies everywhere: that is said, in few lines.
func TestDuplicatesOfAWeakEncoderAreDoubted(t *testing.T) {
	const doubt = "note: the encoder hardly tells these images apart: "
	for equal, more := range map[int]string{41: "  … 31 more: --json names all\n", 40: "  … 30 more", 10: ""} {
		index := alike(t, 120, equal)
		out, messages, err := execute("search", "--index", index, "--duplicates")
		if err != nil || strings.Contains(messages, doubt) != (equal == 41) {
			t.Errorf("%d: %v, %q", equal, err, messages)
		}
		if strings.Count(out, ".png") != 10 || !strings.Contains(out, more) ||
			more == "" && strings.Contains(out, "…") {
			t.Errorf("%d: %q, want %q", equal, out, more)
		}
		var r twins
		full := mustRun(t, "search --duplicates --json --index", index)
		if err := json.Unmarshal([]byte(full), &r); err != nil || len(r.Groups[0].Images) != equal {
			t.Errorf("%d: %v, %s", equal, err, full)
		}
	}
}
