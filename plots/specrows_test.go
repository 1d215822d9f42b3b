package plots_test

import (
	"encoding/json"
	"reflect"
	"regexp"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
)

// specRows is the rows of a specification, whichever way they are written: those
// of a long list as one record for each series, with lists of what differs.
type specRows []map[string]any

func (r *specRows) UnmarshalJSON(text []byte) error {
	var records []map[string]any
	if err := json.Unmarshal(text, &records); err != nil {
		return err
	}
	*r = nil
	for _, record := range records {
		xs, ok := record["x"].([]any)
		if !ok {
			*r = append(*r, record)
			continue
		}
		for i := range xs {
			row := map[string]any{}
			for name, v := range record {
				if list, ok := v.([]any); ok {
					v = list[i]
				}
				row[name] = v
			}
			*r = append(*r, row)
		}
	}
	return nil
}

// tableLookup is a transform that puts a text for its place in a table.
var tableLookup = regexp.MustCompile(`^(\[.*\])\[datum\.(\w+)\]$`)

// looked puts the texts of tables in the rows.
func (r specRows) looked(transforms []map[string]any) specRows {
	for _, tr := range transforms {
		how, _ := tr["calculate"].(string)
		m := tableLookup.FindStringSubmatch(how)
		if m == nil || tr["as"] != m[2] {
			continue
		}
		var table []string
		if json.Unmarshal([]byte(m[1]), &table) != nil {
			continue
		}
		for _, row := range r {
			if k, ok := row[m[2]].(float64); ok {
				row[m[2]] = table[int(k)]
			}
		}
	}
	return r
}

// TestColumnsAreRows: lists hold what a record for each row does.
func TestColumnsAreRows(t *testing.T) {
	compared := 0
	for _, s := range gallery {
		for i, d := range plots.DataOf(s.chart()) {
			var rows, columns specRows
			if err := json.Unmarshal(d.Rows, &rows); err != nil {
				t.Fatalf("%s, layer %d: %v", s.name, i, err)
			}
			if err := json.Unmarshal(d.Columns, &columns); err != nil {
				t.Fatalf("%s, layer %d: %v", s.name, i, err)
			}
			if columns = columns.looked(d.Transforms); !reflect.DeepEqual(rows, columns) {
				t.Errorf("%s, layer %d: the rows are\n%.300s\nand of columns\n%.300s", s.name, i, d.Rows, d.Columns)
			}
			compared += len(rows)
		}
	}
	if compared < 10_000 {
		t.Errorf("%d rows compared", compared)
	}
}
