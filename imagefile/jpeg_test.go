package imagefile

import (
	"bytes"
	"strings"
	"testing"
)

// At each of its bytes a JPEG file is cut off, and the message says so, also with
// a whole thumbnail in its head.
func TestACutJPEGIsSaidToBeCutOff(t *testing.T) {
	whole := map[string][]byte{}
	for _, name := range []string{"progressive.jpg", "cmyk.jpg", "gray.jpg", "orientation-6.jpg"} {
		whole[name] = fixture(t, name)
	}
	gray := whole["gray.jpg"]
	segment := append([]byte{0xff, 0xe5, byte((len(gray) + 2) >> 8), byte(len(gray) + 2)}, gray...)
	whole["with a thumbnail"] = append(append([]byte{0xff, 0xd8}, segment...), gray[2:]...)
	for name, b := range whole {
		if _, err := Decode(b, Limits{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for n := 3; n < len(b); n++ {
			if _, err := Decode(b[:n], Limits{}); err == nil || !strings.Contains(err.Error(), "cut off") {
				t.Errorf("%s, %d of %d bytes: %v", name, n, len(b), err)
			}
		}
	}
}

func TestADamagedJPEGIsNotSaidToBeCutOff(t *testing.T) {
	b := bytes.Clone(fixture(t, "progressive.jpg"))
	i := bytes.Index(b, []byte{0xff, 0xc4}) // a Huffman table
	for j := range 16 {
		b[i+5+j] = 0xff // more codes than there can be
	}
	if _, err := Decode(b, Limits{}); err == nil || strings.Contains(err.Error(), "cut off") {
		t.Error(err)
	}
}
