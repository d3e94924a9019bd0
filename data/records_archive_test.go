package data

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"path/filepath"
	"slices"
	"testing"
)

var secondFirst = []string{"data_batch_2.bin", "data_batch_1.bin"}

// tarball is laid out as the official one: a folder, other files, and
// the named files in that order.
func tarball(t testing.TB, files map[string][]byte, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	entries := tar.NewWriter(&b)
	put := func(h *tar.Header, content []byte) {
		if err := entries.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := entries.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	put(&tar.Header{Name: cifarFolder + "/", Typeflag: tar.TypeDir, Mode: 0o755}, nil)
	put(&tar.Header{Name: cifarFolder + "/readme.html", Mode: 0o644, Size: 4}, []byte("read"))
	for _, name := range names {
		put(&tar.Header{Name: cifarFolder + "/" + name, Mode: 0o644, Size: int64(len(files[name]))}, files[name])
	}
	if err := entries.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zipped compresses content.
func zipped(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRecordsArchiveErrorsNameFileAndProblem(t *testing.T) {
	good := zipped(t, tarball(t, smallFiles(), secondFirst...))
	long := smallFiles()
	long["data_batch_1.bin"] = append(long["data_batch_1.bin"], 0)
	flipped := slices.Clone(good)
	flipped[len(flipped)-6] ^= 1 // in the checksum
	for _, c := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"empty", nil, "EOF"},
		{"no gzip", []byte("<html>404 not found</html>"), "gzip: invalid header"},
		{"cut in the data", good[:len(good)/2], "unexpected EOF"},
		{"cut in the checksum", good[:len(good)-1], "unexpected EOF"},
		{"wrong checksum", flipped, "checksum"},
		{"file missing", zipped(t, tarball(t, smallFiles(), "data_batch_1.bin")), "no data_batch_2.bin in it"},
		{"file too long", zipped(t, tarball(t, long, secondFirst...)), "data_batch_1.bin: 6147 bytes, need 6146"},
		{"no tar", zipped(t, bytes.Repeat([]byte("x"), 2000)), "invalid tar header"},
		{"tar ends early", zipped(t, tarball(t, smallFiles(), secondFirst...)[:4000]), "unexpected EOF"},
		{
			"file twice", zipped(t, tarball(t, smallFiles(), "data_batch_1.bin", "data_batch_1.bin")),
			"data_batch_1.bin is in it twice",
		},
	} {
		path := filepath.Join(t.TempDir(), cifarArchive)
		write(t, path, c.content)
		_, err := readTwo(path)
		wantError(t, c.name, err, path, c.want, cifarOrigin)
	}
}

func TestRecordsArchiveThatUnpacksForeverIsRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacks 256 MiB")
	}
	bomb := zipped(t, tarball(t, smallFiles(), secondFirst...))
	zeros := zipped(t, make([]byte, 1<<20))
	// gzip streams may follow each other
	bomb = append(bomb, bytes.Repeat(zeros, int(cifar10.origin.unpacked>>20))...)
	path := filepath.Join(t.TempDir(), cifarArchive)
	write(t, path, bomb)
	_, err := readTwo(path)
	wantError(t, "bomb", err, path, "unpacks to more than 256 MiB")
}

func FuzzRecordsArchive(f *testing.F) {
	good := zipped(f, tarball(f, smallFiles(), secondFirst...))
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add(zipped(f, tarball(f, smallFiles(), secondFirst...)[:4000]))
	f.Fuzz(func(t *testing.T, content []byte) {
		m := cifar10.newMemory(two)
		if err := cifar10.origin.unpack(bytes.NewReader(content), cifar10.files(m, two)); err != nil {
			return
		}
		if slices.Max(m.labels) > 9 {
			t.Errorf("accepted labels %v", m.labels)
		}
	})
}
