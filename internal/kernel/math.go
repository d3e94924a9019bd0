package kernel

// mathFuncs are the loops over float32 that do not depend on the storage of
// activations.
type mathFuncs struct {
	max     func(x []float32) float32
	dot     func(x, y []float32) float64
	axpy    func(y []float32, a float32, x []float32)
	scale   func(dst []float32, a float32, x []float32)
	addRows func(dst []float32, off []int32, src []float32, ld, n int)
	adam    func(w, m, v, g []float32, p AdamParams)
}

// Max is the largest element of x, NaN if there is one, −Inf if x is empty.
func (s *Set) Max(x []float32) float32 { return s.math.max(x) }

// Dot adds the products of elements of x and y in float64.
func (s *Set) Dot(x, y []float32) float64 {
	same("Dot", "len(y)", len(y), len(x))
	return s.math.dot(x, y)
}

// Axpy sets y += a·x.
func (s *Set) Axpy(y []float32, a float32, x []float32) {
	same("Axpy", "len(x)", len(x), len(y))
	s.math.axpy(y, a, x)
}

// Scale sets dst = a·x. dst may be x.
func (s *Set) Scale(dst []float32, a float32, x []float32) {
	same("Scale", "len(x)", len(x), len(dst))
	s.math.scale(dst, a, x)
}

// AddRows adds row i of src, n elements from src[i·ld], to dst[off[i]:]. Rows are
// added in order, so they may overlap in dst: the backward pass of taking the windows
// of a convolution.
func (s *Set) AddRows(dst []float32, off []int32, src []float32, ld, n int) {
	need("AddRows", "ld", ld, 0)
	need("AddRows", "len(src)", len(src), (len(off)-1)*ld+n)
	needRows("AddRows", "len(dst)", len(dst), off, n)
	s.math.addRows(dst, off, src, ld, n)
}

// AdamParams are the numbers of one step of Adam.
type AdamParams struct {
	LR           float32
	Beta1, Beta2 float32
	Eps          float32
	WeightDecay  float32 // L2: added to the gradient as WeightDecay·w
	Correction1  float32 // 1 − Beta1^t
	Correction2  float32 // 1 − Beta2^t
}

// AdamStep updates weights w and moments m, v with the gradient g:
//
//	g' = g + WeightDecay·w
//	m  = Beta1·m + (1−Beta1)·g'
//	v  = Beta2·v + (1−Beta2)·g'²
//	w −= LR/Correction1 · m / (√(v/Correction2) + Eps)
//
// Kingma and Ba 2015, arXiv 1412.6980, algorithm 1, with L2 regularisation in
// the gradient as in torch.optim.Adam.
func (s *Set) AdamStep(w, m, v, g []float32, p AdamParams) {
	same("AdamStep", "len(m)", len(m), len(w))
	same("AdamStep", "len(v)", len(v), len(w))
	same("AdamStep", "len(g)", len(g), len(w))
	s.math.adam(w, m, v, g, p)
}
