package selftest_test

import (
	"fmt"

	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/engine/selftest"
)

// It takes some seconds, so it is compiled but not run.
func Example() {
	d, err := selftest.Define(selftest.Networks()[3])
	if err != nil {
		fmt.Println(err)
		return
	}
	var errs [2]selftest.Errors
	for i, kernels := range []string{"generic", ""} { // plain Go, and the best of this processor
		e, err := cpu.New(cpu.Config{Kernel: kernels, Precision: cpu.F32})
		if err != nil {
			fmt.Println(err)
			return
		}
		errs[i], err = d.Measure(e)
		e.Close()
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(selftest.Kernels(cpu.F32).Check(errs[1], errs[0]))
}
