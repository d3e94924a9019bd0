package fetch

import (
	"bytes"
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
// has left unfinished is continued where the server allows it, and compared with what it
// sends where it begins anew: a page that a proxy answers with replaces nothing. A file
// with a wrong checksum is removed. One call at a time downloads into a folder, another is
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
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	response, from, err := d.ask(ctx)
	if err != nil {
		return err
	}
	if response == nil { // all of it is there, if not yet on the disk
		return f.Sync()
	}
	defer response.Body.Close()
	if d.total = 0; response.ContentLength >= 0 {
		d.total = from + response.ContentLength
	}
	body := newWatched(ctx, cancel, response.Body)
	if err := d.agree(f, body, from); err != nil {
		return err
	}
	if err := d.copy(f, body); err != nil {
		return err
	}
	return f.Sync()
}

// ask requests what is missing. The response begins at from, which is done or 0; there is
// none where the server has nothing behind done.
func (d *download) ask(ctx context.Context) (response *http.Response, from int64, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.URL, nil)
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("Accept-Encoding", "identity") // the bytes of the file and not of a stream
	if d.done > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", d.done))
	}
	response, err = d.client.Do(request)
	if err != nil {
		return nil, 0, err // it names the URL
	}
	switch code := response.StatusCode; {
	case code == http.StatusOK: // from the beginning, whatever was asked for
		return response, 0, nil
	case code == http.StatusPartialContent && d.done > 0 &&
		strings.HasPrefix(response.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", d.done)):
		return response, d.done, nil
	case code == http.StatusRequestedRangeNotSatisfiable && d.done > 0:
		return nil, 0, response.Body.Close() // the checksum says whether it is all
	}
	response.Body.Close()
	return nil, 0, fmt.Errorf("%s: the server answered %q", d.URL, response.Status)
}

// agree reads what a body that begins at from has of the file, up to done. Where they
// differ nothing says which is wrong, so what took long to come stays.
func (d *download) agree(f *os.File, body io.Reader, from int64) error {
	have, came := make([]byte, 1<<18), make([]byte, 1<<18)
	for from < d.done {
		n := min(int64(len(have)), d.done-from)
		if _, err := f.ReadAt(have[:n], from); err != nil {
			return err
		}
		k, err := io.ReadFull(body, came[:n])
		if !bytes.Equal(came[:k], have[:k]) {
			return fmt.Errorf("%s: the answer is %w, or %s is no part of it, which is kept: "+
				"check for a proxy that answers instead and try again, or remove that file",
				d.URL, ErrChecksum, f.Name())
		}
		if err != nil {
			return d.broke(from+int64(k), err)
		}
		if from += n; d.progress != nil {
			d.progress(from, d.total)
		}
	}
	return nil
}

func (d *download) broke(at int64, err error) error {
	return fmt.Errorf("%s: the connection broke after %d bytes: %w", d.URL, at, err)
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
			return d.broke(d.done, err)
		}
	}
}
