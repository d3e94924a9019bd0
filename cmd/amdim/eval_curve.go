package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
)

// runCurve evaluates every kept epoch of a run and its last state.
func (e *evaluate) runCurve(c *cobra.Command) error {
	if !e.isRun() {
		return usagef("--curve: %s is not a run folder", e.model)
	}
	records, err := train.ReadMetrics(train.MetricsPath(e.model))
	if err != nil {
		return err
	}
	epochs, err := train.KeptEpochs(e.model)
	if err != nil {
		return err
	}
	if len(epochs) == 0 {
		return fmt.Errorf("--curve: %s has no epoch-N.safetensors: train with --keep-epochs", e.model)
	}
	last, whole := e.keeper(c), e.keeper(c) // of the last state, and of the curve
	curve, err := e.points(c, epochs, records, last)
	if err != nil {
		return err
	}
	if whole.keepCurve(curve); whole.kept {
		sayNext(c, typed("report", e.model))
	}
	return cmp.Or(e.print(c, curve.Print, asJSON(curve)), whole.err, last.err)
}

// points measures the kept epochs, but for one that holds the last state, and then that, whose
// result alone is kept in the run. Baselines do not change while a model learns, so only the
// last state is set beside them.
func (e *evaluate) points(
	c *cobra.Command, epochs []int, records []train.Record, k *keeper,
) (eval.Curve, error) {
	end, err := stepOf(e.model)
	if err != nil {
		return nil, err
	}
	var curve eval.Curve
	for _, n := range epochs {
		path := train.EpochPath(e.model, n)
		step, err := stepOf(path)
		if err != nil {
			return nil, err
		}
		if step == end {
			continue
		}
		fmt.Fprintf(c.ErrOrStderr(), "epoch %d\n", n)
		one := *e
		one.model, one.config.Baselines = path, false
		result, err := one.measure(c, new(keeper))
		if err != nil {
			return nil, err
		}
		curve = append(curve, pointOf(result, records))
	}
	fmt.Fprintln(c.ErrOrStderr(), "last state")
	result, err := e.measure(c, k)
	if err != nil {
		return nil, err
	}
	curve = append(curve, pointOf(result, records))
	slices.SortStableFunc(curve, func(a, b eval.Point) int { return cmp.Compare(a.Result.Step, b.Result.Step) })
	return curve, nil
}

// stepOf is how many updates a model has learnt from.
func stepOf(model string) (int, error) {
	path, err := checkpointOf(model)
	if err != nil {
		return 0, err
	}
	meta, err := checkpoint.ReadRun(path)
	return meta.Step, err
}

// pointOf is a result at the time of training that its model had then.
func pointOf(result *eval.Result, records []train.Record) eval.Point {
	p := eval.Point{Result: result}
	for _, r := range records {
		if r.Step <= result.Step {
			p.Epoch, p.Minutes = r.Epoch, r.Seconds/60
		}
	}
	return p
}
