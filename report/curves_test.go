package report

import (
	"testing"

	"github.com/amdim/amdim/train"
)

func TestCurvesHaveFewPointsAndKeepTheLast(t *testing.T) {
	for _, n := range []int{1, mostPoints - 1, mostPoints, mostPoints + 1, 2*mostPoints + 1, 9999} {
		var records []train.Record
		for step := 1; step <= n; step++ {
			records = append(records, train.Record{Step: step, Tasks: map[string]train.TaskRecord{"1-5": {Loss: 1}}})
		}
		x := Curves(records, 0)[0].Series[0].X
		if len(x) > mostPoints || n <= mostPoints && len(x) != n || x[len(x)-1] != float64(n) {
			t.Errorf("%d records: %d points, the last %v", n, len(x), x[len(x)-1])
		}
	}
}
