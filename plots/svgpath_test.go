package plots

import "testing"

// TestShortPath: the same lines, arcs and curves, from the last place; circles
// as dots; what it does not know stays as it is.
func TestShortPath(t *testing.T) {
	const fill, line = "fill:#0072B2;fill-opacity:0.7", "fill:none;stroke:#000000"
	for _, c := range []struct{ data, style, want, look string }{
		{"M1,2L3,4.5L3,10L-1,10Z", fill, "M1 2l2 2.5v5.5h-4z", fill},
		{"M1,2L2,2M2,2L2,5", line, "M1 2h1v3", line},
		{"M1,2L2,2M2,2L2,5", fill, "M1 2h1m0 0v3", fill},
		{"M1,2L2,2ZM1,2L2,5", line, "M1 2h1zm0 0l1 3", line},
		{"M5,5A2,2 0 0 1 7,7A2,2 0 1 0 3,5.004Z", fill, "M5 5a2 2 0 0 1 2 2a2 2 0 1 0-4-2z", fill},
		{"M1,1Q2,3,4,1C5,0,6,0,7,1", line, "M1 1q1 2 3 0c1-1 2-1 3 0", line},
		{"M0.333,0L0.666,0L0.999,0", line, "M0.33 0h0.34h0.33", line},
		{"M4,5A1.8,1.8 0 1 1 0.4,5A1.8,1.8 0 1 1 4,5ZM9,6A1.8,1.8 0 1 1 5.4,6A1.8,1.8 0 1 1 9,6Z", fill,
			"M2.2 5h0m5 1h0", "fill:none;stroke-linecap:round;stroke-width:3.6;stroke:#0072B2;stroke-opacity:0.7"},
		{"M4,5A2,2 0 1 1 0,5A2,2 0 1 1 4,5Z", line, "M4 5a2 2 0 1 1-4 0a2 2 0 1 1 4 0z", line},
		{"M4,5A2,2 0 1 1 0,5A2,2 0 1 1 4,5ZM4,5A1,1 0 1 1 2,5A1,1 0 1 1 4,5Z", fill,
			"M4 5a2 2 0 1 1-4 0a2 2 0 1 1 4 0zm0 0a1 1 0 1 1-2 0a1 1 0 1 1 2 0z", fill},
		{"M1,2 3,4", fill, "M1,2 3,4", fill},
		{"M1,2H3", fill, "M1,2H3", fill},
		{"M1,NaNx", fill, "M1,NaNx", fill},
	} {
		if got, look := shortPath(c.data, c.style); got != c.want || look != c.look {
			t.Errorf("%s\n got %s, %s\nwant %s, %s", c.data, got, look, c.want, c.look)
		}
	}
}
