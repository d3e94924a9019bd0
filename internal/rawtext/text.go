package rawtext

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Bytes are those of a text that JSON cannot hold; nil if it can.
func Bytes(text string) []byte {
	if utf8.ValidString(text) {
		return nil
	}
	return []byte(text)
}

// InJSON is the text that people and other programs read: what is not UTF-8 becomes "\ufffd".
func InJSON(text string) string { return strings.ToValidUTF8(text, "\ufffd") }

// Text is the text that was stored with its Bytes.
func Text(text string, stored []byte) string {
	if len(stored) > 0 {
		return string(stored)
	}
	return text
}

// Marshal is json.Marshal for use in a MarshalJSON: it leaves it to the encoder that calls
// that whether < and & are escaped.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}
