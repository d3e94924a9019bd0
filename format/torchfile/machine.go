package torchfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// Bounds of one pickle. The authors' largest network has about 400 tensors, of
// 40 operations and 150 bytes each.
const (
	maxOps   = 1 << 20
	maxBytes = 16 << 20
	maxLine  = 1 << 10 // of a Python name
)

// global is a Python object that a pickle names.
type global struct{ module, name string }

func (g global) String() string { return shortened(g.module + "." + g.name) }

func shortened(text string) string {
	if len(text) > 80 {
		text = text[:80] + "…"
	}
	if quoted := fmt.Sprintf("%q", text); quoted[1:len(quoted)-1] != text {
		return quoted
	}
	return text
}

// mark is what MARK pushes.
type mark struct{}

var errCut = errors.New("the file is cut off")

// machine runs one pickle. Each operation pushes at most one value, so memory is
// bounded by maxOps and maxBytes; it walks over nothing but what the stack holds.
type machine struct {
	in    io.Reader
	read  int // bytes
	stack []any
	memo  map[uint32]any

	storages map[string]*storage // by key: one entry each, however often it is named
}

func newMachine(in io.Reader) *machine {
	return &machine{in: in, memo: map[uint32]any{}, storages: map[string]*storage{}}
}

// run returns the value that the pickle builds.
func (m *machine) run() (any, error) {
	for range maxOps {
		op, err := m.bytes(1)
		if err != nil {
			return nil, err
		}
		if op[0] == opStop {
			return m.pop()
		}
		if err := m.step(op[0]); err != nil {
			return nil, fmt.Errorf("pickle, byte %d: %w", m.read, err)
		}
	}
	return nil, fmt.Errorf("pickle of more than %d operations: not a checkpoint", maxOps)
}

// ended reads on to the end of the file, where its checksum is compared. torch.save
// ends the file with the pickle.
func (m *machine) ended() error {
	switch _, err := io.ReadFull(m.in, make([]byte, 1)); {
	case err == nil:
		return fmt.Errorf("bytes behind the pickle, which ends at %d", m.read)
	case errors.Is(err, io.EOF):
		return nil
	default:
		return fmt.Errorf("pickle: %w", err)
	}
}

// bytes reads the next n.
func (m *machine) bytes(n int) ([]byte, error) {
	if n < 0 || n > maxBytes-m.read {
		return nil, fmt.Errorf("pickle of more than %d bytes: not a checkpoint", maxBytes)
	}
	b := make([]byte, min(n, 1<<16))
	read := 0
	for read < n { // a claimed length is allocated only as far as the file has it
		if read == len(b) {
			b = append(b, make([]byte, min(n-read, len(b)))...)
		}
		k, err := io.ReadFull(m.in, b[read:])
		read += k
		if err != nil {
			return nil, errCut
		}
	}
	m.read += n
	return b, nil
}

// line reads a string up to a newline.
func (m *machine) line() (string, error) {
	var b strings.Builder
	for b.Len() <= maxLine {
		c, err := m.bytes(1)
		if err != nil {
			return "", err
		}
		if c[0] == '\n' {
			return b.String(), nil
		}
		b.WriteByte(c[0])
	}
	return "", errors.New("a name of more than 1024 letters")
}

func (m *machine) push(v any) { m.stack = append(m.stack, v) }

func (m *machine) pop() (any, error) {
	n := len(m.stack)
	if n == 0 {
		return nil, errors.New("a value is missing")
	}
	v := m.stack[n-1]
	if _, ok := v.(mark); ok {
		return nil, errors.New("a value is missing before a mark")
	}
	m.stack = m.stack[:n-1]
	return v, nil
}

// popMark returns what was pushed since the last mark, and removes both.
func (m *machine) popMark() ([]any, error) {
	for i := len(m.stack) - 1; i >= 0; i-- {
		if _, ok := m.stack[i].(mark); ok {
			items := append([]any(nil), m.stack[i+1:]...)
			m.stack = m.stack[:i]
			return items, nil
		}
	}
	return nil, errors.New("a mark is missing")
}

