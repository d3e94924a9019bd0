package looks

import (
	"context"
	"sync/atomic"
)

// Context is done after a number of looks, that is calls of Err. Its Done is never closed.
type Context struct {
	context.Context
	most int64
	made atomic.Int64
}

// After returns a context that is done from look n+1 on.
func After(n int) *Context {
	return &Context{Context: context.Background(), most: int64(n)}
}

// Err implements context.Context.
func (c *Context) Err() error {
	if c.made.Add(1) > c.most {
		return context.Canceled
	}
	return nil
}

// Made is how often it was looked at.
func (c *Context) Made() int { return int(c.made.Load()) }
