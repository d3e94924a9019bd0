package engine

import "fmt"

// NonFiniteError reports a NaN or an infinity found before an update.
type NonFiniteError struct {
	Op    string // operation that made it: "phi5.conv2", "nce.1-7"
	Value string // what was not finite: "loss", "gradient by phi5.conv2.weight"
}

func (e *NonFiniteError) Error() string {
	return fmt.Sprintf("%s: %s is not finite", e.Op, e.Value)
}
