package augment

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestParsePolicyReadsJSONAndPython(t *testing.T) {
	want := SubPolicies{{{"Contrast", 0.83, 0.25}, {"Cutout", 1, 0}}, {{"Invert", 1e-3, 1}}}
	for _, text := range []string{
		`[[["Contrast", 0.83, 0.25], ["Cutout", 1, 0]], [["Invert", 1e-3, 1.0]]]`,
		"[[('Contrast', .83, 0.25), ('Cutout', 1, 0)],\n [('Invert', 0.001, 1)],\n]\n",
		"((('Contrast',0.83,.25,),('Cutout',1.,0),),(('Invert',1E-3,1,),),)",
	} {
		p, err := ParsePolicy([]byte(text))
		if err != nil || !reflect.DeepEqual(p, PolicyConfig{Sub: want}) {
			t.Errorf("%s: %+v, %v", text, p, err)
		}
	}
}

func TestParsePolicyNamesTheFault(t *testing.T) {
	for text, want := range map[string]string{
		``:                                         "line 1: need a list of sub-policies",
		`[]`:                                       "no sub-policies",
		`{"policy": []}`:                           "line 1: need a list of sub-policies",
		`["Rotate", 1, 1]`:                         "need a list of operations",
		`[["Rotate", 1, 1]]`:                       "need a list of an operation",
		`[[[Rotate, 1, 1]]]`:                       "the name of an operation in quotes",
		`[[["Rotate, 1, 1]]]`:                      "without its closing quote",
		"[\n[['Rotate', 1, 1]],\n[['x'\n]]]":       "line 4: need an operation, its probability and its level",
		`[[["Rotate", 1]]]`:                        "need an operation, its probability and its level",
		`[[["Rotate", 1, 1, 1]]]`:                  "more than an operation",
		`[[["Rotate", 1, 1] ["Color", 1, 1]]]`:     "need a comma",
		`[[["Rotate", 1, 1]`:                       "need a comma",
		`[[("Rotate", 1, 1]]]`:                     "need a comma",
		`[[["Rotate", often, 1]]]`:                 `probability "often" is not a number`,
		`[[["Rotate", 1, 1e999]]]`:                 `level "1e999" is not a number`,
		`[[["Rotate", 1, `:                         `level "" is not a number`,
		`[[["Rotate", NaN, 1]]]`:                   "sub-policy 1: Rotate: probability NaN",
		`[[["Rotate", 1, 1]], [["Rotate", 2, 1]]]`: "sub-policy 2: Rotate: probability 2 is not in [0, 1]",
		`[[["Rotat", 1, 1]]]`:                      `1: unknown operation "Rotat": did you mean "Rotate"?`,
		`[[]]`:                                     "sub-policy 1 has 0 operations",
		`[[["Rotate", 1, 1]]] ]`:                   "text after the end",
	} {
		p, err := ParsePolicy([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
		if p.Sub != nil {
			t.Errorf("%s: %+v beside an error", text, p)
		}
	}
}

// FuzzParsePolicy feeds arbitrary text: what is accepted is valid, has a JSON form
// that reads alike, and can be drawn from.
func FuzzParsePolicy(f *testing.F) {
	text, _ := json.Marshal(searched().Policy.Sub)
	f.Add(text)
	f.Add([]byte("[[('Invert', .1, 7e-1), ('Contrast', 0.2, 6E-1)],]"))
	f.Add([]byte(`[[["Rotate", NaN, 0x1p-2]]]`))
	f.Add([]byte(`[[["Rotate", -0, 1_0]]`))
	f.Add([]byte(`([("`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ParsePolicy(text)
		if err != nil {
			return
		}
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(p.Sub)
		if err != nil {
			t.Fatal(err)
		}
		same, err := ParsePolicy(again)
		if err != nil || !reflect.DeepEqual(same, p) {
			t.Fatalf("%s became %+v, %v", again, same, err)
		}
		c := CIFAR()
		c.Policy = p
		pair(c, noise(4, 5), 1, 0, 0)
	})
}
