package data

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"
)

// record100 is a record with a coarse and a fine label.
func record100(coarse, fine uint8, salt int) []byte {
	return append([]byte{coarse, fine}, record(0, salt)[1:]...)
}

func TestCIFAR100TakesTheFineLabelAndThePixelsBehindIt(t *testing.T) {
	content := append(record100(19, 0, 1), record100(0, 99, 2)...)
	files := cifarFiles{[]string{"train.bin"}, 2}
	direct, packed := t.TempDir(), t.TempDir()
	write(t, filepath.Join(direct, cifar100.origin.folder, "train.bin"), content)
	all := map[string][]byte{"train.bin": content}
	write(t, filepath.Join(packed, "cifar-100-binary.tar.gz"), zipped(t, tarball(t, all, "train.bin")))
	for _, dir := range []string{direct, packed} {
		m, err := cifar100.read(dir, files)
		if err != nil {
			t.Fatal(err)
		}
		if m.Label(0) != 0 || m.Label(1) != 99 || m.Classes()[99] != "worm" || m.Classes()[0] != "apple" {
			t.Errorf("labels %d and %d", m.Label(0), m.Label(1))
		}
		r := record(0, 2)
		want := []byte{r[1+33], r[1+33+cifarPlane], r[1+33+2*cifarPlane]}
		if got := m.image(1).At(1, 1); !bytes.Equal(got, want) {
			t.Errorf("image 1, row 1, column 1: %v, want %v", got, want)
		}
	}
}

func TestCIFAR100HasAHundredClassesInOrder(t *testing.T) {
	if c := cifar100.classes; len(c) != 100 || !slices.IsSorted(c) {
		t.Errorf("%d classes: %v", len(c), c)
	}
}

func TestCIFAR100ErrorsNameFileAndProblem(t *testing.T) {
	for _, c := range []struct {
		name, file string
		content    []byte
		want       string
	}{
		{"coarse label", "train.bin", record100(20, 3, 0), "train.bin: record 0: label 20, need 0 to 19"},
		{"fine label", "train.bin", record100(3, 100, 0), "train.bin: record 0: label 100, need 0 to 99"},
		{"CIFAR-10", "train.bin", record(3, 0), "train.bin: 3073 bytes, need 3074"},
		{"Python version", "cifar-100-python/train", nil, "the Python version; get the binary version"},
		{"another", "data_batch_1.bin", nil, "no train.bin, cifar-100-binary or cifar-100-binary.tar.gz in it"},
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, filepath.FromSlash(c.file)), c.content)
		_, err := cifar100.read(dir, cifarFiles{[]string{"train.bin"}, 1})
		wantError(t, c.name, err, dir, c.want, "cifar-100-binary.tar.gz")
	}
	_, err := Open("cifar100:", Train, Options{})
	wantError(t, "no path", err, "cifar100:DIR")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "test.bin"), make([]byte, 3074))
	_, err = Open("cifar100:"+dir, Test, Options{})
	wantError(t, "short", err, "data: cifar100: ", "test.bin: 3074 bytes, need 30740000 (10000 records of 3074)")
}
