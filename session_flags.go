package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"

	"github.com/sheaf-go/sheaf/interp/worker"
)

// noShellVariable is --no-shell in the environment, for servers that start
// kernels.
const noShellVariable = "SHEAF_NO_SHELL"

// maxOutput is how many bytes a cell may print where a page or a file keeps
// them: a hundred thousand long lines, and less than a browser can show.
const maxOutput = 32_000_000

// sessionFlags are the flags of commands that start a session.
type sessionFlags struct {
	tier    *tierFlag
	noShell *bool
}

// sessionArgs are they in usage lines.
const sessionArgs = "[--tier=auto|interp|native] [--no-shell]"

func addSessionFlags(fs *flag.FlagSet) sessionFlags {
	return sessionFlags{addTier(fs), fs.Bool("no-shell", false, "refuse !LINE, %%bash and %%sh (Go code can still start programs; also "+noShellVariable+"=1)")}
}

// start starts a session's process as the flags say.
func (f sessionFlags) start(opts worker.Options) (*worker.Client, error) {
	if _, err := f.tier.tier(); err != nil {
		return nil, err
	}
	if _, err := shellRefused(); err != nil {
		return nil, err
	}
	if *f.tier != "" {
		opts.Env = append(opts.Env, tierVariable+"="+f.tier.String())
	}
	if *f.noShell {
		opts.Env = append(opts.Env, noShellVariable+"=1")
	}
	return worker.Start(opts)
}

// shellRefused reads the environment.
func shellRefused() (bool, error) {
	text := os.Getenv(noShellVariable)
	if text == "" {
		return false, nil
	}
	no, err := strconv.ParseBool(text)
	if err != nil {
		err = fmt.Errorf("%s: want 1 or 0, got %q", noShellVariable, text)
	}
	return no, err
}
