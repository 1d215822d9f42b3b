package install

import (
	"context"
	"fmt"
	"io"
	"time"
)

// A Warm does once what later work would wait for, and tells how far it is;
// where nothing is to be done, it says nothing. Nil: there is none.
type Warm func(ctx context.Context, progress func(done, total int)) error

// run runs a Warm and tells of it in a line, for people.
func (w Warm) run(ctx context.Context, stdout io.Writer) {
	if w == nil {
		return
	}
	start, told, last := time.Now(), -1, 0
	err := w(ctx, func(done, total int) {
		if told < 0 {
			fmt.Fprintf(stdout, "making %d packages ready for compiled cells, once (Ctrl-C skips it):", total)
			told = 0
		}
		for last = total; told < 4 && total > 0 && done*5/total > told; told++ {
			fmt.Fprintf(stdout, " %d %%", 20*(told+1))
		}
	})
	switch {
	case told < 0 && err != nil && ctx.Err() == nil:
		fmt.Fprintf(stdout, "cells are interpreted, not compiled: %v\n", err)
	case told < 0:
	case ctx.Err() != nil:
		fmt.Fprintln(stdout, " skipped: it is done when cells first need it")
	case err != nil:
		fmt.Fprintf(stdout, " not done: %v\n", err)
	case last > 0:
		fmt.Fprintf(stdout, " done in %v\n", time.Since(start).Round(100*time.Millisecond))
	}
}

// behind runs a Warm beside other work, which writes to the same place: it only
// tells when it begins and when it has ended. What it returns ends it and waits.
func (w Warm) behind(ctx context.Context, stdout io.Writer) (end func()) {
	if w == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		start, begun := time.Now(), false
		err := w(ctx, func(_, total int) {
			if !begun {
				begun = true
				fmt.Fprintf(stdout, "making %d packages ready for compiled cells, once; until then cells are interpreted\n", total)
			}
		})
		switch {
		case !begun || ctx.Err() != nil:
		case err != nil:
			fmt.Fprintf(stdout, "cells stay interpreted: %v\n", err)
		default:
			fmt.Fprintf(stdout, "cells are compiled from now on (%v)\n", time.Since(start).Round(100*time.Millisecond))
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}
