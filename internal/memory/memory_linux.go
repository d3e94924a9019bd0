package memory

import (
	"bufio"
	"bytes"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// where is the root below which proc and sys lie; a test has its own.
const where = "/"

// group are the files of one version of control groups. The hierarchy of the
// first version is mounted by controller; the second has one hierarchy, or one
// beside the first.
type group struct {
	mounts     []string
	controller string // in /proc/self/cgroup; empty: the second version
	max, used  string
	cache      string // line of memory.stat: what is given up without loss
}

var groups = []group{
	{
		mounts: []string{"sys/fs/cgroup", "sys/fs/cgroup/unified"},
		max:    "memory.max", used: "memory.current", cache: "inactive_file",
	},
	{
		mounts: []string{"sys/fs/cgroup/memory"}, controller: "memory",
		max: "memory.limit_in_bytes", used: "memory.usage_in_bytes", cache: "total_inactive_file",
	},
}

func limit(root string) uint64 {
	most := field(filepath.Join(root, "proc/meminfo"), "MemTotal:", 1<<10)
	eachGroup(root, func(_ group, _ string, max uint64) { most = least(most, max) })
	return most
}

func available(root string) uint64 {
	free := field(filepath.Join(root, "proc/meminfo"), "MemAvailable:", 1<<10)
	eachGroup(root, func(g group, dir string, max uint64) {
		used := number(filepath.Join(dir, g.used))
		used -= min(used, field(filepath.Join(dir, "memory.stat"), g.cache, 1))
		free = least(free, max-min(used, max-1)) // 0 would mean that nothing is known
	})
	return free
}

// unlimited is what the first version says instead of nothing: about 2⁶³.
const unlimited = 1 << 62

// eachGroup calls f for the group of this process and those around it that have
// a limit. In a container the path may be that of the machine outside, while
// the container's own group is mounted at the top.
func eachGroup(root string, f func(g group, dir string, max uint64)) {
	text, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup"))
	if err != nil {
		return
	}
	for _, g := range groups {
		for _, mount := range g.mounts {
			for p := g.path(text); ; p = path.Dir(p) {
				dir := filepath.Join(root, mount, p)
				if m := number(filepath.Join(dir, g.max)); m > 0 && m < unlimited {
					f(g, dir, m)
				}
				if p == "/" {
					break
				}
			}
		}
	}
}

// path finds the group in lines "4:memory:/path"; "/" where there is none.
func (g group) path(text []byte) string {
	for line := range strings.Lines(string(text)) {
		part := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(part) != 3 {
			continue
		}
		for controller := range strings.SplitSeq(part[1], ",") {
			if controller == g.controller {
				return path.Clean("/" + part[2])
			}
		}
	}
	return "/"
}

// number is the content of a file; 0 when it is none, such as "max".
func number(name string) uint64 {
	text, err := os.ReadFile(name)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseUint(string(bytes.TrimSpace(text)), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// field is the number behind a word that begins a line of a file, times unit.
func field(name, word string, unit uint64) uint64 {
	f, err := os.Open(name)
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if words := strings.Fields(s.Text()); len(words) >= 2 && words[0] == word {
			n, err := strconv.ParseUint(words[1], 10, 54)
			if err != nil {
				return 0
			}
			return n * unit
		}
	}
	return 0
}
