package train

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/amdim/amdim/internal/keyed"
)

// checkSettings returns an error for Settings that amdim.Open could not go by: they are no JSON
// object, or say something else than the task does.
func (t Task) checkSettings() error {
	var object map[string]json.RawMessage
	if json.Unmarshal(t.Settings, &object) != nil || object == nil {
		return fmt.Errorf("train: Task.Settings are %.40q, need a JSON object: use config.Config.Task", t.Settings)
	}
	if diff := t.differs(t.Settings); len(diff) > 0 {
		return fmt.Errorf("train: Task.Settings differ from the Task: %s: use config.Config.Task", keyed.Text(diff))
	}
	return nil
}

// checkResumed returns an error if a run that was made with stored settings cannot go on with
// those of the task. Another schedule it can follow.
func (t Task) checkResumed(stored json.RawMessage) error {
	may := func(d keyed.Difference) bool { return OfSchedule(d.Key) }
	diff := slices.DeleteFunc(t.differs(stored), may)
	if len(diff) == 0 {
		return nil
	}
	return fmt.Errorf("the run has different settings: %s: "+
		"give it its own, or start a run in another folder, perhaps with its weights", keyed.Text(diff))
}

// OfSchedule reports whether a key of config.Config belongs to the schedule, which may change when
// a run is resumed. All other settings must stay the same.
func OfSchedule(key string) bool {
	return slices.Contains([]string{"train.epochs", "train.lr", "train.drops"}, key)
}

// differs lists the keys in which settings differ from the task. They are compared where they
// read as config.Config has them: a caller may have settings of its own.
func (t Task) differs(settings json.RawMessage) []keyed.Difference {
	var groups map[string]json.RawMessage
	if json.Unmarshal(settings, &groups) != nil {
		return nil
	}
	return slices.Concat(groupDiffers(groups, "model", t.Model),
		groupDiffers(groups, "augment", t.Augment), groupDiffers(groups, "train", t.Train))
}

// groupDiffers is differs of one group, if it is there and has no other keys than T.
func groupDiffers[T any](groups map[string]json.RawMessage, name string, task T) []keyed.Difference {
	var group T
	d := json.NewDecoder(bytes.NewReader(groups[name]))
	d.DisallowUnknownFields()
	if d.Decode(&group) != nil {
		return nil
	}
	return keyed.Diff(name, group, task)
}
