package memory

import (
	"os"
	"path/filepath"
	"testing"
)

const meminfo = "MemTotal:       8000000 kB\nMemFree:         10 kB\nMemAvailable:    6000000 kB\n"

func TestTheLeastBoundCounts(t *testing.T) {
	for _, c := range []struct {
		name             string
		files            map[string]string
		limit, available uint64
	}{
		{"machine alone", map[string]string{"proc/meminfo": meminfo}, 8000000 << 10, 6000000 << 10},
		{"nothing known", nil, 0, 0},
		{"second version", map[string]string{
			"proc/meminfo": meminfo, "proc/self/cgroup": "0::/user/job\n",
			"sys/fs/cgroup/user/job/memory.max":     "4000000000\n",
			"sys/fs/cgroup/user/job/memory.current": "1500000000\n",
			"sys/fs/cgroup/user/job/memory.stat":    "anon 1000000000\ninactive_file 500000000\n",
		}, 4000000000, 3000000000},
		{"a group around it is tighter", map[string]string{
			"proc/meminfo": meminfo, "proc/self/cgroup": "0::/user/job\n",
			"sys/fs/cgroup/user/job/memory.max": "max\n",
			"sys/fs/cgroup/user/memory.max":     "1000\n", "sys/fs/cgroup/user/memory.current": "400\n",
		}, 1000, 600},
		{"first version", map[string]string{
			"proc/meminfo": meminfo, "proc/self/cgroup": "9:cpu,memory:/a:b\n8:pids:/\n",
			"sys/fs/cgroup/memory/a:b/memory.limit_in_bytes": "3000\n",
			"sys/fs/cgroup/memory/a:b/memory.usage_in_bytes": "2000\n",
			"sys/fs/cgroup/memory/a:b/memory.stat":           "total_inactive_file 100\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes":     "9223372036854771712\n",
		}, 3000, 1100},
		{"container that sees the path outside", map[string]string{
			"proc/meminfo": meminfo, "proc/self/cgroup": "4:memory:/docker/abc\n0::/\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "5000\n",
			"sys/fs/cgroup/memory/memory.usage_in_bytes": "5000\n",
		}, 5000, 1},
		{"damaged files", map[string]string{
			"proc/meminfo": "MemTotal: many kB\n", "proc/self/cgroup": "::\nx\n",
			"sys/fs/cgroup/memory.max": "-1\n",
		}, 0, 0},
	} {
		root := t.TempDir()
		for name, text := range c.files {
			name = filepath.Join(root, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if l, a := limit(root), available(root); l != c.limit || a != c.available {
			t.Errorf("%s: limit %d available %d, want %d and %d", c.name, l, a, c.limit, c.available)
		}
	}
}

func TestThisMachineIsPlausible(t *testing.T) {
	if l, a := Limit(), Available(); l < 64<<20 || a > l {
		t.Errorf("limit %d, available %d", l, a)
	}
}
