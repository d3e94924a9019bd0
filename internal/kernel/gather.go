package kernel

// GatherRows sets rows of dst, ld long, to the windows of a convolution: row i is runs
// pieces of src of run elements each, one after another, followed by zeros. Piece y
// starts at src[off[i]+y·step].
func (p *Products[E]) GatherRows(dst []E, ld int, src []E, off []int32, runs, run, step int) {
	if len(off) == 0 || runs == 0 {
		return
	}
	need("GatherRows", "ld", ld, runs*run)
	need("GatherRows", "len(dst)", len(dst), len(off)*ld)
	needRows("GatherRows", "len(src)", len(src), off, (runs-1)*step+run)
	p.gatherRows(dst, ld, src, off, runs, run, step)
}

func gatherRowsGeneric[E Elem](dst []E, ld int, src []E, off []int32, runs, run, step int) {
	for i, o := range off {
		row := dst[i*ld : (i+1)*ld]
		for y := range runs {
			copy(row[y*run:(y+1)*run], src[int(o)+y*step:])
		}
		clear(row[runs*run:])
	}
}
