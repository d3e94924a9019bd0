package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// An NPY file is a magic text, a version, the length of a header, the header, a
// literal of Python, and the numbers. NEP 1 of NumPy,
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html:
//
//	\x93NUMPY 1 0 length(2 bytes) {'descr': '<f4', 'fortran_order': False, 'shape': (n, dim), } …\n
//
// Version 2 has a length of 4 bytes. The header is padded with blanks so that
// the numbers start at a multiple of 64.
const (
	magic     = "\x93NUMPY"
	align     = 64
	maxHeader = 1 << 16 // a header of two dimensions has about 120 bytes
)

// Types of numbers, as the header spells them.
const (
	Float32 = "<f4"
	Int64   = "<i8"
	Uint8   = "|u1"
)

// Text is the type of byte strings of up to n bytes, filled up with zeros.
func Text(n int) string { return "|S" + strconv.Itoa(n) }

// Header says what an array holds: in C order, as all that is read and written.
type Header struct {
	Type  string
	Shape []int
}

// Bytes is all that precedes the numbers.
func (h Header) Bytes() []byte {
	const start = len(magic) + 4
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }", h.Type, tuple(h.Shape))
	blanks := align - (start+len(text)+1)%align
	text += strings.Repeat(" ", blanks%align) + "\n"
	b := append([]byte(magic), 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(text)))
	return append(b, text...)
}

// tuple is a shape as Python writes it.
func tuple(shape []int) string {
	words := make([]string, len(shape))
	for i, n := range shape {
		words[i] = strconv.Itoa(n)
	}
	if len(words) == 1 {
		return "(" + words[0] + ",)"
	}
	return "(" + strings.Join(words, ", ") + ")"
}

// Item is the length of one number, or text, in bytes.
func (h Header) Item() int {
	n, _ := itemSize(h.Type)
	return n
}

// Check returns an error when so many bytes are not the numbers of the array.
func (h Header) Check(bytes int64) error {
	want, fits := int64(h.Item()), true
	for _, n := range h.Shape {
		fits = fits && (n == 0 || want <= math.MaxInt64/int64(n))
		want *= int64(n)
	}
	if !fits || want != bytes {
		return fmt.Errorf("an array %s of %q and its %d bytes differ: the file is cut off or has a tail",
			tuple(h.Shape), h.Type, bytes)
	}
	return nil
}

var errNotNPY = errors.New("not an NPY file")

// Read reads a header and returns where the numbers start.
func Read(r io.Reader) (h Header, start int64, err error) {
	text, start, err := readText(r)
	if err != nil {
		return Header{}, 0, err
	}
	h, err = parse(text)
	if err != nil {
		return Header{}, 0, fmt.Errorf("header: %w", err)
	}
	return h, start, nil
}

// readText returns the literal and where the numbers start.
func readText(r io.Reader) (text []byte, start int64, err error) {
	var head [len(magic) + 2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil || string(head[:len(magic)]) != magic {
		return nil, 0, errNotNPY
	}
	bytesOfLength := 2
	switch major, minor := head[len(magic)], head[len(magic)+1]; {
	case minor == 0 && major == 1:
	case minor == 0 && major == 2:
		bytesOfLength = 4
	default:
		return nil, 0, fmt.Errorf("NPY format %d.%d: 1.0 and 2.0 are read", major, minor)
	}
	var length [4]byte
	if _, err := io.ReadFull(r, length[:bytesOfLength]); err != nil {
		return nil, 0, errNotNPY
	}
	n := binary.LittleEndian.Uint32(length[:])
	if n > maxHeader {
		return nil, 0, fmt.Errorf("header of %d bytes, at most %d", n, maxHeader)
	}
	text = make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, 0, fmt.Errorf("header of %d bytes: the file is cut off", n)
	}
	return text, int64(len(head) + bytesOfLength + int(n)), nil
}
