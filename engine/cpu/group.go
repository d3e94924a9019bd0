package cpu

import (
	"fmt"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/internal/parallel"
)

// peers is the group of processes as an exec sees it; nil: this one is alone. Whatever
// a decision depends on is combined from all shares in order of rank, so every process
// decides alike. After an error, which is kept, nothing more is asked of the group.
type peers struct {
	engine.Group
	err       error
	send, all []float32      // what is exchanged: from this process, and from all
	sums      parallel.Queue // in progress; every other call waits for them, in every process
}

func newPeers(g engine.Group) *peers {
	if g == nil || g.Size() == 1 {
		return nil
	}
	return &peers{Group: g}
}

// place is the rank of this process and the number of all.
func (p *peers) place() (rank, size int) {
	if p == nil {
		return 0, 1
	}
	return p.Rank(), p.Size()
}

// lost is the error of the group, if it has one.
func (p *peers) lost() error {
	if p == nil {
		return nil
	}
	if p.sums.Wait(); p.err == nil {
		return nil
	}
	return fmt.Errorf("cpu: the processes that train together: %w", p.err)
}

// gather sets all to the v of all processes.
func (p *peers) gather(all, v []float32) {
	if p.sums.Wait(); p.err == nil {
		p.err = p.Group.Gather(all, v)
	}
}

// addUp replaces v by its sum over the processes.
func (p *peers) addUp(v []float32) {
	p.begin([][]float32{v})
	p.sums.Wait()
}

// begin is addUp of some slices while the caller carries on; the caller leaves them
// alone until it has called another method.
func (p *peers) begin(all [][]float32) {
	for _, v := range all {
		p.sums.Add(func() {
			if p.err == nil {
				p.err = p.Group.Sum(v)
			}
		})
	}
}

// each calls f with the v of every process in order of rank, unless the group is
// lost. A number is sent as its float32 and the remainder: 48 bits.
func (p *peers) each(v []float64, f func(rank int, v []float64)) {
	n := len(v)
	send, all := grow(&p.send, 2*n), grow(&p.all, 2*n*p.Size())
	for i, x := range v {
		send[i] = float32(x)
		send[n+i] = float32(x - float64(send[i]))
	}
	if p.gather(all, send); p.err != nil {
		return
	}
	x := make([]float64, n)
	for rank := range p.Size() {
		part := all[rank*2*n:][:2*n]
		for i := range x {
			x[i] = float64(part[i]) + float64(part[n+i])
		}
		f(rank, x)
	}
}

// sum replaces v by its sum over the processes.
func (p *peers) sum(v []float64) {
	if p == nil {
		return
	}
	total := make([]float64, len(v))
	p.each(v, func(_ int, x []float64) {
		for i := range x {
			total[i] += x[i]
		}
	})
	copy(v, total)
}

// moments turns mean and sum of squared deviations (2, c) of this process's rows into
// those of all; every process has the same number of rows. See batchNorm.statistics.
func (p *peers) moments(total []float64, rows float64) (all float64) {
	c := len(total) / 2
	m, m2 := make([]float64, c), make([]float64, c)
	p.each(total, func(_ int, x []float64) {
		w := rows / (all + rows)
		for j := range c {
			d := x[j] - m[j]
			m[j] += d * w
			m2[j] += x[c+j] + d*d*all*w
		}
		all += rows
	})
	copy(total, m)
	copy(total[c:], m2)
	return all
}

// agree is engine.Agree; a group that is lost stays lost.
func (p *peers) agree(err error) error {
	if p == nil {
		return err
	}
	agreed := engine.Agree(p, err)
	if err == nil && p.err != nil {
		return p.lost()
	}
	return agreed
}

// Sum implements engine.Group, as Exchange does: it waits for the sums in progress,
// and does nothing once the group is lost.
func (p *peers) Sum(v []float32) error {
	p.addUp(v)
	return p.err
}

// Exchange implements engine.Group.
func (p *peers) Exchange(text string) (all []string, err error) {
	if p.sums.Wait(); p.err == nil {
		all, p.err = p.Group.Exchange(text)
	}
	return all, p.err
}
