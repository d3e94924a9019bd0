package data

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Contents tells a data set from one of the same names and sizes that holds something else,
// wherever it is and whenever it was written: the digest where that covers the contents, or
// else a SHA-256 over it and what each file held when it was read, nothing if it could not
// be. Empty if [Options.Contents] did not ask for that.
func Contents(set Dataset) string {
	n := set.Len()
	if n == 0 {
		return set.Digest()
	}
	if _, files := sumOf(set, 0); !files {
		return set.Digest()
	}
	line := fmt.Appendln(nil, set.Digest())
	known := false
	for i := range n {
		sum, _ := sumOf(set, i)
		known = known || sum != 0
		line = binary.LittleEndian.AppendUint64(line, sum)
	}
	if !known {
		return ""
	}
	return fmt.Sprintf("%x", sha256.Sum256(line))
}

// sumOf is the sum of what file i of a data set held; files is false if it has none.
func sumOf(set Dataset, i int) (sum uint64, files bool) {
	if s, ok := set.(interface{ sum(i int) (uint64, bool) }); ok {
		return s.sum(i)
	}
	return 0, false
}

func (s subset) sum(i int) (uint64, bool) { return sumOf(s.of, s.kept[i]) }

func (f *Files) sum(i int) (uint64, bool) {
	if f.sums == nil {
		return 0, true
	}
	return f.sums[i].Load(), true
}

// note keeps the sum of what a file held when it was first read.
func (f *Files) note(i int, b []byte) {
	if f.sums != nil && f.sums[i].Load() == 0 {
		sum := sha256.Sum256(b)
		f.sums[i].Store(binary.LittleEndian.Uint64(sum[:]) | 1) // 0: not read
	}
}
