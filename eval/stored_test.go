package eval

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/amdim/amdim/mixture"
)

func TestNamesThatAreNotUTF8AreReadAgain(t *testing.T) {
	for _, c := range []struct {
		spec  string
		bytes bool
	}{{"folder:caf\xe9", true}, {"folder:café & <co>", false}, {"folder:\uFFFD", false}} {
		r := sample()
		r.Data, r.TrainedOn, r.ClassNames = c.spec, c.spec, []string{"a", c.spec}
		var out bytes.Buffer
		if err := r.WriteJSON(&out); err != nil || strings.Contains(out.String(), "_bytes") != c.bytes ||
			c.bytes && !strings.Contains(out.String(), `"data_bytes": "Zm9sZGVyOmNhZuk="`) {
			t.Errorf("%q: %v\n%s", c.spec, err, out.String())
		}
		if read, err := ReadResult(out.Bytes()); err != nil || !reflect.DeepEqual(read, r) {
			t.Errorf("%q: read again %+v, %v", c.spec, read, err)
		}
		s := &Segmented{
			Data: c.spec, TrainedOn: c.spec, Negatives: mixture.Origin{Count: 1, Data: c.spec},
			Images: 1, Rows: []SegmentedRow{{Way: Mixture}},
		}
		text, err := json.Marshal(s)
		if err != nil || strings.Contains(string(text), "_bytes") != c.bytes {
			t.Errorf("%q: %v\n%s", c.spec, err, text)
		}
		if read, err := ReadSegmented(text); err != nil || !reflect.DeepEqual(read, s) {
			t.Errorf("%q: read again %+v, %v", c.spec, read, err)
		}
	}
}
