package data

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// two is a split of two files of two records each.
var two = cifarFiles{[]string{"data_batch_1.bin", "data_batch_2.bin"}, 2}

// cifarRecord is the length of a record of CIFAR-10, cifarOrigin its archive.
var (
	cifarRecord  = cifar10.record()
	cifarOrigin  = cifar10.origin.url
	cifarFolder  = cifar10.origin.folder
	cifarArchive = cifar10.origin.archive()
)

// readTwo reads the split of two files.
func readTwo(path string) (*memory, error) { return cifar10.read(path, two) }

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
		m, err := readTwo(path)
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
		_, err := readTwo(dir)
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

func FuzzCIFARBatch(f *testing.F) {
	for _, labels := range [][]byte{{3}, {10}, {3, 99}, {20, 4}, {4, 100}} {
		r := append(labels, record(0, 0)[1:]...)
		f.Add(r, int64(len(r)), len(labels) == 2)
		f.Add(r[:100], int64(len(r)), len(labels) == 2)
	}
	f.Add([]byte{}, int64(-1), false)
	f.Fuzz(func(t *testing.T, content []byte, size int64, hundred bool) {
		c, below := cifar10, 10
		if hundred {
			c, below = cifar100, 100
		}
		one := cifarFiles{[]string{"test.bin"}, 1}
		m := c.newMemory(one)
		if err := c.origin.readRecords(bytes.NewReader(content), "file", size, c.files(m, one)[0]); err != nil {
			return
		}
		head := len(c.labels)
		if size != int64(head+3*cifarPlane) || m.labels[0] != int8(content[head-1]) || m.Label(0) >= below {
			t.Errorf("accepted size %d, label %d read as %d", size, content[head-1], m.labels[0])
		}
		for i := range cifarPlane {
			for c := range 3 {
				if m.pix[3*i+c] != content[head+c*cifarPlane+i] {
					t.Fatalf("pixel %d, channel %d: %d, want %d", i, c, m.pix[3*i+c], content[head+c*cifarPlane+i])
				}
			}
		}
	})
}
