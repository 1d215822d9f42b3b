package repl

import (
	"context"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/interp/worker"
	"github.com/sheaf-go/sheaf/stdlib"
)

// runSession is the REPL on a real session whose worker is this test binary;
// serve is that worker.
func runSession(history string) int {
	engine, err := worker.Start(worker.Options{})
	if err != nil {
		panic(err)
	}
	defer engine.Close()
	return Run(context.Background(), engine, Options{History: history})
}

func serve() int {
	return worker.Serve(func(cfg interp.Config) (*interp.Session, error) {
		cfg.Library = stdlib.Library()
		return interp.New(cfg)
	})
}
