package selftest_test

import (
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/engine/selftest"
	"github.com/amdim/amdim/internal/kernel"
)

// mixture is the network that takes least time.
var mixture = sync.OnceValues(func() (*selftest.Definition, error) {
	return selftest.Define(selftest.Networks()[3])
})

func smallest(t *testing.T) *selftest.Definition {
	t.Helper()
	d, err := mixture()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func open(t *testing.T, c cpu.Config) engine.Engine {
	t.Helper()
	e, err := cpu.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func measure(t *testing.T, d *selftest.Definition, e engine.Engine) selftest.Errors {
	t.Helper()
	errs, err := d.Measure(e)
	if err != nil {
		t.Fatal(err)
	}
	return errs
}

func TestEveryKernelSetIsWithinItsBound(t *testing.T) {
	d := smallest(t)
	for _, precision := range []string{cpu.F32, cpu.BF16} {
		plain := measure(t, d, open(t, cpu.Config{Kernel: "generic", Precision: precision}))
		if err := selftest.Plain(precision).Check(plain, nil); err != nil {
			t.Errorf("generic %s: %v", precision, err)
		}
		for _, set := range kernel.Sets()[1:] {
			errs := measure(t, d, open(t, cpu.Config{Kernel: set.Name, Precision: precision}))
			if err := selftest.Kernels(precision).Check(errs, plain); err != nil {
				t.Errorf("%s %s: %v", set.Name, precision, err)
			}
		}
	}
}

func TestTheDefinitionIsNotOffItself(t *testing.T) {
	for name, e := range measure(t, smallest(t), ref.New()) {
		if e != 0 {
			t.Errorf("%s of ref: error %g", name, e)
		}
	}
}

func TestEveryNetworkIsValid(t *testing.T) {
	for _, n := range selftest.Networks() {
		if err := n.Config.Validate(); err != nil {
			t.Errorf("%s: %v", n.Name, err)
		}
	}
	n := selftest.Networks()[0]
	n.Config.NRKHS = 1
	if _, err := selftest.Define(n); err == nil || !strings.Contains(err.Error(), "n_rkhs = 1") {
		t.Errorf("an impossible network: %v", err)
	}
}

func TestThreadsGiveTheSameBytes(t *testing.T) {
	d := smallest(t)
	one := open(t, cpu.Config{Threads: 1, Precision: cpu.BF16})
	for precision, want := range map[string]bool{cpu.BF16: true, cpu.F32: false} {
		same, err := d.Same(one, open(t, cpu.Config{Threads: 3, Precision: precision}))
		if err != nil || same != want {
			t.Errorf("bf16 and %s: same %t, want %t (%v)", precision, same, want, err)
		}
	}
}

// What is wrong in a few elements of one tensor is found, and named.
func TestWrongEnginesAreFound(t *testing.T) {
	d := smallest(t)
	for _, precision := range []string{cpu.F32, cpu.BF16} {
		plain := measure(t, d, open(t, cpu.Config{Kernel: "generic", Precision: precision}))
		for tensor, spoil := range map[string]spoiler{
			"gradient by encoder.l2.0.conv1.weight": {gradient: "encoder.l2.0.conv1.weight", by: half},
			"gradient by phi5.conv1.weight":         {gradient: "phi5.conv1.weight", by: lastOfSixteen},
			"gradient by linear.bias":               {gradient: "linear.bias", by: notANumber},
			"output f1":                             {output: "f1", by: lastOfSixteen},
			"output nce.1-5":                        {output: "nce.1-5", by: half},
			"update of encoder.l7.bn.var":           {unmoved: "encoder.l7.bn.var"},
			"update of encoder.l1.weight":           {unmoved: "encoder.l1.weight"},
		} {
			spoil.Engine = open(t, cpu.Config{Precision: precision})
			err := selftest.Kernels(precision).Check(measure(t, d, spoil), plain)
			if err == nil || !strings.Contains(err.Error(), tensor) {
				t.Errorf("%s, %s is wrong: %v", precision, tensor, err)
			}
		}
	}
}

func TestNothingThatIsNotFiniteIsWithinABound(t *testing.T) {
	b := selftest.Engines(cpu.BF16)
	if used := b.Used(selftest.Errors{"a": math.Inf(1), "b": 0.1}, selftest.Errors{}); !math.IsInf(used, 1) {
		t.Errorf("an infinite error takes %g of the bound", used)
	}
	wrong := selftest.Errors{"a": math.Inf(1), "b": 0.1}
	if err := b.Check(wrong, wrong); err == nil || !strings.Contains(err.Error(), "a: relative error") {
		t.Errorf("as infinite as that of plain Go: %v", err)
	}
	if used := b.Used(wrong, wrong); !math.IsInf(used, 1) {
		t.Errorf("as infinite as that of plain Go, it takes %g of the bound", used)
	}
	if err := b.Check(selftest.Errors{"a": 0.1}, nil); err != nil {
		t.Errorf("the bound itself: %v", err)
	}
}
