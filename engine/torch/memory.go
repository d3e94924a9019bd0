//go:build torch && linux

package torch

import "github.com/amdim/amdim/internal/memory"

type roomFunction func(device string, bytes *int64, err *byte, cap int32) int32

// room is how many bytes of its device this process has or could have; 0: not known.
func (e *Engine) room() int64 {
	if e.device == "cpu" {
		return int64(memory.Available())
	}
	var bytes int64
	err := e.lib.call(func(err *byte, cap int32) int32 { return e.lib.Room(e.device, &bytes, err, cap) })
	if err != nil {
		return 0
	}
	return bytes
}
