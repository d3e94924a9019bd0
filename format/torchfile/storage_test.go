package torchfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// list is of shapes and strides.
func list(sizes ...int64) *List {
	l := &List{}
	for _, n := range sizes {
		l.Items = append(l.Items, n)
	}
	return l
}

// Number i of the storage is i mod 999, and there are 256 GiB of them.
func TestATensorReadsLittleMoreThanItsNumbers(t *testing.T) {
	const numbers = 1 << 36
	const far = numbers / 4
	for _, c := range []struct {
		name          string
		offset        int64
		shape, stride []int64
		want          []int64 // indices
		reads, most   int64   // how often; bytes, 0: not told
	}{
		{"one", far, list0, list0, []int64{far}, 1, 4},
		{"none", 5, []int64{0, 3}, []int64{3, 1}, nil, 0, 0},
		{"dense", 7, []int64{2, 3}, []int64{3, 1}, []int64{7, 8, 9, 10, 11, 12}, 1, 24},
		{"transposed", 7, []int64{3, 2}, []int64{1, 3}, []int64{7, 10, 8, 11, 9, 12}, 1, 24},
		{"repeated", 9, []int64{3}, []int64{0}, []int64{9, 9, 9}, 1, 4},
		{"apart", 2, []int64{2, 2}, []int64{far, 1}, []int64{2, 3, far + 2, far + 3}, 2, 4 * 2 * few},
		{"apart and back", numbers - far - 2, []int64{2, 2}, []int64{1, far},
			[]int64{numbers - far - 2, numbers - 2, numbers - far - 1, numbers - 1}, 4, 0},
	} {
		var reads, bytes int64
		s := &storage{dtype: Float32, numbers: numbers, read: func(at, n int64) ([]byte, error) {
			reads, bytes = reads+1, bytes+n
			var b []byte
			for i := at / 4; i < (at+n)/4; i++ {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(i%999)))
			}
			return b, nil
		}}
		x, err := newTensor([]any{part{s, 0, numbers}, c.offset, list(c.shape...), list(c.stride...)})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got, err := x.Float32s()
		var want []float32
		for _, i := range c.want {
			want = append(want, float32(i%999))
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, want)
		}
		if reads != c.reads || c.most > 0 && bytes > c.most || bytes > 4*4*few {
			t.Errorf("%s: %d bytes in %d reads", c.name, bytes, reads)
		}
	}
}

var list0 = []int64{} // of a scalar

// sparseFile skips zeros.
type sparseFile struct{ *os.File }

func (f sparseFile) Write(b []byte) (int, error) {
	if len(bytes.Trim(b, "\x00")) > 0 {
		return f.File.Write(b)
	}
	_, err := f.Seek(int64(len(b)), io.SeekCurrent)
	return len(b), err
}

// A storage may be as large as a sparse file says: it is checked, not kept in memory.
func TestALargeStorageIsNotKeptForOneNumber(t *testing.T) {
	const size = 64 << 20
	f, err := os.Create(filepath.Join(t.TempDir(), "sparse.pth"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(sparseFile{f})
	pickle := strings.Replace(tensorOf("K\x00))"), "K\x02tQ", "J\x00\x00\x00\x01tQ", 1) // size/4 numbers
	for name, content := range map[string]io.Reader{
		"data.pkl": strings.NewReader(pickle), "data/0": io.LimitReader(zeros{}, size),
	} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: "x/" + name, Method: zip.Store})
		if err == nil {
			_, err = io.Copy(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p, err := Open(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	w, _ := p.Root.Value("w")
	v, err := w.(*Tensor).Float32s()
	runtime.ReadMemStats(&after)
	if err != nil || !slices.Equal(v, []float32{0}) {
		t.Errorf("%v, %v", v, err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 8<<20 {
		t.Errorf("%d MiB were allocated for one number", took>>20)
	}
}

// The sizes of a zip are claims: a file of 500 bytes may name a storage of terabytes.
func TestAStorageLargerThanTheFileIsRefused(t *testing.T) {
	const n = 1 << 40
	number := "\x8a\x06\x00\x00\x00\x00\x00\x01"
	pickle := strings.Replace(tensorOf("K\x00"+number+"\x85K\x01\x85"), "K\x02tQ", number+"tQ", 1)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, claim := range map[string]uint64{"x/data.pkl": uint64(len(pickle)), "x/data/0": 4 * n} {
		h := &zip.FileHeader{Name: name, CompressedSize64: claim, UncompressedSize64: claim}
		h.CRC32 = crc32.ChecksumIEEE([]byte(pickle))
		w, err := z.CreateRaw(h)
		if err == nil {
			_, err = io.WriteString(w, pickle)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	const want = "storage 0 has 4398046511104 bytes in a file of"
	if _, err := parse(b.Bytes()); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
