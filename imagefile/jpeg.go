package imagefile

import "bytes"

// Markers of a JPEG file. ITU-T T.81, table B.1.
const (
	startOfScan = 0xda
	endOfImage  = 0xd9
)

// jpegEnds reports whether a JPEG file holds its end: the end-of-image marker
// behind the beginning of the first scan. The one of a thumbnail, which lies in a
// segment before that, does not count. T.81, annex B.1.
func jpegEnds(b []byte) bool {
	const soi = 2 // start of image: a marker without a length
	for i := soi; i+4 <= len(b); {
		if b[i] != 0xff {
			return true // damaged, not cut
		}
		if b[i+1] == 0xff { // fill
			i++
			continue
		}
		if b[i+1] == startOfScan {
			return bytes.Contains(b[i:], []byte{0xff, endOfImage})
		}
		i += 2 + int(b[i+2])<<8 + int(b[i+3])
	}
	return false
}
