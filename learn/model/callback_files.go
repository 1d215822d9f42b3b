package model

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// A Checkpointer saves the model after epochs. Its methods return changed
// copies and chain.
type Checkpointer struct {
	path     string
	watch    monitor
	bestOnly bool
	every    int

	model  trainee
	saved  string
	failed error
}

// Checkpoint saves the model after each epoch. In the path, {epoch} and the
// names of metrics in braces, such as {val_loss}, stand for their values. A
// file is replaced only by a whole one.
func Checkpoint(path string) *Checkpointer {
	c := &Checkpointer{path: path, every: 1}
	if path == "" {
		c.watch.fail(fmt.Errorf("model: checkpoint: the path is empty"))
	}
	return c
}

// Best saves only when a metric, such as "val_loss", is better than before.
func (c *Checkpointer) Best(metric string) *Checkpointer {
	d := *c
	err := c.watch.err
	d.watch, d.bestOnly = newMonitor("checkpoint", metric), true
	d.watch.err = err
	return &d
}

// Mode says what is better, "min" or "max"; see [EarlyStopper.Mode].
func (c *Checkpointer) Mode(mode string) *Checkpointer {
	d := *c
	d.watch.mode(mode)
	return &d
}

// Every saves only after every so many epochs.
func (c *Checkpointer) Every(epochs int) *Checkpointer {
	d := *c
	if d.every = epochs; epochs < 1 {
		d.watch.fail(fmt.Errorf("model: checkpoint: every %d epochs; want at least 1", epochs))
	}
	return &d
}

// Saved is the path of the file that was written last, "" if none was.
func (c *Checkpointer) Saved() string { return c.saved }

func (c *Checkpointer) begin(f fitting) error {
	c.watch.reset()
	c.model, c.saved, c.failed = f.model, "", nil
	if c.bestOnly && c.watch.metric == "" {
		c.watch.fail(fmt.Errorf("model: checkpoint: the name of the metric is empty"))
	}
	return c.watch.err
}

// Epoch implements [Callback].
func (c *Checkpointer) Epoch(n int, metrics map[string]float64) (stop bool) {
	if c.bestOnly {
		_, improved, err := c.watch.improved(metrics)
		if c.failed = err; err != nil || !improved {
			return err != nil
		}
	}
	if n%c.every != 0 || c.model == nil {
		return false
	}
	path, err := fillPath(c.path, n, metrics)
	if err == nil {
		err = saveWhole(c.model, path)
	}
	if c.failed = err; err == nil {
		c.saved = path
	}
	return err != nil
}

func (c *Checkpointer) why() (string, error) { return "", c.failed }

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// fillPath puts values for names in braces.
func fillPath(path string, epoch int, metrics map[string]float64) (string, error) {
	var failed error
	out := placeholder.ReplaceAllStringFunc(path, func(s string) string {
		name := strings.Trim(s, "{}")
		if name == "epoch" {
			return fmt.Sprintf("%03d", epoch)
		}
		v, err := metricIn("checkpoint", metrics, name)
		if err != nil && failed == nil {
			failed = err
		}
		return fmt.Sprintf("%.4f", v)
	})
	return out, failed
}

// saveWhole saves beside the file and then puts the new one in its place, so
// that a failure leaves the old one.
func saveWhole(m trainee, path string) error {
	dir, base := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	ext := filepath.Ext(base)
	f, err := os.CreateTemp(dir, "."+strings.TrimSuffix(base, ext)+"-*"+ext)
	if err != nil {
		return fmt.Errorf("model: checkpoint: %w", err)
	}
	name := f.Name()
	f.Close()
	defer os.Remove(name) // it is gone if all went well
	if err := m.Save(name); err != nil {
		return fmt.Errorf("model: checkpoint %s: %w", path, err)
	}
	if err := syncFile(name); err != nil {
		return fmt.Errorf("model: checkpoint %s: %w", path, err)
	}
	if err := os.Rename(name, path); err != nil {
		return fmt.Errorf("model: checkpoint: %w", err)
	}
	return nil
}

// syncFile waits until a file is on the disk, readable as other files are.
func syncFile(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
