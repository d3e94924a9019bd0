package train

import (
	"testing"
	"time"
)

// A large encoder on few images would write for most of its time.
func TestACheckpointThatTakesLongIsWrittenRarely(t *testing.T) {
	for _, c := range []struct {
		age, saving time.Duration
		ends, want  bool
	}{
		{9 * time.Second, 0, true, false},
		{11 * time.Second, 0, true, true},
		{11 * time.Second, 0, false, false},
		{11 * time.Second, time.Second, true, false},
		{19 * time.Second, time.Second, true, false},
		{21 * time.Second, time.Second, true, true},
		{11 * time.Minute, time.Minute, false, true}, // as often as the user says
	} {
		r := &run{savedAt: time.Now().Add(-c.age), saving: c.saving}
		r.CheckpointMinutes = 10
		if got := r.due(c.ends); got != c.want {
			t.Errorf("%+v: due %t", c, got)
		}
	}
}
