package strictjson

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestMembersKeepsTheOrderOfTheText(t *testing.T) {
	got := ""
	err := Members([]byte(` {"b": 1, "a": {"x": [2]}, "": null} `), func(name string, v json.RawMessage) error {
		got += name + "=" + string(v) + ";"
		return nil
	})
	if want := `b=1;a={"x": [2]};=null;`; err != nil || got != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

func TestMembersNamesTheFault(t *testing.T) {
	for text, want := range map[string]string{
		``:               "not a JSON object",
		`[1]`:            "not a JSON object",
		`{"a":1,"a":2}`:  `name "a" twice`,
		`{"a":1} {}`:     "2 bytes after the end",
		`{"a":}`:         `"a"`,
		`{"a":1`:         "EOF",
		`{"a":1,,"b":2}`: "invalid character",
	} {
		err := Members([]byte(text), func(string, json.RawMessage) error { return nil })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestMembersStopsAtTheFirstError(t *testing.T) {
	stop, n := errors.New("stop"), 0
	err := Members([]byte(`{"a":1,"b":2}`), func(string, json.RawMessage) error { n++; return stop })
	if !errors.Is(err, stop) || n != 1 {
		t.Errorf("%v after %d members", err, n)
	}
}
