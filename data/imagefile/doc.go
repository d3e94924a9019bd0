// Package imagefile decodes a photograph, in any of the common formats, into an
// 8-bit RGB [tensor.Image].
//
// The one idea is that a file is not trusted: its header is checked against
// [Limits] before a pixel is decoded, and whatever a decoder does, a panic
// included, comes back as an error about that file.
//
//	img, err := imagefile.Read("photo.jpg", imagefile.Limits{})
//	img = imagefile.Reduce(img, 128)
//
// The formats are JPEG, PNG, GIF (first frame, on its logical screen), BMP, TIFF
// and WebP (no animation), recognised by their content. Grey, 16-bit, palette and
// CMYK images become RGB, transparent ones are laid on white, and the orientation
// that a camera recorded in EXIF is applied. Colour profiles are not: pixels are
// taken as sRGB. Where a PNG holds labels instead of colours, [Labels] reads them.
package imagefile
