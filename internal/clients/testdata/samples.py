"""What the client scripts type, in the language of the kernel under test.

The scripts run against ipykernel too: a check that fails there is a fault of
the check.
"""

GO = {
    "language": "go",
    "extension": ".go",
    "import": 'import "fmt"',
    "define": "answer := 41",
    "use": "answer + 1",
    "value": "42",
    "print": 'fmt.Println("hello, world")',
    "hello": 'import "fmt"\nfmt.Println("hello, world")',
    "stderr": 'import (\n\t"fmt"\n\t"os"\n)\nfmt.Fprintln(os.Stderr, "oops")',
    "loop": "for {}",
    "counting": "ticks := 0\nfor { ticks++ }",
    "counted": "ticks > 0",
    "true": "true",
    "error": "var wrong int = \"text\"",
    "panic": 'panic("on purpose")',
    "undefined": "answer",
    "ask": 'var name string\nfmt.Scanln(&name)\n"hello " + name',
    "die": "func deep(n int) int { return deep(n+1) + 1 }\ndeep(0)",
    "results": [("6*7", "42"), ('"a" + "b"', "ab"), ("1.5 + 1.5", "3")],
    "complete": ["1 + 2", "func double(x int) int { return 2 * x }", 'import "fmt"', "// a note\nx := 1", "!ls", "%vars"],
    "incomplete": [
        "func double(x int) int {", "if true {", "x := []int{1,", "x :=", "x +", "f(", "`open", "/* open", "import", "type T struct {",
        "for i := range", "switch x {\ncase 1:", "!ls \\",
    ],
    "invalid": ["func )", "x := := 2", "(]", '"open', "}"],
    "completion": [
        {"text": 'import "strings"\nstrings.Repea', "matches": {"Repeat"}},
        {"text": "strings.Repea", "matches": {"Repeat"}},  # not imported yet
        {"text": "type point struct{ left, lower int }\nvar p point\np.le", "matches": {"left"}},
        {"text": 'größe := "😀"; len(grö', "matches": {"größe"}},
    ],
    "inspect": 'import "strings"\nstrings.Repeat',
    "display": [
        {"code": 'show.Show(show.HTML("<b>test</b>"))', "mime": "text/html"},
        {"code": 'show.Show(show.PNG([]byte("\\x89PNG")))', "mime": "image/png"},
    ],
    "echo": '''comm.Handle("echo", func(c *comm.Comm, open comm.Message) {
    c.OnMessage(func(m comm.Message) { fmt.Print("seen"); c.Send(m.Data, m.Buffers...) })
})''',
    "open": 'comm.OpenWith("page", map[string]string{"version": "2"}, map[string]int{"x": 1}, []byte{1})',
    "gate": "gate := make(chan int)",
    "wait": 'fmt.Println("got", <-gate)',
    "pass": 'gate <- 5\nfmt.Println("passed")',
    "clear": "show.Clear(false)",
    "live": 'fmt.Print("before"); h := show.Live("first"); fmt.Print("between"); h.Update("second")',
    "history": "6*?",
}

PYTHON = {
    "language": "python",
    "extension": ".py",
    "import": "import time",
    "define": "answer = 41",
    "use": "answer + 1",
    "value": "42",
    "print": 'print("hello, world")',
    "hello": 'print("hello, world")',
    "stderr": 'import sys\nprint("oops", file=sys.stderr)',
    "loop": "while True: pass",
    "counting": "ticks = 0\nwhile True: ticks += 1",
    "counted": "ticks > 0",
    "true": "True",
    "error": "1 +",
    "panic": 'raise Exception("on purpose")',
    "undefined": "answer",
    "ask": '"hello " + input()',
    "die": "def deep(n): return deep(n + 1) + 1\ndeep(0)",
    "results": [("6*7", "42"), ('"a" + "b"', "'ab'"), ("1.5 + 1.5", "3.0")],
    "complete": ["1 + 2", "def double(x): return 2 * x\n\n", "import os"],
    "incomplete": ["def double(x):", "if True:", "x = [1,"],
    "invalid": ["def ):", "x = = 2"],
    "completion": [{"text": "import os; os.getpi", "matches": {"getpid"}}],
    "inspect": "print",
    "page": "print?",
    "display": [
        {"code": 'from IPython.display import HTML, display; display(HTML("<b>test</b>"))', "mime": "text/html"},
    ],
    "echo": '''def opened(comm, _):
    def got(m):
        print("seen", end="", flush=True)
        comm.send(m["content"]["data"], buffers=m["buffers"])
    comm.on_msg(got)
get_ipython().kernel.comm_manager.register_target("echo", opened)''',
    "open": 'import comm; comm.create_comm(target_name="page", metadata={"version": "2"}, data={"x": 1}, buffers=[b"\\x01"])',
    "gate": "import queue; gate = queue.Queue()",
    "wait": 'print("got", gate.get())',
    "pass": 'gate.put(5); print("passed")',
    "clear": "from IPython.display import clear_output; clear_output()",
    "live": 'from IPython.display import display; print("before", end=""); h = display({"text/plain": "first"}, raw=True, display_id=True); print("between", end=""); h.update({"text/plain": "second"}, raw=True)',
    "history": "6*?",
}

SAMPLES = {"sheaf": GO, "python3": PYTHON}
