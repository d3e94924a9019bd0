package amxemu

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
)

// Result is how a program ended.
type Result struct {
	Exit         int // exit status, −1 if killed by a signal
	Instructions int // AMX instructions carried out
}

// ErrNoTrace is returned where processes cannot be traced.
var ErrNoTrace = errors.New("amxemu: cannot trace a process here")

// Run starts the program at path with arguments args, args[0] being its name,
// and waits for it. Its output goes to out. It must be the only one in this
// process that waits for children. An error that is not ErrNoTrace means that the
// program did what AMX forbids.
func Run(path string, args, env []string, out *os.File) (Result, error) {
	runtime.LockOSThread() // a tracer is a thread
	defer runtime.UnlockOSThread()
	p, err := os.StartProcess(path, args, &os.ProcAttr{
		Env:   env,
		Files: []*os.File{nil, out, out},
		Sys:   &syscall.SysProcAttr{Ptrace: true},
	})
	if err != nil {
		return Result{}, fmt.Errorf("%w: %v", ErrNoTrace, err)
	}
	pid := p.Pid
	p.Release() // waited for below
	t := &tracer{pid: pid, mem: memory(pid), threads: map[int]*thread{}}
	if err := t.attach(); err != nil {
		syscall.Kill(pid, syscall.SIGKILL)
		return Result{}, fmt.Errorf("%w: %v", ErrNoTrace, err)
	}
	return t.run()
}

// tracer follows all threads of one process.
type tracer struct {
	pid          int
	mem          memory
	threads      map[int]*thread
	instructions int
}

// thread is what the emulator keeps of one.
type thread struct {
	tiles
	vectors vectors
}

// attach waits for the stop at exec and asks to see new threads.
func (t *tracer) attach() error {
	var ws syscall.WaitStatus
	if _, err := syscall.Wait4(t.pid, &ws, syscall.WALL, nil); err != nil {
		return fmt.Errorf("wait: %w", err)
	}
	const exitKill = 0x100000 // PTRACE_O_EXITKILL
	if err := syscall.PtraceSetOptions(t.pid, syscall.PTRACE_O_TRACECLONE|exitKill); err != nil {
		return fmt.Errorf("ptrace options: %w", err)
	}
	var regs syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(t.pid, &regs); err != nil {
		return fmt.Errorf("registers: %w", err)
	}
	if err := t.mem.read(make([]byte, 1), int64(regs.Rip)); err != nil {
		return fmt.Errorf("memory: %w", err)
	}
	return syscall.PtraceCont(t.pid, 0)
}

// run resumes threads, with the signals meant for them, until the process ends.
func (t *tracer) run() (Result, error) {
	for {
		var ws syscall.WaitStatus
		tid, err := syscall.Wait4(-1, &ws, syscall.WALL, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return Result{}, fmt.Errorf("amxemu: wait: %w", err)
		}
		if ws.Exited() || ws.Signaled() {
			if tid == t.pid {
				return Result{Exit: ws.ExitStatus(), Instructions: t.instructions}, nil
			}
			continue
		}
		signal, err := t.stopped(tid, ws.StopSignal())
		if err != nil {
			syscall.Kill(t.pid, syscall.SIGKILL)
			return Result{}, err
		}
		if err := syscall.PtraceCont(tid, signal); err != nil && err != syscall.ESRCH {
			return Result{}, fmt.Errorf("amxemu: continue: %w", err)
		}
	}
}

// stopped handles a stop and says which signal the thread is to see.
func (t *tracer) stopped(tid int, signal syscall.Signal) (int, error) {
	switch {
	case signal == syscall.SIGILL:
		return 0, t.emulate(tid)
	case signal == syscall.SIGTRAP: // a thread was started
		return 0, nil
	case signal == syscall.SIGSTOP && t.threads[tid] == nil: // a thread starts
		t.threads[tid] = &thread{}
		return 0, nil
	}
	return int(signal), nil
}

