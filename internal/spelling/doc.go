// Package spelling finds the word that a user may have meant.
//
//	if near, ok := spelling.Nearest("pretrian", verbs); ok { … } // "pretrain"
package spelling
