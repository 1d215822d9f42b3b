package kernel

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goodPorts = `"shell_port":1,"iopub_port":2,"stdin_port":3,"control_port":4,"hb_port":5`

func TestConnectionFile(t *testing.T) {
	for _, tt := range []struct{ file, want string }{
		{`{"ip":"127.0.0.1","transport":"tcp","key":"k","signature_scheme":"hmac-sha256",` + goodPorts + `}`, ""},
		{`{"ip":"::1",` + goodPorts + `,"kernel_name":"x"}`, ""},
		{`{"ip":"/tmp/x","transport":"ipc",` + goodPorts + `}`, ""},
		{``, "not a JSON object of the expected form: unexpected end of JSON input"},
		{`[1]`, "not a JSON object of the expected form: json: cannot unmarshal array into Go value of type kernel.connection"},
		{`{"ip":"127.0.0.1","shell_port":"1"}`, "not a JSON object of the expected form: json: cannot unmarshal string into Go struct field connection.shell_port of type int"},
		{`{"ip":"127.0.0.1"}`, "no shell_port, iopub_port, stdin_port, control_port, hb_port"},
		{`{"ip":"127.0.0.1","shell_port":1,"iopub_port":2,"stdin_port":3,"control_port":4,"hb_port":70000}`, "hb_port is 70000, want a port from 1 to 65535"},
		{`{"ip":"127.0.0.1","shell_port":-1}`, "shell_port is -1, want a port from 1 to 65535"},
		{`{` + goodPorts + `}`, "no ip"},
		{`{"transport":"udp","ip":"127.0.0.1",` + goodPorts + `}`, `transport is "udp", want "tcp" or "ipc"`},
		{`{"ip":"127.0.0.1","key":"k","signature_scheme":"hmac-md5",` + goodPorts + `}`, `signature_scheme is "hmac-md5", want "hmac-sha256"`},
		{`{"ip":"127.0.0.1","key":"k",` + goodPorts + `}`, `signature_scheme is "", want "hmac-sha256"`},
		{`{"ip":"127.0.0.1","curve_publickey":"p","curve_secretkey":"s",` + goodPorts + `}`,
			"it asks for CurveZMQ encryption, which this kernel does not announce and does not have"},
	} {
		path := filepath.Join(t.TempDir(), "c.json")
		if err := os.WriteFile(path, []byte(tt.file), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := readConnection(path)
		got := ""
		if err != nil {
			got = strings.TrimPrefix(err.Error(), `kernel: connection file "`+path+`": `)
		}
		same(t, tt.file, got, tt.want)
	}
}

// Run ends with one clear error, and the engine does not stay behind.
func TestRunBadConnection(t *testing.T) {
	e := &script{}
	err := Run(context.Background(), "nowhere.json", e, Options{})
	if err == nil || err.Error() != `kernel: connection file "nowhere.json": no such file or directory` {
		t.Errorf("Run: %v", err)
	}
	same(t, "engine closed", e.closed, true)

	s := serve(t)
	s.client()
	err = Run(context.Background(), s.file, &script{}, Options{})
	if err == nil || !strings.Contains(err.Error(), "address already in use") || !strings.HasPrefix(err.Error(), "kernel: iopub: ") {
		t.Errorf("Run on ports that are taken: %v", err)
	}
}

func TestAddress(t *testing.T) {
	for _, tt := range []struct{ transport, ip, network, address string }{
		{"tcp", "127.0.0.1", "tcp", "127.0.0.1:7"},
		{"tcp", "::1", "tcp", "[::1]:7"},
		{"tcp", "*", "tcp", ":7"},
		{"ipc", "/run/k", "unix", "/run/k-7"},
	} {
		c := connection{Transport: tt.transport, IP: tt.ip}
		network, address := c.address(7)
		same(t, "network", network, tt.network)
		same(t, "address", address, tt.address)
	}
}
