// Package spelling finds the word that a user may have meant, writes numbers, counts and
// times for people, and makes names, and messages with names, printable.
//
//	if near, ok := spelling.Nearest("pretrian", verbs); ok { … } // "pretrain"
//	spelling.Count(12345, "image")                               // "12,345 images"
//	spelling.Duration(80 * time.Second)                           // "1 min 20 s"
//	spelling.Printable("a\x1b[31m")                               // `"a\x1b[31m"`
//	spelling.Visible("no file a\x1b[31m")                         // `no file a\x1b[31m`
//	spelling.Plain("amdim: segment: mixture: fit = 9, need 5")    // "fit = 9, need 5"
package spelling
