package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/amdim/amdim/internal/spelling"
)

// Keys returns all keys, in the order of the structs.
func Keys() []string {
	var keys []string
	each(reflect.ValueOf(Config{}), "", func(key string, _ reflect.Value) { keys = append(keys, key) })
	return keys
}

// Difference is a key that has two values.
type Difference struct{ Key, A, B string }

// Diff lists the keys in which a and b differ, in the order of the structs.
func Diff(a, b Config) []Difference {
	var left []string
	each(reflect.ValueOf(a), "", func(_ string, v reflect.Value) { left = append(left, fmt.Sprint(v)) })
	var diff []Difference
	i := 0
	each(reflect.ValueOf(b), "", func(key string, v reflect.Value) {
		if right := fmt.Sprint(v); right != left[i] {
			diff = append(diff, Difference{key, left[i], right})
		}
		i++
	})
	return diff
}

// CheckSame returns an error that lists the keys in which now differs from was,
// the settings of a run.
func CheckSame(was, now Config) error { return checkSame(was, now, nil) }

// schedule is what a run may change when it is resumed: the rest of it stays the same.
var schedule = []string{"train.epochs", "train.lr", "train.drops"}

// CheckResume is CheckSame for a run to be resumed, whose schedule (train.epochs, train.lr,
// train.drops) may change where asked reports that a user has set the key, which a
// preset does not.
func CheckResume(was, now Config, asked func(key string) bool) error {
	return checkSame(was, now, func(key string) bool { return slices.Contains(schedule, key) && asked(key) })
}

// checkSame ignores the keys for which may, unless nil, is true.
func checkSame(was, now Config, may func(key string) bool) error {
	var differences []string
	for _, d := range Diff(was, now) {
		if may != nil && may(d.Key) {
			continue
		}
		differences = append(differences, fmt.Sprintf("%s is %s, not %s", d.Key, shown(d.A), shown(d.B)))
	}
	if differences == nil {
		return nil
	}
	return fmt.Errorf("the run has different settings: %s", strings.Join(differences, "; "))
}

// shown is a value in a form that fits into a sentence.
func shown(value string) string {
	if value == "" {
		return `""`
	}
	return value
}

// Value is the value of a key as text; empty if there is no such key.
func (c Config) Value(key string) string {
	v, err := find(reflect.ValueOf(c), key)
	if err != nil {
		return ""
	}
	return fmt.Sprint(v)
}

// each calls f for every leaf of the struct v.
func each(v reflect.Value, path string, f func(key string, v reflect.Value)) {
	for i := range v.NumField() {
		key := join(path, jsonName(v.Type().Field(i)))
		if isObject(v.Field(i).Type()) {
			each(v.Field(i), key, f)
			continue
		}
		f(key, v.Field(i))
	}
}

// find returns the field for a key.
func find(v reflect.Value, key string) (reflect.Value, error) {
	for name := range strings.SplitSeq(key, ".") {
		if !isObject(v.Type()) {
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
		if jsonName(v.Type().Field(i)) == name {
			return v.Field(i), true
		}
	}
	return v, false
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
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
