package data

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"os"
	"slices"
	"testing"

	"github.com/amdim/amdim/segment"
)

const (
	matClassUint8  = 9
	matClassUint16 = 11
	matLogical     = 0x200
)

// regions is a map of w×h of n regions from 1, which depends on turn.
func regions(w, h, n, turn int) segment.Map {
	m := segment.NewMap(h, w)
	for i := range m.Label {
		m.Label[i] = int32(1 + (i%w+2*(i/w)+turn)*n/(w+2*h+turn)%n)
	}
	return m
}

// truth is a struct as in BSDS500's files, whose labels are stored as kind.
func (w matWriter) truth(m segment.Map, kind uint32) []byte {
	var labels, edges []byte
	for x := range m.W {
		for y := range m.H {
			switch l := m.At(y, x); kind {
			case matUint8:
				labels = append(labels, byte(l))
			case matUint16:
				labels = w.order.AppendUint16(labels, uint16(l))
			}
			edges = append(edges, 0)
		}
	}
	dims := []uint32{uint32(m.H), uint32(m.W)}
	return w.structs("", []string{"Segmentation", "Boundaries"}, [][]byte{
		w.matrix(matClassUint16, dims, "", w.element(kind, labels)),
		w.matrix(matClassUint8|matLogical, dims, "", w.element(matUint8, edges)),
	})
}

// truths is a file like those of BSDS500. MATLAB stores numbers in the fewest bytes
// that hold them, SciPy in those of their class.
func (w matWriter) truths(maps ...segment.Map) []byte {
	var cells [][]byte
	for i, m := range maps {
		cells = append(cells, w.truth(m, []uint32{matUint8, matUint16}[i%2]))
	}
	return w.file(w.matrix(matCell, []uint32{1, uint32(len(cells))}, "groundTruth", cells...))
}

func TestMatTruthsAreReadInEveryForm(t *testing.T) {
	want := []segment.Map{regions(7, 5, 3, 0), regions(7, 5, 9, 1), regions(7, 5, 1, 0)}
	for _, w := range []matWriter{
		littleMat, {binary.LittleEndian, false}, {binary.BigEndian, true}, {binary.BigEndian, false},
	} {
		got, err := readMatTruths(w.truths(want...), 7, 5)
		if err != nil || !slices.EqualFunc(got, want, sameMap) {
			t.Errorf("%v: %v, want %v, %v", w, got, want, err)
		}
	}
}

func sameMap(a, b segment.Map) bool {
	return a.W == b.W && a.H == b.H && slices.Equal(a.Label, b.Label)
}

func TestTruthsOfAFileThatSciPyWrote(t *testing.T) {
	b, err := os.ReadFile("testdata/bsds500.mat")
	if err != nil {
		t.Fatal(err)
	}
	got, err := readMatTruths(b, 3, 2)
	want := []segment.Map{
		{W: 3, H: 2, Label: []int32{1, 1, 2, 1, 3, 3}},
		{W: 3, H: 2, Label: []int32{1, 300, 300, 1, 1, 300}},
	}
	if err != nil || !slices.EqualFunc(got, want, sameMap) {
		t.Errorf("%v, want %v, %v", got, want, err)
	}
}

func TestMatTruthErrors(t *testing.T) {
	w := littleMat
	good := regions(7, 5, 3, 0)
	cells := func(cells ...[]byte) []byte {
		return w.file(w.array(matCell, uint32(len(cells)), "groundTruth", cells...))
	}
	labels := func(dims []uint32, kind uint32, data ...byte) []byte {
		return cells(w.structs("", []string{"Segmentation"},
			[][]byte{w.matrix(matClassUint16, dims, "", w.element(kind, data))}))
	}
	for _, c := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"empty", nil, "cut off or damaged"},
		{"another file", metaMat("n01440764"), "no array groundTruth in it"},
		{"no cells", w.file(w.double(1), w.array(matFirstNumber, 1, "groundTruth")),
			"groundTruth is no cell array"},
		{"none", cells(), "the array groundTruth is empty"},
		{"number in a cell", cells(w.double(1)), "groundTruth{1} is no struct array"},
		{"other struct", cells(w.truth(good, matUint8), w.structs("", []string{"x"}, [][]byte{w.double(1)})),
			"the array groundTruth{2} has no field Segmentation"},
		{"no struct", cells(w.structs("", []string{"Segmentation"})), "groundTruth{1} has 0 structs, need one"},
		{"turned", w.truths(good, regions(5, 7, 3, 0)), "groundTruth{2}: 5×7 pixels for an image of 7×5"},
		{"three dimensions", labels([]uint32{5, 7, 1}, matUint8, make([]byte, 35)...), "3 dimensions, need 2"},
		{"fewer labels", labels([]uint32{5, 7}, matUint8, make([]byte, 34)...), "cut off or damaged"},
		{"negative", labels([]uint32{5, 7}, matInt8, append(make([]byte, 34), 255)...),
			"label -1 at column 6 of row 4"},
		{"text", cells(w.structs("", []string{"Segmentation"}, [][]byte{w.matrix(matChar, []uint32{5, 7}, "",
			w.element(matUint8, make([]byte, 35)))})), "need whole numbers"},
		{"fewer cells", w.file(w.array(matCell, 1<<31, "groundTruth", w.truth(good, matUint8))),
			"cut off or damaged"},
		{"cut", bytes.TrimSuffix(w.truths(good), []byte{0})[:200], "cut off or damaged"},
	} {
		_, err := readMatTruths(c.content, 7, 5)
		wantError(t, c.name, err, c.want)
	}
}

func FuzzMatTruths(f *testing.F) {
	for _, w := range []matWriter{littleMat, {binary.BigEndian, false}} {
		f.Add(w.truths(regions(7, 5, 3, 0), regions(7, 5, 9, 1)))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		maps, err := readMatTruths(content, 7, 5)
		if err == nil && len(maps) == 0 {
			t.Error("no map and no error")
		}
		checkMaps(t, maps, 7, 5)
	})
}

func FuzzPNGTruth(f *testing.F) {
	f.Add(pngTruth(f, regions(7, 5, 3, 0)))
	f.Add(encode(f, "x.png", photograph(0, 5, 7)))
	f.Fuzz(func(t *testing.T, content []byte) {
		maps, err := readPNGTruth(content, 7, 5)
		if err == nil && len(maps) != 1 {
			t.Errorf("%d maps", len(maps))
		}
		checkMaps(t, maps, 7, 5)
	})
}

func pngTruth(t testing.TB, m segment.Map) []byte {
	grey := image.NewGray(image.Rect(0, 0, m.W, m.H))
	for i, l := range m.Label {
		grey.SetGray(i%m.W, i/m.W, color.Gray{Y: uint8(l)})
	}
	return encode(t, "x.png", grey)
}
