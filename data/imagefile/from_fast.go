package imagefile

import (
	"image"
	"image/color"

	"github.com/amdim/amdim/tensor"
)

// The conversions here equal fromAny for the types that decoders return, without
// a color.Color for each pixel.

// fromYCbCr is the conversion of JFIF 1.02, page 3, in 16-bit fixed point as
// [color.YCbCrToRGB] rounds it.
func fromYCbCr(img tensor.Image, m *image.YCbCr) {
	at := m.Rect.Min
	if at.X < 0 { // there chroma is shared by division, which rounds towards 0, not by shifts
		fromAny(img, m, at)
		return
	}
	shift := chromaShift(m.SubsampleRatio)
	for y := range img.H {
		row := img.Pix[y*img.W*3:][:img.W*3]
		luma := m.Y[m.YOffset(at.X, at.Y+y):][:img.W]
		line := m.COffset(at.X, at.Y+y)
		cbs, crs := m.Cb[line:], m.Cr[line:]
		first, done := at.X>>shift, 0
		if first<<shift == at.X {
			done = ycbcrVector(row, luma, cbs, crs, shift)
		}
		for x := done; x < img.W; x++ {
			l, c := luma[x], (at.X+x)>>shift-first
			grey := int32(l) * 0x10101
			cb, cr := int32(cbs[c])-128, int32(crs[c])-128
			out := row[3*x : 3*x+3 : 3*x+3]
			out[0] = clamp(grey + 91881*cr)
			out[1] = clamp(grey - 22554*cb - 46802*cr)
			out[2] = clamp(grey + 116130*cb)
		}
	}
}

// chromaShift is log₂ of how many columns share their chroma.
func chromaShift(r image.YCbCrSubsampleRatio) int {
	switch r {
	case image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420:
		return 1
	case image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410:
		return 2
	}
	return 0
}

// clamp is the whole part of v of 2¹⁶, from 0 to 255.
func clamp(v int32) uint8 { return uint8(max(0, min(v>>16, 255))) }

func fromGray(img tensor.Image, m *image.Gray) {
	for y := range img.H {
		row := img.Pix[y*img.W*3:][:img.W*3]
		for x, v := range m.Pix[y*m.Stride:][:img.W] {
			out := row[3*x:][:3]
			out[0], out[1], out[2] = v, v, v
		}
	}
}

func fromRGBA(img tensor.Image, m *image.RGBA) {
	for y := range img.H {
		row, in := img.Pix[y*img.W*3:][:img.W*3], m.Pix[y*m.Stride:][:img.W*4]
		for len(in) >= 4 && len(row) >= 3 {
			ground := 255 - uint32(in[3])
			row[0] = uint8(min(uint32(in[0])+ground, 255))
			row[1] = uint8(min(uint32(in[1])+ground, 255))
			row[2] = uint8(min(uint32(in[2])+ground, 255))
			row, in = row[3:], in[4:]
		}
	}
}

func fromNRGBA(img tensor.Image, m *image.NRGBA) {
	for y := range img.H {
		row, in := img.Pix[y*img.W*3:][:img.W*3], m.Pix[y*m.Stride:][:img.W*4]
		for len(in) >= 4 && len(row) >= 3 {
			if a := uint32(in[3]); a == 255 {
				row[0], row[1], row[2] = in[0], in[1], in[2]
			} else {
				for c := range 3 {
					row[c] = overWhite(uint32(in[c])*0x101*a/255, a*0x101)
				}
			}
			row, in = row[3:], in[4:]
		}
	}
}

// fromPaletted takes an index beyond the palette for black, as nothing says what
// it should be.
func fromPaletted(img tensor.Image, m *image.Paletted) {
	var palette [256][3]uint8
	for i, c := range m.Palette[:min(len(m.Palette), 256)] {
		r, g, b, a := c.RGBA()
		palette[i] = [3]uint8{overWhite(r, a), overWhite(g, a), overWhite(b, a)}
	}
	for y := range img.H {
		row := img.Pix[y*img.W*3:][:img.W*3]
		for x, v := range m.Pix[y*m.Stride:][:img.W] {
			copy(row[3*x:], palette[v][:])
		}
	}
}

func fromCMYK(img tensor.Image, m *image.CMYK) {
	for y := range img.H {
		row, in := img.Pix[y*img.W*3:][:img.W*3], m.Pix[y*m.Stride:][:img.W*4]
		for len(in) >= 4 && len(row) >= 3 {
			row[0], row[1], row[2] = color.CMYKToRGB(in[0], in[1], in[2], in[3])
			row, in = row[3:], in[4:]
		}
	}
}
