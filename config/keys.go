package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/amdim/amdim/internal/keyed"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/train"
)

// Keys returns all keys, in the order of the structs.
func Keys() []string {
	var keys []string
	keyed.Each(reflect.ValueOf(Config{}), "", func(key string, _ reflect.Value) { keys = append(keys, key) })
	return keys
}

// Difference is a key that has two values: Key, and A and B as they are in text.
type Difference = keyed.Difference

// Diff lists the keys in which a and b differ, in the order of the structs.
func Diff(a, b Config) []Difference { return keyed.Diff("", a, b) }

// CheckSame returns an error that lists the keys in which now differs from was,
// the settings of a run.
func CheckSame(was, now Config) error {
	return CheckResume(was, now, func(string) bool { return false })
}

// CheckResume is CheckSame for a run to be resumed, whose schedule (train.epochs, train.lr,
// train.drops) may change where asked reports that a user has set the key, which a
// preset does not.
func CheckResume(was, now Config, asked func(key string) bool) error {
	may := func(d Difference) bool { return train.OfSchedule(d.Key) && asked(d.Key) }
	if diff := slices.DeleteFunc(Diff(was, now), may); len(diff) > 0 {
		return fmt.Errorf("the run has different settings: %s", keyed.Text(diff))
	}
	return nil
}

// Value is the value of a key as text; empty if there is no such key.
func (c Config) Value(key string) string {
	v, err := find(reflect.ValueOf(c), key)
	if err != nil {
		return ""
	}
	return fmt.Sprint(v)
}

// find returns the field for a key.
func find(v reflect.Value, key string) (reflect.Value, error) {
	for name := range strings.SplitSeq(key, ".") {
		if !keyed.IsGroup(v.Type()) {
			return v, unknownKey(key)
		}
		var ok bool
		if v, ok = fieldOf(v, name); !ok {
			return v, unknownKey(key)
		}
	}
	return v, nil
}

// fieldOf returns the field of the struct v with the JSON name.
func fieldOf(v reflect.Value, name string) (reflect.Value, bool) {
	for i := range v.NumField() {
		if keyed.Name(v.Type().Field(i)) == name {
			return v.Field(i), true
		}
	}
	return v, false
}

// unknownKey suggests the key that ends with the word, else the nearest.
func unknownKey(key string) error {
	for _, k := range Keys() {
		if strings.HasSuffix(k, "."+key) {
			return fmt.Errorf("unknown key %q: did you mean %q?", key, k)
		}
	}
	if near, ok := spelling.Nearest(key, Keys()); ok {
		return fmt.Errorf("unknown key %q: did you mean %q?", key, near)
	}
	return fmt.Errorf("unknown key %q", key)
}
