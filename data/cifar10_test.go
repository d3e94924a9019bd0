package data

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// two is a split of two files of two records each.
var two = cifarFiles{[]string{"data_batch_1.bin", "data_batch_2.bin"}, 2}

// record has a label and planes in which no two neighbours are alike.
func record(label uint8, salt int) []byte {
	r := make([]byte, cifarRecord)
	r[0] = label
	for i := 1; i < len(r); i++ {
		r[i] = uint8(i*7 + i/cifarPlane*31 + salt)
	}
	return r
}

// smallFiles are the contents of the files of two.
func smallFiles() map[string][]byte {
	return map[string][]byte{
		"data_batch_1.bin": append(record(6, 1), record(9, 2)...),
		"data_batch_2.bin": append(record(0, 3), record(4, 4)...),
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func writeFiles(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, content := range files {
		write(t, filepath.Join(dir, name), content)
	}
}

func TestCIFARIsFoundInEveryForm(t *testing.T) {
	dir := t.TempDir()
	direct, nested := filepath.Join(dir, "direct"), filepath.Join(dir, "nested")
	packed := filepath.Join(dir, "packed")
	writeFiles(t, direct, smallFiles())
	writeFiles(t, filepath.Join(nested, cifarFolder), smallFiles())
	write(t, filepath.Join(packed, cifarArchive), zipped(t, tarball(t, smallFiles(), secondFirst...)))
	digests := map[string]bool{}
	for _, path := range []string{direct, nested, packed, filepath.Join(packed, cifarArchive)} {
		m, err := two.read(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		checkSmall(t, m)
		digests[m.Digest()] = true
	}
	if len(digests) != 1 {
		t.Errorf("digests differ with the container: %v", digests)
	}
}

func checkSmall(t *testing.T, m *memory) {
	t.Helper()
	for i, want := range [][]byte{record(6, 1), record(9, 2), record(0, 3), record(4, 4)} {
		if got := m.Label(i); got != int(want[0]) {
			t.Errorf("image %d: label %d, want %d", i, got, want[0])
		}
		for y := range cifarSide {
			for x := range cifarSide {
				at := 1 + y*cifarSide + x
				rgb := []byte{want[at], want[at+cifarPlane], want[at+2*cifarPlane]}
				if got := m.image(i).At(y, x); !bytes.Equal(got, rgb) {
					t.Fatalf("image %d, row %d, column %d: %v, want %v", i, y, x, got, rgb)
				}
			}
		}
	}
}

func TestCIFARErrorsNameFileAndProblem(t *testing.T) {
	damage := func(f func(files map[string][]byte)) map[string][]byte {
		files := smallFiles()
		f(files)
		return files
	}
	for _, c := range []struct {
		name  string
		files map[string][]byte
		want  []string
	}{
		{
			"nothing there", map[string][]byte{"readme": nil},
			[]string{"no data_batch_1.bin", cifarFolder, cifarOrigin},
		},
		{"Python version", map[string][]byte{"data_batch_1": nil}, []string{"Python version", cifarOrigin}},
		{
			"second file missing", damage(func(f map[string][]byte) { delete(f, "data_batch_2.bin") }),
			[]string{"data_batch_2.bin", "no such file", cifarOrigin},
		},
		{
			"short", damage(func(f map[string][]byte) { f["data_batch_2.bin"] = f["data_batch_2.bin"][:5000] }),
			[]string{"data_batch_2.bin", "5000 bytes", "need 6146", cifarOrigin},
		},
		{
			"label", damage(func(f map[string][]byte) { f["data_batch_2.bin"][cifarRecord] = 10 }),
			[]string{"data_batch_2.bin", "record 1", "label 10", cifarOrigin},
		},
	} {
		dir := t.TempDir()
		writeFiles(t, dir, c.files)
		_, err := two.read(dir)
		wantError(t, c.name, err, append(c.want, dir)...)
	}
}

func TestCIFARMissingPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "absent")
	_, err := Open("cifar10:"+path, Train, Options{})
	wantError(t, "absent", err, path, "no such file", cifarOrigin)
	_, err = Open("cifar10", Train, Options{})
	wantError(t, "no path", err, "cifar10:DIR")
}

func TestCIFARStatesTheOfficialLength(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "test_batch.bin"), make([]byte, 99))
	_, err := Open("cifar10:"+dir, Test, Options{})
	wantError(t, "short", err, "test_batch.bin: 99 bytes, need 30730000")
}

// wantError checks that err says all that it must, in one line.
func wantError(t *testing.T, name string, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", name)
		return
	}
	for _, part := range append(parts, "") {
		if !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %q does not say %q in one line", name, err, part)
		}
	}
}

func TestOfficialCIFAR10(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 184 MB")
	}
	const dir = "../../shared/data/cifar10"
	if !exists(dir) {
		t.Skipf("no CIFAR-10 in %s", dir)
	}
	for _, c := range []struct {
		split  Split
		each   int
		labels string // of the first images
		pixel  []byte // top left of image 0
	}{
		{Train, 5000, "6 9 9 4 1 1 2 7 8 3", []byte{59, 62, 63}},
		{Test, 1000, "3 8 8 0 6 6 1 6 3 1", []byte{158, 112, 49}},
	} {
		set, err := Open("cifar10:"+dir, c.split, Options{})
		if err != nil {
			t.Fatal(err)
		}
		count, first := make([]int, 10), []string{}
		for i := range set.Len() {
			count[set.Label(i)]++
			if i < 10 {
				first = append(first, fmt.Sprint(set.Label(i)))
			}
		}
		for class, n := range count {
			if n != c.each {
				t.Errorf("%s: %d images of %s, want %d", c.split, n, set.Classes()[class], c.each)
			}
		}
		if got := strings.Join(first, " "); got != c.labels {
			t.Errorf("%s: first labels %s, want %s", c.split, got, c.labels)
		}
		if img, _ := set.Image(0); !bytes.Equal(img.At(0, 0), c.pixel) {
			t.Errorf("%s: first pixel %v, want %v", c.split, img.At(0, 0), c.pixel)
		}
	}
}

func FuzzCIFARBatch(f *testing.F) {
	one := cifarFiles{[]string{"test_batch.bin"}, 1}
	f.Add(record(3, 0), int64(cifarRecord))
	f.Add(record(10, 0), int64(cifarRecord))
	f.Add(record(3, 0)[:100], int64(cifarRecord))
	f.Add([]byte{}, int64(-1))
	f.Fuzz(func(t *testing.T, content []byte, size int64) {
		m := one.newMemory()
		if err := one.readBatch(m, 0, bytes.NewReader(content), "file", size); err != nil {
			return
		}
		if size != cifarRecord || m.labels[0] != content[0] || m.labels[0] > 9 {
			t.Errorf("accepted size %d, label %d read as %d", size, content[0], m.labels[0])
		}
		for i := range cifarPlane {
			for c := range 3 {
				if m.pix[3*i+c] != content[1+c*cifarPlane+i] {
					t.Fatalf("pixel %d, channel %d: %d, want %d", i, c, m.pix[3*i+c], content[1+c*cifarPlane+i])
				}
			}
		}
	})
}
