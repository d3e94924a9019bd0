package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/amdim/amdim/engine"
)

// membership is this process's place among those that a launcher such as torchrun
// has started, as it says in the environment.
type membership struct {
	Rank, Size int
	Local      int    // rank on this host: which of its devices
	Host       string // where process 0 listens
	Port       int
}

// joinGroup opens the group, and returns what leaves it.
var joinGroup = func(m membership) (engine.Group, func(), error) {
	return nil, nil, usagef("WORLD_SIZE is %d, and this amdim was built without libtorch: "+
		`build it with "make torch" (go build -tags torch)`, m.Size)
}

// groupOfEnvironment joins the group that the environment names; nil: there is none.
func groupOfEnvironment() (engine.Group, func(), error) {
	m, err := membershipIn(os.LookupEnv)
	if err != nil {
		return nil, nil, usageError{err}
	}
	if m.Size == 1 {
		return nil, func() {}, nil
	}
	return joinGroup(m)
}

// membershipIn reads WORLD_SIZE and, where that is more than 1, the rest.
func membershipIn(lookup func(name string) (string, bool)) (membership, error) {
	m := membership{Size: 1}
	if _, ok := lookup("WORLD_SIZE"); !ok {
		return m, nil
	}
	env := environment{lookup: lookup}
	if m.Size = env.number("WORLD_SIZE", 1, 1<<20); env.err != nil || m.Size == 1 {
		return m, env.err
	}
	m.Rank = env.number("RANK", 0, m.Size-1)
	if _, ok := lookup("LOCAL_RANK"); ok {
		m.Local = env.number("LOCAL_RANK", 0, m.Size-1)
	}
	m.Host = env.text("MASTER_ADDR")
	m.Port = env.number("MASTER_PORT", 1, 1<<16-1)
	return m, env.err
}

// environment keeps the first error of what is read from it.
type environment struct {
	lookup func(name string) (string, bool)
	err    error
}

// text is a variable that must be there.
func (e *environment) text(name string) string {
	v, _ := e.lookup(name)
	if v == "" && e.err == nil && name != "WORLD_SIZE" {
		size, _ := e.lookup("WORLD_SIZE")
		e.err = fmt.Errorf("WORLD_SIZE is %q and %s is not set: start amdim with torchrun, or set it for each "+
			"process; unset WORLD_SIZE to train in one process", size, name)
	}
	return v
}

// number is a whole number from least to most.
func (e *environment) number(name string, least, most int) int {
	text := e.text(name)
	n, err := strconv.Atoi(text)
	if e.err == nil && (err != nil || n < least || n > most) {
		e.err = fmt.Errorf("%s=%s: need a whole number from %d to %d: it is set by torchrun, or by you",
			name, text, least, most)
	}
	return n
}

// rankError is an error of one process of a group.
type rankError struct {
	rank int
	err  error
}

func (e rankError) Error() string { return fmt.Sprintf("rank %d: %v", e.rank, e.err) }
func (e rankError) Unwrap() error { return e.err }
