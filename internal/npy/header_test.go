package npy

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func file(version byte, header string) string {
	length := string([]byte{byte(len(header)), 0})
	if version == 2 {
		length += "\x00\x00"
	}
	return magic + string([]byte{version, 0}) + length + header
}

// headers are texts and what is wrong with them; empty: nothing.
var headers = []struct{ file, want string }{
	{file(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, 4, 3), }  \n"), ""},
	{file(2, `{"shape":(3,),"fortran_order":False,"descr":"|S12"}`), ""},
	{file(1, "{'descr': '<U7', 'fortran_order': False, 'shape': (), }"), ""},
	{file(1, "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }"), "Fortran order"},
	{file(1, "{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3), }"), `">f4": plain`},
	{file(1, "{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }"), `"|O": plain`},
	{file(1, "{'descr': '|S0', 'fortran_order': False, 'shape': (2, 3), }"), `"|S0": plain`},
	{file(1, "{'descr': '|S99999999', 'fortran_order': False, 'shape': (2, 3), }"), "plain"},
	{file(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 3), }"), "expected a quote"},
	{file(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2), }"), "expected ,"},
	{file(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3), }"), "expected ,"},
	{file(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 3), }"), "expected a size"},
	{file(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775808, 3), }"), "a size"},
	{file(1, "{'descr': '<f4', 'fortran_order': False, }"), "missing"},
	{file(1, "{'descr': '<f4', 'descr': '<f4', 'shape': (2, 3)}"), `"descr" twice`},
	{file(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'x': 1}"), "a key descr"},
	{file(1, "{'descr': '<f4' 'fortran_order': False}"), "a comma"},
	{file(1, "{'descr': '<f4"), "closing quote"},
	{file(1, "{'shape': ("+strings.Repeat("1, ", 33)+"), }"), "at most 32 sizes"},
	{file(1, ""), "expected {"},
	{file(3, "{}"), "NPY format 3.0"},
	{magic + "\x02\x00\xff\xff\xff\xff", "header of 4294967295 bytes"},
	{magic + "\x01\x00\x40\x00{", "cut off"},
	{"\x89PNG", "not an NPY file"},
	{"", "not an NPY file"},
}

func TestReadSaysWhatIsWrongWithAHeader(t *testing.T) {
	for _, c := range headers {
		_, _, err := Read(strings.NewReader(c.file))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%q: error %v, want %q", c.file, err, c.want)
		}
	}
}

// The texts are what NumPy 1.24.2 saved of such arrays, from byte 10 on.
func TestHeadersAreThoseOfNumPy(t *testing.T) {
	for _, c := range []struct {
		h    Header
		want string
	}{
		{Header{Int64, []int{3}}, "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }"},
		{Header{Uint8, []int{2, 4, 5, 3}}, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 4, 5, 3), }"},
		{Header{Text(7), []int{2}}, "{'descr': '|S7', 'fortran_order': False, 'shape': (2,), }"},
	} {
		b := c.h.Bytes()
		if got := strings.TrimRight(string(b[10:]), " \n"); got != c.want || len(b) != 128 || b[127] != '\n' {
			t.Errorf("%+v: %q in %d bytes, want %q", c.h, got, len(b), c.want)
		}
		h, start, err := Read(bytes.NewReader(b))
		if err != nil || start != 128 || !reflect.DeepEqual(h, c.h) {
			t.Errorf("%+v came back as %+v, %d, %v", c.h, h, start, err)
		}
	}
}

func TestCheckComparesTheSizeOfTheFile(t *testing.T) {
	for _, c := range []struct {
		h     Header
		bytes int64
		good  bool
	}{
		{Header{Int64, []int{3, 2}}, 48, true},
		{Header{Int64, []int{3, 2}}, 47, false},
		{Header{Int64, []int{3, 2}}, 49, false},
		{Header{Text(5), []int{3}}, 15, true},
		{Header{"<U5", []int{3}}, 60, true},
		{Header{Uint8, []int{0, 3}}, 0, true},
		{Header{Float32, []int{math.MaxInt, 4}}, -16, false},
		{Header{Float32, []int{1 << 62, 1 << 62}}, 0, false},
	} {
		if err := c.h.Check(c.bytes); (err == nil) != c.good {
			t.Errorf("%+v of %d bytes: %v", c.h, c.bytes, err)
		}
	}
}

// What is read comes out of its own writer and reader again.
func FuzzRead(f *testing.F) {
	for _, c := range headers {
		f.Add([]byte(c.file))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		h, start, err := Read(bytes.NewReader(file))
		if err != nil {
			return
		}
		if start > int64(len(file)) || h.Item() < 1 {
			t.Fatalf("%+v, the numbers start at %d of %d", h, start, len(file))
		}
		again, _, err := Read(bytes.NewReader(h.Bytes()))
		if err != nil || h.Type != again.Type || !slices.Equal(h.Shape, again.Shape) {
			t.Fatalf("%+v, then %+v, %v", h, again, err)
		}
	})
}
