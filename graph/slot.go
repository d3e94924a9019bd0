package graph

import "strings"

// slotMark separates the name of a variable from the suffix of an entry of Adam's for it.
const slotMark = "#"

// SlotM, SlotV and SlotT name Adam's entries for a variable: first and second
// moment, and the update count (one number, exact below 2²⁴).
func SlotM(name string) string { return name + slotMark + "m" }

// SlotV names the second moment.
func SlotV(name string) string { return name + slotMark + "v" }

// SlotT names the update count.
func SlotT(name string) string { return name + slotMark + "t" }

// IsSlot reports whether the entry of that name is one of Adam's, not a variable.
func IsSlot(name string) bool { return strings.Contains(name, slotMark) }

// VarOf names the variable that an entry is or, as one of Adam's, belongs to.
func VarOf(name string) string {
	variable, _, _ := strings.Cut(name, slotMark)
	return variable
}
