package npy

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxDims bounds the sizes of a shape, as NumPy does.
const maxDims = 32

// parse reads the literal of a dictionary with the three known keys, in any order.
func parse(text []byte) (h Header, err error) {
	p := literal{rest: bytes.TrimRight(text, " \n")}
	seen := map[string]bool{}
	p.take("{")
	for p.err == nil && !p.has("}") {
		key := p.quoted()
		p.take(":")
		if seen[key] {
			return Header{}, fmt.Errorf("%q twice", key)
		}
		seen[key] = true
		switch key {
		case "descr":
			if h.Type = p.quoted(); p.err == nil {
				_, p.err = itemSize(h.Type)
			}
		case "fortran_order":
			if p.err == nil && p.has("True") {
				return Header{}, errors.New("the array is in Fortran order: save numpy.ascontiguousarray(x)")
			}
			p.take("False")
		case "shape":
			h.Shape = p.shape()
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
		return Header{}, errors.New("descr, fortran_order or shape is missing")
	}
	return h, p.err
}

// itemSize is the length of a number of a type such as "<f4", or of a text such
// as "|S12", in bytes.
func itemSize(kind string) (int, error) {
	unknown := fmt.Errorf("numbers are %q: plain little-endian numbers and byte strings are read", kind)
	if len(kind) < 3 || !strings.Contains("<|", kind[:1]) || !strings.Contains("biufcSU", kind[1:2]) {
		return 0, unknown
	}
	n, err := strconv.ParseUint(kind[2:], 10, 24)
	if err != nil || kind[2] == '0' {
		return 0, unknown
	}
	if kind[1] == 'U' {
		n *= 4
	}
	return int(n), nil
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

// shape removes a tuple of sizes.
func (p *literal) shape() []int {
	var shape []int
	p.take("(")
	for p.err == nil && !p.has(")") {
		shape = append(shape, p.number())
		if last := bytes.HasPrefix(p.rest, []byte(")")); !last || len(shape) == 1 {
			p.take(",")
		}
		if len(shape) > maxDims {
			p.fail("a shape of at most 32 sizes")
		}
	}
	return shape
}

// number removes a size.
func (p *literal) number() int {
	end := 0
	for end < len(p.rest) && '0' <= p.rest[end] && p.rest[end] <= '9' {
		end++
	}
	n, err := strconv.ParseUint(string(p.rest[:end]), 10, strconv.IntSize-1)
	if err != nil {
		p.fail("a size")
	}
	p.rest = bytes.TrimLeft(p.rest[end:], " ")
	return int(n)
}
