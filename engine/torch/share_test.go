//go:build torch && linux

package torch

import (
	"errors"
	"flag"
	"testing"

	"github.com/amdim/amdim/engine/enginetest"
)

// Two processes with a share of the rows each equal one with all of them.
func TestGroupEqualsOneProcess(t *testing.T) {
	for precision := range bounds {
		t.Run(precision, func(t *testing.T) { succeed(t, startGroup(t, "share "+precision, Place{Size: 2})) })
	}
}

// share is a process of the group, itself a test.
func share(precision string) func(*Library, *Group) error {
	return func(lib *Library, g *Group) error {
		flag.Parse()
		test := func(t *testing.T) { enginetest.Share(t, engineOf(t, lib, precision), g, bounds[precision]) }
		all := func(string, string) (bool, error) { return true, nil }
		if !testing.RunTests(all, []testing.InternalTest{{Name: "share", F: test}}) {
			return errors.New("a share differs")
		}
		return nil
	}
}
