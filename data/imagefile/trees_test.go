package imagefile

import (
	"encoding/binary"
	"slices"
	"testing"
)

// bitStream is a stream of bits, the lowest of each byte first.
type bitStream struct {
	bytes []byte
	last  int // bits in the last byte; 0: it is full
}

func (s *bitStream) put(v, n int) {
	for i := range n {
		if s.last == 0 {
			s.bytes = append(s.bytes, 0)
		}
		s.bytes[len(s.bytes)-1] |= byte(v>>i&1) << s.last
		s.last = (s.last + 1) % 8
	}
}

// code puts a code of n bits, the highest first.
func (s *bitStream) code(v, n int) {
	for i := n - 1; i >= 0; i-- {
		s.put(v>>i, 1)
	}
}

// tree puts the lengths of the codes of a tree as runs of equal ones. RFC 9649, section 3.7.2.1.2.
func (s *bitStream) tree(runs ...struct{ length, count int }) {
	lengths := []int{0, 4, 8, 11, 12, 16, 17, 18} // each has 3 bits; 16 repeats the last 3 to 6 times
	s.put(0, 1)
	s.put(15, 4) // all 19 lengths follow, in this order
	for _, l := range []int{17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} {
		if slices.Contains(lengths, l) {
			s.put(3, 3)
		} else {
			s.put(0, 3)
		}
	}
	s.put(0, 1)
	for _, r := range runs {
		s.code(slices.Index(lengths, r.length), 3)
		for left := r.count - 1; left > 0; {
			if n := min(left, 6); n >= 3 && r.length > 0 { // 16 repeats no zeros
				s.code(slices.Index(lengths, 16), 3)
				s.put(n-3, 2)
				left -= n
			} else {
				s.code(slices.Index(lengths, r.length), 3)
				left--
			}
		}
	}
}

// leaf puts a tree of the symbol 0 alone.
func (s *bitStream) leaf() { s.put(1, 4) }

type run = struct{ length, count int }

// trees is a lossless WebP of 4×4 pixels for each of so many groups of trees, a multiple of 16, of as many
// codes as they may have.
func trees(groups int) []byte {
	var s bitStream
	s.put(0x2f, 8)
	s.put(16*4-1, 14)
	s.put(groups/16*4-1, 14)
	s.put(0, 4+1) // no transforms
	s.put(1, 1)
	s.put(11, 4) // bits of the colour cache
	s.put(1, 1)  // groups follow:
	s.put(0, 3)  // a group for each tile of 4×4, as an image of red·256 + green
	s.put(0, 1)  // of no colour cache
	s.tree(run{8, 256}, run{0, 24})
	s.tree(run{4, 16}, run{0, 240})
	s.leaf()
	s.leaf()
	s.leaf()
	for i := range groups {
		s.code(i&255, 8)
		s.code(i>>8, 4)
	}
	for range groups {
		s.tree(run{11, 1768}, run{12, 560})
		for range 3 {
			s.tree(run{8, 256})
		}
		s.leaf()
	}
	s.put(0, 40*16*groups) // black pixels
	s.bytes = append(s.bytes, make([]byte, len(s.bytes)%2)...)
	file := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(12+len(s.bytes)))
	file = binary.LittleEndian.AppendUint32(append(file, "WEBPVP8L"...), uint32(len(s.bytes)))
	return append(file, s.bytes...)
}

// A tenth of the groups that a WebP may have: what they take is in use until all pixels are there. The
// decoder allocates half as much again for a moment.
func TestTreesOfAWebPTakeWhatFixedSays(t *testing.T) {
	img, cost, err := Measure(trees(256), Limits{})
	if err != nil || img.W != 64 || img.H != 64 {
		t.Fatalf("%d×%d, %v", img.W, img.H, err)
	}
	all := Fixed("webp") * 256 / 2600
	if pixels := int64(64 * 64 * 32); !(all <= cost.Peak && cost.Peak <= all*8/5+pixels) {
		t.Errorf("%d bytes, want %d to %d", cost.Peak, all, all*8/5+pixels)
	}
}
