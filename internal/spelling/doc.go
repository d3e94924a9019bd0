// Package spelling finds the word that a user may have meant, writes counts with their
// nouns, and makes names, and messages with names, printable.
//
//	if near, ok := spelling.Nearest("pretrian", verbs); ok { … } // "pretrain"
//	spelling.Count(1, "image")                                   // "1 image"
//	spelling.Printable("a\x1b[31m")                               // `"a\x1b[31m"`
//	spelling.Visible("no file a\x1b[31m")                         // `no file a\x1b[31m`
package spelling
