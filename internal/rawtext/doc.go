// Package rawtext keeps texts exactly in JSON, which holds only Unicode: the name of a file or
// a folder, and so a spec or a class, may be any bytes. One that is not valid UTF-8 is stored as
// bytes too, beside the text that people and other programs read.
//
//	stored := struct {
//		Spec  string `json:"spec"`
//		Bytes []byte `json:"spec_bytes,omitempty"`
//	}{spec, rawtext.Bytes(spec)}
//	…
//	spec = rawtext.Text(stored.Spec, stored.Bytes)
package rawtext
