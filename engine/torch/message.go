package torch

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"unicode"
)

// This file needs no libtorch and is built without the tag torch too, so that make fuzz and
// the tests feed it messages of other programs on every machine.

// member is what a process tells rank 0 about itself.
type member struct {
	Rank, Size int
	Host       string // its name
	Boot       string // identifies the running system, also where machines share a name
	Address    string // of its host, as seen by the master
	ID         string // distinguishes processes with the same rank
	Processors string // that it may use on its host: equal if they are the same
}

// neighbours returns how many processes run on the host of one, including itself,
// and how many of them may use the same processors.
func neighbours(members []member, rank int) (host, processors int) {
	me := members[rank]
	for _, m := range members {
		if m.Host != me.Host || m.Boot != me.Boot {
			continue
		}
		if host++; m.Processors == me.Processors {
			processors++
		}
	}
	return host, processors
}

// threadsOf is the share of one of several processes that share n processors.
func threadsOf(n, processes int) int {
	if os.Getenv("GOMAXPROCS") != "" {
		return n
	}
	return max(1, n/processes)
}

// verdict is rank 0's answer to all: the group, or why there is none.
type verdict struct {
	Members []member
	Error   string
}

// refusal is why there is no group.
type refusal string

func (r refusal) Error() string { return string(r) }

// stranger is why this process is not in the existing group.
type stranger string

func (s stranger) Error() string { return string(s) }

// readMember reads what the process with a given rank says about itself.
func readMember(text string, rank int) (member, error) {
	var m member
	if json.Unmarshal([]byte(text), &m) != nil || !m.valid(rank) {
		return member{}, notOurs(rank, text)
	}
	return m, nil
}

// valid reports whether m is of that rank and can be shown in one line.
func (m member) valid(rank int) bool {
	return m.Rank == rank && m.Size > rank && m.ID != "" && printable(m.ID+m.Host+m.Address)
}

func printable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}

// notOurs is the error for a message that this program does not send.
func notOurs(rank int, text string) error {
	return fmt.Errorf("rank %d says %.60q: is another program at this address and port?", rank, text)
}

// readVerdict reads what rank 0 answers.
func readVerdict(text string) (verdict, error) {
	var v verdict
	ok := json.Unmarshal([]byte(text), &v) == nil && printable(v.Error)
	ok = ok && (v.Error != "") != (len(v.Members) > 0)
	for rank, m := range v.Members {
		ok = ok && m.valid(rank) && m.Size == len(v.Members)
	}
	if !ok {
		return verdict{}, notOurs(0, text)
	}
	return v, nil
}

// admit returns the group, if there is one, to a process that is in it.
func (v verdict) admit(me member) ([]member, error) {
	if v.Error != "" {
		return nil, refusal(v.Error)
	}
	if len(v.Members) != me.Size {
		return nil, stranger(fmt.Sprintf("rank 0 on %s was started as one of %d processes, this one, rank %d, "+
			"as one of %d: give all the same WORLD_SIZE", v.Members[0].Host, len(v.Members), me.Rank, me.Size))
	}
	if other := v.Members[me.Rank]; other.ID != me.ID {
		return nil, stranger(fmt.Sprintf("rank %d of the group is another process already, on %s: two were "+
			"started as rank %d, or those of an earlier run have not ended yet", me.Rank, other.Host, me.Rank))
	}
	return v.Members, nil
}

// Lengths are sent before texts.
const (
	lengthBytes = 8
	longestText = 1 << 30 // anything longer is not a text of this program
)

func lengthOf(text string) []byte {
	return binary.LittleEndian.AppendUint64(nil, uint64(len(text)))
}

// readLengths reads the lengths of all processes, in order of rank.
func readLengths(all []byte) ([]int, error) {
	lengths := make([]int, len(all)/lengthBytes)
	for rank := range lengths {
		n := binary.LittleEndian.Uint64(all[rank*lengthBytes:])
		if n > longestText {
			return nil, fmt.Errorf("torch: rank %d sends a text of %d bytes: is it another program?", rank, n)
		}
		lengths[rank] = int(n)
	}
	return lengths, nil
}
