package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/lock"
)

// partial is where what has come of a file lies until it is whole.
func partial(path string) string { return path + ".part" }

// File downloads s to path unless the file is there already. What an earlier call
// has left unfinished is continued where the server allows it; a file with a
// wrong checksum is removed. One call at a time downloads into a folder, another is
// refused. progress, which may be nil, gets the bytes that there are and how many
// there will be, 0 when the server does not say.
func File(
	ctx context.Context, client *http.Client, s Source, path string, progress func(done, total int64),
) error {
	if err := file(ctx, client, s, path, progress); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("fetch: %w", err)
	}
	return nil
}

func file(
	ctx context.Context, client *http.Client, s Source, path string, progress func(done, total int64),
) error {
	if there, err := s.there(ctx, path); there || err != nil {
		return err
	}
	held, err := lock.Folder(filepath.Dir(path))
	if errors.Is(err, lock.ErrHeld) {
		return fmt.Errorf("%s: %w", path, ErrBusy)
	}
	if err != nil {
		return err
	}
	defer held.Close()
	if there, err := s.there(ctx, path); there || err != nil { // another one has just brought it
		return err
	}
	d := download{Source: s, client: client, progress: progress}
	if err := d.fill(ctx, partial(path)); err != nil {
		return err
	}
	if err := s.check(ctx, partial(path)); err != nil {
		if errors.Is(err, ErrChecksum) {
			err = errors.Join(fmt.Errorf("%s: what was downloaded is %w; it was removed: try again, "+
				"or check for a proxy that answers instead", s.URL, err), os.Remove(partial(path)))
		}
		return err
	}
	return durable.Rename(partial(path), path)
}

// there reports whether the file is at path. Another one in its place is an error.
func (s Source) there(ctx context.Context, path string) (bool, error) {
	switch err := s.check(ctx, path); {
	case errors.Is(err, ErrChecksum):
		return false, fmt.Errorf("%s exists and is %w; remove it to download %s", path, err, s.URL)
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	default:
		return err == nil, err
	}
}

// download is one under way.
type download struct {
	Source
	client      *http.Client
	progress    func(done, total int64)
	done, total int64
}

// fill completes the partial file, of whatever content.
func (d *download) fill(ctx context.Context, path string) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil && d.done == 0 {
			os.Remove(path)
		}
	}()
	if d.done, err = f.Seek(0, io.SeekEnd); err != nil {
		return err
	}
	response, err := d.ask(ctx)
	if err != nil {
		return err
	}
	if response == nil { // all of it is there, if not yet on the disk
		return f.Sync()
	}
	defer response.Body.Close()
	if err := f.Truncate(d.done); err != nil {
		return err
	}
	if _, err := f.Seek(d.done, io.SeekStart); err != nil {
		return err
	}
	if d.total = 0; response.ContentLength >= 0 {
		d.total = d.done + response.ContentLength
	}
	if err := d.copy(f, response.Body); err != nil {
		return err
	}
	return f.Sync()
}

// ask requests what is missing. The response begins at done; there is none where
// the server has nothing behind it.
func (d *download) ask(ctx context.Context) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.URL, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept-Encoding", "identity") // the bytes of the file and not of a stream
	if d.done > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", d.done))
	}
	response, err := d.client.Do(request)
	if err != nil {
		return nil, err // it names the URL
	}
	from := fmt.Sprintf("bytes %d-", d.done)
	switch code := response.StatusCode; {
	case code == http.StatusOK: // from the beginning, whatever was asked for
		d.done = 0
		return response, nil
	case code == http.StatusPartialContent && d.done > 0 &&
		strings.HasPrefix(response.Header.Get("Content-Range"), from):
		return response, nil
	case code == http.StatusRequestedRangeNotSatisfiable && d.done > 0:
		return nil, response.Body.Close() // the checksum says whether it is all
	}
	response.Body.Close()
	return nil, fmt.Errorf("%s: the server answered %q", d.URL, response.Status)
}

// copy appends a body to the file. What has come stays for the next time.
func (d *download) copy(f *os.File, body io.Reader) error {
	buf := make([]byte, 1<<18)
	for {
		n, err := body.Read(buf)
		if d.done += int64(n); d.Limit > 0 && d.done > d.Limit {
			d.done = 0 // it is removed
			return fmt.Errorf("%s: more than %d bytes: %w; what was downloaded was removed",
				d.URL, d.Limit, ErrChecksum)
		}
		if _, err := f.Write(buf[:n]); err != nil {
			return err
		}
		if d.progress != nil {
			d.progress(d.done, d.total)
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("%s: the connection broke after %d bytes: %w", d.URL, d.done, err)
		}
	}
}
