package data

import (
	"errors"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/amdim/amdim/tensor"
)

// failing does something else than to return some of its images.
type failing struct {
	*Shapes
	fail func(i int) error
}

func (f failing) Image(i int) (tensor.Image, error) {
	if err := f.fail(i); err != nil {
		return tensor.Image{}, err
	}
	return f.Shapes.Image(i)
}

// ended reads a pass to its end.
func ended(t *testing.T, set Dataset, c LoaderConfig, newFill func() Fill) error {
	t.Helper()
	c.Batch, c.Size, c.Views = 8, 32, 1
	l := NewPass(t.Context(), set, c, newFill)
	defer l.Close()
	for range l.StepsPerEpoch() + 1 {
		b, err := l.Next()
		if err != nil {
			return err
		}
		if b == nil {
			t.Fatal("neither a batch nor an error")
		}
		b.Release()
	}
	t.Fatal("a pass without an end")
	return nil
}

// The goroutine is the loader's: whoever wrote the data set could not recover the panic.
func TestAPanicOfTheDataSetIsAnErrorThatNamesTheImage(t *testing.T) {
	var none []int
	panics := func(i int) error {
		switch i {
		case 16:
			return &UnreadableError{"photo.jpg", errBroken} // 17 takes its place
		case 17:
			return errors.New([]string{"too few"}[none[3]:][0])
		}
		return nil
	}
	text := regexp.MustCompile(`^data: image 17: panic: .*index out of range.* at panic_test\.go:\d+$`)
	for _, workers := range []int{1, 3} {
		c := LoaderConfig{Workers: workers, Unreadable: func(int, error) error { return nil }}
		err := ended(t, failing{shapes(t, 40, Test), panics}, c, stamp)
		var of *PanicError
		if !errors.As(err, &of) || of.Image != 17 || !text.MatchString(err.Error()) {
			t.Fatalf("%d workers: %v, want %v", workers, err, text)
		}
		if _, ok := of.Value.(runtime.Error); !ok || !strings.Contains(string(of.Stack), "panic_test.go") {
			t.Errorf("%d workers: %T, from\n%s", workers, of.Value, of.Stack)
		}
	}
}

func TestAPanicOfAFillIsAnError(t *testing.T) {
	newFill := func() Fill {
		return func(_ tensor.Image, _, index int, _ [][]uint8) {
			if index == 9 {
				panic("no such filter")
			}
		}
	}
	var of *PanicError
	err := ended(t, shapes(t, 21, Test), LoaderConfig{}, newFill)
	if !errors.As(err, &of) || of.Image != 9 || of.Value != "no such filter" {
		t.Error(err)
	}
}

// A test calls FailNow where it must not: there is no batch, and no nil in place of one.
func TestADataSetThatEndsItsGoroutineEndsTheSequence(t *testing.T) {
	exits := func(i int) error {
		if i == 9 {
			runtime.Goexit()
		}
		return nil
	}
	for _, workers := range []int{1, 3} {
		err := ended(t, failing{shapes(t, 21, Test), exits}, LoaderConfig{Workers: workers}, stamp)
		if err == nil || !strings.Contains(err.Error(), "Goexit") {
			t.Errorf("%d workers: %v", workers, err)
		}
	}
}
