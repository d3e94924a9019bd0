package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/train"
)

// begunWith trains a run of one update for sweeps to begin with.
func begunWith(t *testing.T, out, seed string) {
	t.Helper()
	mustRun(t, "pretrain --preset demo --data shapes:train=20,test=8 --batch 20 --epochs 1 --set model.ndf=4 "+
		"--set model.n_rkhs=16 --seed", seed, "--out", out)
}

// from is a sweep of a row from the weights of a run.
func from(run string, more ...string) []string {
	args := strings.Fields("sweep --data shapes:train=40,test=12 --out out --seeds 1 --ablations full " +
		"--batch 20 --protocol knn --init " + run)
	return append(args, more...)
}

// Kept rows are of the sweep if they began with these weights.
func TestSweepBeginsWithTheWeightsOfARun(t *testing.T) {
	t.Chdir(t.TempDir())
	begunWith(t, "first", "1")
	begunWith(t, "second", "2")
	text, _, err := execute(from("first")...)
	if err != nil || !strings.Contains(text, "weights learnt on shapes:train=20,test=8") {
		t.Fatalf("%v\n%s", err, text)
	}
	first, err := checkpoint.Open(train.CheckpointPath("first"))
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	m, err := checkpoint.ReadRun(train.CheckpointPath("out/full-seed1"))
	if err != nil || m.Init == nil || m.Init.Checksum != first.Checksum() {
		t.Fatalf("%v, begun with %+v", err, m.Init)
	}
	again, messages, err := execute(from("first")...)
	if done := strings.Count(messages, "update 0") + strings.Count(messages, "kept:"); err != nil ||
		again != text || done > 0 {
		t.Errorf("%v, not the same again:\n%s%s", err, messages, again)
	}
	put(t, "wide.json", []byte(`{"plain": {}, "wide": {"model": {"n_rkhs": 32}}}`))
	without := strings.Fields("sweep --config first/config.json --data shapes:train=40,test=12 --out out " +
		"--seeds 1 --ablations full --batch 20 --protocol knn")
	const other = "full-seed1 began with other weights or changed its schedule; choose another --out"
	for _, c := range []struct {
		args []string
		want string
	}{
		{from("second"), other},
		{without, other},
		{from("first", "--init", ""), "--init is empty"},
		{from("none"), "--init none: no such run folder or checkpoint"},
		{strings.Fields("sweep --data shapes --out new --init first --rows wide.json"),
			"row wide: --init first: its model.n_rkhs is 16, not 32"},
	} {
		if _, _, err := execute(c.args...); err == nil || !strings.Contains(told(err), c.want) {
			t.Errorf("%q: %v, want %q", c.args, err, c.want)
		}
	}
	if _, err := os.Stat("new"); err == nil {
		t.Error("a row that cannot begin so was found after training")
	}
}

// onRun does something when the first run of a sweep is named.
type onRun struct {
	io.Writer
	do func()
}

func (o *onRun) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("run 1 of 1")) {
		o.do()
	}
	return len(b), nil
}

// The run may go on beside the sweep: then rows began with different weights. That is found
// before a row is trained or, if it happens while it begins, behind it.
func TestSweepNoticesThatItsWeightsChange(t *testing.T) {
	t.Chdir(t.TempDir())
	begunWith(t, "first", "1")
	begunWith(t, "second", "2")
	root := rootCommand()
	root.SetArgs(from("first"))
	root.SetOut(io.Discard)
	root.SetErr(&onRun{do: func() {
		put(t, filepath.Join("first", "checkpoint.safetensors"),
			[]byte(read(t, train.CheckpointPath("second"))))
	}})
	err := root.ExecuteContext(t.Context())
	const want = "--init first has changed since the sweep began"
	if err == nil || !strings.Contains(told(err), "full-seed1: "+want) {
		t.Error(err)
	}
	if _, err := os.Stat(train.CheckpointPath("out/full-seed1")); err == nil {
		t.Error("trained nevertheless")
	}
	s := sweeping{init: "first", origin: "the checksum of other weights"}
	if err := s.checkBegan("second"); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a row that began otherwise: %v", err)
	}
}
