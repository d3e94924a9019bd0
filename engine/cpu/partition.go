package cpu

import "math"

// sharePartition turns the Z of every row from that of the columns into that of all
// processes: by their logarithms, since each has a Top of its own. A row that has no
// negative here, as that of the only image of a process, adds nothing.
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

// shareWrong gives every process the wrong of all rows, which the owners of their
// positives know.
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
