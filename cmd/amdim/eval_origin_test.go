package main

import (
	"slices"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/eval"
)

func TestAResultNamesWhatTheWeightsLearntFromBefore(t *testing.T) {
	own := checkpoint.Data{Spec: "folder:a", Digest: "1"}
	other := checkpoint.Data{Spec: "folder:b", Digest: "2", Images: 9}
	before := &checkpoint.Origin{Data: other, Init: &checkpoint.Origin{}}
	for _, c := range []struct {
		init *checkpoint.Origin
		want []string
	}{
		{nil, nil},
		{&checkpoint.Origin{Data: own}, nil},
		{before, []string{"The model began with weights learnt on folder:b and on images that are not recorded, " +
			"which may hold images that are tested here."}},
	} {
		var r eval.Result
		noteOrigin(&r, checkpoint.Meta{Data: own, Init: c.init})
		if !slices.Equal(r.Notes, c.want) {
			t.Errorf("%+v: %q, want %q", c.init, r.Notes, c.want)
		}
	}
}
