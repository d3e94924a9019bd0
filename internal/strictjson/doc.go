// Package strictjson walks a JSON object member by member and takes a name that
// stands twice for the error that it is: encoding/json keeps the last silently,
// other readers the first.
//
//	err := strictjson.Members(text, func(name string, v json.RawMessage) error { … })
package strictjson
