package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"

	"golang.org/x/sync/semaphore"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/internal/strictjson"
)

const (
	maxLine   = 64 << 20 // bytes: an image of 48 MB in base64
	maxStream = 32       // lines in a batch, and read ahead

	// Bytes of lines in a batch and read ahead, beside the line being read: with short
	// lines maxStream is met first, and 64 of the longest would take 4 GiB.
	maxHeld = 4 * maxLine
)

// stream answers lines with vectors.
type stream struct {
	model         *amdim.Model
	threads       int // that decode them; 0: one for each core
	out           io.Writer
	total, failed int
}

// request is one line of the input.
type request struct {
	number int // of the line
	text   []byte
	held   int64 // bytes of the space for lines
	answer answer
	image  image.Image
}

// answer is one line of the output.
type answer struct {
	ID        json.RawMessage `json:"id,omitempty"`
	Path      string          `json:"path,omitempty"`
	Line      int             `json:"line,omitempty"` // where neither ID nor Path is known
	Embedding []float32       `json:"embedding,omitempty"`
	Error     string          `json:"error,omitempty"`
}

var errStreamStopped = stoppedError{"stopped: later lines were not answered"}

// run answers until the input ends. A batch is what has come while the one
// before was computed: a single line does not wait for others.
func (s *stream) run(ctx context.Context, in io.Reader) error {
	space := semaphore.NewWeighted(maxHeld)
	lines, failed := readLines(ctx, in, space, maxHeld)
	pool := parallel.New(s.threads)
	defer pool.Close()
	for {
		batch, more := nextBatch(ctx, lines)
		if ctx.Err() != nil {
			return errStreamStopped
		}
		if err := s.answer(ctx, pool, batch); err != nil {
			return err
		}
		for _, r := range batch {
			space.Release(r.held)
		}
		if !more {
			break
		}
	}
	if err := <-failed; err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	if s.failed > 0 {
		return fmt.Errorf("%d of %d lines could not be embedded: their answers say why", s.failed, s.total)
	}
	return nil
}

// nextBatch waits for a line and takes those that are there with it; more says
// whether the input goes on.
func nextBatch(ctx context.Context, lines <-chan *request) (batch []*request, more bool) {
	select {
	case r, ok := <-lines:
		if !ok {
			return nil, false
		}
		batch = append(batch, r)
	case <-ctx.Done():
		return nil, false
	}
	for len(batch) < maxStream {
		select {
		case r, ok := <-lines:
			if !ok {
				return batch, false
			}
			batch = append(batch, r)
		default:
			return batch, true
		}
	}
	return batch, true
}

// answer writes one line for each request, in order.
func (s *stream) answer(ctx context.Context, pool *parallel.Pool, batch []*request) error {
	pool.For(len(batch), func(_, i int) { batch[i].read(s.model) })
	var images []image.Image
	for _, r := range batch {
		if r.image != nil {
			images = append(images, r.image)
		}
	}
	vectors, err := s.model.Embed(ctx, images...)
	if errors.Is(err, context.Canceled) {
		return errStreamStopped
	}
	if err != nil {
		return err
	}
	w := bufio.NewWriter(s.out)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, r := range batch {
		s.total++
		if r.image != nil {
			r.answer.Embedding, vectors = vectors[0], vectors[1:]
		} else {
			s.failed++
		}
		if err := e.Encode(r.answer); err != nil {
			return fmt.Errorf("write standard output: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write standard output: %w", err)
	}
	return nil
}

// read decodes the image that a request names or holds, or sets the error of its answer.
// It is reduced, as a batch of photographs in full is large.
func (r *request) read(m *amdim.Model) {
	var img image.Image
	file, err := r.parse()
	if err == nil {
		if r.answer.Path != "" {
			img, err = amdim.DecodeFile(r.answer.Path)
		} else {
			img, err = amdim.Decode(file)
		}
	}
	if err != nil {
		r.answer.Error = spelling.Plain(err.Error())
	} else {
		r.image = m.Reduce(img)
	}
	if r.answer.ID == nil && r.answer.Path == "" {
		r.answer.Line = r.number
	}
}

var (
	errLine    = fmt.Errorf("the line is longer than %d MiB", maxLine>>20)
	errRequest = errors.New(`need a path, {"path": …} or {"id": …, "image": base64}`)
)

// parse sets the answer's names and returns the bytes of the image, unless it
// has a path.
func (r *request) parse() (file []byte, err error) {
	if r.text == nil {
		return nil, errLine
	}
	if !bytes.HasPrefix(r.text, []byte("{")) {
		r.answer.Path = string(r.text)
		return nil, nil
	}
	err = strictjson.Members(r.text, func(name string, v json.RawMessage) error {
		switch name {
		case "id":
			r.answer.ID = v
			return nil
		case "path":
			return json.Unmarshal(v, &r.answer.Path)
		case "image":
			return json.Unmarshal(v, &file)
		}
		return fmt.Errorf("unknown key %q: %w", name, errRequest)
	})
	if err == nil && (file == nil) == (r.answer.Path == "") {
		err = errRequest
	}
	return file, err
}

// readLines sends the lines of r that are not empty, without their ends; text is
// nil of one that is too long. What a line holds of space, of which there is limit, the caller
// gives back; one longer than that is held alone. failed
// then yields the error of r, nil at its end.
//
// A read of a pipe or a terminal cannot be broken off: when ctx is done in the
// middle of one, the goroutine stays behind until the input or the program ends.
func readLines(ctx context.Context, r io.Reader, space *semaphore.Weighted, limit int64) (
	lines <-chan *request, failed <-chan error) {
	out, end := make(chan *request, maxStream), make(chan error, 1)
	go func() {
		defer close(out)
		in := bufio.NewReaderSize(r, 1<<16)
		for number := 1; ; number++ {
			text, err := readLine(in, maxLine)
			if text == nil || len(text) > 0 {
				held := min(int64(cap(text)), limit)
				if space.Acquire(ctx, held) != nil {
					return
				}
				select {
				case out <- &request{number: number, text: text, held: held}:
				case <-ctx.Done():
					return
				}
			}
			if err != nil {
				if errors.Is(err, io.EOF) {
					err = nil
				}
				end <- err
				return
			}
		}
	}()
	return out, end
}

// readLine returns the next line without blanks around it, nil when it has more
// than limit bytes, and the error of the input, with which the last line may come.
func readLine(in *bufio.Reader, limit int) ([]byte, error) {
	line := []byte{}
	for {
		part, err := in.ReadSlice('\n')
		switch {
		case line != nil && len(line)+len(part) <= limit:
			line = append(line, part...)
		default:
			line = nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			if line != nil {
				line = trimLine(line)
			}
			return line, err
		}
	}
}

// trimLine removes the end of the line, and blanks before a JSON object. A path
// keeps its blanks.
func trimLine(line []byte) []byte {
	line = bytes.TrimRight(line, "\r\n")
	switch t := bytes.TrimSpace(line); {
	case len(t) == 0:
		return line[:0]
	case t[0] == '{':
		return t
	}
	return line
}
