package checkpoint

import (
	"errors"
	"os"
	"testing"

	"github.com/amdim/amdim/internal/regular"
)

func TestACheckpointIsARegularFile(t *testing.T) {
	if _, err := Open(os.DevNull); !errors.As(err, new(regular.Error)) {
		t.Error(err)
	}
}
