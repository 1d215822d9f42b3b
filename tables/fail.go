package tables

import "errors"

// Failed is a table without rows that carries err, for packages whose verbs
// return a table: later verbs pass err on and showing the table shows it.
func Failed(err error) *Table {
	if err == nil {
		err = errors.New("tables: failed for no stated reason")
	}
	return failed(err)
}
