package imagefile

import (
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bep/imagemeta"
	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// format is one kind of image file.
type format struct {
	name       string
	extensions []string
	magic      []string // how its files begin; ? stands for any byte
	config     func(io.Reader) (image.Config, error)
	decode     func(io.Reader) (image.Image, error)
	meta       imagemeta.ImageFormat
	exif       string // bytes without which a file has no EXIF; empty: it has none

	check func(b []byte) error // whether a file costs more than its header tells; nil: no

	ends func(b []byte) bool // whether a file's end is there; nil: its decoder says when it is not
}

var formats = []format{
	{"jpeg", []string{".jpg", ".jpeg", ".jpe", ".jfif"}, []string{"\xff\xd8\xff"},
		jpeg.DecodeConfig, jpeg.Decode, imagemeta.JPEG, "Exif\x00\x00", checkScans, jpegEnds},
	{"png", []string{".png"}, []string{"\x89PNG\r\n\x1a\n"},
		png.DecodeConfig, png.Decode, imagemeta.PNG, "eXIf", nil, nil},
	{"gif", []string{".gif"}, []string{"GIF87a", "GIF89a"},
		gif.DecodeConfig, decodeGIF, 0, "", nil, nil},
	{"bmp", []string{".bmp", ".dib"}, []string{"BM"},
		bmp.DecodeConfig, bmp.Decode, 0, "", nil, nil},
	{"tiff", []string{".tif", ".tiff"}, []string{"II*\x00", "MM\x00*"},
		tiff.DecodeConfig, tiff.Decode, imagemeta.TIFF, "*", nil, nil},
	{"webp", []string{".webp"}, []string{"RIFF????WEBP"},
		webp.DecodeConfig, decodeWebP, imagemeta.WebP, "EXIF", nil, nil},
}

// Known reports whether the name of a file ends as those of a known format do.
func Known(name string) bool {
	extension := strings.ToLower(filepath.Ext(name))
	return slices.ContainsFunc(formats, func(f format) bool {
		return slices.Contains(f.extensions, extension)
	})
}

// formatOf is the format that b begins as, nil when it is none of ours.
func formatOf(b []byte) *format {
	for i, f := range formats {
		if slices.ContainsFunc(f.magic, func(m string) bool { return begins(b, m) }) {
			return &formats[i]
		}
	}
	return nil
}

func begins(b []byte, magic string) bool {
	if len(b) < len(magic) {
		return false
	}
	for i := range magic {
		if magic[i] != '?' && magic[i] != b[i] {
			return false
		}
	}
	return true
}

// mayHoldEXIF reports whether it is worth looking for.
func (f *format) mayHoldEXIF(b []byte) bool {
	return f.exif != "" && bytes.Contains(b, []byte(f.exif))
}
