package segment

import (
	"fmt"

	"github.com/amdim/amdim/internal/parallel"
)

// newPool starts the threads that a function was asked to use; 0: all.
func newPool(function string, threads int) *parallel.Pool {
	if err := parallel.CheckThreads(threads); err != nil {
		panic(fmt.Sprintf("segment: %s: %v", function, err))
	}
	return parallel.New(threads)
}
