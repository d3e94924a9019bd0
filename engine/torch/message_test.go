package torch

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

const (
	firstSays  = `{"Rank":0,"Size":2,"Host":"node0","Address":"10.0.0.1","ID":"node0-7-1"}`
	secondSays = `{"Rank":1,"Size":2,"Host":"node1","Address":"10.0.0.2","ID":"node1-8-2"}`
)

func TestNeighboursAreOnTheSameHost(t *testing.T) {
	all := func(host string) member { return member{Host: host, Processors: "ff"} }
	members := []member{
		all("a"), all("b"), all("a"), all("c"), {Host: "a", Processors: "f0"},
		{Host: "a", Processors: "ff", Boot: "of a machine cloned from it"},
	}
	for rank, want := range [][2]int{{3, 2}, {1, 1}, {3, 2}, {1, 1}, {3, 1}, {1, 1}} {
		if host, processors := neighbours(members, rank); [2]int{host, processors} != want {
			t.Errorf("rank %d: %d processes on its host, %d on its processors, want %d", rank, host, processors, want)
		}
	}
}

func TestThreadsAreDividedUnlessTheUserSays(t *testing.T) {
	t.Setenv("GOMAXPROCS", "")
	for _, c := range []struct{ n, processes, want int }{{96, 1, 96}, {96, 8, 12}, {7, 2, 3}, {4, 8, 1}} {
		if got := threadsOf(c.n, c.processes); got != c.want {
			t.Errorf("%d processes of %d processors: %d threads, want %d", c.processes, c.n, got, c.want)
		}
	}
	t.Setenv("GOMAXPROCS", "12")
	if got := threadsOf(12, 8); got != 12 {
		t.Errorf("%d threads where GOMAXPROCS says 12", got)
	}
}

func TestMessagesOfAnotherProgramAreRefused(t *testing.T) {
	if m, err := readMember(secondSays, 1); err != nil || m.Host != "node1" || m.ID != "node1-8-2" {
		t.Fatalf("%+v, %v", m, err)
	}
	for _, text := range []string{
		"", "hello", "null", "[]", `{"Rank":1}`, secondSays + secondSays, firstSays,
		strings.Replace(secondSays, `"Size":2`, `"Size":1`, 1),
		strings.Replace(secondSays, "node1-8-2", "", 1),
		strings.Replace(secondSays, "10.0.0.2", `10.0.0.2\n`, 1),
	} {
		if _, err := readMember(text, 1); err == nil || !strings.HasPrefix(err.Error(), "rank 1 says ") {
			t.Errorf("member %q: %v", text, err)
		}
	}
	for _, text := range []string{
		"", "hello", "{}", `{"Error":"a\nb"}`,
		`{"Members":[` + secondSays + `]}`, `{"Members":[` + firstSays + `]}`,
		`{"Error":"late","Members":[` + firstSays + `,` + secondSays + `]}`,
	} {
		if _, err := readVerdict(text); err == nil || !strings.HasPrefix(err.Error(), "rank 0 says ") {
			t.Errorf("verdict %q: %v", text, err)
		}
	}
}

func TestVerdictAdmitsItsMembers(t *testing.T) {
	group := `{"Members":[` + firstSays + `,` + secondSays + `]}`
	me := member{Rank: 1, Size: 2, Host: "node1", Address: "10.0.0.2", ID: "node1-8-2"}
	for _, c := range []struct {
		name, text string
		change     func(*member)
		want       string // of the error
	}{
		{"a member", group, func(*member) {}, ""},
		{"a refusal", `{"Error":"rank 1 is late"}`, func(*member) {}, "rank 1 is late"},
		{"of another size", group, func(m *member) { m.Size = 3 },
			"rank 0 on node0 was started as one of 2 processes"},
		{"in its place", group, func(m *member) { m.ID = "x" },
			"rank 1 of the group is another process already, on node1"},
	} {
		v, err := readVerdict(c.text)
		if err != nil {
			t.Fatal(err)
		}
		m := me
		c.change(&m)
		members, err := v.admit(m)
		if c.want == "" && (err != nil || len(members) != 2 || members[1] != me) {
			t.Errorf("%s: %+v, %v", c.name, members, err)
		}
		if c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestLengthsAreThoseOfTheTexts(t *testing.T) {
	words := append(lengthOf("four"), lengthOf("")...)
	if got, err := readLengths(words); err != nil || !reflect.DeepEqual(got, []int{4, 0}) {
		t.Errorf("%v, %v", got, err)
	}
	words[2*lengthBytes-1] = 0x80
	if _, err := readLengths(words); err == nil || !strings.HasPrefix(err.Error(), "torch: rank 1 sends") {
		t.Error(err)
	}
}

// oneLine fails the test unless err is one line that can be shown.
func oneLine(t *testing.T, err error) {
	t.Helper()
	if !printable(err.Error()) {
		t.Errorf("%q", err)
	}
}

// FuzzReadMember feeds arbitrary texts to rank 0. What it takes is a member of that rank.
func FuzzReadMember(f *testing.F) {
	f.Add(firstSays, 0)
	f.Add(secondSays, 1)
	f.Add(secondSays[:20], 1)
	f.Fuzz(func(t *testing.T, text string, rank int) {
		m, err := readMember(text, rank)
		if err != nil {
			oneLine(t, err)
			return
		}
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := readMember(string(again), rank); err != nil || got != m || m.Rank != rank {
			t.Errorf("%+v is read again as %+v, %v", m, got, err)
		}
	})
}

// FuzzReadVerdict feeds arbitrary texts to a process that rank 0 answers.
func FuzzReadVerdict(f *testing.F) {
	f.Add(`{"Members":[`+firstSays+`,`+secondSays+`]}`, "node1-8-2", uint8(1), uint8(0))
	f.Add(`{"Error":"2 of 4 processes did not come within 1s: rank 1, 3"}`, "x", uint8(2), uint8(1))
	f.Add(`{"Members":null}`, "", uint8(0), uint8(0))
	f.Fuzz(func(t *testing.T, text, id string, rank, behind uint8) {
		me := member{Rank: int(rank), Size: int(rank) + 1 + int(behind), ID: id}
		v, err := readVerdict(text)
		var members []member
		if err == nil {
			members, err = v.admit(me)
		}
		var refused refusal
		switch {
		case err != nil:
			oneLine(t, err)
			if errors.As(err, &refused) != (v.Error != "") {
				t.Errorf("%+v gives %v", v, err)
			}
		case len(members) != me.Size || members[me.Rank].ID != id:
			t.Errorf("%+v is in %+v", me, members)
		}
	})
}

// FuzzReadLengths feeds arbitrary bytes to a process that awaits texts.
func FuzzReadLengths(f *testing.F) {
	f.Add(lengthOf("one"))
	f.Add(append(lengthOf(""), "\xff\xff\xff\xff\xff\xff\xff\xff"...))
	f.Fuzz(func(t *testing.T, all []byte) {
		lengths, err := readLengths(all)
		if err != nil {
			oneLine(t, err)
		}
		for _, n := range lengths {
			if n < 0 || n > longestText {
				t.Errorf("a length of %d", n)
			}
		}
	})
}
