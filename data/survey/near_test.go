package survey

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/disjoint"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// planted are signatures with one thumbnail, of which many differ from an earlier
// one in few bits, spread or in one band.
func planted(n int, seed uint64) []signature {
	s := rng.New(seed, 0, 0, rng.Generate)
	all := make([]signature, n)
	for i := range all {
		all[i].hash, all[i].flat = s.Uint64(), s.IntN(20) == 0
		if i%2 == 0 {
			continue
		}
		all[i].hash = all[s.IntN(i)].hash
		for range s.IntN(18) {
			bit := s.IntN(64)
			if i%4 == 1 {
				bit = s.IntN(20)
			}
			all[i].hash ^= 1 << bit
		}
	}
	return all
}

// every is all pairs.
type every map[[2]int32]bool

func (e every) Joined(int32, int32) bool { return false }
func (e every) Join(i, j int32)          { e[[2]int32{min(i, j), max(i, j)}] = true }

func TestCandidatesMissNoPair(t *testing.T) {
	const seed = 1
	all := planted(400, seed)
	pool := parallel.New(1)
	defer pool.Close()
	got := every{}
	if err := candidates(context.Background(), pool, all, got); err != nil {
		t.Fatal(err)
	}
	want := every{}
	for j := range all {
		for i := range j {
			if !all[i].flat && !all[j].flat && all[i].distance(&all[j]) < nearBound {
				want.Join(int32(i), int32(j))
			}
		}
	}
	if len(want) < 100 || !reflect.DeepEqual(got, want) {
		t.Errorf("seed %d: %d pairs, want %d", seed, len(got), len(want))
	}
}

