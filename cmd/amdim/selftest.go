package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/engine/selftest"
	"github.com/amdim/amdim/internal/parallel"
)

// selfTest is the command's flags.
type selfTest struct {
	engine    engineFlags
	precision string
	json      bool
}

func selftestCommand() *cobra.Command {
	var s selfTest
	c := &cobra.Command{
		Use:   "selftest",
		Short: "Check that this machine computes a training step as defined",
		Long: `Compute one training step of small networks on this machine and compare losses,
features, gradients and updates with their definition, slow loops in float64. Without
--engine, every kernel set that this processor has is compared, in both precisions,
or the one that AMDIM_KERNEL names. It takes half a minute and writes nothing.

How far from float64 a correct engine is depends on where it rounds, so each tensor
is held to what plain Go in the same precision makes of it. The column "of the bound"
is the tensor that comes nearest to what it may be off; above 100 % it is wrong.
Run selftest on a kind of processor or GPU that you have not used before, or after a
new driver or libtorch, and add what it prints when you report a fault.`,
		Example: `  amdim selftest
  amdim selftest --engine torch --device cuda --graphs --tune`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return s.run(c) },
	}
	s.engine.add(c)
	c.Flags().StringVar(&s.precision, "precision", "",
		"compare only bf16 or f32, or tf32 with --engine torch (default: bf16 and f32)")
	c.Flags().BoolVar(&s.json, "json", false, "print the result as JSON")
	return c
}

func (s *selfTest) run(c *cobra.Command) error {
	candidates, err := s.candidates()
	if err != nil {
		return err
	}
	defer closeAll(candidates)
	began := time.Now()
	networks := selftest.Networks()
	count := counter{out: c.ErrOrStderr(), noun: "networks"}
	defer count.finish()
	count.set(0, len(networks))
	definitions, err := define(c.Context(), networks)
	if err != nil {
		return err
	}
	for i, d := range definitions {
		if err := measureAll(c.Context(), d, candidates); err != nil {
			return err
		}
		count.set(i+1, len(networks))
	}
	count.finish()
	r := selfTestResult{
		Version: checkpoint.CodeVersion(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Seconds: time.Since(began).Seconds(),
	}
	for _, k := range candidates {
		r.Engines = append(r.Engines, k.found)
	}
	if err := s.print(c.OutOrStdout(), r); err != nil {
		return err
	}
	return r.verdict()
}

// define computes the definitions, as many at a time as there are cores: each is a
// single thread.
func define(ctx context.Context, networks []selftest.Network) ([]*selftest.Definition, error) {
	all, errs := make([]*selftest.Definition, len(networks)), make([]error, len(networks))
	pool := parallel.NewFor(len(networks), 0)
	defer pool.Close()
	pool.For(len(networks), func(_, i int) {
		if ctx.Err() == nil {
			all[i], errs[i] = selftest.Define(networks[i])
		}
	})
	if ctx.Err() != nil {
		return nil, errUntested
	}
	return all, errors.Join(errs...)
}

// errUntested is that of a stop.
var errUntested = stoppedError{"stopped: nothing was written"}

// measureAll measures plain Go and then all engines on one network.
func measureAll(ctx context.Context, d *selftest.Definition, candidates []*candidate) error {
	plain := map[string]selftest.Errors{}
	for _, precision := range []string{cpu.F32, cpu.BF16} {
		e, err := cpu.New(cpu.Config{Kernel: "generic", Precision: precision})
		if err != nil {
			return err
		}
		plain[precision], err = d.Measure(e)
		e.Close()
		if err != nil {
			return err
		}
		if err := selftest.Plain(precision).Check(plain[precision], nil); err != nil {
			return fmt.Errorf("plain Go in %s, which the others are held to: %s: %w",
				precision, d.Network.Name, err)
		}
		if ctx.Err() != nil {
			return errUntested
		}
	}
	for _, k := range candidates {
		if ctx.Err() != nil {
			return errUntested
		}
		if err := k.measure(d, plain); err != nil {
			return err
		}
	}
	return nil
}
