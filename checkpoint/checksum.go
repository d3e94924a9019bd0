package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// checksumKey is the metadata that holds the SHA-256 of the file, taken with
// the 64 digits of the sum itself replaced by zeros. Header and tensors are both
// covered: a changed learning rate is as bad as a changed weight.
const checksumKey = "amdim.sha256"

var noChecksum = strings.Repeat("0", 2*sha256.Size)

// blankChecksum returns the header with the digits of sum replaced by zeros,
// and their position.
func blankChecksum(header []byte, sum string) ([]byte, int, error) {
	member := []byte(`"` + checksumKey + `":"` + sum + `"`)
	at := bytes.Index(header, member)
	if len(sum) != len(noChecksum) || at < 0 {
		return nil, 0, fmt.Errorf("metadata %s is missing or malformed: not an amdim checkpoint", checksumKey)
	}
	at += len(member) - len(sum) - 1
	blank := bytes.Clone(header)
	copy(blank[at:], noChecksum)
	return blank, at, nil
}

// verify compares the stored checksum with that of header and data.
func verify(header []byte, sum string, data io.Reader) error {
	blank, _, err := blankChecksum(header, sum)
	if err != nil {
		return err
	}
	h := sha256.New()
	h.Write(blank)
	if _, err := io.Copy(h, data); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sum {
		return fmt.Errorf("damaged: its bytes have SHA-256 %.12s…, but it was written with %.12s…", got, sum)
	}
	return nil
}
