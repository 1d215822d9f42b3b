package kernel

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A bundle is a value in several MIME types as messages carry it: text as
// strings, images in base64 (which is how encoding/json writes a []byte),
// JSON types as JSON.
type bundle struct {
	Data     map[string]any `json:"data"`
	Metadata map[string]any `json:"metadata"`
	longs    []*wire.Long
}

// Longs implements wire.LongHolder.
func (b *bundle) Longs() []*wire.Long { return b.longs }

// newBundle prepares b for the wire: nothing nil, "text/plain" beside
// everything else, and no entry that JSON can't express, which would take the
// whole message with it.
func newBundle(b show.Bundle) *bundle {
	w := &bundle{Data: make(map[string]any, len(b.Data)+1), Metadata: make(map[string]any, len(b.Metadata))}
	var mimes []string
	for mime, v := range b.Data {
		mimes = append(mimes, mime)
		if v, err := expressible(asWire(mime, v)); err != nil {
			w.Data[show.MIMEText] = fmt.Sprintf("%s can't be shown: %v", mime, err)
		} else {
			w.Data[mime] = v
		}
	}
	for key, v := range b.Metadata {
		if v, err := expressible(v); err == nil {
			w.Metadata[key] = v
		}
	}
	if _, ok := w.Data[show.MIMEText]; !ok && len(mimes) > 0 {
		slices.Sort(mimes)
		w.Data[show.MIMEText] = fmt.Sprintf("<%s>", mimes[0])
	}
	return w
}

// published keeps long texts out of encoding/json's way. It is for content
// that embeds the bundle, so that [wire.Session.Encode] finds them.
func (b *bundle) published() *bundle {
	for mime, v := range b.Data {
		if s, ok := v.(string); ok && len(s) >= wire.LongText {
			l := wire.NewLong(s)
			b.longs = append(b.longs, l)
			b.Data[mime] = l
		}
	}
	return b
}

// asWire returns v in the form that mime has in messages: bytes are base64
// only where front ends expect it.
func asWire(mime string, v any) any {
	b, isBytes := v.([]byte)
	switch {
	case !isBytes:
		return v
	case strings.HasPrefix(mime, "text/"), mime == show.MIMESVG, mime == "application/javascript":
		return string(b)
	case mime == show.MIMEJSON, strings.HasSuffix(mime, "+json"):
		return json.RawMessage(b)
	}
	return b
}

// expressible returns v in a form that surely marshals.
func expressible(v any) (any, error) {
	switch v := v.(type) {
	case string, []byte:
		return v, nil
	default:
		raw, err := json.Marshal(v)
		return json.RawMessage(raw), err
	}
}
