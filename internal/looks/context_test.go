package looks

import (
	"context"
	"errors"
	"testing"
)

func TestAContextIsDoneAfterItsLooks(t *testing.T) {
	c := After(2)
	for i, done := range []bool{false, false, true, true} {
		if err := c.Err(); errors.Is(err, context.Canceled) != done {
			t.Errorf("look %d: %v", i+1, err)
		}
	}
	if c.Made() != 4 {
		t.Errorf("%d looks", c.Made())
	}
}
