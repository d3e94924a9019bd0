package imagefile

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
)

// Types of colour of a PNG.
const (
	pngGrey    = 0
	pngRGB     = 2
	pngPalette = 3
)

// pngOf is a PNG of 5×2 pixels with these samples.
func pngOf(bits, colour uint8, samples ...uint16) []byte {
	const w, h = 5, 2
	var rows []byte
	for row := range slices.Chunk(samples, len(samples)/h) {
		line, free := []byte{}, 0
		for _, s := range row {
			if bits == 16 {
				line = binary.BigEndian.AppendUint16(line, s)
				continue
			}
			if free == 0 {
				line, free = append(line, 0), 8
			}
			free -= int(bits)
			line[len(line)-1] |= byte(s) << free
		}
		rows = append(append(rows, 0), line...) // no filter
	}
	var z bytes.Buffer
	d := zlib.NewWriter(&z)
	d.Write(rows)
	d.Close()
	b := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
		b = append(append(b, kind...), data...)
		b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[len(b)-len(data)-4:]))
	}
	chunk("IHDR", []byte{0, 0, 0, w, 0, 0, 0, h, bits, colour, 0, 0, 0})
	if colour == pngPalette {
		chunk("PLTE", bytes.Repeat([]byte{9, 9, 9}, 1<<bits)) // one colour: indices differ alone
	}
	chunk("IDAT", z.Bytes())
	chunk("IEND", nil)
	return b
}

func TestLabelsAreWhatThePNGStores(t *testing.T) {
	for _, c := range []struct {
		bits, colour uint8
		samples      []uint16
	}{
		{1, pngGrey, []uint16{0, 1, 1, 0, 1, 1, 0, 0, 0, 1}},
		{2, pngGrey, []uint16{0, 1, 2, 3, 0, 3, 2, 1, 0, 1}},
		{4, pngGrey, []uint16{0, 1, 2, 15, 7, 3, 14, 13, 8, 9}},
		{8, pngGrey, []uint16{0, 1, 2, 255, 7, 3, 14, 128, 208, 9}},
		{16, pngGrey, []uint16{0, 1, 2, 65535, 256, 3, 14, 1000, 208, 9}},
		{1, pngPalette, []uint16{0, 1, 1, 0, 1, 1, 0, 0, 0, 1}},
		{4, pngPalette, []uint16{0, 1, 2, 15, 7, 3, 14, 13, 8, 9}},
		{8, pngPalette, []uint16{0, 1, 2, 255, 7, 3, 14, 128, 208, 9}},
	} {
		var want []int32
		for _, s := range c.samples {
			want = append(want, int32(s))
		}
		got, err := Labels(pngOf(c.bits, c.colour, c.samples...), 5, 2)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%d bits, colour %d: %v, want %v, %v", c.bits, c.colour, got, want, err)
		}
	}
}

func TestLabelsRefuseWhatIsNone(t *testing.T) {
	good := pngOf(8, pngGrey, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2)
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"colours":  {pngOf(8, pngRGB, make([]uint16, 30)...), "imagefile: decode png: it has colours"},
		"cut":      {good[:len(good)-20], "imagefile: decode png: png: invalid format: unexpected EOF"},
		"cut head": {good[:20], "imagefile: decode png: the file is cut off"},
		"empty":    {nil, "imagefile: the file is empty"},
		"no image": {[]byte("<html>"), "imagefile: no image of a known format"},
		"jpeg":     {fixture(t, "gray.jpg"), "imagefile: jpeg, need a grey or paletted png"},
	} {
		labels, err := Labels(c.content, 5, 2)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || labels != nil {
			t.Errorf("%s: %v, error %v, want %s", name, labels, err, c.want)
		}
	}
	_, err := Labels(good, 2, 5)
	if want := "imagefile: png of 5×2 pixels for an image of 2×5"; err == nil || err.Error() != want {
		t.Errorf("turned: error %v, want %s", err, want)
	}
}

func FuzzLabels(f *testing.F) {
	f.Add(pngOf(2, pngGrey, 0, 1, 2, 3, 0, 3, 2, 1, 0, 1))
	f.Add(pngOf(16, pngGrey, 0, 1, 2, 65535, 256, 3, 14, 1000, 208, 9))
	f.Add(pngOf(4, pngPalette, 0, 1, 2, 15, 7, 3, 14, 13, 8, 9))
	f.Add(fixture(f, "interlaced.png"))
	f.Fuzz(func(t *testing.T, b []byte) {
		labels, err := Labels(b, 5, 2)
		if err == nil && (len(labels) != 10 || slices.Min(labels) < 0 || slices.Max(labels) >= 1<<bits(b)) {
			t.Errorf("accepted %v of %d bits", labels, bits(b))
		}
	})
}
