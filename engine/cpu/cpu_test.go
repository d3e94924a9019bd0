package cpu

import (
	"testing"

	"github.com/amdim/amdim/engine/enginetest"
	"github.com/amdim/amdim/internal/kernel"
)

// Every kernel set in both precisions passes the table of cases. A bfloat16
// number has 8 bits of mantissa: one rounding costs an NMSE of about 3e-6, a
// gradient through several layers some tens of it.
func TestOperationsEqualTheReference(t *testing.T) {
	bounds := map[string]enginetest.Options{F32: {}, BF16: {Forward: 1e-4, Grad: 1e-3}}
	for _, set := range kernel.Sets() {
		for precision, o := range bounds {
			t.Run(set.Name+" "+precision, func(t *testing.T) {
				e, err := New(Config{Kernel: set.Name, Precision: precision})
				if err != nil {
					t.Fatal(err)
				}
				defer e.Close()
				enginetest.Run(t, e, o)
			})
		}
	}
}
