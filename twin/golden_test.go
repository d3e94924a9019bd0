package twin

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

// golden is one file of golden.py. Tensors are in the layouts of package tensor.
type golden struct {
	name    string
	config  model.Config
	classes int
	lr      float64
	losses  []string // columns of losses64 and losses32
	tensors map[string]entry
}

type entry struct {
	Dtype  string `json:"dtype"`
	Shape  []int  `json:"shape"`
	Offset [2]int `json:"data_offsets"`
	raw    []byte
}

// goldens reads all files of testdata, or of $AMDIM_TWIN.
func goldens(t *testing.T) []*golden {
	t.Helper()
	dir := os.Getenv("AMDIM_TWIN")
	if dir == "" {
		dir = "testdata"
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.safetensors.gz"))
	if len(files) == 0 {
		t.Fatalf("no golden files in %s", dir)
	}
	var all []*golden
	for _, f := range files {
		g, err := read(f)
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		all = append(all, g)
	}
	return all
}

func read(path string) (*golden, error) {
	packed, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	size := 8 + binary.LittleEndian.Uint64(data)
	header := map[string]json.RawMessage{}
	if err := json.Unmarshal(data[8:size], &header); err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(filepath.Base(path), ".safetensors.gz")
	g := &golden{name: name, tensors: map[string]entry{}}
	if err := g.meta(header["__metadata__"]); err != nil {
		return nil, err
	}
	delete(header, "__metadata__")
	for name, text := range header {
		var e entry
		if err := json.Unmarshal(text, &e); err != nil {
			return nil, err
		}
		e.raw = data[size:][e.Offset[0]:e.Offset[1]]
		g.tensors[name] = e
	}
	return g, nil
}

func (g *golden) meta(text []byte) error {
	var m struct{ Config, Classes, LR, Losses string }
	if err := json.Unmarshal(text, &m); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(m.Config), &g.config); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(m.Losses), &g.losses); err != nil {
		return err
	}
	var err error
	if g.classes, err = strconv.Atoi(m.Classes); err != nil {
		return err
	}
	g.lr, err = strconv.ParseFloat(m.LR, 64)
	return err
}

// double is a tensor as float64; it fails when there is none of the name.
func (g *golden) double(t *testing.T, name string) []float64 {
	t.Helper()
	e, ok := g.tensors[name]
	if !ok {
		t.Fatalf("%s: no tensor %s", g.name, name)
	}
	v := make([]float64, tensor.Size(e.Shape))
	for i := range v {
		switch e.Dtype {
		case "F64":
			v[i] = math.Float64frombits(binary.LittleEndian.Uint64(e.raw[8*i:]))
		case "F32":
			v[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(e.raw[4*i:])))
		case "I32":
			v[i] = float64(int32(binary.LittleEndian.Uint32(e.raw[4*i:])))
		case "U8":
			v[i] = float64(e.raw[i])
		}
	}
	return v
}

// names are the tensors under the prefix, without it.
func (g *golden) names(prefix string) []string {
	var names []string
	for name := range g.tensors {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			names = append(names, rest)
		}
	}
	return names
}

// inputs are those of a bound program; of images, as many as it has rows.
func (g *golden) inputs(t *testing.T, p *graph.Program) []tensor.Tensor {
	t.Helper()
	var in []tensor.Tensor
	for _, id := range p.Inputs {
		v := p.Values[id]
		x := g.double(t, "input/"+v.Name)[:tensor.Size(v.Shape)]
		a := tensor.Tensor{Shape: v.Shape, DType: p.Ops[v.Op].Attr.(graph.Input).DType}
		for _, f := range x {
			switch a.DType {
			case tensor.Uint8:
				a.U8 = append(a.U8, uint8(f))
			case tensor.Int32:
				a.I32 = append(a.I32, int32(f))
			default:
				a.F32 = append(a.F32, float32(f))
			}
		}
		in = append(in, a)
	}
	return in
}

func float32s(x []float64) []float32 {
	v := make([]float32, len(x))
	for i := range x {
		v[i] = float32(x[i])
	}
	return v
}

func float64s(x []float32) []float64 {
	v := make([]float64, len(x))
	for i := range x {
		v[i] = float64(x[i])
	}
	return v
}
