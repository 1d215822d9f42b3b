package model

import (
	"encoding/json"
	"testing"
)

// throughJSON is a config that has been written and read.
func throughJSON(t *testing.T, c config) config {
	t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var again config
	if err := json.Unmarshal(data, &again); err != nil {
		t.Fatal(err)
	}
	return again
}
