// Package spelling finds the word that a user may have meant, and writes counts
// with their nouns.
//
//	if near, ok := spelling.Nearest("pretrian", verbs); ok { … } // "pretrain"
//	spelling.Count(1, "image")                                   // "1 image"
package spelling
