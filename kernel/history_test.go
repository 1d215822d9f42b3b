package kernel

import "testing"

func TestHistory(t *testing.T) {
	c := serve(t).client()
	for _, code := range []string{"value 1", "# a/b", "value 1", "# c\n# d"} {
		c.run(code)
	}
	for _, tt := range []struct {
		req  object
		want string
	}{
		{object{"hist_access_type": "tail", "n": 2}, `[[1,3,"value 1"],[1,4,"# c\n# d"]]`},
		{object{"hist_access_type": "tail", "n": 1, "output": true}, `[[1,4,["# c\n# d",null]]]`},
		{object{"hist_access_type": "tail", "n": 99}, `[[1,1,"value 1"],[1,2,"# a/b"],[1,3,"value 1"],[1,4,"# c\n# d"]]`},
		{object{"hist_access_type": "tail", "n": -1}, `[]`},
		{object{"hist_access_type": "range", "session": 0, "start": 2, "stop": 4}, `[[1,2,"# a/b"],[1,3,"value 1"]]`},
		{object{"hist_access_type": "range", "session": 1, "start": 4, "stop": nil}, `[[1,4,"# c\n# d"]]`},
		{object{"hist_access_type": "range", "session": -1, "start": 0}, `[]`},
		{object{"hist_access_type": "range", "start": 1, "stop": 2, "output": true}, `[[1,1,["value 1","1"]]]`},
		{object{"hist_access_type": "search", "pattern": "val*"}, `[[1,1,"value 1"],[1,3,"value 1"]]`},
		{object{"hist_access_type": "search", "pattern": "val*", "unique": true}, `[[1,3,"value 1"]]`},
		{object{"hist_access_type": "search", "pattern": "*", "n": 1}, `[[1,4,"# c\n# d"]]`},
		{object{"hist_access_type": "search", "pattern": "# a*b"}, `[[1,2,"# a/b"]]`},
		{object{"hist_access_type": "none"}, `[]`},
		{object{}, `[]`},
	} {
		reply := c.ask(c.shell, "history_request", tt.req)
		same(t, reply.String(), string(reply.Content), `{"status":"ok","history":`+tt.want+`}`)
	}
}

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		glob, s string
		want    bool
	}{
		{"*", "", true}, {"*", "a\nb/c", true}, {"a", "a", true}, {"a", "ab", false}, {"a", "ba", false},
		{"a?c", "aéc", true}, {"a?c", "ac", false}, {"*b", "aab", true}, {"a.c", "abc", false},
		{"[ab]x", "bx", true}, {"[!ab]x", "cx", true}, {"[^ab]x", "ax", false}, {"[!ab]x", "ax", false}, {"[a", "[a", true}, {"[]", "[]", true},
		{"é*", "éa", true}, {`a\d`, `a\d`, true}, {`a\d`, "a1", false}, {"(*)", "(x)", true},
	} {
		if got := match(tt.glob, tt.s); got != tt.want {
			t.Errorf("match(%q, %q) = %v", tt.glob, tt.s, got)
		}
	}
}
