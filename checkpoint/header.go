package checkpoint

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/bits"
	"slices"

	"github.com/amdim/amdim/internal/strictjson"
)

// A safetensors file is the length n of a header (8 bytes, little endian), n
// bytes of JSON, and the bytes of the tensors:
//
//	{"__metadata__": {key: text}, name: {"dtype": "F32", "shape": […], "data_offsets": [from, to]}, …}
//
// Offsets count from the end of the header; tensors fill the rest of the file
// without holes.
const (
	metadataKey = "__metadata__"
	lengthBytes = 8
	maxHeader   = 100 << 20 // as in the format's own reader
	maxDims     = 16
)

// Entry describes a tensor of a file.
type Entry struct {
	Name  string
	Shape []int
	size  int // of elements
	at    int64
}

// bytes is the length of the entry's data.
func (e Entry) bytes() int64 { return 4 * int64(e.size) }

// entryJSON is an Entry as stored.
type entryJSON struct {
	DType   string    `json:"dtype"`
	Shape   []int64   `json:"shape"`
	Offsets *[2]int64 `json:"data_offsets"`
}

// encodeHeader returns the length and the header, padded with blanks to a
// multiple of 8 as the format's own writer does.
func encodeHeader(entries []Entry, meta map[string]string) ([]byte, error) {
	var b bytes.Buffer
	b.Write(make([]byte, lengthBytes))
	m, err := json.Marshal(meta)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(&b, "{%q:%s", metadataKey, m)
	for _, e := range entries {
		name, err := json.Marshal(e.Name)
		if err != nil {
			return nil, err
		}
		shape := make([]int64, len(e.Shape))
		for i, d := range e.Shape {
			shape[i] = int64(d)
		}
		v, err := json.Marshal(entryJSON{"F32", shape, &[2]int64{e.at, e.at + e.bytes()}})
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, ",%s:%s", name, v)
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	header := b.Bytes()
	if len(header) > maxHeader {
		return nil, fmt.Errorf("header of %d bytes, at most %d", len(header), maxHeader)
	}
	binary.LittleEndian.PutUint64(header, uint64(len(header)-lengthBytes))
	return header, nil
}

// parseHeader reads the JSON of a header whose tensors have dataBytes bytes.
func parseHeader(text []byte, dataBytes int64) ([]Entry, map[string]string, error) {
	var entries []Entry
	meta := map[string]string{}
	err := strictjson.Members(text, func(name string, v json.RawMessage) error {
		if name == metadataKey {
			return strictjson.Members(v, func(key string, v json.RawMessage) error {
				var s string
				if err := json.Unmarshal(v, &s); err != nil || !bytes.HasPrefix(v, []byte(`"`)) {
					return fmt.Errorf("metadata %q is not text", key)
				}
				meta[key] = s
				return nil
			})
		}
		e, err := parseEntry(name, v)
		entries = append(entries, e)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	slices.SortStableFunc(entries, func(a, b Entry) int {
		if a.at != b.at {
			return int(min(1, max(-1, a.at-b.at)))
		}
		return a.size - b.size
	})
	return entries, meta, checkCover(entries, dataBytes)
}

func parseEntry(name string, text json.RawMessage) (Entry, error) {
	var v entryJSON
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return Entry{}, fmt.Errorf("tensor %q: %w", name, err)
	}
	if v.DType != "F32" {
		return Entry{}, fmt.Errorf("tensor %q: dtype %q, need F32", name, v.DType)
	}
	if v.Offsets == nil || v.Offsets[0] < 0 {
		return Entry{}, fmt.Errorf("tensor %q: no or negative data_offsets", name)
	}
	e := Entry{Name: name, at: v.Offsets[0], Shape: make([]int, len(v.Shape))}
	n, err := elements(v.Shape)
	if err != nil {
		return Entry{}, fmt.Errorf("tensor %q: %w", name, err)
	}
	if v.Offsets[1]-v.Offsets[0] != 4*n {
		return Entry{}, fmt.Errorf("tensor %q: shape %v is %d bytes, data_offsets say %d",
			name, v.Shape, 4*n, v.Offsets[1]-v.Offsets[0])
	}
	e.size = int(n)
	for i, d := range v.Shape {
		e.Shape[i] = int(d)
	}
	return e, nil
}

// elements is the product of a shape, less than 2⁵⁶.
func elements(shape []int64) (int64, error) {
	if len(shape) > maxDims {
		return 0, fmt.Errorf("%d dimensions, at most %d", len(shape), maxDims)
	}
	n := uint64(1)
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("shape %v is negative", shape)
		}
		hi, lo := bits.Mul64(n, uint64(d))
		if hi != 0 || lo >= 1<<56 {
			return 0, fmt.Errorf("shape %v is too large", shape)
		}
		n = lo
	}
	return int64(n), nil
}

// checkCover reports an error unless the entries, sorted, fill dataBytes bytes
// without a hole or an overlap.
func checkCover(entries []Entry, dataBytes int64) error {
	var end int64
	for _, e := range entries {
		if e.at != end {
			return fmt.Errorf("tensor %q starts at byte %d, the one before it ends at %d", e.Name, e.at, end)
		}
		if e.bytes() > dataBytes-end {
			return fmt.Errorf("tensor %q ends at byte %d of %d: the file is cut off", e.Name, end+e.bytes(), dataBytes)
		}
		end += e.bytes()
	}
	if end != dataBytes {
		return fmt.Errorf("%d bytes after the last tensor", dataBytes-end)
	}
	return nil
}
