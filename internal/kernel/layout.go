package kernel

// layout is how the rows of a packed panel are stored.
type layout bool

const (
	// byRows: 32 columns each, one row after another.
	byRows layout = false

	// byHalves: the columns 0..15 of every row, then 16..31 of every row. A
	// micro-kernel that goes through 16 columns at a time, or a tile of AMX, reads them in
	// one piece; from whole rows it would take every other cache line, and those fit in only
	// half of the L1 cache.
	byHalves layout = true
)

// strides returns how many elements lie between steps (rows or pairs of rows) of a
// panel of kRound rows, and between its columns 0 and 16.
func strides[E Elem](l layout, kRound int) (step, half int) {
	const cols = PanelCols / 2
	if l == byHalves {
		return cols * depth[E](), cols * kRound
	}
	return PanelCols * depth[E](), cols * depth[E]()
}

// rowsFrom returns the one or two pieces of a panel that hold its rows from p on,
// where p is a multiple of depth.
func rowsFrom[E Elem](l layout, panel []E, p int) [2][]E {
	if l == byHalves {
		half := len(panel) / 2
		p *= PanelCols / 2
		return [2][]E{panel[p:half], panel[half+p:]}
	}
	return [2][]E{panel[p*PanelCols:]}
}

// clearRows zeroes what follows the k rows of a panel.
func clearRows[E Elem](l layout, panel []E, k int) {
	d := depth[E]()
	for _, rows := range rowsFrom(l, panel, (k+d-1)/d*d) {
		clear(rows)
	}
}
