package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/train"
)

func TestUnreadableImagesAreNamedThenCounted(t *testing.T) {
	var said []string
	n := noteBad{say: func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }}
	steps := 0
	o := train.Options{OnStep: func(train.Status) { steps++ }}
	n.follow(&o)
	for i := range 7 {
		o.OnUnreadable(fmt.Sprintf("%d.jpg", i), errors.New("torn"))
	}
	if said != nil {
		t.Errorf("said beside the run: %q", said)
	}
	o.OnStep(train.Status{})
	n.finish("LIST")
	if steps != 1 || len(said) != shownUnreadable+1 {
		t.Fatalf("%d steps, %q", steps, said)
	}
	if !strings.Contains(said[0], `"0.jpg" cannot be read and is left out: torn`) {
		t.Error(said[0])
	}
	if last := said[shownUnreadable]; !strings.Contains(last, "7 images") || !strings.Contains(last, "LIST") {
		t.Error(last)
	}
}

func TestOpenReadableLeavesDamagedFilesOut(t *testing.T) {
	dir := t.TempDir()
	var whole bytes.Buffer
	if err := png.Encode(&whole, image.NewGray(image.Rect(0, 0, 9, 9))); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		content := whole.Bytes()
		if i%3 == 1 {
			content = content[:20]
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.png", i)), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var messages strings.Builder
	set, err := openReadable(t.Context(), "folder:"+dir, data.Train, config.Config{}, 2, &messages)
	if err != nil || set.Len() != 7 {
		t.Fatalf("%d images, %v", set.Len(), err)
	}
	got := messages.String()
	if strings.Count(got, "note: ") != 3 || !strings.Contains(got, `"4.png" cannot be read`) {
		t.Error(got)
	}
}
