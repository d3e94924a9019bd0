package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/serve"
)

// heard waits for a message. Others may come before it where a disk is so slow that files are
// looked at twice while they are written.
func heard(t *testing.T, said <-chan string, want string) {
	t.Helper()
	late := time.After(2 * time.Minute)
	var others []string
	for {
		select {
		case got := <-said:
			if strings.Contains(got, want) {
				return
			}
			others = append(others, got)
		case <-late:
			t.Fatalf("said %q, want %q", others, want)
		}
	}
}

func TestWhatCouldNotBeReadIsTriedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "photos.npy")
	w := &watched{state: stateOf(path)}
	w.taken = w.state(t.Context())
	due := func(looks int, want bool) {
		t.Helper()
		for i := range looks - 1 {
			w.rest = time.Time{}
			if w.due(t.Context()) {
				t.Fatalf("due at look %d of %d", i+1, looks)
			}
		}
		w.rest = time.Time{}
		if got := w.due(t.Context()); got != want {
			t.Fatalf("due: %v at look %d, want %v", got, looks, want)
		}
	}
	due(5, false)
	put(t, path, []byte("one"))
	due(2, true) // at the first it may still be written
	w.taken, w.again = w.seen, tryAgain
	due(tryAgain-1, true)
	w.again = 0
	due(2*tryAgain, false)
}

// renewing is a handler that answers from the files of s, and what is said of them.
func renewing(t *testing.T, s serving) (*serve.Handler, <-chan string) {
	t.Helper()
	m, err := amdim.Open(s.model, amdim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	var l *labelling
	if s.labelled != "" {
		l = &labelling{spec: s.labelled, model: m, out: io.Discard, bar: &counter{out: io.Discard}}
	}
	files := s.watches(t.Context(), m, l)
	var o serve.Offer
	if l != nil {
		if err := l.learn(t.Context(), &o); err != nil {
			t.Fatal(err)
		}
	}
	for _, w := range files {
		if _, err := w.take(t.Context(), &o); err != nil {
			t.Fatal(err)
		}
	}
	h, err := serve.New(t.Context(), serve.Config{Model: m, Offer: o})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	said := make(chan string)
	var running sync.WaitGroup
	running.Go(func() {
		renew(ctx, h, files, renewEvery/20, func(format string, args ...any) {
			select {
			case said <- fmt.Sprintf(format, args...):
			case <-ctx.Done():
			}
		})
	})
	t.Cleanup(func() {
		stop()
		running.Wait()
	})
	return h, said
}

// shorten leaves five images in an index, and returns what it was and is.
func shorten(t *testing.T, index string) (was, is *embedding.Set) {
	t.Helper()
	was, err := embedding.Load(index)
	if err != nil {
		t.Fatal(err)
	}
	few := *was
	few.Names, few.Versions, few.X = was.Names[:5], was.Versions[:5], was.X[:5*was.Dim]
	if err := few.Save(index); err != nil {
		t.Fatal(err)
	}
	return was, &few
}

func TestAServerAnswersFromFilesWrittenAnew(t *testing.T) {
	run, dir, index := embedded(t)
	kept := filepath.Join(t.TempDir(), "classes.safetensors")
	labelled := filepath.Join(t.TempDir(), "sorted")
	for i, class := range []string{"a", "b", "a", "b", "c"} {
		put(t, filepath.Join(labelled, class, string(rune('0'+i))+".png"), photo(t, 40, i))
	}
	learn := func(line string) {
		t.Helper()
		words := append(strings.Fields(line), "--labelled", "folder:"+labelled)
		if _, messages, err := execute(words...); err != nil {
			t.Fatal(err, messages)
		}
	}
	learn("classify --model " + run + " --keep-classifier " + kept)
	h, said := renewing(t, serving{model: run, index: index, classifier: kept, pictures: true, images: dir})
	o := h.Offer()

	set, few := shorten(t, index)
	heard(t, said, "index "+index+": 5 images, read anew")
	if now := h.Offer(); now.Index.Set().Len() != 5 || now.Picture == nil || now.Classifier != o.Classifier {
		t.Errorf("offered %+v", now)
	}
	if err := os.WriteFile(index, []byte("torn"), 0o644); err != nil {
		t.Fatal(err)
	}
	heard(t, said, "note: "+index+" goes on as it was read before: --index: read "+index)
	other := few
	other.Model.Checkpoint = "another"
	if err := other.Save(index); err != nil {
		t.Fatal(err)
	}
	heard(t, said, "does not hold vectors of "+run)
	if now := h.Offer().Index.Set(); now.Len() != 5 || now.Model != set.Model {
		t.Errorf("an index that cannot be used replaced it: %d images of %v", now.Len(), now.Model)
	}
	os.RemoveAll(filepath.Join(labelled, "c"))
	learn("classify --overwrite --model " + run + " --keep-classifier " + kept)
	heard(t, said, "classifier "+kept+": 2 classes learnt from 4 labelled images, read anew")
	if now := h.Offer(); len(now.Classifier.Classes) != 2 || now.Index.Set().Len() != 5 {
		t.Errorf("offered %+v", now)
	}
}

func TestAServerLearnsFromImagesThatAreSortedMeanwhile(t *testing.T) {
	run, _, index := embedded(t)
	sorted := filepath.Join(t.TempDir(), "sorted")
	for i, class := range []string{"a", "b", "a", "b"} {
		put(t, filepath.Join(sorted, class, string(rune('0'+i))+".png"), photo(t, 40, i))
	}
	h, said := renewing(t, serving{model: run, index: index, labelled: "folder:" + sorted})
	before := h.Offer()

	put(t, filepath.Join(sorted, "c", "4.png"), photo(t, 40, 4))
	heard(t, said, "classes: 3 learnt from 5 labelled images (")
	after := h.Offer()
	got := after.Classifier.Classes
	if !slices.Equal(got, []string{"a", "b", "c"}) || after.Index != before.Index {
		t.Errorf("classes %q", got)
	}

	set, _ := shorten(t, index)
	heard(t, said, "index "+index+": 5 images, read anew")
	row := set.Row(0)
	was, err := after.Classifier.Classify(row)
	if err != nil {
		t.Fatal(err)
	}
	if is, err := h.Offer().Classifier.Classify(row); err != nil || slices.Equal(is, was) {
		t.Errorf("after another index %v, as before (%v)", is, err)
	}

	put(t, filepath.Join(sorted, "c", "4.png"), photo(t, 41, 7)) // another under the same name
	heard(t, said, "classes: 3 learnt from 5 labelled images (")

	os.RemoveAll(filepath.Join(sorted, "b"))
	os.RemoveAll(filepath.Join(sorted, "c"))
	heard(t, said, "note: folder:"+sorted+" goes on as it was read before: --labelled: ")
	if got := h.Offer().Classifier.Classes; len(got) != 3 {
		t.Errorf("classes %q of a folder without", got)
	}
	os.Rename(filepath.Join(sorted, "a", "0.png"), filepath.Join(sorted, "a", "5.png"))
	put(t, filepath.Join(sorted, "b", "1.png"), photo(t, 40, 1))
	heard(t, said, "classes: 2 learnt from 3 labelled images (")
}
