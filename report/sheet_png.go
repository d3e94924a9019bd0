package report

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"slices"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"github.com/amdim/amdim/data/imagefile"
)

// The measures of a sheet in pixels.
const (
	sheetMargin  = 24
	sheetGap     = 12
	sheetColumns = 11 // most pictures per line
	sheetTop     = 64 // title and headline
	rowTop       = 30 // heading of a row
	rowBottom    = 16
	captionTall  = 34 // two lines below a picture
	askedGap     = 16 // additional, between a query and the others
	cellTall     = sheetSide + captionTall + sheetGap
)

// mostPixels bounds a sheet as PNG: half a gigabyte while it is being drawn.
const mostPixels = 1 << 27

var (
	sheetInk    = color.NRGBA{0x1c, 0x24, 0x30, 255}
	sheetSoft   = color.NRGBA{0x5b, 0x66, 0x75, 255}
	sheetPanel  = color.NRGBA{0xf0, 0xf2, 0xf5, 255}
	sheetAccent = color.NRGBA{0x25, 0x63, 0xb8, 255}
)

// drawing is a sheet being drawn.
type drawing struct {
	img                         *image.RGBA
	title, heading, bold, plain font.Face
}

// PNG draws the sheet.
func (s *Sheet) PNG(w io.Writer) error {
	size := s.size()
	if size.X*size.Y > mostPixels {
		return fmt.Errorf("report: sheet of %d × %d pixels: too large for a PNG, write HTML", size.X, size.Y)
	}
	d := &drawing{img: image.NewRGBA(image.Rectangle{Max: size})}
	var errs [4]error
	d.title, errs[0] = face(gobold.TTF, 20)
	d.heading, errs[1] = face(gobold.TTF, 14)
	d.bold, errs[2] = face(gobold.TTF, 12)
	d.plain, errs[3] = face(goregular.TTF, 12)
	if err := errors.Join(errs[:]...); err != nil {
		return fmt.Errorf("report: sheet: %w", err)
	}
	d.fill(d.img.Rect, color.White)
	width := size.X - 2*sheetMargin
	d.text(d.title, sheetInk, sheetMargin, sheetMargin+16, fit(d.title, s.Title, width))
	d.text(d.plain, sheetSoft, sheetMargin, sheetMargin+38, fit(d.plain, s.Headline, width))
	y := sheetMargin + sheetTop
	for _, r := range s.Rows {
		d.row(r, y, width)
		y += r.tall()
	}
	if err := png.Encode(w, d.img); err != nil {
		return fmt.Errorf("report: sheet: %w", err)
	}
	return nil
}

func face(ttf []byte, size float64) (font.Face, error) {
	f, err := opentype.Parse(ttf)
	if err != nil {
		return nil, err
	}
	return opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
}

// size is that of the whole sheet. A narrow one still holds its title.
func (s *Sheet) size() image.Point {
	columns, shift, y := 4, 0, 2*sheetMargin+sheetTop
	for _, r := range s.Rows {
		columns = max(columns, min(sheetColumns, r.lead()+len(r.Cells)))
		shift = max(shift, r.lead()*askedGap)
		y += r.tall()
	}
	return image.Pt(2*sheetMargin+columns*(sheetSide+sheetGap)-sheetGap+shift, y)
}

// lead is the number of columns that the query takes.
func (r SheetRow) lead() int {
	if r.Query != nil {
		return 1
	}
	return 0
}

func (r SheetRow) tall() int {
	columns := sheetColumns - r.lead()
	lines := max(r.lead(), (len(r.Cells)+columns-1)/columns)
	return rowTop + lines*cellTall + rowBottom
}

func (d *drawing) row(r SheetRow, y, width int) {
	title := r.Title
	if r.More > 0 {
		title += fmt.Sprintf(" (%d more are not shown)", r.More)
	}
	d.text(d.heading, sheetInk, sheetMargin, y+14, fit(d.heading, title, width))
	y += rowTop
	x := sheetMargin
	if r.Query != nil {
		frame := image.Rect(x, y, x+sheetSide, y+sheetSide)
		d.fill(frame.Inset(-3), sheetAccent)
		d.fill(frame.Inset(-1), color.White)
		d.cell(*r.Query, x, y)
		x += sheetSide + sheetGap + askedGap
	}
	for line := range slices.Chunk(r.Cells, sheetColumns-r.lead()) {
		for i, c := range line {
			d.cell(c, x+i*(sheetSide+sheetGap), y)
		}
		y += cellTall
	}
}

// cell draws a picture in the middle of its square, with two lines below it.
func (d *drawing) cell(c SheetCell, x, y int) {
	d.fill(image.Rect(x, y, x+sheetSide, y+sheetSide), sheetPanel)
	if c.Shown() {
		left, top := x+(sheetSide-c.Image.W)/2, y+(sheetSide-c.Image.H)/2
		square := image.Rect(left, top, left+c.Image.W, top+c.Image.H)
		clip := square.Intersect(image.Rect(x, y, x+sheetSide, y+sheetSide))
		draw.Draw(d.img, clip, imagefile.RGBA(c.Image), clip.Min.Sub(square.Min), draw.Src)
	} else {
		const none = "cannot be shown"
		d.text(d.plain, sheetSoft, x+(sheetSide-font.MeasureString(d.plain, none).Ceil())/2, y+sheetSide/2+4, none)
	}
	base := y + sheetSide + 14
	if c.Caption != "" {
		d.text(d.bold, sheetInk, x, base, fit(d.bold, c.Caption, sheetSide))
		base += 15
	}
	d.text(d.plain, sheetSoft, x, base, fit(d.plain, c.Name, sheetSide))
}

func (d *drawing) fill(r image.Rectangle, c color.Color) {
	draw.Draw(d.img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// text draws with its base line at y.
func (d *drawing) text(f font.Face, c color.Color, x, y int, text string) {
	drawer := font.Drawer{Dst: d.img, Src: image.NewUniform(c), Face: f, Dot: fixed.P(x, y)}
	drawer.DrawString(text)
}

// fit cuts off the start of text that is too wide: the end of a path tells files apart.
func fit(f font.Face, text string, width int) string {
	if font.MeasureString(f, text).Ceil() <= width {
		return text
	}
	letters := []rune(text)
	low, high := 0, len(letters) // letters[high:] fits
	for low < high {
		middle := (low + high) / 2
		if font.MeasureString(f, "…"+string(letters[middle:])).Ceil() <= width {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return "…" + string(letters[high:])
}
