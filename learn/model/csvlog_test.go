package model

import (
	"os"
	"path/filepath"
	"testing"
)

// A log goes on where an earlier one ended, also after a torn line, and does
// not mix metrics.
func TestCSVLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.csv")
	text := func() string {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for range 2 {
		if _, _, err := follow(t, newOne(t), "val,loss", []float64{0.5, 0.25}, CSVLog(path)); err != nil {
			t.Fatal(err)
		}
	}
	const whole = "epoch,\"val,loss\"\n1,0.5\n2,0.25\n3,0.5\n4,0.25\n"
	if text() != whole {
		t.Errorf("the log is %q", text())
	}
	if err := os.WriteFile(path, []byte(whole[:len(whole)-3]), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := follow(t, newOne(t), "val,loss", []float64{1}, CSVLog(path)); err != nil {
		t.Fatal(err)
	}
	if want := whole[:len(whole)-3] + "\n5,1\n"; text() != want {
		t.Errorf("after a torn line the log is %q, want %q", text(), want)
	}
	_, _, err := follow(t, newOne(t), "loss", []float64{1}, CSVLog(path))
	wantError(t, err, "model: csv log", "has the metrics [val,loss]; this training has [loss]")
	if err := os.WriteFile(path, []byte("name,price\nx,1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, _, err = follow(t, newOne(t), "loss", []float64{1}, CSVLog(path))
	wantError(t, err, `begins with the column "name"`)
	_, _, err = follow(t, newOne(t), "loss", []float64{1}, CSVLog(filepath.Join(path, "below", "a", "file")))
	wantError(t, err, "model: csv log: ")
	if text() != "name,price\nx,1\n" {
		t.Errorf("a foreign file has become %q", text())
	}
}
