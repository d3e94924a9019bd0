package imagefile

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// pngHeader begins the file of a square.
func pngHeader(side uint32) []byte {
	b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR")
	b = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, side), side)
	b = append(b, 8, 6, 0, 0, 0)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[12:]))
}

// tiffHeader begins the file of a grey square: width, height, bits, and that black is 0.
func tiffHeader(side uint32) []byte {
	b := []byte("II*\x00\x08\x00\x00\x00\x04\x00")
	for _, field := range [][2]uint32{{256, side}, {257, side}, {258, 8}, {262, 1}} {
		b = binary.LittleEndian.AppendUint16(b, uint16(field[0]))
		b = append(b, 4, 0, 1, 0, 0, 0) // one number of 32 bits
		b = binary.LittleEndian.AppendUint32(b, field[1])
	}
	return append(b, 0, 0, 0, 0)
}

func TestErrorsSayOfWhichKindTheyAre(t *testing.T) {
	whole := fixture(t, "seen.png")
	file := filepath.Join(t.TempDir(), "seen.png")
	if err := os.WriteFile(file, whole, 0o644); err != nil {
		t.Fatal(err)
	}
	header := func(b []byte) error { _, _, _, err := Config(b); return err }
	few := Limits{Bytes: int64(len(whole)) - 1}
	for _, c := range []struct {
		name             string
		decode           func() error
		format, tooLarge bool
	}{
		{"text", func() error { _, err := Decode([]byte("no image at all"), Limits{}); return err }, true, false},
		{"many pixels", func() error { _, err := Decode(whole, Limits{Pixels: 9}); return err }, false, true},
		{"many bytes", func() error { _, err := Decode(whole, few); return err }, false, true},
		{"a large file", func() error { _, err := Read(file, few); return err }, false, true},
		{"a long side", func() error { return Limits{}.Check(1001, 1) }, false, true},
		{"a PNG of 2⁶² pixels", func() error { return header(pngHeader(math.MaxInt32)) }, false, true},
		{"a TIFF of 2⁶⁴ pixels", func() error { return header(tiffHeader(math.MaxUint32)) }, false, true},
		{"cut off", func() error { _, err := Decode(whole[:len(whole)/2], Limits{}); return err }, false, false},
		{"empty", func() error { _, err := Decode(nil, Limits{}); return err }, false, false},
	} {
		err := c.decode()
		format, tooLarge := errors.Is(err, ErrFormat), errors.Is(err, ErrTooLarge)
		if err == nil || format != c.format || tooLarge != c.tooLarge {
			t.Errorf("%s: %v: format %t, too large %t", c.name, err, format, tooLarge)
		}
	}
}
