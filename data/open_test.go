package data

import "testing"

func TestOpenReadsTheOptionsOfShapes(t *testing.T) {
	for _, c := range []struct {
		spec      string
		split     Split
		n, size   int
		firstSeed uint64
	}{
		{"shapes:train=12", Train, 12, 32, 0},
		{"shapes:test=7,size=64,seed=9", Test, 7, 64, 9},
		{"shapes:test=3", Test, 3, 32, 0},
	} {
		set, err := Open(c.spec, c.split, Options{})
		if err != nil {
			t.Fatal(err)
		}
		img, err := set.Image(0)
		if err != nil {
			t.Fatal(err)
		}
		if set.Len() != c.n || img.H != c.size || img.W != c.size || set.(*Shapes).config.Seed != c.firstSeed {
			t.Errorf("%s: %d pictures of %d×%d", c.spec, set.Len(), img.H, img.W)
		}
	}
}

func TestOpenRefusesBadSpecs(t *testing.T) {
	for _, c := range []struct {
		spec string
		want []string
	}{
		{"mnist:DIR", []string{`"mnist"`, "cifar10:DIR", "shapes["}},
		{"", []string{`""`, "cifar10:DIR"}},
		{"shapes:n=3", []string{`"n"`, "size, train, test and seed"}},
		{"shapes:seed=1,seed=2", []string{`"seed" is given twice`}},
		{"shapes:size=big", []string{`size="big"`}},
		{"shapes:size", []string{`size=""`}},
		{"shapes:size=-32", []string{`size="-32"`}},
		{"shapes:size=7", []string{"size 7", "8 to 1024"}},
		{"shapes:train=0", []string{"0 pictures to train"}},
		{"shapes:train=9223372036854775807", []string{"pictures to train", "need 1 to"}},
		{"shapes:,", []string{`unknown option ""`}},
	} {
		_, err := Open(c.spec, Train, Options{})
		wantError(t, c.spec, err, append(c.want, "data: ")...)
	}
}
