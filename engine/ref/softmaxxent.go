package ref

import (
	"fmt"
	"math"

	"github.com/amdim/amdim/graph"
)

// softmaxXent sets loss, penalty and accuracy for logits s (n, k), with
// s' = softClip(s) and N the rows whose label is not −1:
//
//	loss     = 1/N Σ_n ( log Σ_j exp s'_nj − s'_n,label(n) )
//	penalty  = 1/(n·k) Σ s²       over all rows, before the clip
//	accuracy = 1/N · number of labelled rows whose largest logit, the first of
//	           equals, is the label
//
// PAPER section 6. Without a labelled row loss and accuracy are 0. A label
// that is neither −1 nor a class is an error.
func softmaxXent(a graph.SoftmaxXent, loss, penalty, accuracy, logits, labels array) error {
	classes := logits.channels()
	labelled := countLabelled(labels)
	for n, l := range labels.v {
		row := logits.row(n)
		for _, s := range row {
			penalty.v[0] += s * s / float64(len(logits.v))
		}
		label := int(l)
		if label == -1 {
			continue
		}
		if label < 0 || label >= classes {
			return fmt.Errorf("label %d in row %d, need -1 to %d", label, n, classes-1)
		}
		clipped := clipRow(row, a.Clip)
		loss.v[0] += (logSumExp(clipped) - clipped[label]) / labelled
		if firstMax(row) == label {
			accuracy.v[0] += 1 / labelled
		}
	}
	return nil
}

// softmaxXentBackward adds to ds, given the gradients by loss and penalty:
//
//	ds_nj += dloss/N · (softmax(s'_n)_j − [j = label(n)]) · ds'/ds   for labelled n
//	ds_nj += dpenalty · 2·s_nj/(n·k)
//
// The accuracy is piecewise constant: its gradient is 0.
func softmaxXentBackward(a graph.SoftmaxXent, ds, dloss, dpenalty, logits, labels array) {
	labelled := countLabelled(labels)
	for n, l := range labels.v {
		row, drow := logits.row(n), ds.row(n)
		for j, s := range row {
			drow[j] += dpenalty.v[0] * 2 * s / float64(len(logits.v))
		}
		if l == -1 {
			continue
		}
		clipped := clipRow(row, a.Clip)
		z := logSumExp(clipped)
		for j, s := range row {
			d := math.Exp(clipped[j] - z)
			if j == int(l) {
				d--
			}
			drow[j] += dloss.v[0] / labelled * d * softClipSlope(s, a.Clip)
		}
	}
}

func countLabelled(labels array) float64 {
	var n float64
	for _, l := range labels.v {
		if l != -1 {
			n++
		}
	}
	return n
}

func clipRow(s []float64, clip float64) []float64 {
	c := make([]float64, len(s))
	for i, v := range s {
		c[i] = softClip(v, clip)
	}
	return c
}

func firstMax(s []float64) int {
	best := 0
	for i, v := range s {
		if v > s[best] {
			best = i
		}
	}
	return best
}
