package keyed

import (
	"cmp"
	"encoding"
	"fmt"
	"reflect"
	"strings"
)

// Each calls f for every value of the struct v, in its order; path is the key of v.
func Each(v reflect.Value, path string, f func(key string, v reflect.Value)) {
	for i := range v.NumField() {
		key := Join(path, Name(v.Type().Field(i)))
		if IsGroup(v.Field(i).Type()) {
			Each(v.Field(i), key, f)
			continue
		}
		f(key, v.Field(i))
	}
}

// Name is that of a field in JSON.
func Name(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// Join is the key of a name in the group that has the key path, or in none if that is empty.
func Join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// IsGroup reports whether a value of t is a group of keys.
func IsGroup(t reflect.Type) bool { return t.Kind() == reflect.Struct && !IsText(t) }

// IsText reports whether a value of t is a text in JSON that t itself reads.
func IsText(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// Difference is a key that has two values.
type Difference struct{ Key, A, B string }

// Diff lists the keys in which the structs a and b differ, in their order; path is the key
// of both.
func Diff[T any](path string, a, b T) []Difference {
	var left []string
	Each(reflect.ValueOf(a), path, func(_ string, v reflect.Value) { left = append(left, fmt.Sprint(v)) })
	var diff []Difference
	i := 0
	Each(reflect.ValueOf(b), path, func(key string, v reflect.Value) {
		if right := fmt.Sprint(v); right != left[i] {
			diff = append(diff, Difference{key, left[i], right})
		}
		i++
	})
	return diff
}

// Text says in words what differs.
func Text(diff []Difference) string {
	var all []string
	for _, d := range diff {
		all = append(all, fmt.Sprintf("%s is %s, not %s", d.Key, cmp.Or(d.A, `""`), cmp.Or(d.B, `""`)))
	}
	return strings.Join(all, "; ")
}
