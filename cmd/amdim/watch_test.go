package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/amdim/amdim/format/tensorboard"
	"github.com/amdim/amdim/train"
	"github.com/amdim/amdim/train/health"
)

// The page, its browsers and the event file watch a run and change nothing.
func TestAWatchedRunEndsInTheSameBytes(t *testing.T) {
	plain, watched := t.TempDir(), t.TempDir()
	if _, _, err := execute(tiny(plain, "--precision", "f32")...); err != nil {
		t.Fatal(err)
	}
	b := &browserOnStart{events: make(chan string, 1)}
	root := rootCommand()
	root.SetArgs(tiny(watched, "--precision", "f32", "--ui", "127.0.0.1:0"))
	root.SetOut(io.Discard)
	root.SetErr(b)
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	if read(t, train.CheckpointPath(plain)) != read(t, train.CheckpointPath(watched)) {
		t.Error("checkpoints differ")
	}
	events := <-b.events
	for _, want := range []string{
		"The first update has not been made yet.", "The run has ended: 15 updates.", "event: end",
	} {
		if !strings.Contains(events, want) {
			t.Errorf("a browser is not told %q: %s", want, events)
		}
	}
}

// browserOnStart is a standard error that reads the events of the live page from
// when its address is printed until the server ends them.
type browserOnStart struct {
	text   bytes.Buffer
	opened bool
	events chan string
}

var pageURL = regexp.MustCompile(`live page: (http://127\.0\.0\.1:\d+)\n`)

func (b *browserOnStart) Write(p []byte) (int, error) {
	b.text.Write(p)
	m := pageURL.FindStringSubmatch(b.text.String())
	if m == nil || b.opened {
		return len(p), nil
	}
	b.opened = true
	r, err := http.Get(m[1] + "/events")
	if err != nil {
		return 0, err
	}
	lines := bufio.NewReader(r.Body)
	first, err := lines.ReadString('}') // the page is there before the run
	if err != nil {
		return 0, err
	}
	go func() { // ends with the server's answer, which the test waits for
		defer r.Body.Close()
		rest, _ := io.ReadAll(lines)
		b.events <- first + string(rest)
	}()
	return len(p), nil
}

func TestAPageThatOtherMachinesReachSaysSo(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1:0": false, ":0": true, "0.0.0.0:0": true} {
		var messages bytes.Buffer
		p, err := openPage(address, "run", &messages)
		if err != nil {
			t.Fatal(err)
		}
		p.server.Close()
		said := messages.String()
		if strings.Contains(said, "other machines") != want || strings.Count(said, "\n") != 1 {
			t.Errorf("%s: %q", address, said)
		}
	}
}

func TestAnAddressForThePageIsRefusedBeforeTheRun(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, c := range []struct {
		address, want string
		code          int
	}{
		{l.Addr().String(), "address already in use; choose another, such as --ui 127.0.0.1:0", exitFailure},
		{"8080", "missing port in address", exitUsage},
		{"127.0.0.1:99999", "invalid port", exitUsage},
	} {
		dir := filepath.Join(t.TempDir(), "run")
		_, _, err := execute(tiny(dir, "--ui", c.address)...)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.address) {
			t.Errorf("%s: %v, want %q", c.address, err, c.want)
		}
		if code := exitCode(err); code != c.code || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: exit code %d, want %d: %q", c.address, code, c.code, err)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: a refused run made its folder", c.address)
		}
	}
}

// A batch of 4 of 22 images is a finding, which is said once, also over a resume.
func TestHealthIsSaidWhenItIsNews(t *testing.T) {
	dir := t.TempDir()
	_, first, err := execute(tiny(dir, "--max-steps", "7")...)
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := execute("pretrain", "--resume", "--out", dir, "--log-steps", "1")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(first+second, "health: Too few images: with 22 images, no batch"); n != 1 {
		t.Errorf("said %d times:\n%s%s", n, first, second)
	}
}

// What the result says of health, the messages say as well, also of a run of few updates.
func TestTheVerdictIsSaidAtTheEnd(t *testing.T) {
	_, messages, err := execute(tiny(t.TempDir())...)
	const want = "health: Too short for a verdict: 15 updates; a verdict takes "
	if err != nil || strings.Count(messages, want) != 1 {
		t.Errorf("%v, %s", err, messages)
	}
}

func TestTheResultHoldsHealth(t *testing.T) {
	out, _, err := execute(tiny(t.TempDir(), "--json")...)
	if err != nil {
		t.Fatal(err)
	}
	var r pretrainResult
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Health) != 2 || r.Health[0].Kind != health.FewImages {
		t.Errorf("%+v", r.Health)
	}
}

// The event file of a resumed run is that of all its records.
func TestEventsGoOnAfterAResume(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		tiny(dir, "--max-steps", "7"), {"pretrain", "--resume", "--out", dir, "--log-steps", "1"},
	} {
		if _, _, err := execute(args...); err != nil {
			t.Fatal(err)
		}
	}
	records, err := train.ReadMetrics(train.MetricsPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, train.EventsPath(dir))
	again := t.TempDir()
	w, err := tensorboard.Create(again, records)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if len(records) != 15 || got != read(t, train.EventsPath(again)) {
		t.Errorf("%d records; the events are those of others", len(records))
	}
}

// A run that is resumed with another schedule is judged by that, and by its own warm-up.
func TestTheVerdictKnowsTheScheduleOfARun(t *testing.T) {
	w := &watch{out: t.TempDir(), bar: progress{out: io.Discard}}
	defer w.close()
	var o train.Options
	w.follow(&o, "a run")
	o.OnStart(train.Status{Step: 7, Until: 9, Since: 7, Warmup: 3})
	if f := w.health.Facts; f.Since != 7 || f.Warmup != 3 {
		t.Errorf("%+v", f)
	}
}

// Of the earlier records and the event file, one that fails does not cost the other.
func TestRecordsAndEventsFailApart(t *testing.T) {
	const record = `{"step":1,"epoch":1}` + "\n"
	const anew, none = "note: health and curves begin anew", "note: no TensorBoard file"
	for _, c := range []struct {
		metrics, events string // what is there; of the event file, in place of its folder
		want, not       string
		records         int
	}{
		{"damaged\n" + record, "", anew, none, 0},
		{record, "a file", none, anew, 1},
	} {
		dir := t.TempDir()
		put(t, train.MetricsPath(dir), []byte(c.metrics))
		if c.events != "" {
			put(t, filepath.Dir(train.EventsPath(dir)), []byte(c.events))
		}
		var messages bytes.Buffer
		w := &watch{out: dir, bar: progress{out: &messages}}
		w.start("a run")
		if said := messages.String(); !strings.Contains(said, c.want) || strings.Contains(said, c.not) {
			t.Errorf("%q: said %q, want %q", c.metrics, said, c.want)
		}
		if n := len(w.health.Records()); n != c.records || (w.events != nil) != (c.want == anew) {
			t.Errorf("%q: health has %d records, events %t", c.metrics, n, w.events != nil)
		}
		w.close()
	}
}
