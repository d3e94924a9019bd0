package data

import (
	"archive/tar"
	"maps"
	"os"
	"slices"
	"testing"
)

// metaMat has the fields of the official file; IDs are 1, 2 and so on.
func metaMat(wnids ...string) []byte {
	w := littleMat
	fields := []string{"ILSVRC2012_ID", "WNID", "words", "num_children", "children"}
	var rows [][][]byte
	for i, wnid := range wnids {
		rows = append(rows, [][]byte{w.double(float64(i + 1)), w.text(wnid), w.text("tench, Tinca tinca"),
			w.double(0), w.array(matFirstNumber, 0, "", w.element(matDouble, nil))})
	}
	return w.file(w.structs("synsets", fields, rows...))
}

const devkitTar = "ILSVRC2012_devkit_t12.tar.gz"

// putDevkitTar writes the archive of a devkit.
func putDevkitTar(t testing.TB, dir string, meta []byte, truth string) {
	const folder = "ILSVRC2012_devkit_t12/"
	put(t, dir, devkitTar, zipped(t, tarOf(t, tar.FormatGNU,
		entry{folder, nil}, entry{folder + "readme.txt", []byte("read")}, entry{folder + "data/", nil},
		entry{folder + "data/meta.mat", meta},
		entry{folder + "data/ILSVRC2012_validation_ground_truth.txt", []byte(truth)})))
}

func TestDevkitNamesTheClassOfEachImage(t *testing.T) {
	dir := t.TempDir()
	putDevkitTar(t, dir, metaMat("n02119789", "n01440764"), "2\n1\n1\n")
	got, err := devkit.truth(dir)
	if want := []string{"n01440764", "n02119789", "n02119789"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	putDevkitTar(t, dir, metaMat("n02119789", "n01440764"), "2\n3\n")
	_, err = devkit.truth(dir)
	wantError(t, "ID 3", err, devkitTruth+": line 2: ID 3, which meta.mat does not have")
}

func TestSynsetsOfAFileThatSciPyWrote(t *testing.T) {
	b, err := os.ReadFile("testdata/meta.mat")
	if err != nil {
		t.Fatal(err)
	}
	got, err := readSynsets(b)
	want := map[int]string{1: "n02119789", 2: "n02100735", 1001: "n02084071"}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestSynsetErrors(t *testing.T) {
	w := littleMat
	file := func(rows ...[][]byte) []byte {
		return w.file(w.structs("synsets", []string{"ILSVRC2012_ID", "WNID"}, rows...))
	}
	id, wnid := w.double(1), w.text("n01440764")
	for _, c := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"fraction", file([][]byte{w.double(1.5), wnid}), "ILSVRC2012_ID of synset 1: need whole numbers"},
		{"text for a number", file([][]byte{wnid, wnid}), "ILSVRC2012_ID of synset 1: need one number"},
		{"number for a text", file([][]byte{id, id}), "WNID of synset 1: need text"},
		{"another text", file([][]byte{id, w.text("../../etc")}),
			`WNID of synset 1: "../../etc" is not a WordNet ID`},
		{"twice", file([][]byte{id, wnid}, [][]byte{id, wnid}), "synset 2: ILSVRC2012_ID 1 is there twice"},
	} {
		_, err := readSynsets(c.content)
		wantError(t, c.name, err, c.want)
	}
}

func TestTruthIsALineForEachImage(t *testing.T) {
	for _, c := range []struct {
		text string
		want []int
	}{{"490\n1\n1000\n", []int{490, 1, 1000}}, {"2\r\n3\r\n", []int{2, 3}}, {" 7", []int{7}}} {
		if got, err := devkit.parseTruth(c.text); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, %v", c.text, got, err)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"", `line 1: "", need an ID from 1 to 1000`},
		{"1\n\n2\n", `line 2: "", need`},
		{"1\n0\n", `line 2: "0", need`},
		{"1001\n", `line 1: "1001", need`},
		{"ILSVRC2012_val_00000001.JPEG 65\n", `line 1: "ILSVRC2012_val_00000", need`},
	} {
		_, err := devkit.parseTruth(c.text)
		wantError(t, c.text, err, c.want)
	}
}

func FuzzTruth(f *testing.F) {
	f.Add("490\n1\n1000\n")
	f.Add("1\r\n\n")
	f.Add("9999999999999999999999")
	f.Fuzz(func(t *testing.T, text string) {
		ids, err := devkit.parseTruth(text)
		if err == nil && (len(ids) == 0 || slices.Min(ids) < 1 || slices.Max(ids) > 1000) {
			t.Errorf("accepted %v", ids)
		}
	})
}
