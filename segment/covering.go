package segment

// Covering is how well segments of A cover those of B, the ground truth (Arbeláez et
// al. 2011, doi 10.1109/TPAMI.2010.161): each segment of B gets the intersection over
// union with the best-fitting segment of A, weighted by its pixels. From 0 to 1,
// higher is better. It is not symmetric.
func (c Contingency) Covering() float64 {
	best := make([]float64, len(c.B))
	for _, cell := range c.Cells {
		union := c.A[cell.A].N + c.B[cell.B].N - cell.N
		best[cell.B] = max(best[cell.B], float64(cell.N)/float64(union))
	}
	var sum float64
	for j, s := range c.B {
		sum += float64(s.N) * best[j]
	}
	return sum / float64(c.N)
}
