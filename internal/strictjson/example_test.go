package strictjson_test

import (
	"encoding/json"
	"fmt"

	"github.com/amdim/amdim/internal/strictjson"
)

func Example() {
	print := func(name string, v json.RawMessage) error {
		fmt.Println(name, string(v))
		return nil
	}
	fmt.Println(strictjson.Members([]byte(`{"ndf": 64, "ndf": 128}`), print))
	// Output:
	// ndf 64
	// name "ndf" twice
}
