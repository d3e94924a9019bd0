// Package keyed reads structs of settings as values with keys: the names that their fields
// have in JSON, joined by dots, such as train.lr.
//
//	for _, d := range keyed.Diff("train", was, now) {
//		fmt.Println(d.Key, d.A, d.B) // train.lr 0.0002 0.001
//	}
package keyed
