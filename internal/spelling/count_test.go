package spelling

import "testing"

func TestCountTakesTheSingularForOne(t *testing.T) {
	for n, want := range []string{"0 images", "1 image", "2 images"} {
		if got := Count(n, "image"); got != want {
			t.Errorf("Count(%d): %q, want %q", n, got, want)
		}
	}
}

func TestCountOfTakesTheOtherWordForMany(t *testing.T) {
	for n, want := range map[int]string{1: "1 process", 0: "0 processes", 12345: "12,345 processes"} {
		if got := CountOf(n, "process", "processes"); got != want {
			t.Errorf("CountOf(%d): %q, want %q", n, got, want)
		}
	}
}
