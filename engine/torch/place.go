package torch

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Place is the place of a process in its group.
type Place struct {
	Rank, Size int
	LocalRank  int           // rank among the processes on its host: selects its GPU
	Master     string        // address of rank 0's host, as the others reach it
	Port       int           // where rank 0, or torchrun, serves the store there
	Timeout    time.Duration // how long a process may keep the others waiting, see CheckTimeout; 0: 10 minutes
}

// CheckTimeout returns an error unless libtorch can wait that long: it counts
// whole milliseconds in 31 bits and, in some places, whole seconds.
func CheckTimeout(d time.Duration) error {
	const least, most = time.Second, 24 * 24 * time.Hour
	if d < least || d > most {
		return fmt.Errorf("a time limit of %s for the processes of a group: need %s to %s", d, least, most)
	}
	return nil
}

// PlaceFromEnvironment reads what torchrun and other launchers set: RANK,
// WORLD_SIZE, MASTER_ADDR and MASTER_PORT, and LOCAL_RANK, which is 0 if not set.
// found is false for a lone process, which needs none of them.
func PlaceFromEnvironment() (p Place, found bool, err error) {
	if os.Getenv("RANK") == "" && os.Getenv("WORLD_SIZE") == "" {
		return Place{}, false, nil
	}
	for _, v := range []struct {
		name     string
		to       *int
		min, max int
	}{
		{"WORLD_SIZE", &p.Size, 1, 1 << 20},
		{"RANK", &p.Rank, 0, 1<<20 - 1},
		{"LOCAL_RANK", &p.LocalRank, 0, 1<<20 - 1},
		{"MASTER_PORT", &p.Port, 1, 1<<16 - 1},
	} {
		text := os.Getenv(v.name)
		if text == "" && (p.Size == 1 || v.name == "LOCAL_RANK") {
			continue
		}
		if text == "" {
			return Place{}, true, notSet(v.name)
		}
		if *v.to, err = strconv.Atoi(text); err != nil || *v.to < v.min || *v.to > v.max {
			return Place{}, true, fmt.Errorf("%s=%s in the environment: want a whole number from %d to %d",
				v.name, text, v.min, v.max)
		}
	}
	if p.Rank >= p.Size {
		return Place{}, true, fmt.Errorf("RANK=%d and WORLD_SIZE=%d in the environment: ranks count from 0 to %d",
			p.Rank, p.Size, p.Size-1)
	}
	if p.Master = os.Getenv("MASTER_ADDR"); p.Master == "" && p.Size > 1 {
		return Place{}, true, notSet("MASTER_ADDR")
	}
	if inner, ok := strings.CutPrefix(p.Master, "["); ok { // as in a URL
		p.Master = strings.TrimSuffix(inner, "]")
	}
	return p, p.Size > 1, nil
}

func notSet(name string) error {
	return fmt.Errorf("%s is not in the environment: a process of a group needs RANK, WORLD_SIZE, MASTER_ADDR "+
		"and MASTER_PORT, as torchrun sets them; unset RANK and WORLD_SIZE for a process alone", name)
}
