// Package fetch downloads a file whose contents are known beforehand.
//
// The one idea is that only the complete file ever has its name: what has arrived
// so far lies beside it, a broken download resumes where it broke off, and only a
// file with the pinned checksum is renamed, atomically and durably. The server is
// trusted with nothing else, so it does not matter whose it is.
//
//	err := fetch.File(ctx, http.DefaultClient, fetch.Source{URL: url, SHA256: sum}, path, nil)
package fetch
