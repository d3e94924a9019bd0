package kernel

// Epilogue is what happens to a product on its way to memory. The zero value
// only rounds.
type Epilogue[E Elem] struct {
	Bias  []float32 // added to every row, nil for none
	Add   []E       // added element by element, nil for none: the residual
	LdAdd int       // row i of Add starts at Add[i·LdAdd]

	// AddCols is how many columns Add has, nothing being added to the rest; 0:
	// all. Only GemmStore takes another number.
	AddCols int

	ReLU bool // max(·, 0) after both; NaN stays NaN

	// Stream says that dst is not read before it has left the caches. A set may then
	// bypass them, and so need not read what it overwrites.
	Stream bool
}

// Store rounds m rows of n columns of c to dst:
//
//	dst[i·ldd+j] = E(relu(c[i·ldc+j] + Bias[j] + Add[i·LdAdd+j]))
//
// n is any number of columns, usually those of one panel.
func (p *Products[E]) Store(dst []E, ldd int, c []float32, ldc, m, n int, e Epilogue[E]) {
	if m <= 0 || n <= 0 {
		return
	}
	need("Store", "ldd", ldd, 0)
	need("Store", "ldc", ldc, 0)
	need("Store", "len(dst)", len(dst), (m-1)*ldd+n)
	need("Store", "len(c)", len(c), (m-1)*ldc+n)
	if e.Bias != nil {
		need("Store", "len(Bias)", len(e.Bias), n)
	}
	if e.Add != nil {
		need("Store", "LdAdd", e.LdAdd, 0)
		need("Store", "len(Add)", len(e.Add), (m-1)*e.LdAdd+n)
	}
	p.store(dst, ldd, c, ldc, m, n, e)
}
