package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/amdim/amdim/internal/keyed"
	"github.com/amdim/amdim/internal/strictjson"
)

// Merge sets the keys that occur in text, a JSON object, and leaves the others.
// On an error c is unchanged.
func (c *Config) Merge(text []byte) error {
	next := *c
	if err := merge(reflect.ValueOf(&next).Elem(), "", text); err != nil {
		return fmt.Errorf("config: %w", err)
	}
	*c = next
	return nil
}

// Set changes one key: "model.ndf=128". A list may be written with commas:
// "augment.crop.scale=0.3,1". On an error c is unchanged.
func (c *Config) Set(assignment string) error {
	key, value, ok := strings.Cut(assignment, "=")
	if !ok {
		return fmt.Errorf("config: %q is not KEY=VALUE", assignment)
	}
	next := *c
	v, err := find(reflect.ValueOf(&next).Elem(), key)
	if err != nil {
		return fmt.Errorf("config: %w", err)
	}
	if keyed.IsGroup(v.Type()) {
		return fmt.Errorf("config: %s is a group of keys: set one of them", key)
	}
	if err := setLeaf(v, key, jsonOf(v.Type(), value)); err != nil {
		return fmt.Errorf("config: %w", err)
	}
	*c = next
	return nil
}

// Assigns reports whether an assignment that Set takes is one to the key.
func Assigns(assignment, key string) bool {
	name, _, ok := strings.Cut(assignment, "=")
	return ok && name == key
}

// merge sets the fields of the struct v from the members of the object text;
// path is its key.
func merge(v reflect.Value, path string, text []byte) error {
	var named error // of a member: it says its key
	err := strictjson.Members(text, func(name string, value json.RawMessage) error {
		key := keyed.Join(path, name)
		field, ok := fieldOf(v, name)
		switch {
		case !ok:
			named = unknownKey(key)
		case keyed.IsGroup(field.Type()):
			named = merge(field, key, value)
		default:
			named = setLeaf(field, key, value)
		}
		return named
	})
	if err == nil || named != nil || path == "" {
		return err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// setLeaf decodes one value. encoding/json would silently accept null, and a
// list whose length is not the array's.
func setLeaf(v reflect.Value, key string, text []byte) error {
	next := reflect.New(v.Type())
	bad := fmt.Errorf("%s = %s is not %s", key, brief(text), describe(v.Type()))
	if string(text) == "null" || json.Unmarshal(text, next.Interface()) != nil {
		return bad
	}
	if v.Kind() == reflect.Array {
		var items []json.RawMessage
		if json.Unmarshal(text, &items) != nil || len(items) != v.Len() {
			return bad
		}
	}
	if v.Kind() == reflect.Slice && next.Elem().Len() == 0 {
		next.Elem().SetZero() // an empty list counts as never set
	}
	v.Set(next.Elem())
	return nil
}

// brief is a value as shown in a message: one may be a whole policy.
func brief(text []byte) string {
	const most = 100
	if len(text) <= most {
		return string(text)
	}
	return strings.ToValidUTF8(string(text[:most]), "") + "…"
}

// jsonOf is the JSON of a value typed on the command line.
func jsonOf(t reflect.Type, value string) []byte {
	if (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) && !strings.HasPrefix(value, "[") {
		var items []string
		for item := range strings.SplitSeq(value, ",") {
			items = append(items, string(jsonOf(t.Elem(), item)))
		}
		return []byte("[" + strings.Join(items, ",") + "]")
	}
	if t.Kind() == reflect.String || keyed.IsText(t) {
		text, _ := json.Marshal(value) // a string always has a JSON form
		return text
	}
	return []byte(value)
}

// describe says what a key takes.
func describe(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint32, reflect.Uint64:
		return "a whole number of at least 0"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Array:
		return fmt.Sprintf("%d numbers", t.Len())
	case reflect.Slice:
		return "a list"
	}
	return "text"
}
