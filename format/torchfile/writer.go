package torchfile

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
)

// archive is the folder inside the zip.
const archive = "archive"

// Write writes a dictionary in the zip form: torch.load reads it, also with
// weights_only. Tensors are read one after another.
func Write(w io.Writer, root *Dict) error {
	p := &pickler{}
	p.bytes(opProto, 2)
	if err := p.value(root); err != nil {
		return fmt.Errorf("torchfile: write: %w", err)
	}
	p.bytes(opStop)
	z := zip.NewWriter(w)
	err := entry(z, "data.pkl", func(w io.Writer) error { _, err := w.Write(p.out); return err })
	for i, t := range p.tensors {
		if err == nil {
			err = entry(z, "data/"+strconv.Itoa(i), t.write)
		}
	}
	if err == nil {
		err = entry(z, "version", func(w io.Writer) error { _, err := io.WriteString(w, "3\n"); return err })
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return fmt.Errorf("torchfile: write: %w", err)
	}
	return nil
}

func entry(z *zip.Writer, name string, write func(io.Writer) error) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: archive + "/" + name, Method: zip.Store})
	if err != nil {
		return err
	}
	return write(w)
}

// write writes the numbers of the tensor.
func (t *Tensor) write(w io.Writer) error {
	const chunk = 1 << 14
	v, err := t.Float32s()
	buf := make([]byte, 0, chunk*t.DType.size())
	for len(v) > 0 && err == nil {
		n := min(chunk, len(v))
		buf = buf[:0]
		for _, x := range v[:n] {
			buf = t.DType.append(buf, x)
		}
		_, err = w.Write(buf)
		v = v[n:]
	}
	return err
}

// pickler writes a protocol 2 pickle, without a memo.
type pickler struct {
	out     []byte
	tensors []*Tensor // by number of their storage
}

func (p *pickler) bytes(b ...byte) { p.out = append(p.out, b...) }

func (p *pickler) text(s string) {
	p.bytes(opUnicode)
	p.out = binary.LittleEndian.AppendUint32(p.out, uint32(len(s)))
	p.out = append(p.out, s...)
}

func (p *pickler) global(g global) {
	p.out = append(p.out, string(rune(opGlobal))+g.module+"\n"+g.name+"\n"...)
}

func (p *pickler) number(n int64) {
	if n == int64(int32(n)) {
		p.bytes(opBinInt)
		p.out = binary.LittleEndian.AppendUint32(p.out, uint32(n))
		return
	}
	p.bytes(opLong1, 8)
	p.out = binary.LittleEndian.AppendUint64(p.out, uint64(n))
}

func (p *pickler) value(v any) error {
	switch v := v.(type) {
	case nil:
		p.bytes(opNone)
	case bool:
		if v {
			p.bytes(opTrue)
		} else {
			p.bytes(opFalse)
		}
	case int64:
		p.number(v)
	case float64:
		p.bytes(opBinFloat)
		p.out = binary.BigEndian.AppendUint64(p.out, math.Float64bits(v))
	case string:
		p.text(v)
	case *List:
		p.bytes(opMark)
		for _, item := range v.Items {
			if err := p.value(item); err != nil {
				return err
			}
		}
		p.bytes(opTuple)
	case *Dict:
		return p.dict(v)
	case *Tensor:
		return p.tensor(v)
	default:
		return fmt.Errorf("%T is not written", v)
	}
	return nil
}

func (p *pickler) dict(d *Dict) error {
	if d.Ordered {
		p.emptyOrdered()
	} else {
		p.bytes(opEmptyDict)
	}
	p.bytes(opMark)
	for i, key := range d.keys {
		if err := p.value(key); err != nil {
			return err
		}
		if err := p.value(d.values[i]); err != nil {
			return err
		}
	}
	p.bytes(opSetItems)
	return nil
}

func (p *pickler) emptyOrdered() {
	p.global(orderedDict)
	p.bytes(opEmptyTuple, opReduce)
}

// tensor writes the call of torch's function with storage, offset, shape,
// stride, requires_grad and hooks.
func (p *pickler) tensor(t *Tensor) error {
	if t.DType != Float32 && t.DType != Int64 && t.DType != Uint8 {
		return fmt.Errorf("a tensor of %s is not written", dtypes[t.DType].storage)
	}
	n, ok := elements(t.Shape)
	if !ok {
		return fmt.Errorf("a tensor of shape %v", t.Shape)
	}
	p.global(rebuildTensor)
	p.bytes(opMark, opMark)
	p.text("storage")
	p.global(global{"torch", dtypes[t.DType].storage})
	p.text(strconv.Itoa(len(p.tensors)))
	p.text("cpu")
	p.number(n)
	p.bytes(opTuple, opPersistent)
	p.number(0)
	p.sizes(t.Shape)
	p.sizes(strides(t.Shape))
	p.bytes(opFalse)
	p.emptyOrdered()
	p.bytes(opTuple, opReduce)
	p.tensors = append(p.tensors, t)
	return nil
}

func (p *pickler) sizes(s []int) {
	p.bytes(opMark)
	for _, n := range s {
		p.number(int64(n))
	}
	p.bytes(opTuple)
}

// strides returns those of a row-major array.
func strides(shape []int) []int {
	s, n := make([]int, len(shape)), 1
	for i := len(shape) - 1; i >= 0; i-- {
		s[i] = n
		n *= shape[i]
	}
	return s
}
