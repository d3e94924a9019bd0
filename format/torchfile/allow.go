package torchfile

import (
	"fmt"
	"math/bits"
)

// What a pickle may name. To this package each is a value: nothing is looked up.
var (
	orderedDict   = global{"collections", "OrderedDict"}
	rebuildTensor = global{"torch._utils", "_rebuild_tensor_v2"}
	rebuildOld    = global{"torch._utils", "_rebuild_tensor"} // before torch 0.4
	rebuildParam  = global{"torch._utils", "_rebuild_parameter"}
)

// allowed reports whether a pickle may name g.
func (g global) allowed() bool {
	switch g {
	case orderedDict, rebuildTensor, rebuildOld, rebuildParam:
		return true
	}
	_, ok := g.storage()
	return ok
}

// storage returns the type of the numbers if g is a storage class.
func (g global) storage() (DType, bool) {
	if g.module != "torch" && g.module != "torch.cuda" {
		return 0, false
	}
	return storageOf(g.name)
}

// CodeError is the error for a pickle that asks for more than values: it would
// run code if Python loaded it.
type CodeError struct{ Object string }

func (e *CodeError) Error() string {
	return fmt.Sprintf("it asks Python for %s, which is not a tensor: nothing in it was run", e.Object)
}

// global pushes what GLOBAL names.
func (m *machine) global() error {
	module, err := m.line()
	if err != nil {
		return err
	}
	name, err := m.line()
	if err != nil {
		return err
	}
	g := global{module, name}
	if !g.allowed() {
		return &CodeError{g.String()}
	}
	m.push(g)
	return nil
}

// refuse returns the error of an operation that no checkpoint needs.
func (m *machine) refuse(op byte, name string) error {
	object := "something by the operation " + name
	switch op {
	case 'i':
		module, err := m.line()
		if err == nil {
			var class string
			class, err = m.line()
			object = global{module, class}.String()
		}
		if err != nil {
			return err
		}
	case 0x93: // the names are on the stack
		if n := len(m.stack); n >= 2 {
			module, ok1 := m.stack[n-2].(string)
			class, ok2 := m.stack[n-1].(string)
			if ok1 && ok2 {
				object = global{module, class}.String()
			}
		}
	}
	return &CodeError{object}
}

// reduce is the call of one of the allowed objects.
func (m *machine) reduce() error {
	arguments, err := m.pop()
	if err != nil {
		return err
	}
	callee, err := m.pop()
	if err != nil {
		return err
	}
	list, ok := arguments.(*List)
	g, isGlobal := callee.(global)
	if !ok || !isGlobal {
		return &CodeError{"a call of " + kindOf(callee)}
	}
	switch g {
	case orderedDict:
		if len(list.Items) > 0 {
			return fmt.Errorf("an OrderedDict of %d arguments", len(list.Items))
		}
		d := NewDict()
		d.Ordered = true
		m.push(d)
		return nil
	case rebuildParam:
		if len(list.Items) > 0 {
			if t, ok := list.Items[0].(*Tensor); ok {
				m.push(t)
				return nil
			}
		}
		return fmt.Errorf("a parameter without a tensor")
	case rebuildTensor, rebuildOld:
		t, err := newTensor(list.Items)
		m.push(t)
		return err
	}
	return &CodeError{"a call of " + g.String()}
}

// build sets the attributes of an object. The only object with any is an
// OrderedDict: PyTorch keeps module versions there, which are discarded.
func (m *machine) build() error {
	if _, err := m.pop(); err != nil {
		return err
	}
	v, err := m.pop()
	if err != nil {
		return err
	}
	if d, ok := v.(*Dict); !ok || !d.Ordered {
		return &CodeError{"attributes of " + kindOf(v)}
	}
	m.push(v)
	return nil
}

// persistent pushes a storage: ("storage", class, key, device, numbers) and, in
// the old form, a part of it, (key, first, numbers), or None.
func (m *machine) persistent() error {
	v, err := m.pop()
	if err != nil {
		return err
	}
	list, ok := v.(*List)
	if !ok || len(list.Items) < 5 || len(list.Items) > 6 || list.Items[0] != any("storage") {
		return fmt.Errorf("a reference that is no storage")
	}
	class, ok1 := list.Items[1].(global)
	key, ok2 := list.Items[2].(string)
	n, ok3 := list.Items[4].(int64)
	if !ok1 || !ok2 || !ok3 || n < 0 || n > maxNumbers {
		return fmt.Errorf("a storage without class, key or size")
	}
	dtype, ok := class.storage()
	if !ok {
		return &CodeError{class.String()}
	}
	s, known := m.storages[key]
	if !known {
		s = &storage{key: key, dtype: dtype, numbers: n}
		m.storages[key] = s
	}
	if s.dtype != dtype || s.numbers != n {
		return fmt.Errorf("two sizes or types of storage %s", shortened(key))
	}
	part := part{storage: s, numbers: n}
	if len(list.Items) == 6 && list.Items[5] != nil {
		if part, err = s.part(list.Items[5]); err != nil {
			return err
		}
	}
	m.push(part)
	return nil
}

// maxNumbers bounds a storage or a tensor: far more than any disk holds.
const maxNumbers = 1 << 48

// elements is the product of a shape, at most maxNumbers.
func elements(shape []int) (int64, bool) {
	n := uint64(1)
	for _, d := range shape {
		hi, lo := bits.Mul64(n, uint64(d))
		if hi != 0 || lo > maxNumbers {
			return 0, false
		}
		n = lo
	}
	return int64(n), true
}
