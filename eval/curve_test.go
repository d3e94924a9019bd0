package eval

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

// curveOf is a curve whose points are sample after some updates, under some protocols.
func curveOf(protocols []string, steps ...int) Curve {
	var c Curve
	for i, step := range steps {
		r := measured(protocols...)
		r.Step = step
		c = append(c, Point{Epoch: float64(i + 1), Minutes: 2, Result: r})
	}
	return c
}

func TestACurveIsReadAsItWasWritten(t *testing.T) {
	c := curveOf([]string{Linear, KNN}, 5, 10)
	c[0].Result.Rows[0].Confusion = [][]int{{1, 2}, {3, 4}}
	var out bytes.Buffer
	if err := c.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	if c[0].Result.Rows[0].Confusion == nil {
		t.Error("the curve itself was changed")
	}
	c[0].Result.Rows[0].Confusion = nil
	if read, err := ReadCurve(out.Bytes()); err != nil || !reflect.DeepEqual(*read, c) {
		t.Errorf("read %+v, %v", read, err)
	}
	for _, text := range []string{
		"{", "[]", "null", `[{"epoch": 1}]`, `[{"epoch": 1, "result": {"classes": 2}}]`,
	} {
		if _, err := ReadCurve([]byte(text)); err == nil || !strings.HasPrefix(err.Error(), "eval: curve: ") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestACurveReplacesWhatItMeasuresAgain(t *testing.T) {
	both := []string{Linear, KNN}
	settings := curveOf(both, 5, 10)
	settings[1].Result.Config.Probe.Batch = 20
	images := curveOf(both, 5, 10)
	images[0].Result.TestDigest = "c3"
	for _, c := range []struct {
		name    string
		earlier Curve
		want    bool
	}{
		{"the same", curveOf(both, 5, 10), true},
		{"fewer points", curveOf(both, 10), true},
		{"another point", curveOf(both, 5, 8), false},
		{"fewer protocols", curveOf([]string{KNN}, 5, 10), true},
		{"another protocol", curveOf([]string{KNN, MLP}, 5, 10), false},
		{"other settings", settings, false},
		{"other images", images, false},
	} {
		if got := curveOf(both, 5, 10).Replaces(c.earlier); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}
