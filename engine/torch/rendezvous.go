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

	"golang.org/x/sys/unix"
)

func newMember(p Place) member {
	host, _ := os.Hostname()
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return member{Rank: p.Rank, Size: p.Size, Host: host, Boot: strings.TrimSpace(string(boot)),
		Address: localAddress(p.store()),
		ID:      fmt.Sprintf("%s-%d-%d", host, os.Getpid(), time.Now().UnixNano()), Processors: processors()}
}

// processors lists those that the system lets this process use, as text.
func processors() string {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return ""
	}
	return fmt.Sprintf("%x", set)
}

// localAddress is this host's address as used towards another; no packet is sent.
func localAddress(towards string) string {
	c, err := net.Dial("udp", towards)
	if err != nil {
		return ""
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).IP.String()
}

// rendezvous brings the processes together through the store. Rank 0 announces
// itself under "leader", the others tell it who they are, and its verdict goes
// to all. Keys carry the leader's ID, so what an earlier group left in
// torchrun's store does no harm.
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
	if !servedByTorchrun() { // else one of an earlier group may be left
		other, err := r.get("leader")
		if err != nil {
			return nil, err
		}
		if other != "" {
			return nil, errors.New("another process leads a group there already: two were started as rank 0, " +
				"or MASTER_ADDR does not lead to this host")
		}
	}
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

func (r rendezvous) key(kind, leader string, rank int) string {
	return fmt.Sprintf("%s/%s/%d", kind, leader, rank)
}

// collect waits for what the others say about themselves.
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
			m, err := readMember(text, rank)
			if err != nil {
				return err
			}
			members[rank] = m
			if m.Size != r.place.Size {
				return refusal(fmt.Sprintf("rank 0 on %s was started as one of %d processes, rank %d on %s "+
					"as one of %d: give all the same WORLD_SIZE", r.me.Host, r.place.Size, rank, m.Host, m.Size))
			}
		}
		if len(missing) == 0 {
			return nil
		}
		if time.Now().After(r.deadline) {
			return refusal(fmt.Sprintf("%d of %d processes did not come within %s: rank %s",
				len(missing), len(members), r.place.Timeout, strings.Join(missing, ", ")))
		}
	}
}

// linger serves the store until those present have read why there is no group.
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
			// In torchrun's store this may be the previous group.
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

// read returns the group that rank 0 announces.
func (r rendezvous) read(text, leader string) ([]member, error) {
	v, err := readVerdict(text)
	if err != nil {
		return nil, err
	}
	if v.Error != "" {
		_ = r.set(r.key("read", leader, r.me.Rank), "yes") // rank 0 waits for it, but only a moment
	}
	return v.admit(r.me)
}

// address is this host's address as the others see it. If MASTER_ADDR is a name that
// means loopback on rank 0's own host, it is the address used towards another host.
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
