package spelling

import "testing"

func TestPrintableQuotesWhatMovesTheCursor(t *testing.T) {
	for name, want := range map[string]string{
		"IMG 1.jpg": "IMG 1.jpg", "Käse": "Käse", "a\x1b[31m": `"a\x1b[31m"`, "two\nlines": `"two\nlines"`,
		"\x9b31m": `"\x9b31m"`,
	} {
		if got := Printable(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

func TestShortNamesAreCutAndPrintable(t *testing.T) {
	for name, want := range map[string]string{
		"Käse": "Käse", "Käsebrot": "Käse…", "\x1b[1m": `"\x1b[1m"`, "\x1b[31mRED": `"\x1b[31…"`,
	} {
		if got := Short(name, 5); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

func TestVisibleLetsNoControlCharacterPass(t *testing.T) {
	for text, want := range map[string]string{
		"Käse 'a' \"b\" \\x: 3\u00a0%\n\ttwo": "Käse 'a' \"b\" \\x: 3\u00a0%\n\ttwo",
		"a\x1b]0;title\x07b":                  `a\x1b]0;title\ab`,
		"a\rb\x00\x7f":                        `a\rb\x00\x7f`,
		"\u009b2J":                            `\u009b2J`, // CSI in one character
		"\x9b2J":                              `\x9b2J`,   // and in one byte
		"gpj.\u202egpj":                       `gpj.\u202egpj`,
	} {
		if got := Visible(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestPlainLeavesPackagesOut(t *testing.T) {
	for text, want := range map[string]string{
		"amdim: segment: mixture: segment: fit = 9, need 5":   "fit = 9, need 5",
		"amdim: decode: a.png: imagefile: read: no such file": "decode: a.png: read: no such file",
		"--index: embedding: read x.npy: no such file":        "--index: read x.npy: no such file",
		"--data: it ends in data":                             "--data: it ends in data",
		"data: cifar10: data: no data_batch_1.bin":            "cifar10: data: no data_batch_1.bin",
		"--index: embedding: read data: torn":                 "--index: read data: torn",
		"the image: model":                                    "the image: model",
		"folder:data: none, C:\\data: none":                   "folder:data: none, C:\\data: none",
		"":                                                    "", "model: ": "",
	} {
		if got := Plain(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
