package torchfile

import (
	"errors"
	"fmt"
	"slices"
)

// collect runs the operations on tuples, lists and dictionaries.
func (m *machine) collect(op byte) error {
	switch op {
	case opEmptyTuple, opEmptyList:
		m.push(&List{})
	case opEmptyDict:
		m.push(NewDict())
	case opTuple:
		items, err := m.popMark()
		m.push(&List{items})
		return err
	case opTuple1, opTuple2, opTuple3:
		items := make([]any, op-opTuple1+1)
		for i := range items {
			v, err := m.pop()
			if err != nil {
				return err
			}
			items[i] = v
		}
		slices.Reverse(items)
		m.push(&List{items})
	case opAppend, opSetItem:
		n := 1
		if op == opSetItem {
			n = 2
		}
		if len(m.stack) < n {
			return errors.New("a value is missing")
		}
		items := slices.Clone(m.stack[len(m.stack)-n:])
		m.stack = m.stack[:len(m.stack)-n]
		return m.fill(op == opSetItem, items)
	case opAppends, opSetItems:
		items, err := m.popMark()
		if err != nil {
			return err
		}
		return m.fill(op == opSetItems, items)
	default:
		return fmt.Errorf("operation %#02x, which torch does not write", op)
	}
	return nil
}

// fill adds items to the list, or pairs to the dictionary, on top of the stack.
func (m *machine) fill(pairs bool, items []any) error {
	v, err := m.pop()
	if err != nil {
		return err
	}
	m.push(v)
	switch c := v.(type) {
	case *List:
		if !pairs {
			c.Items = append(c.Items, items...)
			return nil
		}
	case *Dict:
		if pairs && len(items)%2 == 0 {
			return c.setAll(items)
		}
	}
	return fmt.Errorf("items for %s", kindOf(v))
}

// setAll sets alternating keys and values.
func (d *Dict) setAll(items []any) error {
	for i := 0; i < len(items); i += 2 {
		switch items[i].(type) {
		case string, int64, bool, float64, nil:
			d.set(items[i], items[i+1])
		default:
			return fmt.Errorf("%s as a key", kindOf(items[i]))
		}
	}
	return nil
}
