package amxemu

import (
	"fmt"
	"os"
)

// Again runs the tests of this test binary that match run once more, in a process
// whose AMX instructions are emulated, with flags behind. Its result is an error,
// with the output of the tests, if they fail or use fewer than least instructions.
func Again(run string, least int, flags ...string) (Result, error) {
	out, err := os.CreateTemp("", "amxemu")
	if err != nil {
		return Result{}, fmt.Errorf("amxemu: output: %w", err)
	}
	defer os.Remove(out.Name())
	defer out.Close()
	args := append([]string{os.Args[0], "-test.count=1", "-test.run=" + run}, flags...)
	res, err := Run(os.Args[0], args, append(os.Environ(), "AMDIM_AMX=emulated"), out)
	if err != nil {
		return res, err
	}
	if res.Exit != 0 || res.Instructions < least {
		text, _ := os.ReadFile(out.Name())
		return res, fmt.Errorf("amxemu: exit status %d after %d instructions:\n%s",
			res.Exit, res.Instructions, text)
	}
	return res, nil
}
