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
	curve, err := e.points(c, epochs, records)
	if err != nil {
		return err
	}
	unkept := e.unkept // of the last state
	e.keepCurve(c, curve)
	e.unkept = cmp.Or(e.unkept, unkept)
	if e.kept {
		sayNext(c, typed("report", e.model))
	}
	if e.json {
		return e.done(printJSON(c.OutOrStdout(), curve))
	}
	return e.done(curve.Print(c.OutOrStdout()))
}

// points measures the kept epochs, but for one that holds the last state, and then that.
func (e *evaluate) points(c *cobra.Command, epochs []int, records []train.Record) (eval.Curve, error) {
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
		p, err := e.point(c, path, records)
		if err != nil {
			return nil, err
		}
		curve = append(curve, p)
	}
	fmt.Fprintln(c.ErrOrStderr(), "last state")
	last, err := e.point(c, e.model, records)
	if err != nil {
		return nil, err
	}
	curve = append(curve, last)
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

// keepCurve keeps a curve in its run, where the report finds it. One that it does not
// measure again is set aside.
func (e *evaluate) keepCurve(c *cobra.Command, curve eval.Curve) {
	path := train.CurvePath(e.model)
	if e.validation > 0 {
		path = train.ValidationCurvePath(e.model)
	}
	earlier, err := eval.ReadKept(path, eval.ReadCurve)
	e.asideUnread(c, path, err)
	if earlier != nil && !curve.Replaces(*earlier) {
		last := (*earlier)[len(*earlier)-1].Result
		setAside(c, path, "the curve", last.Step, measuredOn(last))
	}
	e.keepIn(c, path, "kept", curve.WriteJSON)
}

// point measures a checkpoint. Baselines do not change while a model learns, so
// only the last state, which is kept in the run, is set beside them.
func (e *evaluate) point(c *cobra.Command, model string, records []train.Record) (eval.Point, error) {
	one := *e
	one.model = model
	one.config.Baselines = e.config.Baselines && model == e.model
	result, err := one.measure(c)
	if err != nil {
		return eval.Point{}, err
	}
	e.unkept = one.unkept
	p := eval.Point{Result: result}
	for _, r := range records {
		if r.Step <= result.Step {
			p.Epoch, p.Minutes = r.Epoch, r.Seconds/60
		}
	}
	return p, nil
}
