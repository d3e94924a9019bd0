package eval

import (
	"fmt"
	"slices"
	"strings"
)

// Settings says how the classifiers behind r's rows were made, a line for each kind: the
// batch of a probe alone moves accuracy by many points (RESULTS.md).
func (r *Result) Settings() []string {
	c := r.Config
	var lines []string
	if linear := r.measured(Linear); linear || r.measured(MLP) {
		line := "probes: " + c.Probe.trained(r.Train) + r.otherBatches()
		if linear && c.Probe.Clipped {
			line += "; linear with the paper's clipped, penalised logits, as mlp always"
		}
		lines = append(lines, line)
	}
	if r.measured(KNN) {
		lines = append(lines, fmt.Sprintf("knn: a neighbour votes with weight exp(cosine/%g)", c.KNN.Temperature))
	}
	if r.measured(Paper) {
		lines = append(lines, Paper+": "+c.Paper.trained(r.Train))
	}
	return lines
}

// measured reports whether r has rows of a protocol.
func (r *Result) measured(protocol string) bool {
	return slices.ContainsFunc(r.Rows, func(row Row) bool { return protocolOf(row) == protocol })
}

// otherBatches names the representations whose probes have batches of another size.
func (r *Result) otherBatches() (said string) {
	named := map[string]bool{}
	for _, row := range r.Rows {
		if row.ProbeBatch > 0 && row.ProbeBatch != r.Config.Probe.Batch && !named[row.Representation] {
			named[row.Representation] = true
			said += fmt.Sprintf("; those of %s in batches of %d", row.Representation, min(row.ProbeBatch, r.Train))
		}
	}
	return said
}

// trained says how a probe learns from so many images.
func (c ProbeConfig) trained(images int) string {
	var b strings.Builder
	epochs := "epochs"
	if c.Epochs == 1 {
		epochs = "epoch"
	}
	fmt.Fprintf(&b, "%d %s in batches of %d, Adam at %.4g",
		c.Epochs, epochs, min(c.Batch, images), c.Schedule.LR)
	rate := c.Schedule
	rate.Warmup = 0
	for _, drop := range slices.Compact(slices.Sorted(slices.Values(c.Schedule.Drops))) {
		if drop < c.Epochs {
			fmt.Fprintf(&b, ", at %.4g after epoch %d", rate.At(0, drop), drop)
		}
	}
	return b.String() + "; tested after the last"
}
