package segment

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"testing"
)

func TestLabelsComeBackFromPNG(t *testing.T) {
	for _, m := range []Map{
		{W: 2, H: 1, Label: []int32{0, 0}},
		{W: 3, H: 2, Label: []int32{0, 255, 7, 7, 1, 0}},
		{W: 3, H: 2, Label: []int32{0, 256, 7, 7, 65535, 0}},
		mapOf(16, 17, func(x, y int) int { return x + 16*y }),
	} {
		var file bytes.Buffer
		if err := m.WritePNG(&file); err != nil {
			t.Fatal(err)
		}
		got, err := ReadPNG(bytes.NewReader(file.Bytes()))
		if err != nil || got.W != m.W || got.H != m.H || !slices.Equal(got.Label, m.Label) {
			t.Errorf("%v: %v %v", m, got, err)
		}
	}
}

func TestPNGErrorsAreClear(t *testing.T) {
	var file bytes.Buffer
	err := Map{W: 1, H: 1, Label: []int32{65536}}.WritePNG(&file)
	if want := "segment: label 65536 does not fit a PNG of 16 bits; rename labels with Compact"; err == nil ||
		err.Error() != want || file.Len() > 0 {
		t.Errorf("error %v, %d bytes written", err, file.Len())
	}
	if err := png.Encode(&file, image.NewNRGBA(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"colour":    {file.Bytes(), "segment: a PNG of labels has a palette or is grey, this one is *image.NRGBA"},
		"cut":       {file.Bytes()[:50], "segment: read PNG: png: invalid format: unexpected EOF"},
		"no PNG":    {[]byte("label,x,y\n0,0,0\n"), "segment: read PNG: png: invalid format: not a PNG file"},
		"too large": {hugePNG(), "segment: a PNG of 1048576×1048576, at most 2²⁷ pixels are read"},
	} {
		if _, err := ReadPNG(bytes.NewReader(c.file)); err == nil || err.Error() != c.want {
			t.Errorf("%s: error %v, want %s", name, err, c.want)
		}
	}
}

// hugePNG is a header of 2²⁰×2²⁰ grey pixels and nothing else.
func hugePNG() []byte {
	return append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"+
		"\x00\x10\x00\x00\x00\x10\x00\x00\x08\x00\x00\x00\x00"),
		0x6e, 0x43, 0xff, 0x19)
}

// FuzzReadPNG: what was read is a map, and comes back from what is written of it.
func FuzzReadPNG(f *testing.F) {
	for _, m := range []Map{{W: 3, H: 1, Label: []int32{0, 1, 2}}, {W: 1, H: 2, Label: []int32{0, 300}}} {
		var file bytes.Buffer
		if err := m.WritePNG(&file); err != nil {
			f.Fatal(err)
		}
		f.Add(file.Bytes())
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if head, err := png.DecodeConfig(bytes.NewReader(file)); err != nil || head.Width*head.Height > 1<<16 {
			t.Skip()
		}
		m, err := ReadPNG(bytes.NewReader(file))
		if err != nil {
			return
		}
		if err := m.Validate(); err != nil {
			t.Fatal(err)
		}
		var again bytes.Buffer
		if err := m.WritePNG(&again); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadPNG(bytes.NewReader(again.Bytes())); err != nil || !slices.Equal(got.Label, m.Label) {
			t.Fatal(got, err)
		}
	})
}