// emulate carries out the instruction at which the thread stands.
func (t *tracer) emulate(tid int) error {
	var regs syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(tid, &regs); err != nil {
		return fmt.Errorf("amxemu: registers: %w", err)
	}
	var code [16]byte
	if err := t.mem.read(code[:], int64(regs.Rip)); err != nil {
		return fmt.Errorf("amxemu: code at %#x: %w", regs.Rip, err)
	}
	if t.threads[tid] == nil {
		t.threads[tid] = &thread{}
	}
	size, err := t.step(t.threads[tid], code[:], &regs)
	if err != nil {
		return fmt.Errorf("%w, at %#x", err, regs.Rip)
	}
	t.instructions++
	regs.Rip += uint64(size)
	if err := syscall.PtraceSetRegs(tid, &regs); err != nil {
		return fmt.Errorf("amxemu: registers: %w", err)
	}
	return nil
}

// step carries out one instruction of either kind and returns its size.
func (t *tracer) step(s *thread, code []byte, regs *syscall.PtraceRegs) (size int, err error) {
	if code[0] != 0x62 {
		in, err := decode(code)
		if err != nil {
			return 0, err
		}
		return in.size, t.execute(&s.tiles, in, regs)
	}
	w, err := decodeWide(code)
	if err != nil {
		return 0, err
	}
	if w.register {
		s.vectors.execute(w, s.vectors[w.second])
		return w.operands.size, nil
	}
	r, in := general(regs), w.operands
	addr := in.disp
	if in.hasBase {
		addr += int64(r[in.base])
	}
	if in.index != noIndex {
		addr += int64(r[in.index]) * int64(in.scale)
	}
	var last [16]uint32
	if w.code != vmovupsStore {
		read := func(b []byte) error { return t.mem.read(b, addr) }
		if last, err = load(read, width[w.code]); err != nil {
			return 0, fmt.Errorf("amxemu: load: %w", err)
		}
	}
	if stored := s.vectors.execute(w, last); stored != nil {
		var buf [64]byte
		for i, x := range stored {
			binary.LittleEndian.PutUint32(buf[4*i:], x)
		}
		if err := t.mem.write(buf[:], addr); err != nil {
			return 0, fmt.Errorf("amxemu: store: %w", err)
		}
	}
	return in.size, nil
}

func (t *tracer) execute(s *tiles, in instruction, regs *syscall.PtraceRegs) error {
	r := general(regs)
	addr := in.disp
	if in.hasBase {
		addr += int64(r[in.base])
	}
	switch in.op {
	case ldtilecfg:
		var cfg [64]byte
		if err := t.mem.read(cfg[:], addr); err != nil {
			return fmt.Errorf("amxemu: configuration: %w", err)
		}
		return s.configure(cfg[:])
	case tilerelease:
		*s = tiles{}
		return nil
	case tilezero:
		s.data[in.dst] = [maxRows][maxBytes]byte{}
		return s.use(in.dst)
	case tdpbf16ps:
		return s.tdpbf16ps(in.dst, in.a, in.b)
	}
	var stride int64
	if in.index != noIndex {
		stride = int64(r[in.index]) * int64(in.scale)
	}
	return t.move(s, in, addr, stride)
}

// move loads or stores the rows of a tile. A load clears what it does not set.
func (t *tracer) move(s *tiles, in instruction, addr, stride int64) error {
	if err := s.use(in.dst); err != nil {
		return err
	}
	if in.op == tileloadd {
		s.data[in.dst] = [maxRows][maxBytes]byte{}
	}
	for i := range s.rows[in.dst] {
		row := s.data[in.dst][i][:s.colsb[in.dst]]
		var err error
		if in.op == tileloadd {
			err = t.mem.read(row, addr+int64(i)*stride)
		} else {
			err = t.mem.write(row, addr+int64(i)*stride)
		}
		if err != nil {
			return fmt.Errorf("amxemu: row %d of tile %d: %w", i, in.dst, err)
		}
	}
	return nil
}

// general are the registers by their number in an instruction.
func general(r *syscall.PtraceRegs) [16]uint64 {
	return [16]uint64{
		r.Rax, r.Rcx, r.Rdx, r.Rbx, r.Rsp, r.Rbp, r.Rsi, r.Rdi,
		r.R8, r.R9, r.R10, r.R11, r.R12, r.R13, r.R14, r.R15,
	}
}
