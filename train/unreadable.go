package train

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/internal/rawtext"
	"github.com/amdim/amdim/internal/regular"
)

// Unreadable is an image that a run could not read: a line of unreadable.jsonl.
// Another image took its place.
type Unreadable struct {
	Name  string `json:"name"`
	Error string `json:"error"`
	Host  string `json:"host,omitempty"` // in a group: which host met it first, since each has its own copy
}

// MaxUnreadable is the share of the images that may be unreadable unless
// [Options.MaxUnreadable] says otherwise.
const MaxUnreadable = 0.05

// AllowedUnreadable is how many of n images may be unreadable, given the share that may be. Unless
// the share is 0, at least 3 may be, or a fifth of the images if that is fewer: one damaged
// photograph in fifteen is a mishap, not a sign of a wrong folder.
func AllowedUnreadable(n int, share float64) int {
	if share <= 0 {
		return 0
	}
	const few, part = 3, 5
	return max(int(share*float64(n)), min(few, n/part))
}

// ReadUnreadable returns the images of a run that could not be read, in the
// order in which they were met; none if the file does not exist.
func ReadUnreadable(path string) ([]Unreadable, error) {
	text, err := regular.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("train: unreadable images: %w", err)
	}
	var all []Unreadable
	lines := bufio.NewReader(bytes.NewReader(text))
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return all, nil // what follows the last newline was torn by a kill
		}
		var u Unreadable
		if err := json.Unmarshal(line, &u); err != nil {
			return nil, fmt.Errorf("train: unreadable images: %s line %d: %w", path, n, err)
		}
		all = append(all, u)
	}
}

// unreadable keeps the list of a run: the loader adds to it, and between updates
// everything that any process met is listed.
type unreadable struct {
	path    string
	writes  bool // else another process keeps the list
	of      data.Dataset
	allowed int    // images that may be unreadable
	host    string // this one's name, in a group
	tell    func(name string, err error)
	listed  []Unreadable // in the order in which they were met
	over    error        // why the run stops: there are too many
	failed  error        // of writing the list, the first

	mu   sync.Mutex
	met  map[string]bool // names; true: listed
	news []Unreadable    // met here, not listed
}

// newUnreadable returns an empty list, which another process keeps unless it is opened
// here.
func newUnreadable(t Task, o Options) *unreadable {
	u := &unreadable{
		path: UnreadablePath(o.Out), of: t.Data, tell: func(string, error) {}, met: map[string]bool{},
		allowed: AllowedUnreadable(t.Data.Len(), o.MaxUnreadable),
	}
	if o.Group != nil {
		u.host, _ = os.Hostname() // without a name a line has no host
	}
	return u
}

// open continues the list in the folder; a line torn by a kill is cut off.
func (u *unreadable) open(tell func(name string, err error)) error {
	u.writes, u.tell = true, tell
	before, err := ReadUnreadable(u.path)
	if err != nil {
		return err
	}
	u.takeOver(before)
	return u.cut()
}

// takeOver makes a list that is there this one's.
func (u *unreadable) takeOver(before []Unreadable) {
	u.listed, u.met = before, map[string]bool{}
	for _, b := range before {
		u.met[b.Name] = true
	}
}

func (u *unreadable) cut() error {
	text, err := regular.Read(u.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = os.Truncate(u.path, int64(bytes.LastIndexByte(text, '\n')+1))
	}
	if err != nil {
		return fmt.Errorf("train: unreadable images: %w", err)
	}
	return nil
}

// add notes an image that a goroutine of the loader met. It returns an error if
// there are too many: that ends the sequence of batches.
func (u *unreadable) add(i int, reason error) error {
	name := rawtext.InJSON(data.Name(u.of, i))
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, met := u.met[name]; !met {
		u.met[name] = false
		u.news = append(u.news, Unreadable{name, data.ReasonOf(reason), u.host})
	}
	if len(u.met) > u.allowed {
		return ErrUnreadable
	}
	return nil
}

// take returns what was met here since the last call.
func (u *unreadable) take() []Unreadable {
	u.mu.Lock()
	defer u.mu.Unlock()
	news := u.news
	u.news = nil
	return news
}

// list adds what a process met that is not yet listed.
func (u *unreadable) list(news []Unreadable) {
	for _, n := range news {
		u.mu.Lock()
		listed := u.met[n.Name]
		u.met[n.Name] = true
		u.mu.Unlock()
		if listed {
			continue
		}
		if u.writes {
			u.failed = cmp.Or(u.failed, u.write(n))
		}
		u.listed = append(u.listed, n)
		u.tell(n.Name, errors.New(n.Error))
		if u.over == nil {
			u.over = u.tooMany()
		}
	}
}

// unlisted is err, why a run stops, and why not all is listed. A stop that was asked for
// does not count then.
func (u *unreadable) unlisted(err error) error {
	switch {
	case u.failed == nil || errors.Is(err, u.failed):
		return err
	case err == nil || engine.IsStop(err):
		return u.failed
	}
	return fmt.Errorf("%w; then %w", err, u.failed)
}

// tooMany is why the run stops when more are listed than allowed.
func (u *unreadable) tooMany() error {
	n := len(u.listed)
	if n <= u.allowed {
		return nil
	}
	return fmt.Errorf("%w: %d of %d, where %d may: %s, the last because of %s; "+
		"%s lists all that were found: repair them and resume, or remove them and begin a new run",
		ErrUnreadable, n, u.of.Len(), u.allowed, some(u.listed), u.listed[n-1].Error, u.path)
}

// write appends a line in one call, so that a kill tears at most the last one.
func (u *unreadable) write(line Unreadable) error {
	text, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("train: unreadable images: %w", err)
	}
	f, err := os.OpenFile(u.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("train: unreadable images: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("train: unreadable images: %w", err)
	}
	return nil
}

// some are the names of the last, quoted: they may contain anything.
func some(list []Unreadable) string {
	const most = 3
	var quoted []string
	for _, u := range list[max(len(list)-most, 0):] {
		quoted = append(quoted, fmt.Sprintf("%q", u.Name))
	}
	if len(list) > most {
		quoted = slices.Insert(quoted, 0, "…")
	}
	return strings.Join(quoted, ", ")
}
