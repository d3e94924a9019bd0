package rawtext_test

import (
	"encoding/json"
	"fmt"

	"github.com/amdim/amdim/internal/rawtext"
)

func Example() {
	type stored struct {
		Spec  string `json:"spec"`
		Bytes []byte `json:"spec_bytes,omitempty"`
	}
	for _, spec := range []string{"folder:café", "folder:caf\xe9"} {
		text, _ := json.Marshal(stored{spec, rawtext.Bytes(spec)})
		var read stored
		err := json.Unmarshal(text, &read)
		fmt.Println(string(text), rawtext.Text(read.Spec, read.Bytes) == spec, err)
	}
	// Output:
	// {"spec":"folder:café"} true <nil>
	// {"spec":"folder:caf\ufffd","spec_bytes":"Zm9sZGVyOmNhZuk="} true <nil>
}
