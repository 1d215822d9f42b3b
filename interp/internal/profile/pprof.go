package profile

import (
	"io"
	"time"

	"github.com/google/pprof/profile"
)

// WritePprof writes the profile as go tool pprof reads it.
func (p *Profile) WritePprof(w io.Writer) error {
	cpu := &profile.ValueType{Type: "cpu", Unit: "nanoseconds"}
	out := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, cpu},
		PeriodType: cpu, Period: int64(max(p.Period, time.Nanosecond)),
		TimeNanos: p.Start.UnixNano(), DurationNanos: int64(p.Wall),
	}
	funcs, places := map[Frame]*profile.Function{}, map[Frame]*profile.Location{}
	for _, s := range p.Samples {
		sample := &profile.Sample{Value: []int64{int64(s.Count), int64(s.Time)}}
		for _, f := range s.Stack {
			at := places[f]
			if at == nil {
				at = &profile.Location{ID: uint64(len(places) + 1)}
				at.Line = []profile.Line{{Function: function(out, funcs, f), Line: int64(f.Line)}}
				places[f], out.Location = at, append(out.Location, at)
			}
			sample.Location = append(sample.Location, at)
		}
		out.Sample = append(out.Sample, sample)
	}
	return out.Write(w)
}

// function is the one of a frame; it is added to out when it is new.
func function(out *profile.Profile, known map[Frame]*profile.Function, f Frame) *profile.Function {
	key := Frame{Func: f.Func, File: f.File, Start: f.Start}
	fn := known[key]
	if fn == nil {
		fn = &profile.Function{ID: uint64(len(known) + 1), Name: f.Func, SystemName: f.Func, Filename: f.File, StartLine: int64(f.Start)}
		known[key], out.Function = fn, append(out.Function, fn)
	}
	return fn
}
