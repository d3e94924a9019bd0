// Package fetch downloads a file whose content is known beforehand.
//
// The one idea is that nothing has the file's name but the file: what has come so
// far lies beside it, a broken download goes on where it broke, and only what has
// the pinned checksum is renamed, at once and durably. A server is trusted with
// nothing else, so it does not matter whose it is.
//
//	err := fetch.File(ctx, http.DefaultClient, fetch.Source{URL: url, SHA256: sum}, path, nil)
package fetch
