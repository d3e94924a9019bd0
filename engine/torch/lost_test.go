//go:build torch && linux

package torch

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestLostGroupInPlainWords(t *testing.T) {
	members := []member{{Rank: 0, Address: "10.0.0.1"}, {Rank: 1, Address: "10.0.0.2"},
		{Rank: 2, Address: "10.0.0.2"}, {Rank: 3, Address: "fd00::3"}}
	for _, c := range []struct{ torch, want string }{
		{"[./gloo/transport/tcp/pair.cc:598] Connection closed by peer [10.0.0.1]:32395",
			"a process of the group is gone: rank 1 of 4 lost its connection to rank 0 at 10.0.0.1 " +
				"(Connection closed by peer"},
		{"[./gloo/transport/tcp/pair.cc:589] Read error [10.0.0.2]:14210: Connection reset by peer",
			"to rank 2 at 10.0.0.2 ("},
		{"[../gloo/transport/tcp/pair.cc:534] Connection closed by peer [fd00::3]:1. More.",
			"to rank 3 at fd00::3 ("},
		{"Connection closed by peer [192.168.7.7]:1", "to 192.168.7.7 ("},
		{"write: Broken pipe", "to another ("},
		{"[./gloo/transport/tcp/unbound_buffer.cc:81] Timed out waiting 2000ms for recv operation to complete",
			"rank 1 of 4 waited 2s for the other processes of the group: one is stopped or slow"},
		{"NCCL error in: ../torch/NCCLUtils.hpp:268, invalid usage, NCCL version 2.21.5; " +
			"Duplicate GPU detected : rank 1 and rank 0 both on CUDA device 1000",
			"rank 1 of 4 has the GPU of another process of its host: start each with its LOCAL_RANK there, " +
				"as torchrun does, or its own --device (invalid usage"},
		{"something else", "rank 1 of 4 lost its group: torch: something else"},
	} {
		g := &Group{place: Place{Rank: 1, Size: 4, Timeout: 2 * time.Second}, members: members}
		err := g.lost(&Error{groupLost, c.torch})
		text := err.Error()
		if !strings.Contains(text, c.want) || strings.Contains(text, "\n") || strings.Contains(text, ".cc:") {
			t.Errorf("%q: %v, want %q", c.torch, err, c.want)
		}
		if !g.broken || g.Close() != nil {
			t.Errorf("%q: the group counts as whole", c.torch)
		}
	}
	whole := &Group{}
	if err := errors.New("lengths"); whole.lost(err) != err || whole.lost(nil) != nil || whole.broken {
		t.Error("an error that is not torch's broke the group")
	}
}
