package report

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/font/gofont/goregular"

	"github.com/amdim/amdim/tensor"
)

// plainImage is an image of one colour.
func plainImage(h, w int, c color.RGBA) tensor.Image {
	m := tensor.NewImage(h, w)
	for i := 0; i < len(m.Pix); i += 3 {
		m.Pix[i], m.Pix[i+1], m.Pix[i+2] = c.R, c.G, c.B
	}
	return m
}

func TestThumbnailsFitTheirSquareInProportion(t *testing.T) {
	for _, c := range []struct{ h, w, wantH, wantW int }{
		{32, 32, 128, 128}, {48, 20, 96, 40}, {64, 48, 128, 96}, {129, 129, 128, 128}, {1, 1, 128, 128},
		{1200, 800, 128, 85}, {3000, 4000, 96, 128}, {1, 5000, 1, 128},
	} {
		got := Thumbnail(plainImage(c.h, c.w, color.RGBA{200, 100, 50, 255}))
		if got.H != c.wantH || got.W != c.wantW {
			t.Errorf("%d × %d: thumbnail %d × %d, want %d × %d", c.h, c.w, got.H, got.W, c.wantH, c.wantW)
		}
		if px := got.At(got.H/2, got.W/2); px[0] != 200 || px[1] != 100 || px[2] != 50 {
			t.Errorf("%d × %d: colour %v", c.h, c.w, px)
		}
	}
	two := tensor.NewImage(1, 2)
	two.Pix[3] = 9
	if big := Thumbnail(two); big.At(63, 63)[0] != 0 || big.At(63, 64)[0] != 9 {
		t.Error("enlarging blurs the edge between two pixels")
	}
}

// sheetOf has a row with a query, and one of many cells of which one is missing.
func sheetOf(n int) *Sheet {
	red := Thumbnail(plainImage(30, 45, color.RGBA{255, 0, 0, 255}))
	s := &Sheet{Title: "What is near <x>", Headline: "by cosine"}
	s.Rows = []SheetRow{
		{Title: "a", Query: &SheetCell{Image: red, Name: "q.jpg"}, Cells: []SheetCell{{}}},
		{Title: "group", More: 3},
	}
	for range n {
		s.Rows[1].Cells = append(s.Rows[1].Cells, SheetCell{Image: red, Caption: "0.98", Name: "b/ü.jpg"})
	}
	return s
}

func TestSheetPNGHoldsEveryPicture(t *testing.T) {
	for _, n := range []int{0, 1, 11, 12, 23} {
		var b bytes.Buffer
		if err := sheetOf(n).PNG(&b); err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		red := 0
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				if (color.RGBAModel.Convert(img.At(x, y)) == color.RGBA{255, 0, 0, 255}) {
					red++
				}
			}
		}
		if want := (n + 1) * 60 * 90; red != want { // enlarged twofold
			t.Errorf("%d cells: %d red pixels, want %d", n, red, want)
		}
		corner := image.Pt(img.Bounds().Dx()-1, img.Bounds().Dy()-1)
		if r, _, _, _ := img.At(corner.X, corner.Y).RGBA(); r != 0xffff {
			t.Error("the sheet has no margin")
		}
	}
}

func TestSheetHTMLNeedsNoOtherFile(t *testing.T) {
	var b bytes.Buffer
	s := sheetOf(2)
	if err := s.HTML(&b); err != nil {
		t.Fatal(err)
	}
	html := b.String()
	for _, want := range []string{"What is near &lt;x&gt;", "b/ü.jpg", "0.98", "and 3 more", "cannot be shown"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q", want)
		}
	}
	if got := strings.Count(html, `src="data:image/`); got != 3 {
		t.Errorf("%d pictures, want 3", got)
	}
	if strings.Contains(html, "http") || strings.Contains(html, "ZgotmplZ") {
		t.Error("something outside is named, or was filtered")
	}
}

func TestFitKeepsTheEndOfAPath(t *testing.T) {
	f, err := face(goregular.TTF, 12)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("long/", 30) + "end.jpg"
	for _, text := range []string{"", "a.jpg", long, strings.Repeat("ü", 90)} {
		got := fit(f, text, 100)
		end, cut := strings.CutPrefix(got, "…")
		if !strings.HasSuffix(text, end) || !cut && got != text || cut && len(end) < 10 {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestASheetTooLargeForAPNGIsAnError(t *testing.T) {
	s := &Sheet{Rows: slices.Repeat([]SheetRow{{Cells: make([]SheetCell, 8)}}, 1000)}
	err := s.PNG(&bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "HTML") {
		t.Errorf("error %v", err)
	}
}
