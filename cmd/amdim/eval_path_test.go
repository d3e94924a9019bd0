package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
)

// onOtherData are the results of a run that are not of the data that it learnt from.
func onOtherData(t *testing.T, run string) []*eval.Result {
	t.Helper()
	paths, err := train.TransferPaths(run)
	if err != nil {
		t.Fatal(err)
	}
	var all []*eval.Result
	for _, path := range paths {
		r, err := eval.ReadResult([]byte(read(t, path)))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// Of an imported network nobody knows the data that it learnt from: those that are measured
// first are its own. A file of the data that are measured now is gone on with.
func TestWhatIsMeasuredFirstIsTheImportedNetworksOwn(t *testing.T) {
	run, file := filepath.Join(t.TempDir(), "imported"), filepath.Join(t.TempDir(), "amdim_cpt.pth")
	put(t, file, authors(t, "px32"))
	if _, _, err := execute("import", file, "--out", run); err != nil {
		t.Fatal(err)
	}
	const first, second = "shapes:train=40,test=20", "shapes:train=40,test=30"
	for _, spec := range []string{first, second, first, second} {
		if _, messages, err := execute("eval", "--model", run, "--data", spec, "--protocol", "knn", "--k", "5",
			"--no-baselines"); err != nil || strings.Contains(messages, "no longer") {
			t.Fatal(err, messages)
		}
	}
	others := onOtherData(t, run)
	if own := keptResult(t, run); own.Data != first || len(others) != 1 || others[0].Data != second {
		t.Errorf("its own are %s, others %v", own.Data, others)
	}
}

// Images that have moved are still those that a run learnt from, and so are those of its
// folder when some were added.
func TestImagesThatHaveMovedAreItsOwn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "photos")
	for i := range 24 {
		put(t, filepath.Join(dir, []string{"cat", "dog"}[i%2], fmt.Sprintf("%02d.png", i)), photo(t, 40, i))
	}
	run := filepath.Join(t.TempDir(), "run")
	mustRun(t, smallPhotos+"--max-steps 1 --out "+run+" --data", "folder:"+dir)
	const knn = "eval --protocol knn --k 3 --no-baselines --model"
	put(t, filepath.Join(dir, "cat", "new.png"), photo(t, 40, 99))
	mustRun(t, knn, run, "--data", "folder:"+dir)
	if own := keptResult(t, run); own.Data != "folder:"+dir || len(onOtherData(t, run)) > 0 {
		t.Errorf("with an image more its own are %s", own.Data)
	}
	if err := os.Remove(filepath.Join(dir, "cat", "new.png")); err != nil {
		t.Fatal(err)
	}
	moved := dir + "-moved"
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	mustRun(t, knn, run, "--data", "folder:"+moved)
	if own := keptResult(t, run); own.Data != "folder:"+moved {
		t.Errorf("its own are %s", own.Data)
	}
}
