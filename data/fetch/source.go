package fetch

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/amdim/amdim/internal/regular"
)

// Source is a file of the network. At least one checksum is pinned, in
// hexadecimal; where both are, both must be right.
type Source struct {
	URL    string
	SHA256 string
	MD5    string // what some publishers give: it finds damage, and no malice
	Limit  int64  // bytes above which it is not the file
}

// ErrBusy is in the error of a download into a folder that another process writes into.
var ErrBusy = errors.New("another process writes into its folder: wait for its end, or stop it")

// ErrChecksum is in the error of a file that is not the one expected.
var ErrChecksum = errors.New("not the expected file")

// check reads a file and compares it with what is pinned.
func (s Source) check(ctx context.Context, path string) error {
	f, err := regular.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sums := s.pinned()
	all := make([]io.Writer, len(sums))
	for i, sum := range sums {
		all[i] = sum
	}
	if _, err := io.Copy(io.MultiWriter(all...), stoppable{ctx, f}); err != nil {
		return err
	}
	for _, sum := range sums {
		if is := hex.EncodeToString(sum.Sum(nil)); is != sum.want {
			return fmt.Errorf("%w: its %s is %s, need %s", ErrChecksum, sum.name, is, sum.want)
		}
	}
	return nil
}

// checksum is one under way.
type checksum struct {
	name, want string
	hash.Hash
}

func (s Source) pinned() (sums []checksum) {
	if s.SHA256 != "" {
		sums = append(sums, checksum{"SHA-256", s.SHA256, sha256.New()})
	}
	if s.MD5 != "" {
		sums = append(sums, checksum{"MD5", s.MD5, md5.New()})
	}
	if len(sums) == 0 {
		panic("fetch: " + s.URL + ": no checksum is pinned")
	}
	return sums
}

// stoppable reads until its context ends.
type stoppable struct {
	ctx context.Context
	io.Reader
}

func (s stoppable) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.Reader.Read(b)
}
