package onnx

import (
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// InputName is the name of the input, float32 (n, 3, px, px) in [0, 1].
const InputName = "image"

// MaxBytes is the largest size of a protobuf message: 2 GiB.
const MaxBytes = math.MaxInt32

// Options are those of Write.
type Options struct {
	Array    func(name string) ([]float32, error) // a variable's numbers
	Metadata map[string]string                    // metadata_props of the file
	Version  string                               // of the program that writes
}

// Write writes a program with one image input: convolutions, frozen BatchNorms,
// ReLU, pooling and sums. Rows may be Any.
func Write(out io.Writer, p *graph.Program, o Options) error {
	if err := write(out, p, o); err != nil {
		return fmt.Errorf("onnx: write %s: %w", p.Name, err)
	}
	return nil
}

func write(out io.Writer, p *graph.Program, o Options) error {
	w := &walk{p: p, options: o, names: make([]string, len(p.Values))}
	for _, op := range p.Ops {
		if err := w.op(op); err != nil {
			return err
		}
	}
	outputs := w.outputs()
	head := message{}.text(graphName, p.Name)
	for _, n := range w.nodes {
		head = head.message(graphNode, n)
	}
	head = head.message(graphInput, w.input)
	for _, m := range outputs {
		head = head.message(graphOutput, m)
	}
	length := int64(len(head))
	for _, a := range w.arrays {
		length += int64(len(a.head())) + a.bytes()
	}
	file := message{}.number(modelIRVersion, irVersion)
	file = file.text(modelProducer, "amdim").text(modelVersion, o.Version)
	file = file.message(modelOpset, message{}.number(opsetVersion, opset))
	for _, key := range slices.Sorted(maps.Keys(o.Metadata)) {
		file = file.message(modelMetadata, message{}.text(entryKey, key).text(entryValue, o.Metadata[key]))
	}
	if total := length + int64(len(file)) + 16; total > MaxBytes {
		return fmt.Errorf("%d bytes: an ONNX file has at most %d", total, MaxBytes)
	}
	file = protowire.AppendTag(file, modelGraph, protowire.BytesType)
	file = protowire.AppendVarint(file, uint64(length))
	if _, err := out.Write(append(file, head...)); err != nil {
		return err
	}
	for _, a := range w.arrays {
		if err := a.write(out); err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
	}
	return nil
}

// bytes is the length of the numbers.
func (a array) bytes() int64 {
	if a.ints != nil {
		return 8 * int64(len(a.ints))
	}
	return 4 * int64(tensor.Size(a.shape))
}

// head is the initializer up to its numbers, with its tag in the graph.
func (a array) head() message {
	var t message
	for _, d := range a.shape {
		t = t.number(tensorDims, int64(d))
	}
	kind := int64(float32Type)
	if a.ints != nil {
		kind = int64Type
	}
	t = t.number(tensorType, kind).text(tensorName, a.name)
	t = protowire.AppendTag(t, tensorRaw, protowire.BytesType)
	t = protowire.AppendVarint(t, uint64(a.bytes()))
	m := protowire.AppendTag(nil, graphInitializer, protowire.BytesType)
	m = protowire.AppendVarint(m, uint64(int64(len(t))+a.bytes()))
	return append(m, t...)
}

func (a array) write(out io.Writer) error {
	raw := make([]byte, 0, a.bytes())
	for _, x := range a.ints {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(x))
	}
	if a.ints == nil {
		v, err := a.floats()
		if err != nil {
			return err
		}
		if len(v) != tensor.Size(a.shape) {
			return fmt.Errorf("%d numbers for shape %v", len(v), a.shape)
		}
		for _, x := range v {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
		}
	}
	_, err := out.Write(append(a.head(), raw...))
	return err
}
