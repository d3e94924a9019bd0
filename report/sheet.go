package report

import (
	"fmt"
	"image"
	"io"

	"golang.org/x/image/draw"

	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/tensor"
)

// Sheet is a contact sheet: rows of small pictures with captions, as one PNG or
// as a page.
type Sheet struct {
	Title    string
	Headline string // one sentence below it; may be empty
	Rows     []SheetRow
}

// SheetRow is a line of pictures below a heading.
type SheetRow struct {
	Title string
	Query *SheetCell // comes first, apart from the others; may be nil
	Cells []SheetCell
	More  int // how many are not shown
}

// SheetCell is a picture with its caption.
type SheetCell struct {
	Image   tensor.Image // see Thumbnail; empty: it cannot be shown
	Caption string       // "0.981"; may be empty
	Name    string       // of the file
}

// sheetSide is the side of the square that holds a picture of a sheet.
const sheetSide = 128

// Thumbnail returns an image, proportions kept, that fills a square of 128 pixels
// in one direction. Small ones are enlarged by whole factors, so that their pixels
// stay sharp, and may leave some room.
func Thumbnail(img tensor.Image) tensor.Image {
	img.Check()
	long := max(img.H, img.W)
	if long <= smallSide {
		return enlarge(img, sheetSide/long)
	}
	img = imagefile.Reduce(img, 2*sheetSide)
	long = max(img.H, img.W)
	scale := func(n int) int { return max(1, (n*sheetSide+long/2)/long) }
	small := image.NewRGBA(image.Rect(0, 0, scale(img.W), scale(img.H)))
	draw.CatmullRom.Scale(small, small.Rect, imagefile.RGBA(img), image.Rect(0, 0, img.W, img.H), draw.Src, nil)
	return imagefile.From(small)
}

// enlarge repeats every pixel k times in both directions.
func enlarge(img tensor.Image, k int) tensor.Image {
	large := tensor.NewImage(k*img.H, k*img.W)
	for y := range large.H {
		for x := range large.W {
			copy(large.Pix[(y*large.W+x)*3:][:3], img.Pix[(y/k*img.W+x/k)*3:])
		}
	}
	return large
}

// HTML writes the sheet as a page that needs no other file.
func (s *Sheet) HTML(w io.Writer) error {
	err := visibly(w, func(w io.Writer) error { return page.ExecuteTemplate(w, "sheet.html", s) })
	if err != nil {
		return fmt.Errorf("report: sheet: %w", err)
	}
	return nil
}

// Shown reports whether there is a picture.
func (c SheetCell) Shown() bool { return c.Image.H > 0 }
