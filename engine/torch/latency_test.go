//go:build torch && linux

package torch

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkSmallSum is how long processes take to agree: a sum of two numbers.
func BenchmarkSmallSum(b *testing.B) {
	for _, size := range []int{2, 4, 8, 16} {
		b.Run(fmt.Sprint("processes=", size), func(b *testing.B) {
			for _, c := range startGroup(b, "latency", Place{Size: size}, fmt.Sprint("AMDIM_TEST_SUMS=", b.N)) {
				out, err := c.wait()
				if err != nil {
					b.Fatal(err, out)
				}
				if d, err := time.ParseDuration(strings.TrimSpace(out)); err == nil {
					b.ReportMetric(float64(d.Microseconds())/float64(b.N), "µs/sum")
				}
			}
		})
	}
}

// latency prints in rank 0 how long sums take.
func latency(_ *Library, g *Group) error {
	n, err := strconv.Atoi(os.Getenv("AMDIM_TEST_SUMS"))
	if err != nil {
		n = 100
	}
	if err := g.Sum(make([]float32, 2)); err != nil { // connected
		return err
	}
	began := time.Now()
	for range n {
		if err := g.Sum(make([]float32, 2)); err != nil {
			return err
		}
	}
	if g.Rank() == 0 {
		fmt.Println(time.Since(began))
	}
	return nil
}
