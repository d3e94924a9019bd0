package amdim

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/internal/spelling"
)

const module = "github.com/amdim/amdim"

// TestImportsFollowTheTable holds the import graph to the table of packages in
// ARCHITECTURE.md, and the core to the standard library.
func TestImportsFollowTheTable(t *testing.T) {
	table := packageTable(t)
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if name == "" {
			continue
		}
		allowed, ok := table[name]
		if !ok {
			t.Errorf("%s is not in the table of ARCHITECTURE.md", name)
			continue
		}
		for _, i := range p.Imports {
			checkImport(t, name, i, allowed)
		}
	}
}

// TestUsersSeeNoNamesOfPackages holds the list of spelling.Plain to the folders.
func TestUsersSeeNoNamesOfPackages(t *testing.T) {
	unseen := []string{"internal", "cmd", "bench", "emulate", "twin"}
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		area, _, _ := strings.Cut(name, "/")
		if slices.Contains(unseen, area) || strings.Contains(name, "/internal/") {
			continue
		}
		if text := path.Base(p.ImportPath) + ": cut"; spelling.Plain(text) != "cut" {
			t.Errorf("%q is shown as it is: name the package in internal/spelling", text)
		}
	}
}

var requirement = regexp.MustCompile(`(?m)^\s*(?:require )?(\S+) v\S+$`) // no "// indirect" behind it

// TestEveryDependencyHasItsReason holds go.mod to the table of dependencies.
func TestEveryDependencyHasItsReason(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	found := requirement.FindAllStringSubmatch(string(mod), -1)
	if len(found) < 5 {
		t.Fatalf("go.mod: %d direct dependencies found", len(found))
	}
	for _, m := range found {
		if !strings.Contains(string(table), "\n| "+m[1]+" | ") {
			t.Errorf("%s is not in the table of ARCHITECTURE.md", m[1])
		}
	}
}

func checkImport(t *testing.T, name, path string, allowed []string) {
	t.Helper()
	ours, isOurs := strings.CutPrefix(path, module+"/")
	if isOurs {
		if !slices.Contains(allowed, ours) && !slices.Contains(allowed, "everything") {
			t.Errorf("%s imports %s, which its row in ARCHITECTURE.md does not name", name, ours)
		}
		return
	}
	outside := strings.Contains(strings.Split(path, "/")[0], ".")
	if outside && isCore(name) && !strings.HasPrefix(path, "golang.org/x/sys/") {
		t.Errorf("%s belongs to the core and imports %s", name, path)
	}
}

func isCore(name string) bool {
	if name == "internal/browser" { // of tests alone
		return false
	}
	first := strings.Split(name, "/")[0]
	return slices.Contains([]string{"tensor", "graph", "model", "optim", "engine", "internal"}, first)
}

var tableRow = regexp.MustCompile("^\\| `([a-z0-9/]+)` \\| .* \\| ([^|]+) \\|$")

// packageTable reads the rows "| `package` | what | may import |".
func packageTable(t *testing.T) map[string][]string {
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	table := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if m := tableRow.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			table[m[1]] = strings.Split(m[2], ", ")
		}
	}
	if len(table) < 10 {
		t.Fatalf("ARCHITECTURE.md: %d rows of packages found", len(table))
	}
	return table
}

type listed struct {
	ImportPath string
	Imports    []string
}

func listPackages(t *testing.T) []listed {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// TestReadmeNamesTheGoOfTheModule holds what a newcomer is told to install to go.mod.
func TestReadmeNamesTheGoOfTheModule(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(mod)
	if want := ") " + string(version[1]) + " or newer"; !strings.Contains(string(readme), want) {
		t.Errorf("README.md lacks %q", want)
	}
}
