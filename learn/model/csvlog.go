package model

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
)

// A CSVLogger writes the metrics of each epoch into a CSV file.
type CSVLogger struct {
	path   string
	names  []string // of the columns after epoch
	last   int      // the last epoch that was there before
	failed error
}

// CSVLog appends a line for each epoch to a CSV file with the columns "epoch"
// and the metrics. In a file that has lines, from an earlier Fit, epochs are
// counted on, and the columns must be the same.
func CSVLog(path string) *CSVLogger { return &CSVLogger{path: path} }

func (c *CSVLogger) begin(fitting) error {
	c.names, c.last, c.failed = nil, 0, nil
	f, err := os.Open(c.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("model: csv log: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1 // the last line may be torn
	for first := true; ; first = false {
		row, err := r.Read()
		switch {
		case err == io.EOF, err != nil && !first:
			return nil
		case err != nil:
			return fmt.Errorf("model: csv log: %w", err)
		case first && row[0] != "epoch":
			return fmt.Errorf("model: csv log: %s begins with the column %q; want \"epoch\"", c.path, row[0])
		case first:
			c.names = slices.Clone(row[1:])
		default:
			if n, err := strconv.Atoi(row[0]); err == nil {
				c.last = n
			}
		}
	}
}

// Epoch implements [Callback].
func (c *CSVLogger) Epoch(n int, metrics map[string]float64) (stop bool) {
	c.failed = c.write(n, metrics)
	return c.failed != nil
}

func (c *CSVLogger) why() (string, error) { return "", c.failed }

func (c *CSVLogger) write(n int, metrics map[string]float64) error {
	names := slices.Sorted(maps.Keys(metrics))
	var rows [][]string
	if c.names == nil {
		c.names = names
		rows = append(rows, append([]string{"epoch"}, names...))
	} else if have := slices.Sorted(slices.Values(c.names)); !slices.Equal(have, names) {
		return fmt.Errorf("model: csv log: %s has the metrics %v; this training has %v", c.path, c.names, names)
	}
	row := []string{strconv.Itoa(c.last + n)}
	for _, name := range c.names {
		row = append(row, strconv.FormatFloat(metrics[name], 'g', -1, 64))
	}
	return appendCSV(c.path, append(rows, row))
}

// appendCSV adds lines to a file by one write; if the last line was torn, they
// begin a new one.
func appendCSV(path string, rows [][]string) error {
	var text bytes.Buffer
	if torn(path) {
		text.WriteByte('\n')
	}
	if err := csv.NewWriter(&text).WriteAll(rows); err != nil {
		return fmt.Errorf("model: csv log: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("model: csv log: %w", err)
	}
	if _, err := f.Write(text.Bytes()); err != nil {
		f.Close()
		return fmt.Errorf("model: csv log: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("model: csv log: %w", err)
	}
	return nil
}

// torn reports whether a file ends within a line.
func torn(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	last := make([]byte, 1)
	if _, err := f.Seek(-1, io.SeekEnd); err != nil {
		return false
	}
	_, err = f.Read(last)
	return err == nil && last[0] != '\n'
}
