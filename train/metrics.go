package train

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/amdim/amdim/internal/regular"
)

// metrics appends Records to a file, one line each.
type metrics struct{ file *os.File }

// openMetrics opens the file for a run that continues after step. Lines of later
// updates will be written again and are cut off, as is a line torn by a kill. It
// returns the last Record that remains, zero if there is none.
func openMetrics(path string, step int) (*metrics, Record, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, Record{}, fmt.Errorf("train: metrics: %w", err)
	}
	last, end, err := lastBefore(f, step)
	if err == nil {
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.Seek(end, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, Record{}, fmt.Errorf("train: metrics: cut %s after step %d: %w", path, step, err)
	}
	return &metrics{f}, last, nil
}

// lastBefore returns the last Record up to step and where its line ends. What follows may
// be damaged, as by a host that crashed and wrote some of it; a damaged line before a
// Record up to step is an error.
func lastBefore(r io.Reader, step int) (last Record, end int64, err error) {
	var damage error
	lines := bufio.NewReader(r)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return last, end, nil // what follows the last newline was torn
		}
		if err != nil {
			return last, end, err
		}
		var next Record
		bad := json.Unmarshal(line, &next)
		switch {
		case bad != nil && damage == nil:
			damage = fmt.Errorf("line %d is damaged (%w): repair or remove it", number, bad)
		case bad != nil:
		case next.Step > step:
			return last, end, nil
		case damage != nil:
			return last, end, damage
		default:
			last, end = next, end+int64(len(line))
		}
	}
}

// write appends a line in one call, so that a kill tears at most the last one.
func (m *metrics) write(r Record) error {
	line, err := json.Marshal(r)
	if err == nil {
		_, err = m.file.Write(append(line, '\n'))
	}
	if err != nil {
		return fmt.Errorf("train: metrics: %w", err)
	}
	return nil
}

// sync makes the lines durable: a checkpoint must not outlive them.
func (m *metrics) sync() error {
	if err := m.file.Sync(); err != nil {
		return fmt.Errorf("train: metrics: %w", err)
	}
	return nil
}

func (m *metrics) close() error { return m.file.Close() }

// ReadMetrics returns the records of a run, without one that is being written.
func ReadMetrics(path string) ([]Record, error) {
	text, err := regular.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("train: no metrics: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("train: metrics: %w", err)
	}
	var records []Record
	for n := 1; len(text) > 0; n++ {
		line, rest, whole := bytes.Cut(text, []byte{'\n'})
		if !whole {
			break
		}
		var r Record
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("train: metrics: %s line %d: %w", path, n, err)
		}
		records, text = append(records, r), rest
	}
	return records, nil
}
