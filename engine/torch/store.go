//go:build torch && linux

package torch

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type storeFunctions struct {
	Open func(
		master string, port, serve int32, prefix string, ms int32, err *byte, cap int32,
	) uintptr `shim:"amdim_store_open"`
	Set   func(s uintptr, key, value string, err *byte, cap int32) int32               `shim:"amdim_store_set"`
	Get   func(s uintptr, key string, v *byte, size int32, err *byte, cap int32) int32 `shim:"amdim_store_get"`
	Close func(s uintptr)                                                              `shim:"amdim_store_close"`
}

// store is where the processes of a group find each other; rank 0 or torchrun serves it.
type store struct {
	lib      *Library
	handle   uintptr
	deadline time.Time
	value    []byte
}

// store is the address of the group's store.
func (p Place) store() string { return net.JoinHostPort(p.Master, strconv.Itoa(p.Port)) }

// torchrun serves the store itself and expects a prefix for each attempt.
func servedByTorchrun() bool { return os.Getenv("TORCHELASTIC_USE_AGENT_STORE") == "True" }

func prefix() string {
	if !servedByTorchrun() {
		return "amdim"
	}
	return "/worker/attempt_" + os.Getenv("TORCHELASTIC_RESTART_COUNT")
}

// openStore serves the store or waits for the process that does.
func (l *Library) openStore(p Place, deadline time.Time) (*store, error) {
	serve := int32(0)
	if p.Rank == 0 && !servedByTorchrun() {
		serve = 1
		if err := portIsFree(p); err != nil {
			return nil, err
		}
	} else if err := awaitMaster(p, deadline); err != nil {
		return nil, err
	}
	s := &store{lib: l, deadline: deadline, value: make([]byte, 1<<20)}
	err := s.call(func(err *byte, cap int32) int32 {
		const second = 1000 // some versions of torch count whole ones
		ms := int32(max(time.Until(deadline).Milliseconds(), 0))/second*second + second
		s.handle = l.functions.Store.Open(p.Master, int32(p.Port), serve, prefix(), ms, err, cap)
		if s.handle == 0 {
			return failed
		}
		return 0
	})
	switch {
	case err == nil || errors.Is(err, errSilent):
		return s, err
	case serve != 0:
		return nil, notServed(p, err)
	}
	return nil, fmt.Errorf("what answers there does not serve a group: %w", err)
}

// notServed says why rank 0 cannot serve the store. Its port may have been taken since it was free.
func notServed(p Place, err error) error {
	if taken := portIsFree(p); taken != nil {
		return taken
	}
	return fmt.Errorf("serve the group: %w: MASTER_ADDR must lead to this host, which is rank 0", err)
}

// portIsFree checks before torch does, whose error fills a page.
func portIsFree(p Place) error {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{Port: p.Port})
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("port %d is taken on this host, where rank 0 serves the group: another rank 0, or a "+
			"process of an earlier run, still has it; end that, or choose another MASTER_PORT for all", p.Port)
	}
	if err != nil {
		return fmt.Errorf("serve the group: %w", err)
	}
	return l.Close()
}

// checkInterfaces checks that this host has the interfaces that Gloo is told to use.
func checkInterfaces() error {
	value := os.Getenv("GLOO_SOCKET_IFNAME")
	if value == "" {
		return nil
	}
	all, err := net.Interfaces()
	if err != nil {
		return nil // Gloo will find out
	}
	names := make([]string, len(all))
	for i, n := range all {
		names[i] = n.Name
	}
	for name := range strings.SplitSeq(value, ",") {
		if !slices.Contains(names, name) {
			return fmt.Errorf("GLOO_SOCKET_IFNAME=%s: this host has no network interface %q, it has %s",
				value, name, strings.Join(names, ", "))
		}
	}
	return nil
}

// unknownName is how long a host name may be unknown: a pod's name appears only with
// the pod.
const unknownName = time.Minute

// awaitMaster waits until the store's port answers.
func awaitMaster(p Place, deadline time.Time) error {
	started := time.Now()
	for pause := newPause(); ; pause.sleep() {
		c, err := net.DialTimeout("tcp", p.store(), max(min(time.Until(deadline), 5*time.Second), time.Millisecond))
		if err == nil {
			return c.Close()
		}
		left := time.Until(deadline)
		var unknown *net.DNSError
		if errors.As(err, &unknown) {
			left = min(left, time.Until(started.Add(unknownName)))
		}
		if left > 0 {
			continue
		}
		if unknown != nil {
			return fmt.Errorf("the host name %s is not known here (%s): is MASTER_ADDR right?", p.Master, unknown.Err)
		}
		return fmt.Errorf("rank 0 does not answer there after %s (%w): was it started, are MASTER_ADDR and "+
			"MASTER_PORT right, does a firewall let port %d through?", p.Timeout, reason(err), p.Port)
	}
}

// reason is err without the addresses that package net repeats.
func reason(err error) error {
	var e *net.OpError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// call runs a function of the shim, which may wait for a host that does not answer.
func (s *store) call(f func(err *byte, cap int32) int32) error {
	const slack = 3 * time.Second // torch's own limit should come first
	answer := make(chan error, 1)
	if !s.lib.within(time.Until(s.deadline)+slack, func() { answer <- report(f) }) {
		return errSilent
	}
	return <-answer
}

var errSilent = errors.New("what answers there says nothing: it does not serve a group, or is stopped")

func (s *store) set(key, value string) error {
	return s.call(func(err *byte, cap int32) int32 {
		return s.lib.functions.Store.Set(s.handle, key, value, err, cap)
	})
}

// get returns the value of key, empty as long as it has none.
func (s *store) get(key string) (string, error) {
	err := s.call(func(err *byte, cap int32) int32 {
		return s.lib.functions.Store.Get(s.handle, key, &s.value[0], int32(len(s.value)), err, cap)
	})
	if err != nil {
		return "", err
	}
	value, _, _ := strings.Cut(string(s.value), "\x00")
	return value, nil
}

func (s *store) close() { s.lib.on(func() { s.lib.functions.Store.Close(s.handle) }) }

// pause is the time between checks on the others: short at first, then longer.
type pause time.Duration

func newPause() *pause {
	p := pause(5 * time.Millisecond)
	return &p
}

func (p *pause) sleep() {
	time.Sleep(time.Duration(*p))
	*p = min(*p*3/2, pause(500*time.Millisecond))
}
