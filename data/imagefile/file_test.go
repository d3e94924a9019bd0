package imagefile

import (
	"strings"
	"testing"
)

func TestBytesAtReadsWithinALargerFile(t *testing.T) {
	file := strings.NewReader("0123456789")
	if b, err := BytesAt(file, 3, 4, Limits{}); err != nil || string(b) != "3456" {
		t.Errorf("%q, %v", b, err)
	}
	for _, c := range []struct {
		offset, n int64
		want      string
	}{{8, 3, "unexpected EOF"}, {1 << 40, 1, "EOF"}, {0, 6, "6 bytes, more than the limit of 5"}} {
		_, err := BytesAt(file, c.offset, c.n, Limits{Bytes: 5})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d from %d on: %v", c.n, c.offset, err)
		}
	}
}
