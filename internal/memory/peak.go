package memory

// Peak is the most bytes that this process has held in memory, as the system
// saw it, since ResetPeak or the start. 0: not known.
func Peak() uint64 { return peak() }

// ResetPeak lets Peak begin again from what is held now, and reports whether
// the system can do that.
func ResetPeak() bool { return resetPeak() }
