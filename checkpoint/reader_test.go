package checkpoint

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/amdim/amdim/internal/regular"
)

func TestACheckpointIsARegularFile(t *testing.T) {
	if _, err := Open(os.DevNull); !errors.As(err, new(regular.Error)) {
		t.Error(err)
	}
}

// readCounter counts the bytes that are read.
type readCounter struct {
	io.ReaderAt
	n int
}

func (c *readCounter) ReadAt(p []byte, at int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, at)
	c.n += n
	return n, err
}

// Moments are two thirds of the file of a run.
func TestWhatIsNotRestoredIsNotRead(t *testing.T) {
	_, text := testFile(t)
	counter := &readCounter{ReaderAt: bytes.NewReader(text)}
	r, err := newReader(counter, int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	counter.n = 0
	if err := r.RestoreWeights(zeroed(testArrays())); err != nil {
		t.Fatal(err)
	}
	const want = 4 * (6 + 2) // stem.weight, bn.mean
	if counter.n != want {
		t.Errorf("read %d bytes, the weights are %d", counter.n, want)
	}
}
