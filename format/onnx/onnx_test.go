package onnx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

func small(px int, useBN bool) model.Config {
	return model.Config{
		Px: px, NDF: 3, NRKHS: 29, NDepth: 2, UseBN: useBN, Lambda: 4e-2, TClip: 20,
		Mean: [3]float64{0.5, 0.4, 0.3}, Std: [3]float64{0.2, 0.25, 0.3},
	}
}

var taps = []string{"f1", "f5", "f7", "phi5", "phi7"}

// weights draws every variable of a program.
func weights(p *graph.Program) map[string][]float32 {
	all := map[string][]float32{}
	s := rng.New(3, 0, 0, rng.Init)
	for _, v := range p.Vars {
		w := make([]float32, tensor.Size(v.Shape))
		lo, hi := -0.3, 0.3
		switch {
		case strings.HasSuffix(v.Name, ".var") || strings.HasSuffix(v.Name, ".scale"):
			lo, hi = 0.5, 1.5
		case len(v.Shape) == 4: // variance 1/fan-in
			hi = math.Sqrt(3 / float64(len(w)/v.Shape[3]))
			lo = -hi
		}
		for i := range w {
			w[i] = float32(s.Uniform(lo, hi))
		}
		all[v.Name] = w
	}
	return all
}

func arrayOf(all map[string][]float32) func(string) ([]float32, error) {
	return func(name string) ([]float32, error) { return all[name], nil }
}

func written(t *testing.T, c model.Config) []byte {
	t.Helper()
	p := c.Encode(taps...)
	var b bytes.Buffer
	o := Options{Array: arrayOf(weights(p)), Metadata: map[string]string{"px": fmt.Sprint(c.Px)}, Version: "1"}
	if err := Write(&b, p, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// fields are the parts of a message that are bytes, by number.
func fields(t *testing.T, b []byte) map[protowire.Number][][]byte {
	t.Helper()
	all := map[protowire.Number][][]byte{}
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		b = b[n:]
		size := protowire.ConsumeFieldValue(number, kind, b)
		if size < 0 {
			t.Fatal(protowire.ParseError(size))
		}
		value := b[:size]
		if kind == protowire.BytesType {
			value, _ = protowire.ConsumeBytes(b)
		}
		all[number] = append(all[number], value)
		b = b[size:]
	}
	return all
}

// Every input of a node is an initializer, the image or the result of a node
// before it, and every initializer is as long as its shape says.
func TestTheGraphIsClosed(t *testing.T) {
	for _, px := range []int{32, 64, 128} {
		for _, useBN := range []bool{false, true} {
			file := fields(t, written(t, small(px, useBN)))
			g := fields(t, file[modelGraph][0])
			known := map[string]bool{InputName: true}
			for _, a := range g[graphInitializer] {
				f := fields(t, a)
				size := 1
				for _, d := range f[tensorDims] {
					n, _ := protowire.ConsumeVarint(d)
					size *= int(n)
				}
				if raw := len(f[tensorRaw][0]); raw != 4*size && raw != 8*size {
					t.Errorf("%s: %d bytes for %d numbers", f[tensorName][0], raw, size)
				}
				known[string(f[tensorName][0])] = true
			}
			kinds := map[string]int{}
			for _, n := range g[graphNode] {
				f := fields(t, n)
				for _, in := range f[nodeInput] {
					if !known[string(in)] {
						t.Errorf("node %s uses %s, which nothing makes", f[nodeName][0], in)
					}
				}
				known[string(f[nodeOutput][0])] = true
				kinds[string(f[nodeOp][0])]++
			}
			for _, o := range g[graphOutput] {
				if name := string(fields(t, o)[infoName][0]); !known[name] {
					t.Errorf("nothing makes output %s", name)
				}
			}
			norms := 0
			for _, op := range small(px, useBN).Encode(taps...).Ops {
				if _, ok := op.Attr.(graph.BatchNorm); ok {
					norms++
				}
			}
			if kinds["BatchNormalization"] != norms || kinds["Sub"] != 1 || kinds["Conv"] < 12 {
				t.Errorf("%d px, use_bn %v: %v", px, useBN, kinds)
			}
		}
	}
}

func TestWhatIsNoFrozenEncoderIsRefused(t *testing.T) {
	c := small(32, false)
	for want, p := range map[string]*graph.Program{
		"statistics of its batch": c.Refresh("f1"),
		"one batch of images":     model.LinearPredict(3, 2),
	} {
		err := Write(&bytes.Buffer{}, p, Options{Array: arrayOf(weights(p))})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", p.Name, err, want)
		}
	}
	p := c.Encode()
	err := Write(&bytes.Buffer{}, p, Options{Array: arrayOf(map[string][]float32{})})
	if err == nil || !strings.Contains(err.Error(), "encoder.l1.weight: 0 numbers") {
		t.Errorf("weights that are not there: %v", err)
	}
	c.NDF, c.NRKHS = 1024, 8192
	c.NDepth = 20
	p = c.Encode()
	err = Write(&bytes.Buffer{}, p, Options{})
	if err == nil || !strings.Contains(err.Error(), "at most 2147483647") {
		t.Errorf("more than a protobuf holds: %v", err)
	}
}

