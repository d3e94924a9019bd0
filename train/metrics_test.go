package train

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// A host that crashes may leave zeros between records that it wrote after the checkpoint:
// a file system need not write the parts of a file in their order.
func TestResumeCutsDamageAfterTheCheckpoint(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: dir, LogSteps: 1, MaxSteps: 4})
	kept := mustRead(t, CheckpointPath(dir))
	mustRun(t, tinyTask(t, 1), Options{Out: dir, LogSteps: 1, MaxSteps: 9, Resume: true})
	whole, text := numbers(t, dir), mustRead(t, MetricsPath(dir))
	lines := strings.SplitAfter(text, "\n")
	before, within := strings.Join(lines[:4], ""), lines[4]+lines[5]
	zeros := strings.Repeat("\x00", len(within)-20)
	holed := before + within[:10] + zeros + text[len(before)+len(zeros)+10:]
	for path, text := range map[string]string{CheckpointPath(dir): kept, MetricsPath(dir): holed} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mustRun(t, tinyTask(t, 1), Options{Out: dir, LogSteps: 1, MaxSteps: 9, Resume: true})
	if got := numbers(t, dir); !reflect.DeepEqual(got, whole) {
		t.Errorf("records\n%+v\nwant\n%+v", got, whole)
	}
}
