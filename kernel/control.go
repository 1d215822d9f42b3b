package kernel

import "github.com/sheaf-go/sheaf/kernel/internal/wire"

// handleControl answers one message of the control channel. Nothing in it
// waits for a cell.
func (k *kernel) handleControl(m *wire.Message) {
	switch m.Header.MsgType {
	case "kernel_info_request":
		k.around(m, func() { k.reply(k.control, m, k.info()) })
	case "interrupt_request":
		k.around(m, func() {
			k.interrupt(m)
			k.reply(k.control, m, statusReply{Status: ok})
		})
	case "shutdown_request":
		k.shutdown(k.control, m)
	case "connect_request":
		k.around(m, func() { k.reply(k.control, m, k.ports()) })
	case "create_subshell_request":
		k.createSubshell(m)
	case "delete_subshell_request":
		k.deleteSubshell(m)
	case "list_subshell_request":
		k.listSubshells(m)
	case "usage_request":
		k.usage(m)
	default: // also debug requests: kernel_info does not announce them
		k.log.Printf("control: dropped: unknown message type %q", m.Header.MsgType)
	}
}

// shutdown answers, tells everybody, and ends the kernel, also while a cell
// runs.
func (k *kernel) shutdown(c *channel, m *wire.Message) {
	var r shutdownRequest
	if !k.decode(m, &r) {
		return
	}
	reply := shutdownReply{Status: ok, Restart: r.Restart}
	k.around(m, func() {
		k.reply(c, m, reply)
		k.publish(m, "shutdown_reply", reply)
	})
	k.cancel()
}