// step runs one operation.
func (m *machine) step(op byte) error {
	if name, ok := refusedOps[op]; ok {
		return m.refuse(op, name)
	}
	switch op {
	case opProto:
		b, err := m.bytes(1)
		if err == nil && b[0] > 5 {
			err = fmt.Errorf("protocol %d", b[0])
		}
		return err
	case opFrame:
		_, err := m.bytes(8)
		return err
	case opMark:
		m.push(mark{})
	case opPop:
		_, err := m.pop()
		return err
	case opNone:
		m.push(nil)
	case opTrue, opFalse:
		m.push(op == opTrue)
	case opBinInt, opBinInt1, opBinInt2, opLong1, opBinFloat:
		return m.number(op)
	case opUnicode, opShortText, opShortBytes, opBytes:
		return m.text(op)
	case opBinGet, opLongBinGet, opBinPut, opLongBinPut, opMemoize:
		return m.remember(op)
	case opGlobal:
		return m.global()
	case opReduce:
		return m.reduce()
	case opBuild:
		return m.build()
	case opPersistent:
		return m.persistent()
	default:
		return m.collect(op)
	}
	return nil
}

// number pushes the number that op makes of the bytes that follow.
func (m *machine) number(op byte) error {
	n := map[byte]int{opBinInt: 4, opBinInt1: 1, opBinInt2: 2, opLong1: 1, opBinFloat: 8}[op]
	b, err := m.bytes(n)
	if err == nil && op == opLong1 {
		if b[0] > 8 {
			return fmt.Errorf("a whole number of %d bytes", b[0])
		}
		b, err = m.bytes(int(b[0]))
	}
	if err != nil {
		return err
	}
	switch op {
	case opBinInt:
		m.push(int64(int32(binary.LittleEndian.Uint32(b))))
	case opBinInt1:
		m.push(int64(b[0]))
	case opBinInt2:
		m.push(int64(binary.LittleEndian.Uint16(b)))
	case opBinFloat:
		m.push(math.Float64frombits(binary.BigEndian.Uint64(b)))
	case opLong1: // little endian, in two's complement
		var x uint64
		for i, c := range b {
			x |= uint64(c) << (8 * i)
		}
		if n := len(b); n > 0 && n < 8 && b[n-1] >= 128 {
			x |= math.MaxUint64 << (8 * n)
		}
		m.push(int64(x))
	}
	return nil
}

// text pushes a string that is preceded by its length.
func (m *machine) text(op byte) error {
	wide := 4
	if op == opShortText || op == opShortBytes {
		wide = 1
	}
	b, err := m.bytes(wide)
	if err != nil {
		return err
	}
	n := uint64(b[0])
	if wide == 4 {
		n = uint64(binary.LittleEndian.Uint32(b))
	}
	if n > maxBytes {
		return fmt.Errorf("a text of %d bytes", n)
	}
	text, err := m.bytes(int(n))
	m.push(string(text))
	return err
}

// remember stores the top of the stack in the memo, or pushes what is in it.
func (m *machine) remember(op byte) error {
	at := uint32(len(m.memo))
	if op != opMemoize {
		n := 1
		if op == opLongBinGet || op == opLongBinPut {
			n = 4
		}
		b, err := m.bytes(n)
		if err != nil {
			return err
		}
		at = uint32(b[0])
		if n == 4 {
			at = binary.LittleEndian.Uint32(b)
		}
	}
	if op == opBinGet || op == opLongBinGet {
		v, ok := m.memo[at]
		if !ok {
			return fmt.Errorf("nothing was stored as %d", at)
		}
		m.push(v)
		return nil
	}
	v, err := m.pop()
	if err != nil {
		return err
	}
	m.memo[at] = v
	m.push(v)
	return nil
}
