package graph

import "testing"

func TestSlotsAreToldFromTheirVariable(t *testing.T) {
	const name = "f1.conv.weight"
	if IsSlot(name) || VarOf(name) != name {
		t.Errorf("%s is a slot of %s", name, VarOf(name))
	}
	seen := map[string]bool{}
	for _, slot := range []string{SlotM(name), SlotV(name), SlotT(name)} {
		if !IsSlot(slot) || VarOf(slot) != name || seen[slot] {
			t.Errorf("%s is one of %v, of %s", slot, seen, VarOf(slot))
		}
		seen[slot] = true
	}
}
