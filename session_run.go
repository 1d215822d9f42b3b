package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks"
)

// runCommand is %run for Go files and for notebooks.
func runCommand() interp.Command {
	return interp.Command{
		Name: "run",
		Doc:  "run a Go file, or a notebook's code cells, in the session: %run FILE.go [ARG…], %run NOTEBOOK.ipynb",
		Run: func(ctx context.Context, c *interp.Call) error {
			args, err := c.Words()
			switch {
			case err != nil:
				return err
			case len(args) == 0:
				return errors.New("wants the name of a Go file or a notebook")
			case filepath.Ext(args[0]) != ".ipynb":
				return c.RunFile(ctx)
			case len(args) > 1:
				return fmt.Errorf("a notebook takes no arguments, got %q", args[1])
			}
			return runNotebookHere(ctx, c, args[0])
		},
	}
}

// runNotebookHere runs the code cells of a notebook in the session that called
// for it, with the tags that `sheaf run` obeys.
func runNotebookHere(ctx context.Context, c *interp.Call, path string) error {
	nb, err := notebooks.Read(path)
	if err != nil {
		return err
	}
	count := 0
	for _, cell := range nb.Cells {
		if cell.Type != notebooks.Code || slices.Contains(cell.Tags(), notebooks.TagSkip) || strings.TrimSpace(cell.Source) == "" {
			continue
		}
		count++
		err := c.Run(ctx, fmt.Sprintf("%s[%d]", filepath.Base(path), count), cell.Source)
		if err == nil {
			continue
		}
		if ctx.Err() != nil || !slices.Contains(cell.Tags(), notebooks.TagRaises) {
			return err
		}
		c.Sink.Stream("stderr", err.Error()+"\n")
	}
	return nil
}
