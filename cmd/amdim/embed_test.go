package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/embedding"
)

// pictures fills a folder with n small pictures and one damaged file.
func pictures(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		img := image.NewNRGBA(image.Rect(0, 0, 40+i, 36))
		for p := range img.Pix {
			img.Pix[p] = uint8(p * (i + 3))
		}
		img.Set(0, 0, color.NRGBA{uint8(i), 0, 0, 255})
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("p%02d.png", i)), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "torn.png"), []byte("\x89PNG\r\n\x1a\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The library takes a precision or an engine.
func TestAnotherEngineEmbedsInAPrecision(t *testing.T) {
	run, dir := tinyRun(t), pictures(t, 2)
	out := filepath.Join(t.TempDir(), "photos.npy")
	_, _, err := execute("embed", "--model", run, "--data", "folder:"+dir, "--out", out,
		"--engine", "ref", "--precision", "f32")
	if err != nil {
		t.Error(err)
	}
}

func TestEmbedWritesAFolder(t *testing.T) {
	run, dir := tinyRun(t), pictures(t, 7)
	path := filepath.Join(t.TempDir(), "photos.npy")
	args := []string{"embed", "--model", run, "--data", "folder:" + dir, "--out", path}
	out, messages, err := execute(args...)
	if err != nil {
		t.Fatal(err)
	}
	if want := "7 images, 16 numbers each: " + path + "\n"; out != want {
		t.Errorf("stdout %q, want %q", out, want)
	}
	for _, want := range []string{`note: "torn.png" cannot be read and is left out: `, "next: amdim search"} {
		if !strings.Contains(messages, want) {
			t.Errorf("stderr lacks %q: %q", want, messages)
		}
	}
	set, err := embedding.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if o := set.Model; set.Len() != 7 || set.Names[6] != "p06.png" || o.Images != "folder:"+dir || o.Step != 2 {
		t.Errorf("set %q of %+v", set.Names, o)
	}
	if _, _, err := execute(args...); exitCode(err) != exitUsage ||
		!strings.Contains(err.Error(), "--overwrite") {
		t.Errorf("again: %v", err)
	}
	before := read(t, path)
	out, _, err = execute(append(args, "--overwrite", "--json", "--threads", "1")...)
	if err != nil {
		t.Fatal(err)
	}
	var r embedResult
	if err := json.Unmarshal([]byte(out), &r); err != nil || r.Rows != 7 || r.Dim != 16 ||
		len(r.Unreadable) != 1 || r.Unreadable[0].Name != "torn.png" ||
		strings.Contains(r.Unreadable[0].Error, "imagefile") || r.Model.NRKHS != 16 {
		t.Errorf("%v in %s", err, out)
	}
	if read(t, path) != before {
		t.Error("one thread gives other bytes")
	}
}

// streamed runs the command on lines and returns its answers.
func streamed(t *testing.T, run, lines string) ([]answer, error) {
	t.Helper()
	var out bytes.Buffer
	root := rootCommand()
	root.SetArgs([]string{"embed", "--model", run, "--stream"})
	root.SetIn(strings.NewReader(lines))
	root.SetOut(&out)
	root.SetErr(io.Discard)
	err := root.Execute()
	var all []answer
	for line := range strings.Lines(out.String()) {
		var a answer
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		all = append(all, a)
	}
	return all, err
}

func TestStreamAnswersEveryLineInOrder(t *testing.T) {
	run, dir := tinyRun(t), pictures(t, 40)
	put(t, filepath.Join(dir, "large.png"), photo(t, 201, 5))
	file := filepath.Join(t.TempDir(), "photos.npy")
	if _, _, err := execute("embed", "--model", run, "--data", "folder:"+dir, "--out", file); err != nil {
		t.Fatal(err)
	}
	set, err := embedding.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for i, name := range set.Names {
		path := filepath.Join(dir, name)
		switch i % 3 {
		case 0:
			fmt.Fprintf(&lines, "%s\r\n\n", path)
		case 1:
			fmt.Fprintf(&lines, " {\"id\": %d, \"path\": %q}\n", i, path)
		case 2:
			image := base64.StdEncoding.EncodeToString([]byte(read(t, path)))
			fmt.Fprintf(&lines, "{\"image\": %q, \"id\": {\"n\": %d}}\n", image, i)
		}
	}
	answers, err := streamed(t, run, lines.String())
	if err != nil || len(answers) != set.Len() {
		t.Fatalf("%d answers for %d lines, %v", len(answers), set.Len(), err)
	}
	for i, a := range answers {
		if !slices.Equal(a.Embedding, set.Row(i)) {
			t.Errorf("answer %d is not row %d of the file", i, i)
		}
		if i%3 == 1 && string(a.ID) != fmt.Sprint(i) || i%3 == 2 && string(a.ID) != fmt.Sprintf(`{"n":%d}`, i) {
			t.Errorf("answer %d has id %s", i, a.ID)
		}
	}
}

// A photograph may be large, and a batch has many.
func TestStreamHoldsImagesNoLargerThanTheNetworkNeeds(t *testing.T) {
	path, file := filepath.Join(t.TempDir(), "large.png"), photo(t, 330, 1)
	put(t, path, file)
	m, err := amdim.Open(tinyRun(t), amdim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for _, line := range []string{
		path, fmt.Sprintf(`{"id": 1, "image": %q}`, base64.StdEncoding.EncodeToString(file)),
	} {
		r := request{text: []byte(line)}
		if r.read(m); r.image == nil || r.image.Bounds() != image.Rect(0, 0, 66, 66) {
			t.Errorf("%.20s…: %v, error %q", line, r.image, r.answer.Error)
		}
	}
}

func TestStreamGoesOnAfterABadLine(t *testing.T) {
	run, dir := tinyRun(t), pictures(t, 1)
	good, torn := filepath.Join(dir, "p00.png"), filepath.Join(dir, "torn.png")
	lines := []struct{ text, want string }{
		{torn, torn},
		{`{"path": 3}`, "cannot unmarshal"},
		{`{"path": "a", "image": ""}`, "need a path"},
		{`{"id": 7}`, "need a path"},
		{`{"id": 7, "image": "AAAA"}`, "image"},
		{`{"id": 7, "image": "%"}`, "base64"},
		{`{"file": "x"}`, `unknown key "file"`},
		{`{"path": "x"`, "EOF"},
		{dir, dir},
		{good, ""},
	}
	var text strings.Builder
	for _, l := range lines {
		fmt.Fprintln(&text, l.text)
	}
	answers, err := streamed(t, run, strings.TrimSuffix(text.String(), "\n"))
	if err == nil || exitCode(err) != exitFailure || !strings.Contains(err.Error(), "9 of 10 lines") {
		t.Errorf("error %v", err)
	}
	if len(answers) != len(lines) {
		t.Fatalf("%d answers for %d lines: %+v", len(answers), len(lines), answers)
	}
	for i, a := range answers {
		wrong := a.Error != ""
		want := lines[i].want
		if wrong != (want != "") || wrong == (a.Embedding != nil) || !strings.Contains(a.Error, want) ||
			strings.Contains(a.Error, "amdim: ") || strings.Contains(a.Error, "imagefile: ") {
			t.Errorf("%s: %+v, want error %q", lines[i].text, a, want)
		}
	}
	if answers[1].Line != 2 || answers[3].Line != 0 || string(answers[3].ID) != "7" {
		t.Errorf("lines %d and %d", answers[1].Line, answers[3].Line)
	}
}

// A service writes one line and waits for its answer before the next.
func TestStreamDoesNotWaitForMoreLines(t *testing.T) {
	run, dir := tinyRun(t), pictures(t, 1)
	in, lines := io.Pipe()
	answers, out := io.Pipe()
	root := rootCommand()
	root.SetArgs([]string{"embed", "--model", run, "--stream"})
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(io.Discard)
	ended := make(chan error, 1)
	go func() {
		err := root.Execute()
		out.Close()
		ended <- err
	}()
	read := bufio.NewReader(answers)
	var first string
	for i := range 3 {
		fmt.Fprintln(lines, filepath.Join(dir, "p00.png"))
		answer, err := read.ReadString('\n')
		if err != nil || !strings.Contains(answer, "embedding") {
			t.Fatalf("answer %q, %v", answer, err)
		}
		if i == 0 {
			first = answer
		}
		if answer != first {
			t.Error("the same line has another answer")
		}
	}
	lines.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestALineThatIsTooLongIsSkipped(t *testing.T) {
	in := bufio.NewReaderSize(strings.NewReader("abc\n"+strings.Repeat("x", 100)+"\nde \n  \n\nlast"), 16)
	var got []string
	for {
		line, err := readLine(in, 20)
		text := string(line)
		if line == nil {
			text = "too long"
		}
		got = append(got, text)
		if err != nil {
			break
		}
	}
	if want := []string{"abc", "too long", "de ", "", "", "last"}; !slices.Equal(got, want) {
		t.Errorf("lines %q, want %q", got, want)
	}
}

func TestEmbedNamesWhatIsWrong(t *testing.T) {
	run, dir := tinyRun(t), pictures(t, 0)
	missing := filepath.Join(t.TempDir(), "missing")
	out, there := filepath.Join(t.TempDir(), "x.npy"), filepath.Join(t.TempDir(), "there.npy")
	if err := os.WriteFile(there, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{}, exitUsage, "--model is missing"},
		{[]string{"--model", run}, exitUsage, "--data is missing"},
		{[]string{"--model", run, "--data", "shapes"}, exitUsage, "--out is missing"},
		{[]string{"--model", run, "--data", "shapes", "--out", missing}, exitUsage,
			"--out " + missing + ": the name must end in .npy"},
		{[]string{"--model", run, "--data", "shapes", "--out", missing + "/x.npy"}, exitFailure,
			"--out " + missing + "/x.npy: there is no folder " + missing},
		{[]string{"--model", run, "--data", "shapes", "--out", there}, exitUsage,
			"--out: " + there + " exists already: --overwrite replaces it"},
		{[]string{"--model", run, "--data", "shapes", "--out", out, "--split", "val"}, exitUsage, `--split "val"`},
		{[]string{"--model", run, "--data", "shapes", "--out", out, "--precision", "f16"}, exitUsage, `"f16"`},
		{[]string{"--model", run, "--data", "shapes", "--out", out, "--threads", "-1"}, exitUsage, "--threads -1"},
		{[]string{"--model", run, "--data", "shapes", "--out", out, "--engine", "gpu"}, exitUsage, `"gpu"`},
		{[]string{"--model", run, "--stream", "--out", out}, exitUsage, "--stream cannot be combined with"},
		{[]string{"--model", run, "--stream", "--overwrite"}, exitUsage, "--stream cannot be combined with"},
		{[]string{"--model", missing, "--data", "shapes", "--out", out}, exitFailure, missing},
		{[]string{"--model", run, "--data", "folder:" + missing, "--out", out}, exitFailure, missing},
		{[]string{"--model", run, "--data", "folder:" + dir, "--out", out}, exitFailure, "torn.png"},
	} {
		_, _, err := execute(append([]string{"embed"}, c.args...)...)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("amdim embed %s: %v, want %q in one line", c.args, err, c.want)
		}
		if code := exitCode(err); code != c.code {
			t.Errorf("amdim embed %s: exit code %d, want %d", c.args, code, c.code)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a file was written")
	}
}
