package ref

import (
	"testing"

	"github.com/amdim/amdim/engine"
)

type pair struct{ engine.Group }

func (pair) Size() int { return 2 }

func TestAGroupIsAnError(t *testing.T) {
	if _, err := New().NewState(nil, engine.Options{Group: pair{}}); err == nil {
		t.Error("a group of two gives no error")
	}
	if _, err := New().NewState(nil, engine.Options{}); err != nil {
		t.Errorf("no group: %v", err)
	}
}
