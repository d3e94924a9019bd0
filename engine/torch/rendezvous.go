//go:build torch && linux

package torch

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"
)

// member is what a process says of itself to rank 0.
type member struct {
	Rank, Size int
	Host       string // its name
	Address    string // of its host as the master sees it
	ID         string // tells processes of one rank apart
}

func newMember(p Place) member {
	host, _ := os.Hostname()
	return member{Rank: p.Rank, Size: p.Size, Host: host, Address: localAddress(p.store()),
		ID: fmt.Sprintf("%s-%d-%d", host, os.Getpid(), time.Now().UnixNano())}
}

// localAddress is this host's towards another; no packet is sent.
func localAddress(towards string) string {
	c, err := net.Dial("udp", towards)
	if err != nil {
		return ""
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).IP.String()
}

// verdict is what rank 0 answers all: the group, or why there is none.
type verdict struct {
	Members []member
	Error   string
}

// rendezvous brings the processes together through the store. Rank 0 makes
// itself known under "leader", the others tell it who they are, and its verdict
// goes to all. Keys carry the leader's ID, so what an earlier group left in the
// store of torchrun does no harm.
type rendezvous struct {
	*store
	place Place
	me    member
}

func (r rendezvous) meet() ([]member, error) {
	if r.place.Rank == 0 {
		return r.lead()
	}
	return r.follow()
}

func (r rendezvous) lead() ([]member, error) {
	if err := r.set("leader", r.me.ID); err != nil {
		return nil, err
	}
	members := make([]member, r.place.Size)
	members[0] = r.me
	var v verdict
	var refused refusal
	switch err := r.collect(members); {
	case errors.As(err, &refused):
		v.Error = refused.Error()
	case err != nil:
		return nil, err
	default:
		v.Members = members
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	if err := r.set("group/"+r.me.ID, string(text)); err != nil {
		return nil, err
	}
	if v.Error != "" {
		r.linger(members)
		return nil, refused
	}
	return members, nil
}

// refusal is why there is no group.
type refusal string

func (r refusal) Error() string { return string(r) }

func (r rendezvous) key(kind, leader string, rank int) string {
	return fmt.Sprintf("%s/%s/%d", kind, leader, rank)
}

// collect waits for what the others say of themselves.
func (r rendezvous) collect(members []member) error {
	for pause := newPause(); ; pause.sleep() {
		var missing []string
		for rank := range members {
			if members[rank].ID != "" {
				continue
			}
			text, err := r.get(r.key("member", r.me.ID, rank))
			if err != nil {
				return err
			}
			if text == "" {
				missing = append(missing, fmt.Sprint(rank))
				continue
			}
			if err := json.Unmarshal([]byte(text), &members[rank]); err != nil {
				return fmt.Errorf("rank %d says %q: %w", rank, text, err)
			}
			if m := members[rank]; m.Size != r.place.Size {
				return refusal(fmt.Sprintf("rank 0 on %s was started as one of %d processes, rank %d on %s as one of %d: "+
					"give all the same WORLD_SIZE", r.me.Host, r.place.Size, rank, m.Host, m.Size))
			}
		}
		if len(missing) == 0 {
			return nil
		}
		if time.Now().After(r.deadline) {
			return refusal(fmt.Sprintf("%d of %d processes did not come within %s: rank %s", len(missing), len(members),
				r.place.Timeout, strings.Join(missing, ", ")))
		}
	}
}

// linger serves the store until those that came have read why there is no group.
func (r rendezvous) linger(members []member) {
	end := time.Now().Add(2 * time.Second)
	for pause := newPause(); time.Now().Before(end); pause.sleep() {
		waiting := slices.ContainsFunc(members[1:], func(m member) bool {
			if m.ID == "" {
				return false
			}
			text, err := r.get(r.key("read", r.me.ID, m.Rank))
			return err == nil && text == ""
		})
		if !waiting {
			return
		}
	}
}

func (r rendezvous) follow() ([]member, error) {
	mine, err := json.Marshal(r.me)
	if err != nil {
		return nil, err
	}
	told := ""
	for pause := newPause(); ; pause.sleep() {
		leader, err := r.get("leader")
		if err != nil {
			return nil, err
		}
		if leader != "" && leader != told {
			if err := r.set(r.key("member", leader, r.me.Rank), string(mine)); err != nil {
				return nil, err
			}
			told = leader
		}
		var text string
		if told != "" {
			if text, err = r.get("group/" + told); err != nil {
				return nil, err
			}
		}
		late := time.Now().After(r.deadline.Add(time.Second)) // after rank 0, which knows more
		if text != "" {
			members, err := r.read(text, told)
			// In torchrun's store this may be the group of before.
			var other stranger
			if !errors.As(err, &other) || late || !servedByTorchrun() {
				return members, err
			}
		}
		if late && told == "" {
			return nil, fmt.Errorf("rank 0 did not come within %s", r.place.Timeout)
		}
		if late {
			return nil, fmt.Errorf("rank 0 did not complete the group within %s", r.place.Timeout)
		}
	}
}

// stranger is why this process is not in the group that is there.
type stranger string

func (s stranger) Error() string { return string(s) }

func (r rendezvous) read(text, leader string) ([]member, error) {
	var v verdict
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, fmt.Errorf("rank 0 says %q: %w", text, err)
	}
	if v.Error != "" {
		_ = r.set(r.key("read", leader, r.me.Rank), "yes") // rank 0 waits for it, a moment only
		return nil, refusal(v.Error)
	}
	if len(v.Members) == 0 {
		return nil, fmt.Errorf("rank 0 says %q: is another program at this address and port?", text)
	}
	if len(v.Members) != r.me.Size {
		return nil, stranger(fmt.Sprintf("rank 0 on %s was started as one of %d processes, this one, rank %d, as one "+
			"of %d: give all the same WORLD_SIZE", v.Members[0].Host, len(v.Members), r.me.Rank, r.me.Size))
	}
	if other := v.Members[r.me.Rank]; other.ID != r.me.ID {
		return nil, stranger(fmt.Sprintf("rank %d of the group is another process already, on %s: two were started as "+
			"rank %d, or those of an earlier run have not ended yet", r.me.Rank, other.Host, r.me.Rank))
	}
	return v.Members, nil
}

// address is this host's as the others see it. Where MASTER_ADDR is a name that
// means the loopback on rank 0's own host, that is its address towards another host.
func (r rendezvous) address(members []member) string {
	own := net.ParseIP(r.me.Address)
	if own == nil || !own.IsLoopback() {
		return r.me.Address
	}
	for _, m := range members {
		if ip := net.ParseIP(m.Address); ip != nil && !ip.IsLoopback() {
			return localAddress(net.JoinHostPort(m.Address, "1"))
		}
	}
	return r.me.Address
}
