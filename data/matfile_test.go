package data

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"math"
	"testing"
	"unicode/utf16"
)

// matWriter writes what readMatStructs reads.
type matWriter struct {
	order  binary.AppendByteOrder
	packed bool
}

var littleMat = matWriter{binary.LittleEndian, true}

func (w matWriter) file(elements ...[]byte) []byte {
	b := append(bytes.Repeat([]byte{' '}, 116), make([]byte, 8)...)
	b = w.order.AppendUint16(b, 0x100)
	b = w.order.AppendUint16(b, 'M'<<8|'I')
	for _, e := range elements {
		if w.packed {
			var z bytes.Buffer
			d := zlib.NewWriter(&z)
			d.Write(e)
			d.Close()
			b = w.order.AppendUint32(b, matCompressed)
			b = append(w.order.AppendUint32(b, uint32(z.Len())), z.Bytes()...)
			continue
		}
		b = append(b, e...)
	}
	return b
}

// element has data of up to 4 bytes in its tag.
func (w matWriter) element(kind uint32, data []byte) []byte {
	n := uint32(len(data))
	if n > 0 && n <= 4 {
		return append(append(w.order.AppendUint32(nil, n<<16|kind), data...), make([]byte, 4-n)...)
	}
	b := w.order.AppendUint32(nil, kind)
	b = append(w.order.AppendUint32(b, n), data...)
	return append(b, make([]byte, -n&7)...)
}

func (w matWriter) array(class, count uint32, name string, values ...[]byte) []byte {
	return w.matrix(class, []uint32{count, 1}, name, values...)
}

func (w matWriter) matrix(class uint32, dim []uint32, name string, values ...[]byte) []byte {
	flags := w.order.AppendUint32(w.order.AppendUint32(nil, class), 0)
	var dims []byte
	for _, n := range dim {
		dims = w.order.AppendUint32(dims, n)
	}
	b := w.element(matUint32, flags)
	b = append(b, w.element(matInt32, dims)...)
	b = append(b, w.element(matInt8, []byte(name))...)
	return w.element(matMatrix, append(b, bytes.Join(values, nil)...))
}

func (w matWriter) number(kind uint32, data ...byte) []byte {
	return w.array(matFirstNumber, 1, "", w.element(kind, data))
}

func (w matWriter) double(x float64) []byte {
	return w.number(matDouble, w.order.AppendUint64(nil, math.Float64bits(x))...)
}

func (w matWriter) text(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = w.order.AppendUint16(b, u)
	}
	return w.array(matChar, uint32(len(b)/2), "", w.element(matUint16, b))
}

// structs writes fields in columns of 15 bytes.
func (w matWriter) structs(name string, fields []string, rows ...[][]byte) []byte {
	var names []byte
	for _, f := range fields {
		names = append(append(names, f...), make([]byte, 15-len(f))...)
	}
	values := [][]byte{w.element(matInt32, w.order.AppendUint32(nil, 15)), w.element(matInt8, names)}
	for _, row := range rows {
		values = append(values, row...)
	}
	return w.array(matStruct, uint32(len(rows)), name, values...)
}

func TestMatFileIsReadInEveryForm(t *testing.T) {
	for _, w := range []matWriter{
		littleMat, {binary.LittleEndian, false}, {binary.BigEndian, true}, {binary.BigEndian, false},
	} {
		rows, err := readMatStructs(w.file(
			w.array(matFirstNumber, 1, "before", w.element(matUint8, []byte{7})),
			w.structs("s", []string{"number", "other", "text"},
				[][]byte{w.double(-3), w.text("x"), w.text("größer, 猫")},
				[][]byte{w.number(matUint8, 200), w.array(1, 0, ""), w.text("ab")},
				[][]byte{w.number(matUint16, w.order.AppendUint16(nil, 1860)...), w.double(1),
					w.array(matChar, 2, "", w.element(matUTF8, []byte("cd")))},
				[][]byte{w.number(matInt32, w.order.AppendUint32(nil, 1<<30)...), w.double(1), w.text("")},
			)), "s", "text", "number")
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []struct {
			text   string
			number int
		}{{"größer, 猫", -3}, {"ab", 200}, {"cd", 1860}, {"", 1 << 30}} {
			text, err := rows[i][0].text()
			number, err2 := rows[i][1].integer()
			if text != want.text || number != want.number || err != nil || err2 != nil {
				t.Errorf("%v: row %d is %q %d, %v %v", w, i, text, number, err, err2)
			}
		}
	}
}

func TestMatFileErrors(t *testing.T) {
	w := littleMat
	good := w.file(w.structs("s", []string{"f"}, [][]byte{w.double(1)}))
	change := func(at int, to ...byte) []byte {
		b := bytes.Clone(good)
		copy(b[at:], to)
		return b
	}
	for _, c := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"empty", nil, "cut off or damaged"},
		{"web page", bytes.Repeat([]byte("<html>"), 50), "not a MATLAB file of level 5"},
		{"HDF5", change(124, 0, 2), "version 0x200, need 0x100"},
		{"no such array", w.file(w.double(1)), "no array s in it"},
		{"no structs", w.file(w.array(matFirstNumber, 1, "s")), "the array s is no struct array"},
		{"no such field", w.file(w.structs("s", []string{"g"}, [][]byte{w.double(1)})), "has no field f"},
		{"cut in a tag", good[:131], "cut off or damaged"},
		{"cut in the data", good[:len(good)-9], "cut off or damaged"},
		{"no deflate", change(136, 'x', 'x'), "zlib: invalid header"},
		{"flipped bit", change(len(good)-1, good[len(good)-1]^1), "zlib: invalid checksum"},
		{"few fields", w.file(w.array(matStruct, 1<<31, "s", w.element(matInt32, []byte{2, 0, 0, 0}),
			w.element(matInt8, []byte("f\x00")), w.double(1))), "cut off or damaged"},
		{"inflates for long", w.file(make([]byte, maxMat+1)), "inflates to more than 16 MiB"},
	} {
		_, err := readMatStructs(c.content, "s", "f")
		wantError(t, c.name, err, c.want)
	}
}

func FuzzMatFile(f *testing.F) {
	for _, w := range []matWriter{littleMat, {binary.BigEndian, false}} {
		f.Add(w.file(w.structs("synsets", []string{"ILSVRC2012_ID", "WNID"},
			[][]byte{w.double(1), w.text("n01440764")},
			[][]byte{w.number(matUint8, 2), w.text("n01443537")})))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		synsets, err := readSynsets(content)
		for id, wnid := range synsets {
			if err != nil || !wordNetID(wnid) {
				t.Errorf("%d: %q, %v", id, wnid, err)
			}
		}
	})
}
