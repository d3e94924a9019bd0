package torchfile

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/internal/regular"
)

// parse reads a file from memory.
func parse(b []byte) (*Dict, error) { return read(bytes.NewReader(b), int64(len(b))) }

// zipped is a file of the zip form around a pickle.
func zipped(t testing.TB, pickle string, storages ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	files := []string{"data.pkl", pickle}
	for i, s := range storages {
		files = append(files, fmt.Sprintf("data/%d", i), s)
	}
	for i := 0; i < len(files); i += 2 {
		w, err := z.CreateHeader(&zip.FileHeader{Name: "x/" + files[i], Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sample has a value of every kind that is written.
func sample() *Dict {
	d, state := NewDict(), NewDict()
	state.Ordered = true
	state.Set("w", NewTensor(Float32, []int{2, 3}, numbers(1, 2, 3, 4, 5, 6)))
	state.Set("count", NewTensor(Int64, []int{}, numbers(7)))
	state.Set("mask", NewTensor(Uint8, []int{2}, numbers(0, 255)))
	state.Set("none", NewTensor(Float32, []int{0, 4}, numbers()))
	d.Set("model", state)
	d.Set("flag", true)
	d.Set("small", int64(-3))
	d.Set("large", int64(1)<<40)
	d.Set("c", 20.5)
	d.Set("nil", nil)
	d.Set("name", "φ")
	return d
}

func numbers(v ...float32) func() ([]float32, error) {
	return func() ([]float32, error) { return v, nil }
}

// same reports the first difference of two dictionaries.
func same(t *testing.T, got, want *Dict) {
	t.Helper()
	if !slices.Equal(got.Keys(), want.Keys()) || got.Ordered != want.Ordered {
		t.Fatalf("keys %v, want %v", got.Keys(), want.Keys())
	}
	for _, key := range want.Keys() {
		a, _ := got.Value(key)
		b, _ := want.Value(key)
		switch b := b.(type) {
		case *Dict:
			same(t, a.(*Dict), b)
		case *Tensor:
			x, err1 := a.(*Tensor).Float32s()
			y, err2 := b.Float32s()
			if err := errors.Join(err1, err2); err != nil || !slices.Equal(x, y) ||
				!slices.Equal(a.(*Tensor).Shape, b.Shape) || a.(*Tensor).DType != b.DType {
				t.Errorf("%s: %v %v, want %v %v (%v)", key, a.(*Tensor).Shape, x, b.Shape, y, err)
			}
		default:
			if a != b {
				t.Errorf("%s: %v, want %v", key, a, b)
			}
		}
	}
}

func written(t testing.TB, d *Dict) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	got, err := parse(written(t, sample()))
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, sample())
}

// The files of testdata/forms.py hold one dictionary in both forms.
func TestBothFormsOfTorchHoldTheSame(t *testing.T) {
	for _, name := range []string{"zip.pth", "legacy.pth"} {
		f, err := Open(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		want := map[string][]float32{
			"float32": {0, 1, 2, 3, 4, 5}, "transposed": {0, 3, 1, 4, 2, 5}, "row": {3, 4, 5},
			"float64": {0.5, -2}, "float16": {1.5, float32(math.Inf(-1)), 6.1035156e-05, 5.9604645e-08},
			"bfloat16": {1.5, -3}, "int64": {-1, 1 << 40}, "int32": {-7}, "int16": {-8}, "int8": {-9},
			"uint8": {200}, "bool": {1, 0}, "parameter": {1, 2}, "scalar": {4}, "empty": {},
		}
		v, _ := f.Root.Value("tensors")
		tensors := v.(*Dict)
		if len(want) != tensors.Len() {
			t.Errorf("%s: %v", name, tensors.Keys())
		}
		for key, w := range want {
			x, _ := tensors.Value(key)
			got, err := x.(*Tensor).Float32s()
			if err != nil || !slices.Equal(got, w) {
				t.Errorf("%s: %s is %v, want %v (%v)", name, key, got, w, err)
			}
		}
		transposed, _ := tensors.Value("transposed")
		if s := transposed.(*Tensor).Shape; !reflect.DeepEqual(s, []int{3, 2}) {
			t.Errorf("%s: transposed has shape %v", name, s)
		}
		for key, w := range map[string]any{
			"int": int64(3), "negative": int64(-70000), "long": int64(-1) << 40, "float": 20.25, "true": true,
			"text": "é", "none": nil,
		} {
			if x, _ := f.Root.Value(key); x != w {
				t.Errorf("%s: %s is %v, want %v", name, key, x, w)
			}
		}
		if x, _ := f.Root.Value("list"); !reflect.DeepEqual(x, &List{[]any{int64(1), "two"}}) {
			t.Errorf("%s: list %v", name, x)
		}
	}
}

// malicious are pickles that run code when Python loads them, or build an object
// whose class does; each is refused by what it asks for.
var malicious = []struct{ name, pickle, want string }{
	{"REDUCE", "\x80\x02cos\nsystem\nX\x02\x00\x00\x00id\x85R.", "os.system"},
	{"posix", "cposix\nsystem\n(X\x02\x00\x00\x00idtR.", "posix.system"},
	{"eval", "\x80\x02c__builtin__\neval\nX\x01\x00\x00\x001\x85R.", "__builtin__.eval"},
	{"builtins", "cbuiltins\nexec\n.", "builtins.exec"},
	{"STACK_GLOBAL", "\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.", "os.system"},
	{"INST", "(X\x02\x00\x00\x00idios\nsystem\n.", "os.system"},
	{"OBJ", "(cos\nsystem\nX\x02\x00\x00\x00ido.", "os.system"},
	{"OBJ of an allowed class", "(ccollections\nOrderedDict\no.", "OBJ"},
	{"NEWOBJ", "\x80\x02ccollections\nOrderedDict\n)\x81.", "NEWOBJ"},
	{"NEWOBJ_EX", "\x80\x04ccollections\nOrderedDict\n)}\x92.", "NEWOBJ_EX"},
	{"BUILD with a state of a class", "\x80\x02cmodel\nModel\n)R}b.", "model.Model"},
	{"BUILD of a storage", "\x80\x02ctorch\nFloatStorage\n}b.", "torch.FloatStorage"},
	{"BUILD of a dictionary", "\x80\x02}}b.", "dictionary"},
	{"EXT1", "\x80\x02\x82\x01.", "EXT1"},
	{"EXT2", "\x80\x02\x83\x01\x00.", "EXT2"},
	{"EXT4", "\x80\x02\x84\x01\x00\x00\x00.", "EXT4"},
	{"PERSID", "Pstorage\n.", "PERSID"},
	{"call of a storage class", "\x80\x02ctorch\nFloatStorage\n)R.", "torch.FloatStorage"},
	{"call of a text", "\x80\x02X\x02\x00\x00\x00os)R.", "a text"},
	{"dotted name", "\x80\x04ccollections\nOrderedDict.fromkeys\n.", "collections.OrderedDict.fromkeys"},
	{"other of torch._utils", "ctorch._utils\n_import_dotted_name\n.", "_import_dotted_name"},
	{"storage by a class", "(X\x07\x00\x00\x00storagecos\nsystem\n.", "os.system"},
}

func TestCodeIsRefusedByName(t *testing.T) {
	for _, c := range malicious {
		for form, file := range map[string][]byte{
			"zip":    zipped(t, c.pickle),
			"legacy": []byte(legacyMagic + "\x80\x02M\xe9\x03.\x80\x02}." + c.pickle),
		} {
			_, err := parse(file)
			var code *CodeError
			if !errors.As(err, &code) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, %s: %v, want a CodeError with %q", c.name, form, err, c.want)
			}
		}
	}
}

const storageOf2 = "(X\x07\x00\x00\x00storagectorch\nFloatStorage\n" +
	"X\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x02tQ"

// tensorOf is a pickle of {"w": a tensor} with these offset, shape and stride.
func tensorOf(rest string) string {
	return "\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n(" + storageOf2 + rest +
		"\x89ccollections\nOrderedDict\n)RtRs."
}

func TestWrongFilesAreErrors(t *testing.T) {
	good := written(t, sample())
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"empty", "in either of the formats", nil},
		{"text", "in either of the formats", []byte("Dear Sir or Madam,")},
		{"cut zip", "cut off", good[:len(good)-30]},
		{"no pickle", "0 data.pkl", []byte("PK\x05\x06" + strings.Repeat("\x00", 18))},
		{"cut pickle", "cut off", zipped(t, "\x80\x02}X\x10\x00\x00\x00ab")},
		{"no dictionary", "a whole number was saved", zipped(t, "K\x01.")},
		{"empty stack", "a value is missing", zipped(t, ".")},
		{"huge text", "text of 4294967295 bytes", zipped(t, "X\xff\xff\xff\xffab")},
		{"endless", "operations", zipped(t, strings.Repeat("N0", 1<<20))},
		{"storage missing", "storage 0 are missing", zipped(t, tensorOf("K\x00K\x02\x85K\x01\x85"))},
		{"storage short", "has 4 bytes, need 8", zipped(t, tensorOf("K\x00K\x02\x85K\x01\x85"), "1234")},
		{"shape too large", "in a storage of 2", zipped(t, tensorOf("K\x00K\x03\x85K\x01\x85"), "12345678")},
		{"broadcast", "in a storage of 2", zipped(t, tensorOf("K\x00J\xff\xff\xff\x7f\x85K\x00\x85"), "12345678")},
		{"stride", "in a storage of 2", zipped(t, tensorOf("K\x00K\x02\x85K\x02\x85"), "12345678")},
		{"offset", "in a storage of 2", zipped(t, tensorOf("K\x01K\x02\x85K\x01\x85"), "12345678")},
		{"negative", "without storage", zipped(t, tensorOf("K\x00J\xff\xff\xff\xff\x85K\x01\x85"), "12345678")},
	} {
		if _, err := parse(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// A storage that is compressed could be larger than the file; one that is
// damaged has another checksum.
func TestNumbersAreCheckedWhenRead(t *testing.T) {
	file := zipped(t, tensorOf("K\x00K\x02\x85K\x01\x85"), "12345678")
	d, err := parse(bytes.Replace(file, []byte("12345678"), []byte("12345679"), 1))
	if err != nil {
		t.Fatal(err)
	}
	v, _ := d.Value("w")
	if _, err := v.(*Tensor).Float32s(); !errors.Is(err, zip.ErrChecksum) {
		t.Errorf("damaged numbers: %v", err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"data.pkl": tensorOf("K\x00K\x02\x85K\x01\x85"),
		"data/0":   "12345678",
	} {
		w, err := z.Create("x/" + name) // compressed
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if d, err = parse(b.Bytes()); err != nil {
		t.Fatal(err)
	}
	v, _ = d.Value("w")
	if _, err := v.(*Tensor).Float32s(); err == nil || !strings.Contains(err.Error(), "compressed") {
		t.Errorf("compressed numbers: %v", err)
	}
}

// One bit makes 320 of the number 20.
func TestPicklesAreCheckedWhenRead(t *testing.T) {
	const pickle = "\x80\x02}X\x01\x00\x00\x00cG\x40\x34\x00\x00\x00\x00\x00\x00s."
	file := zipped(t, pickle)
	d, err := parse(file)
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := d.Value("c"); v != 20.0 {
		t.Fatalf("c is %v", v)
	}
	for _, c := range []struct{ name, from, to string }{
		{"a number", "G\x40\x34", "G\x40\x74"},
		{"the key", "\x00cG", "\x00bG"},
	} {
		damaged := bytes.Replace(file, []byte(c.from), []byte(c.to), 1)
		if _, err := parse(damaged); !errors.Is(err, zip.ErrChecksum) {
			t.Errorf("%s: %v, want %v", c.name, err, zip.ErrChecksum)
		}
	}
	_, err = parse(zipped(t, pickle+"N"))
	if err == nil || !strings.Contains(err.Error(), "behind the pickle, which ends at 20") {
		t.Errorf("a byte more: %v", err)
	}
}

func TestByteOrderIsRead(t *testing.T) {
	damaged := ordered(t, zip.Store, "little")
	damaged = bytes.Replace(damaged, []byte("little"), []byte("mittle"), 1)
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"big", "byte order big: only little-endian is read", ordered(t, zip.Store, "big")},
		{"compressed", "x/byteorder is compressed", ordered(t, zip.Deflate, "little")},
		{"damaged", "x/byteorder: zip: checksum error", damaged},
	} {
		if _, err := parse(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := parse(ordered(t, zip.Store, "little")); err != nil {
		t.Error(err)
	}
}

// ordered is a file of the zip form with a byte order, its entry so compressed.
func ordered(t *testing.T, method uint16, order string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range []struct {
		name, text string
		method     uint16
	}{{"x/data.pkl", "\x80\x02}.", zip.Store}, {"x/byteorder", order, method}} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: f.method})
		if err == nil {
			_, err = w.Write([]byte(f.text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// FuzzRead feeds arbitrary files; what is accepted gives its numbers or an error.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"zip.pth", "legacy.pth"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(written(f, sample()))
	f.Fuzz(func(t *testing.T, file []byte) {
		if d, err := parse(file); err == nil {
			touch(d, 3)
		}
	})
}

// FuzzPickle feeds arbitrary pickles with one storage beside them.
func FuzzPickle(f *testing.F) {
	for _, c := range malicious {
		f.Add([]byte(c.pickle))
	}
	f.Add([]byte(tensorOf("K\x00K\x02\x85K\x01\x85")))
	f.Add([]byte("\x80\x02}q\x00h\x00h\x00s.")) // a dictionary that holds itself
	f.Fuzz(func(t *testing.T, pickle []byte) {
		if d, err := parse(zipped(t, string(pickle), "12345678")); err == nil {
			touch(d, 3)
		}
	})
}

// touch reads the tensors of a dictionary.
func touch(d *Dict, depth int) {
	for _, key := range d.Keys() {
		switch v, _ := d.Value(key); v := v.(type) {
		case *Tensor:
			v.Float32s()
		case *Dict:
			if depth > 0 {
				touch(v, depth-1)
			}
		}
	}
}

func TestOnlyARegularFileIsOpened(t *testing.T) {
	if _, err := Open(os.DevNull); !errors.As(err, new(regular.Error)) {
		t.Error(err)
	}
}
