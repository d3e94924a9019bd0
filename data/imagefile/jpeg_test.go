package imagefile

import (
	"bytes"
	"errors"
	"slices"
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

// scansJPEG is a progressive gray JPEG of 8×8 pixels with so many scans, each empty.
func scansJPEG(scans int) []byte {
	segment := func(marker byte, data ...byte) []byte {
		return append([]byte{0xff, marker, 0, byte(len(data) + 2)}, data...)
	}
	table := func(class, value byte) []byte { // one code, of one bit
		return segment(0xc4, append(append([]byte{class << 4, 1}, make([]byte, 15)...), value)...)
	}
	scan := append(segment(startOfScan, 1, 1, 0, 1, 63, 0), 0)
	return slices.Concat([]byte{0xff, 0xd8}, segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...),
		segment(0xc2, 8, 0, 8, 0, 8, 1, 1, 0x11, 0), table(0, 0), table(1, 0),
		bytes.Repeat(scan, scans), []byte{0xff, endOfImage})
}

// Each scan may cost as much as decoding the image, however small it is.
func TestAJPEGOfManyScansIsRefused(t *testing.T) {
	if _, err := Decode(scansJPEG(mostScans), Limits{}); err != nil {
		t.Error(err)
	}
	const want = "jpeg of 101 scans, more than the limit of 100"
	_, err := Decode(scansJPEG(mostScans+1), Limits{})
	if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), want) {
		t.Error(err)
	}
}

// Metadata may hold whole JPEG files, and cameras append films.
func TestOnlyScansOfTheImageCount(t *testing.T) {
	for name, want := range map[string]int{
		"progressive.jpg": 10, "cmyk.jpg": 1, "gray.jpg": 1, "orientation-6.jpg": 1,
	} {
		b, many := fixture(t, name), bytes.Repeat([]byte{0xff, startOfScan, 0, 2}, 2*mostScans)
		segment := append([]byte{0xff, 0xe5, byte((len(many) + 2) >> 8), byte((len(many) + 2) & 255)}, many...)
		b = slices.Concat(b[:2], segment, b[2:], many)
		if n := jpegScans(b); n != want {
			t.Errorf("%s: %d scans, want %d", name, n, want)
		}
		if _, err := Decode(b, Limits{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
