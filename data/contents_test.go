package data

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/amdim/amdim/tensor"
)

// What files hold tells data sets apart, not when it was written or where.
func TestContentsTellWhatFilesHold(t *testing.T) {
	dir := photographs(t, "a/1.png", "a/2.png", "b/3.png")
	contents := func() string {
		set := openAll(t, dir, Options{Contents: true})
		if c := Contents(set); c != "" {
			t.Errorf("%q of files that were not read", c)
		}
		if _, err := Readable(t.Context(), set, 2, nil); err != nil {
			t.Fatal(err)
		}
		part := newSubset(set, []int{0, 1})
		if c := Contents(part); c == "" || c == Contents(set) || c == part.Digest() {
			t.Errorf("%q of a part, %q of all", c, Contents(set))
		}
		return Contents(set)
	}
	first := contents()
	path := filepath.Join(dir, "a", "1.png")
	if err := os.Chtimes(path, time.Unix(1, 0), time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(dir, dir+"-moved"); err != nil {
		t.Fatal(err)
	}
	dir += "-moved"
	if contents() != first {
		t.Error("others of files that were touched and moved")
	}
	path = filepath.Join(dir, "a", "1.png")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)-1] ^= 1
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	second := contents()
	if second == first {
		t.Error("the same of a file that holds something else")
	}
	if err := os.Rename(path, filepath.Join(dir, "a", "0.png")); err != nil {
		t.Fatal(err)
	}
	if contents() == second {
		t.Error("the same under another name")
	}
}

// Nothing need be read of data whose digest is of the pixels.
func TestContentsOfPixelsAreTheirDigest(t *testing.T) {
	set, err := Open("shapes:train=5,test=2", Train, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []Dataset{set, newSubset(set, []int{1, 2}), newSubset(set, []int{})} {
		if c := Contents(set); c != set.Digest() {
			t.Errorf("%q, digest %q", c, set.Digest())
		}
	}
	set, err = OpenFolder(photographs(t, "a/1.png"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var img tensor.Image
	if img, err = set.Image(0); err != nil || img.H == 0 || Contents(set) != "" {
		t.Errorf("%v, contents %q without being asked for", err, Contents(set))
	}
}
