package train

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/model"
)

// checkSettings returns an error for Settings that amdim.Open could not go by: they are no JSON
// object, or say something else than the task does.
func (t Task) checkSettings() error {
	var object map[string]json.RawMessage
	if json.Unmarshal(t.Settings, &object) != nil || object == nil {
		return fmt.Errorf("train: Task.Settings are %.40q, need a JSON object: use config.Config.Task", t.Settings)
	}
	differences, err := t.differences(t.Settings)
	switch {
	case err != nil:
		return fmt.Errorf("train: Task.Settings: %w", err)
	case differences != "":
		return fmt.Errorf("train: Task.Settings differ from the Task: %s: use config.Config.Task", differences)
	}
	return nil
}

// checkResumed returns an error if a run that was made with stored settings cannot go on with
// those of the task. Another schedule it can follow.
func (t Task) checkResumed(stored json.RawMessage) error {
	differences, err := t.differences(stored, "train.epochs", "train.lr", "train.drops")
	if err != nil || differences == "" {
		return err
	}
	return fmt.Errorf("the run has different settings: %s: "+
		"give it its own, or start a run in another folder, perhaps with its weights", differences)
}

// differences lists the keys in which settings differ from the task, except those that may. They
// are compared where they read as config.Config has them: a caller may have settings of its own.
func (t Task) differences(settings json.RawMessage, may ...string) (string, error) {
	var groups map[string]json.RawMessage
	if json.Unmarshal(settings, &groups) != nil {
		return "", nil
	}
	is, task := map[string]any{}, map[string]any{}
	if v := new(model.Config); strictly(groups["model"], v) {
		is["model"], task["model"] = v, t.Model
	}
	if v := new(augment.Config); strictly(groups["augment"], v) {
		is["augment"], task["augment"] = v, t.Augment
	}
	if v := new(Config); strictly(groups["train"], v) {
		is["train"], task["train"] = v, t.Train
	}
	a, err := values(is)
	if err != nil {
		return "", err
	}
	b, err := values(task)
	if err != nil {
		return "", err
	}
	keys := slices.Collect(maps.Keys(a))
	keys = slices.AppendSeq(keys, maps.Keys(b))
	slices.Sort(keys)
	var all []string
	for _, key := range slices.Compact(keys) {
		x, y := a[key], b[key]
		if x != y && !(unset(x) && unset(y)) && !slices.Contains(may, key) {
			all = append(all, fmt.Sprintf("%s is %s, not %s", key, brief(x), brief(y)))
		}
	}
	return strings.Join(all, "; "), nil
}

// strictly decodes text, and reports whether there is one and v has all of its keys.
func strictly(text json.RawMessage, v any) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(v) == nil
}

// values are those of groups of settings under their keys, "train.lr".
func values(groups map[string]any) (map[string]string, error) {
	text, err := json.Marshal(groups)
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	return all, flatten(all, "", text)
}

// unset reports whether a value in JSON is that of a key which is left out.
func unset(value string) bool {
	return value == "null" || value == "false" || strings.Trim(value, `[0,]"`) == ""
}

// brief is a value as it fits into a sentence: one may be a whole policy.
func brief(value string) string { return fmt.Sprintf("%.80s", cmp.Or(value, "none")) }
