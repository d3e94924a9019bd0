package cpu

import "math"

// sharePartition turns the Z of every row from that over this process's columns into
// that over all processes, by logarithms, since each process has its own Top. A row
// that has no negative here, such as that of a process's only image, adds nothing.
func (n *contrast[E]) sharePartition(e *exec[E]) {
	logs, total := make([]float64, len(n.rows)), make([]float64, len(n.rows))
	for at, r := range n.rows {
		logs[at], total[at] = max(r.logZ, -math.MaxFloat32), math.Inf(-1)
	}
	e.peers.each(logs, func(_ int, logs []float64) {
		for at, v := range logs {
			total[at] = logAdd(total[at], v)
		}
	})
	for at := range n.rows {
		r := &n.rows[at]
		r.logZ, r.z = total[at], math.Exp(total[at]-float64(r.clip.Top))
	}
}

// logAdd is log(eˣ + eʸ).
func logAdd(x, y float64) float64 { return max(x, y) + math.Log1p(math.Exp(-math.Abs(x-y))) }

// shareWrong gives every process the wrong of all rows, which only the owners of
// their positives know.
func (n *contrast[E]) shareWrong(e *exec[E]) {
	rows := n.b * n.k
	wrong := make([]float64, rows)
	for i := range wrong {
		wrong[i] = n.rows[n.at*n.k+i].wrong
	}
	e.peers.each(wrong, func(rank int, wrong []float64) {
		for i, v := range wrong {
			n.rows[rank*rows+i].wrong = v
		}
	})
}
