package floats

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"testing"
)

func TestNumbersComeBackAsTheyWere(t *testing.T) {
	for _, n := range []int{0, 1, chunk - 1, chunk, 2*chunk + 3} {
		v := make([]float32, n)
		for i := range v {
			v[i] = math.Float32frombits(uint32(i) * 0x9e3779b9) // NaN among them
		}
		var got, want bytes.Buffer
		if err := errors.Join(Write(&got, v), binary.Write(&want, binary.LittleEndian, v)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("%d numbers: other bytes than encoding/binary", n)
		}
		back := make([]float32, n)
		if err := Read(&got, back); err != nil {
			t.Fatal(err)
		}
		for i := range v {
			if math.Float32bits(back[i]) != math.Float32bits(v[i]) {
				t.Fatalf("%d numbers: number %d is %g, was %g", n, i, back[i], v[i])
			}
		}
	}
}

func TestAFileThatEndsIsAnError(t *testing.T) {
	for _, n := range []int{1, 4*chunk + 2} {
		err := Read(bytes.NewReader(make([]byte, n)), make([]float32, chunk+1))
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
	r, w := io.Pipe()
	r.Close()
	if err := Write(w, make([]float32, 3)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a writer that fails: %v", err)
	}
}
