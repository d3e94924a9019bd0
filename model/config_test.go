package model_test

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/amdim/amdim/model"
)

func TestValidateNamesTheSetting(t *testing.T) {
	for _, c := range []struct {
		change func(c *model.Config)
		want   string // "": valid
	}{
		{func(c *model.Config) {}, ""},
		{func(c *model.Config) { c.Px = 48 }, "px = 48"},
		{func(c *model.Config) { c.NDF = 0 }, "ndf = 0"},
		{func(c *model.Config) { c.NDF = 1 << 62 }, "ndf = 4611686018427387904"}, // 4·ndf is 0
		{func(c *model.Config) { c.NDepth = 0 }, "n_depth = 0"},
		{func(c *model.Config) { c.NDepth = 1025 }, "n_depth = 1025"},
		{func(c *model.Config) { c.NRKHS = math.MaxInt }, "at most 65536"},
		{func(c *model.Config) { c.NRKHS = 31 }, "n_rkhs = 31"},
		{func(c *model.Config) { c.NRKHS = 32 }, ""},
		{func(c *model.Config) { c.Px, c.NRKHS = 64, 63 }, "n_rkhs = 63"},
		{func(c *model.Config) { c.Lambda = -1 }, "lambda = -1"},
		{func(c *model.Config) { c.Lambda = math.NaN() }, "lambda = NaN"},
		{func(c *model.Config) { c.Lambda = 0 }, ""},
		{func(c *model.Config) { c.TClip = -1 }, "tclip = -1"},
		{func(c *model.Config) { c.Std[2] = 0 }, "std[2] = 0"},
		{func(c *model.Config) { c.Pairs = []model.Pair{{1, 3}} }, "pair 1-3"},
		{func(c *model.Config) { c.Pairs = []model.Pair{{1, 5}, {1, 5}} }, "pair 1-5 twice"},
	} {
		cfg := config(32, 8, 64, 1)
		c.change(&cfg)
		err := cfg.Validate()
		got := fmt.Sprint(err)
		if (err == nil) != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("Validate = %v, want %q", err, c.want)
		}
	}
}

func TestConfigSurvivesJSON(t *testing.T) {
	want := config(64, 8, 64, 2)
	want.Pairs = []model.Pair{{1, 5}, {7, 7}}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "mix") {
		t.Errorf("a model without a mixture stores one: %s", text)
	}
	if !strings.Contains(string(text), `"pairs":["1-5","7-7"]`) {
		t.Errorf("pairs are not short: %s", text)
	}
	var got model.Config
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, wrote %+v", got, want)
	}
	if err := json.Unmarshal([]byte(`{"pairs":["1:5"]}`), &got); err == nil {
		t.Error("pair 1:5 was accepted")
	}
}

// PAPER 1.2: B = 480 gives 11,975 negatives at scale 5 and 23,471 at scale 7.
func TestNegatives(t *testing.T) {
	if n := (model.Pair{From: 1, To: 5}).Negatives(480); n != 11975 {
		t.Errorf("1→5: %d", n)
	}
	if n := (model.Pair{From: 1, To: 7}).Negatives(480); n != 23471 {
		t.Errorf("1→7: %d", n)
	}
}