// images are pixels and the same as the file's input, (n, 3, px, px) in [0, 1].
func images(n, px int) (tensor.Tensor, []float32) {
	x, s := tensor.NewUint8(n, px, px, 3), rng.New(4, 0, 0, rng.Init)
	y := make([]float32, len(x.U8))
	for i := range n {
		for at := range px * px {
			for c := range 3 {
				v := uint8(s.Uniform(0, 256))
				x.U8[(i*px*px+at)*3+c] = v
				y[(i*3+c)*px*px+at] = float32(v) / 255
			}
		}
	}
	return x, y
}

// The test needs AMDIM_ORT, a folder in which npm installed onnxruntime-node:
// make onnx.
func TestONNXRuntimeComputesTheSame(t *testing.T) {
	modules := os.Getenv("AMDIM_ORT")
	if modules == "" {
		t.Skip("AMDIM_ORT names no folder with node_modules/onnxruntime-node")
	}
	for _, px := range []int{32, 64, 128} {
		for _, useBN := range []bool{false, true} {
			for _, n := range []int{1, 3} { // the batch is free
				t.Run(fmt.Sprintf("px%d bn=%v n=%d", px, useBN, n), func(t *testing.T) {
					c := small(px, useBN)
					compare(t, c, n, modules)
				})
			}
		}
	}
}

func compare(t *testing.T, c model.Config, n int, modules string) {
	dir := t.TempDir()
	x, y := images(n, c.Px)
	raw := make([]byte, 0, 4*len(y))
	for _, v := range y {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	network, input, out := filepath.Join(dir, "x.onnx"), filepath.Join(dir, "in"), filepath.Join(dir, "out")
	for path, b := range map[string][]byte{network: written(t, c), input: raw} {
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := exec.Command("node", "testdata/ort.js", modules, network, input, out, fmt.Sprint(n), fmt.Sprint(c.Px))
	text, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for i, want := range features(t, c, x) {
		got, err := os.ReadFile(out + "." + taps[i])
		if err != nil || len(got) != 4*len(want.F32) {
			t.Fatalf("%s: %d bytes, %v", taps[i], len(got), err)
		}
		worst := 0.0
		for row := range n {
			for at := range len(want.F32) / n {
				v := math.Float32frombits(binary.LittleEndian.Uint32(got[4*(row*len(want.F32)/n+at):]))
				worst = max(worst, math.Abs(float64(v-nchw(want, row, at))))
			}
		}
		if !(worst <= 1e-4) {
			t.Errorf("%s: largest difference %.2g", taps[i], worst)
		}
		t.Logf("%s: largest difference %.1e", taps[i], worst)
	}
}

// nchw is number i of a row of a tensor, counted with channels first.
func nchw(x tensor.Tensor, row, i int) float32 {
	size := len(x.F32) / x.Shape[0]
	if len(x.Shape) == 2 {
		return x.F32[row*size+i]
	}
	pixels, channels := x.Shape[1]*x.Shape[2], x.Shape[3]
	return x.F32[row*size+i%pixels*channels+i/pixels]
}

// features are those of our engine in float32.
func features(t *testing.T, c model.Config, x tensor.Tensor) []tensor.Tensor {
	t.Helper()
	e, err := cpu.New(cpu.Config{Precision: cpu.F32, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	bound, err := c.Encode(taps...).Bind(x.Shape[0], 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	state, err := e.NewState(bound.Vars, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close()
	for name, v := range weights(bound) {
		if err := state.Set(name, v); err != nil {
			t.Fatal(err)
		}
	}
	compiled, err := state.Compile(bound)
	if err != nil {
		t.Fatal(err)
	}
	out := engine.Outputs(bound)
	if err := compiled.Forward([]tensor.Tensor{x}, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// The file is one that ONNX's own checker takes, shapes inferred and compared.
func TestONNXChecksTheFile(t *testing.T) {
	const python = "/usr/bin/python3"
	if testing.Short() {
		t.Skip("ONNX takes a second to start")
	}
	if err := exec.Command(python, "-c", "import onnx").Run(); err != nil {
		t.Skipf("%s has no onnx: %v", python, err)
	}
	dir := t.TempDir()
	for _, px := range []int{32, 128} {
		path := filepath.Join(dir, fmt.Sprintf("%d.onnx", px))
		if err := os.WriteFile(path, written(t, small(px, true)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const check = `
import glob, onnx, sys
for path in sorted(glob.glob(sys.argv[1] + "/*.onnx")):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    shape = lambda o: [d.dim_param or d.dim_value for d in o.type.tensor_type.shape.dim]
    print([(o.name, shape(o)) for o in model.graph.output])
    print({p.key: p.value for p in model.metadata_props})
`
	out, err := exec.Command(python, "-c", check, dir).CombinedOutput()
	want := "[('f1', ['n', 29]), ('f5', ['n', 12, 5, 5])"
	if err != nil || !strings.Contains(string(out), want) || !strings.Contains(string(out), "{'px': '128'}") {
		t.Errorf("%v: %s, want %s", err, out, want)
	}
}
