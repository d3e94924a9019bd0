// Package strictjson walks a JSON object member by member and rejects duplicate
// names, of which encoding/json silently keeps the last and other readers the first.
//
//	err := strictjson.Members(text, func(name string, v json.RawMessage) error { … })
package strictjson