func TestGroupsAreTheSameForAnyNumberOfThreads(t *testing.T) {
	all := planted(400, 2)
	var first [][]int
	for threads := 1; threads < 4; threads++ {
		pool := parallel.New(threads)
		groups, err := connected(context.Background(), pool, all)
		pool.Close()
		if err != nil || len(groups) == 0 {
			t.Fatalf("%d groups, %v", len(groups), err)
		}
		if threads == 1 {
			first = groups
		} else if !reflect.DeepEqual(groups, first) {
			t.Errorf("%d threads: %v, one thread: %v", threads, groups, first)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	pool := parallel.New(1)
	defer pool.Close()
	if _, err := connected(ctx, pool, all); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// counted are sets that count what they are told.
type counted struct {
	disjoint.Shared
	joins int
}

func (c *counted) Join(i, j int32) {
	c.joins++
	c.Shared.Join(i, j)
}

// Frames of a film are all near each other: once two are in one group, nothing more
// is found out about them.
func TestOneGroupIsJoinedOnce(t *testing.T) {
	all := make([]signature, 300)
	pool := parallel.New(1)
	defer pool.Close()
	c := &counted{Shared: disjoint.NewShared(len(all))}
	if err := candidates(t.Context(), pool, all, c); err != nil || c.joins != len(all)-1 {
		t.Errorf("%d joins of %d images, %v", c.joins, len(all), err)
	}
}

// cancelling cancels when the first pair is found.
type cancelling struct {
	every
	cancel func()
	found  int
}

func (c *cancelling) Join(int32, int32) {
	c.found++
	c.cancel()
}

func TestManyImagesOfOneBandCanBeCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := &cancelling{cancel: cancel}
	all := make([]signature, 1000) // 499,500 pairs in one band value
	pool := parallel.New(1)
	defer pool.Close()
	err := candidates(ctx, pool, all, c)
	if !errors.Is(err, context.Canceled) || c.found > patience+len(all) {
		t.Errorf("%v after %d pairs, want at most %d", err, c.found, patience+len(all))
	}
}

// Of copies the held-out one stays, of those to learn from the first.
func TestCopiesAreLeftOutOfWhatIsLearntFrom(t *testing.T) {
	picture := func(seed uint64) tensor.Image { return scene(seed, 48, 48, whole) }
	near := func(seed uint64) tensor.Image { return scene(seed, 40, 44, whole) }
	train := &few{[]tensor.Image{
		near(1), picture(2), picture(3), near(3), picture(4), picture(4), picture(5), near(5), picture(5), {},
	}, []int{0, 0, 0, 1, 0, 0, 0, 0, 0, 0}, &data.UnreadableError{Name: "x", Err: errors.New("damaged")}}
	test := &few{[]tensor.Image{
		picture(1), picture(5), picture(5), picture(6), near(6), picture(7),
	}, []int{0, 0, 0, 0, 0, 0}, nil}
	s := take(t, Config{Threads: 2}, Part{"pretrain", train}, Part{"test", test})

	type out struct {
		index   int
		reason  data.Reason
		of      string
		heldOut bool
	}
	var got []out
	for _, l := range s.Left {
		got = append(got, out{l.Index, l.Reason, l.Of, l.HeldOut})
		if (l.Reason == data.NearDuplicate) != (0 < l.Distance && l.Distance < nearBound) {
			t.Errorf("image %d: %s at distance %g", l.Index, l.Reason, l.Distance)
		}
	}
	want := []out{
		{0, data.NearDuplicate, "test image 0", true},
		{3, data.NearDuplicate, "pretrain image 2", false},
		{5, data.ExactCopy, "pretrain image 4", false},
		{6, data.ExactCopy, "test image 1", true},
		{7, data.NearDuplicate, "test image 1", true},
		{8, data.ExactCopy, "test image 1", true},
		{9, data.Damaged, "", false},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("left out: %+v\nwant %+v", got, want)
	}
	if s.Overlap != 3 { // test images 0, 1 and 2
		t.Errorf("overlap %d, want 3", s.Overlap)
	}
	type group struct {
		name, copy      string
		splits, classes bool
	}
	var groups []group
	for _, n := range s.Near {
		groups = append(groups, group{n.Name, n.Copies[0].Name, n.SplitsDiffer, n.ClassesDiffer})
	}
	wantGroups := []group{
		{"pretrain image 2", "pretrain image 3", false, true},
		{"test image 0", "pretrain image 0", true, false},
		{"test image 1", "pretrain image 7", true, false},
		{"test image 3", "test image 4", false, false},
	}
	if !reflect.DeepEqual(groups, wantGroups) || s.NearCopies() != 4 {
		t.Errorf("near: %+v\nwant %+v", groups, wantGroups)
	}
}

// An exact copy of an image that is near one that stays is left out for that one.
func TestExactCopiesOfANearDuplicateNameWhatStays(t *testing.T) {
	picture := func(seed uint64) tensor.Image { return scene(seed, 48, 48, whole) }
	near := func(seed uint64) tensor.Image { return scene(seed, 40, 44, whole) }
	train := &few{[]tensor.Image{picture(1), picture(1), near(2), picture(2), picture(2)}, make([]int, 5), nil}
	test := &few{[]tensor.Image{near(1), near(1)}, make([]int, 2), nil}
	s := take(t, Config{}, Part{"pretrain", train}, Part{"test", test})
	if len(s.Left) != 4 || s.Overlap != 2 {
		t.Fatalf("overlap %d, left out %+v", s.Overlap, s.Left)
	}
	for k, want := range []data.LeftOut{
		{Index: 0, Name: "image 0", Of: "test image 0", HeldOut: true},
		{Index: 1, Name: "image 1", Of: "test image 0", HeldOut: true},
		{Index: 3, Name: "image 3", Of: "pretrain image 2"},
		{Index: 4, Name: "image 4", Of: "pretrain image 2"},
	} {
		got := s.Left[k]
		want.Reason, want.Distance = data.NearDuplicate, s.Left[k/2*2].Distance // as the copy beside it
		if got != want || got.Distance == 0 {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

// What is near a copy that is left out, and near nothing that stays, stays.
func TestNearIsNotHandedOn(t *testing.T) {
	hashes := []uint64{0, 0x3ff, 0xfffff} // 10 bits from each to the next
	c := &copies{of: []int{-1, -1, -1}, leaks: make([]bool, 3)}
	set := &few{images: make([]tensor.Image, 3), labels: []int{0, 0, 0}}
	for i, h := range hashes {
		c.looks = append(c.looks, look{sign: signature{hash: h}})
		c.places = append(c.places, place{part: &Part{Set: set}, i: i, name: "x"})
	}
	c.addNear([]int{0, 1, 2})
	if !reflect.DeepEqual(c.of, []int{-1, 0, -1}) {
		t.Errorf("copies of %v", c.of)
	}
}
