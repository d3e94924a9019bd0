package embedding

import (
	"bytes"
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
	npyMagic  = "\x93NUMPY"
	npyAlign  = 64
	maxHeader = 1 << 16 // a header of two dimensions has about 120 bytes
)

// npyHeader is all that precedes the numbers of an array (rows, dim).
func npyHeader(rows, dim int) []byte {
	const start = len(npyMagic) + 4
	text := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", rows, dim)
	blanks := npyAlign - (start+len(text)+1)%npyAlign
	text += strings.Repeat(" ", blanks%npyAlign) + "\n"
	b := append([]byte(npyMagic), 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(text)))
	return append(b, text...)
}

// floatChunk is how many numbers are converted at a time.
const floatChunk = 1 << 14

// writeNPY writes x as an array (len(x)/dim, dim).
func writeNPY(w io.Writer, x []float32, dim int) error {
	if _, err := w.Write(npyHeader(len(x)/dim, dim)); err != nil {
		return err
	}
	buf := make([]byte, 0, 4*floatChunk)
	for len(x) > 0 {
		n := min(floatChunk, len(x))
		buf = buf[:0]
		for _, v := range x[:n] {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
		x = x[n:]
	}
	return nil
}

// readNPY reads an array (n, dim) from a file of the given size. It allocates no
// more than the file has.
func readNPY(r io.Reader, size int64) (x []float32, dim int, err error) {
	text, start, err := readNPYHeader(r)
	if err != nil {
		return nil, 0, err
	}
	rows, dim, err := parseNPYHeader(text)
	if err != nil {
		return nil, 0, fmt.Errorf("header: %w", err)
	}
	room := (size - start) / 4
	if int64(rows) > room/int64(dim) || int64(rows)*int64(dim)*4 != size-start {
		return nil, 0, fmt.Errorf("%d rows of %d numbers and its %d bytes differ: "+
			"the file is cut off or has a tail", rows, dim, size)
	}
	x = make([]float32, rows*dim)
	buf := make([]byte, 4*floatChunk)
	for at := 0; at < len(x); {
		n := min(floatChunk, len(x)-at)
		if _, err := io.ReadFull(r, buf[:4*n]); err != nil {
			return nil, 0, err
		}
		for i := range n {
			x[at+i] = math.Float32frombits(binary.LittleEndian.Uint32(buf[4*i:]))
		}
		at += n
	}
	return x, dim, nil
}

var errNotNPY = errors.New("not an NPY file")

// readNPYHeader returns the literal and where the numbers start.
func readNPYHeader(r io.Reader) (text []byte, start int64, err error) {
	var head [len(npyMagic) + 2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil || string(head[:len(npyMagic)]) != npyMagic {
		return nil, 0, errNotNPY
	}
	bytesOfLength := 2
	switch major, minor := head[len(npyMagic)], head[len(npyMagic)+1]; {
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

// parseNPYHeader reads the literal of a dictionary with the three known keys, in
// any order, and returns the shape of an array that this package can hold.
func parseNPYHeader(text []byte) (rows, dim int, err error) {
	p := literal{rest: bytes.TrimRight(text, " \n")}
	seen := map[string]bool{}
	p.take("{")
	for p.err == nil && !p.has("}") {
		key := p.quoted()
		p.take(":")
		if seen[key] {
			return 0, 0, fmt.Errorf("%q twice", key)
		}
		seen[key] = true
		switch key {
		case "descr":
			if v := p.quoted(); p.err == nil && v != "<f4" {
				return 0, 0, fmt.Errorf("numbers are %q: need '<f4' (numpy.float32)", v)
			}
		case "fortran_order":
			if p.err == nil && p.has("True") {
				return 0, 0, errors.New("the array is in Fortran order: save numpy.ascontiguousarray(x)")
			}
			p.take("False")
		case "shape":
			rows, dim = p.shape()
		default:
			p.fail("a key descr, fortran_order or shape")
		}
		if !p.has(",") && !bytes.HasPrefix(p.rest, []byte("}")) {
			p.fail("a comma")
		}
	}
	switch {
	case p.err == nil && len(p.rest) > 0:
		p.fail("its end")
	case p.err == nil && len(seen) < 3:
		return 0, 0, errors.New("descr, fortran_order or shape is missing")
	}
	return rows, dim, p.err
}

// literal is what is left of a literal of Python. After an error it yields
// nothing.
type literal struct {
	rest []byte
	err  error
}

func (p *literal) fail(want string) {
	if p.err == nil {
		p.err = fmt.Errorf("found %q, expected %s", p.rest[:min(16, len(p.rest))], want)
	}
}

// has removes the token and the blanks behind it, if it comes next.
func (p *literal) has(token string) bool {
	if p.err != nil || !bytes.HasPrefix(p.rest, []byte(token)) {
		return false
	}
	p.rest = bytes.TrimLeft(p.rest[len(token):], " ")
	return true
}

func (p *literal) take(token string) {
	if !p.has(token) {
		p.fail(token)
	}
}

// quoted removes a text in either kind of quotes. None that is known has an escape.
func (p *literal) quoted() string {
	for _, quote := range []string{"'", `"`} {
		if p.has(quote) {
			text, rest, ok := bytes.Cut(p.rest, []byte(quote))
			if !ok {
				p.fail("a closing quote")
			}
			p.rest = bytes.TrimLeft(rest, " ")
			return string(text)
		}
	}
	p.fail("a quote")
	return ""
}

// shape removes a tuple of two sizes.
func (p *literal) shape() (rows, dim int) {
	at := *p
	p.take("(")
	rows = p.number()
	p.take(",")
	dim = p.number()
	p.has(",")
	p.take(")")
	if p.err != nil || rows < 1 || dim < 1 {
		*p = at
		p.fail("a shape (n, dim) of two sizes above 0")
	}
	return rows, dim
}

// number removes a size below 2³¹: more rows or numbers in a row are no images.
func (p *literal) number() int {
	end := 0
	for end < len(p.rest) && '0' <= p.rest[end] && p.rest[end] <= '9' {
		end++
	}
	n, err := strconv.ParseInt(string(p.rest[:end]), 10, 32)
	if err != nil {
		p.fail("a size")
	}
	p.rest = bytes.TrimLeft(p.rest[end:], " ")
	return int(n)
}
