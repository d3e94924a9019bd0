//go:build torch && linux

package torch

import (
	"errors"
	"flag"
	"fmt"
	"testing"

	"github.com/amdim/amdim/engine/enginetest"
)

// Two processes with a share of the rows each equal one with all of them. On GPUs each has its own: NCCL
// refuses two processes with one.
func TestGroupEqualsOneProcess(t *testing.T) {
	const size = 2
	if gpus := library(t).Devices(); testDevice() != "cpu" && gpus < size {
		t.Skipf("%d GPUs for %d processes", gpus, size)
	}
	for precision := range bounds {
		t.Run(precision, func(t *testing.T) { succeed(t, startGroup(t, "share "+precision, Place{Size: size})) })
	}
}

// share is a process of the group, itself a test.
func share(precision string) func(*Library, *Group) error {
	return func(lib *Library, g *Group) error {
		flag.Parse()
		device := testDevice()
		if device != "cpu" {
			device = fmt.Sprint("cuda:", g.Rank())
		}
		e, err := lib.NewEngine(Config{Device: device, Precision: precision})
		if err != nil {
			return err
		}
		test := func(t *testing.T) { enginetest.Share(t, e, g, bounds[precision]) }
		all := func(string, string) (bool, error) { return true, nil }
		if !testing.RunTests(all, []testing.InternalTest{{Name: "share", F: test}}) {
			return errors.New("a share differs")
		}
		return nil
	}
}
