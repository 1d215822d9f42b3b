package kernel

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
)

// A connection is what a connection file says.
type connection struct {
	Transport string `json:"transport"`
	IP        string `json:"ip"`
	Shell     int    `json:"shell_port"`
	IOPub     int    `json:"iopub_port"`
	Stdin     int    `json:"stdin_port"`
	Control   int    `json:"control_port"`
	Heartbeat int    `json:"hb_port"`
	Key       string `json:"key"`
	Scheme    string `json:"signature_scheme"`
	CurveKey  string `json:"curve_secretkey"`
}

// readConnection reads and checks a connection file.
func readConnection(path string) (connection, error) {
	var c connection
	fail := func(err error) (connection, error) {
		return connection{}, fmt.Errorf("kernel: connection file %q: %w", path, err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		var pe *fs.PathError // it would say the path twice
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return fail(err)
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return fail(fmt.Errorf("not a JSON object of the expected form: %w", err))
	}
	if err := c.check(); err != nil {
		return fail(err)
	}
	return c, nil
}

func (c *connection) check() error {
	c.Transport = or(c.Transport, "tcp")
	if c.Transport != "tcp" && c.Transport != "ipc" {
		return fmt.Errorf("transport is %q, want \"tcp\" or \"ipc\"", c.Transport)
	}
	if c.IP == "" {
		return errors.New("no ip")
	}
	var missing []string
	for _, p := range c.ports() {
		if p.port == 0 {
			missing = append(missing, p.name)
		} else if p.port < 0 || c.Transport == "tcp" && p.port > 65535 {
			return fmt.Errorf("%s is %d, want a port from 1 to 65535", p.name, p.port)
		}
	}
	if missing != nil {
		return fmt.Errorf("no %s", strings.Join(missing, ", "))
	}
	if c.Key != "" && c.Scheme != wire.Scheme {
		return fmt.Errorf("signature_scheme is %q, want %q", c.Scheme, wire.Scheme)
	}
	if c.CurveKey != "" {
		return errors.New("it asks for CurveZMQ encryption, which this kernel does not announce and does not have")
	}
	return nil
}

type namedPort struct {
	name string
	port int
}

func (c *connection) ports() []namedPort {
	return []namedPort{
		{"shell_port", c.Shell},
		{"iopub_port", c.IOPub},
		{"stdin_port", c.Stdin},
		{"control_port", c.Control},
		{"hb_port", c.Heartbeat},
	}
}

// address returns network and address of a port as package net has them.
func (c *connection) address(port int) (network, address string) {
	if c.Transport == "ipc" {
		return "unix", c.IP + "-" + strconv.Itoa(port)
	}
	ip := c.IP
	if ip == "*" { // libzmq's word for all interfaces
		ip = ""
	}
	return "tcp", net.JoinHostPort(ip, strconv.Itoa(port))
}
