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

// mostScans of a JPEG file: progressive encoders write some ten. A scan of 33 bytes can
// make a decoder visit every block of an image.
const mostScans = 100

// checkScans returns an error for a JPEG file of more scans than mostScans.
func checkScans(b []byte) error {
	if n := jpegScans(b); n > mostScans {
		return tooLarge("imagefile: jpeg of %d scans, more than the limit of %d", n, mostScans)
	}
	return nil
}

// jpegScans counts the scans of a JPEG file up to its end, the way a decoder meets them:
// what lies in other segments, such as thumbnails, or behind the end does not count.
func jpegScans(b []byte) int {
	const restart, restarts = 0xd0, 8 // markers within a scan
	n := 0
	for i := 2; i+4 <= len(b); {
		next := bytes.IndexByte(b[i:len(b)-3], 0xff) // past data of a scan
		if next < 0 {
			break
		}
		i += next
		switch m := b[i+1]; {
		case m == 0xff: // fill
			i++
		case m == 0, restart <= m && m < restart+restarts:
			i += 2
		case m == endOfImage:
			return n
		default:
			if m == startOfScan {
				n++
			}
			i += 2 + int(b[i+2])<<8 + int(b[i+3])
		}
	}
	return n
}
