package fetch

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
)

// Source is a file of the network. At least one checksum is pinned, in
// hexadecimal; where both are, both must be right.
type Source struct {
	URL    string
	SHA256 string
	MD5    string // what some publishers give: it finds damage, and no malice
	Limit  int64  // bytes above which it is not the file
}

// ErrChecksum is in the error of a file that is not the one expected.
var ErrChecksum = errors.New("not the expected file")

// check reads a file and compares it with what is pinned.
func (s Source) check(path string) error {
	if s.SHA256 == "" && s.MD5 == "" {
		panic("fetch: " + s.URL + ": no checksum is pinned")
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sums := []struct {
		name, want string
		hash.Hash
	}{{"SHA-256", s.SHA256, sha256.New()}, {"MD5", s.MD5, md5.New()}}
	if _, err := io.Copy(io.MultiWriter(sums[0], sums[1]), f); err != nil {
		return err
	}
	for _, sum := range sums {
		if is := hex.EncodeToString(sum.Sum(nil)); sum.want != "" && is != sum.want {
			return fmt.Errorf("%w: its %s is %s, need %s", ErrChecksum, sum.name, is, sum.want)
		}
	}
	return nil
}
