package data

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/amdim/amdim/data/imagefile"
)

// A file costs itself and what decoding it does, also as one of a selection and where it is
// reduced; not, as other images do, all that is allocated on the way.
func TestFilesAreMeasuredStageByStage(t *testing.T) {
	file, err := os.ReadFile("imagefile/testdata/pictures/progressive-640.jpg")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"a.jpg", "b.jpg", "c.jpg"} {
		if err := os.WriteFile(filepath.Join(dir, name), file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "d.jpg"), file[:len(file)*9/10], 0o644); err != nil {
		t.Fatal(err)
	}
	set, err := OpenFolder(dir, Options{Side: 100, Memory: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	_, decoding, err := imagefile.Measure(file, imagefile.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]Dataset{"all": set, "some": Spread(set, 2)} {
		img, cost, err := Measure(d, 1)
		if err != nil || img.H != 100 || cost.Piece != decoding.Piece {
			t.Errorf("%s: %d high, %v, %+v, decoding alone %+v", name, img.H, err, cost, decoding)
		}
		if beside := cost.Peak - decoding.Peak; beside < int64(len(file)) || beside > int64(len(file))+4096 {
			t.Errorf("%s: %d bytes beside decoding, the file has %d", name, beside, len(file))
		}
	}
	if _, cost, err := Measure(set, 3); !isUnreadable(err) || cost.Peak < decoding.Peak/2 {
		t.Errorf("cut off: %v, %+v", err, cost)
	}
	if set.spent.Load() != 0 {
		t.Error("what was measured is kept")
	}
}

func isUnreadable(err error) bool { _, ok := err.(*UnreadableError); return ok }
