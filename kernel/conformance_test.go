package kernel

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/notebooks"
)

// A demand is one line of the messaging specification, version 5.5, with what
// proves that the kernel meets it, over real sockets.
type demand struct {
	name  string // section/subject[/detail]
	prove func(*testing.T)
}

// demands is the specification line by line. What is refused on purpose stands
// here too: the kernel has no debugger, no handshake by a registration file
// (JEP 66) and no encryption (CurveZMQ), and their lines show that it does not
// announce them and refuses them as the specification says.
var demands = []demand{
	// What has changed since version 5.3.
	{"Changes/5.3_interrupt_by_message", TestInterrupt},
	{"Changes/5.4_shutdown_on_control_and_shell", TestShutdown},
	{"Changes/5.5_iopub_welcome", TestWelcome},
	{"Changes/5.5_kernel_info_on_control", TestKernelInfo},
	{"Changes/5.5_supported_features", testFeatures},
	{"Changes/5.5_debugger_refused", testDebugRefused},
	{"Changes/5.5_subshells", TestSubshells},
	{"Changes/5.6_registration_refused", testRegistrationRefused},
	{"Changes/encryption_refused", testEncryptionRefused},
	{"Changes/nbformat_4.6_schema_kept", testSchemaKept},
	{"Changes/version_5.5_announced", testVersion},

	{"Wire/frames", testFrames},
	{"Wire/four_objects_exactly", testFourObjects},
	{"Wire/buffers_kept", TestComms},
	{"Wire/signature_lower_case_hex", testFrames},
	{"Wire/signature_of_bytes_as_received", TestParentVerbatim},
	{"Wire/signature_compared_in_constant_time", testConstantTime},
	{"Wire/signature_wrong", testWrongSignature},
	{"Wire/empty_key", testEmptyKey},
	{"Wire/buffers_not_signed", testBuffersNotSigned},
	{"Wire/replayed_signature", TestReplay},
	{"Wire/replayed_after_many_others", testLateReplay},
	{"Wire/scheme_refused", testSchemeRefused},
	{"Wire/topics", testTopics},
	{"Wire/reply_has_all_identities", testIdentities},
	{"Wire/parent_header_verbatim", TestParentVerbatim},
	{"Wire/header_sent", testHeaderSent},
	{"Wire/session_new_after_restart", testSessionIsNew},
	{"Wire/malformed_dropped_and_logged", testDroppedIsLogged},
	{"Wire/malformed_stops_no_channel", TestMalformed},
	{"Wire/heartbeat", TestHeartbeat},
	{"Wire/connection_file", TestConnectionFile},

	{"Requests/busy_and_idle_around_each", testBusyIdle},
	{"Requests/busy_and_idle_around_aborted", TestStopOnError},
	{"Requests/starting_once_without_parent", testStarting},

	{"Shell/execute_request/defaults", testExecuteDefaults},
	{"Shell/execute_request/order", TestExecuteOrder},
	{"Shell/execute_request/silent", TestSilent},
	{"Shell/execute_request/reply_ok", TestExecuteContents},
	{"Shell/execute_request/reply_error_is_that_of_iopub", testSameTriple},
	{"Shell/execute_request/user_expressions", TestExecuteContents},
	{"Shell/execute_request/counter", TestExecutionCount},
	{"Shell/execute_request/counter_read_by_empty_silent", testReadCounter},
	{"Shell/execute_request/stop_on_error", TestStopOnError},
	{"Shell/execute_request/aborted_has_count", testAbortedCount},
	{"Shell/execute_request/aborts_only_what_is_queued", testAbortsQueuedOnly},
	{"Shell/inspect_request", func(t *testing.T) { shellReplies(t, "inspect_request") }},
	{"Shell/complete_request", func(t *testing.T) { shellReplies(t, "complete_request") }},
	{"Shell/code_points", testCodePoints},
	{"Shell/history_request", TestHistory},
	{"Shell/history_request/every_key_has_a_default", testHistoryDefaults},
	{"Shell/is_complete_request", func(t *testing.T) { shellReplies(t, "is_complete_request") }},
	{"Shell/comm_info_request", func(t *testing.T) { shellReplies(t, "comm_info_request") }},
	{"Shell/kernel_info_request", TestKernelInfo},
	{"Shell/kernel_info_request/language", testLanguage},
	{"Shell/connect_request", TestConnectRequest},
	{"Shell/shutdown_request", TestShutdown},
	{"Shell/questions_while_a_cell_runs", TestQuestionsWhileBusy},

	{"Control/never_behind_a_cell", testControlWhileBusy},
	{"Control/shutdown_request", TestShutdown},
	{"Control/interrupt_request", TestInterrupt},
	{"Control/interrupt_request/idle", testInterruptIdle},
	{"Control/interrupt_request/once", TestInterruptTwice},
	{"Control/interrupt_request/aborts_only_what_was_sent_before", TestSentAfterInterrupt},
	{"Control/kernel_info_request", TestKernelInfo},
	{"Control/debug_request_refused", testDebugRefused},
	{"Control/usage_request", TestUsage},
	{"Control/create_subshell_request", TestSubshells},
	{"Control/delete_subshell_request", TestDeleteSubshell},
	{"Control/list_subshell_request", TestSubshells},
	{"Control/subshell_null_is_main", testNullSubshell},
	{"Control/subshell_own_status", testSubshellStatus},
	{"Control/subshell_own_stop_on_error", testSubshellAborts},
	{"Control/subshell_shares_count", testSubshellCount},

	{"IOPub/stream", testStreams},
	{"IOPub/stream_prompt_and_whole", TestStreamIsPrompt},
	{"IOPub/display_data", testDisplays},
	{"IOPub/update_display_data_needs_id", testUpdates},
	{"IOPub/execute_result", TestExecuteContents},
	{"IOPub/execute_input", TestExecuteContents},
	{"IOPub/error", testSameTriple},
	{"IOPub/clear_output", testClear},
	{"IOPub/status", testBusyIdle},
	{"IOPub/debug_event_never", testDebugRefused},
	{"IOPub/comm_open", TestCommsOfCells},
	{"IOPub/iopub_welcome", TestWelcome},
	{"IOPub/shutdown_reply", TestShutdown},
	{"IOPub/bundle", TestBundle},
	{"IOPub/bundle_over_the_wire", testBundleSent},
	{"IOPub/nothing_after_idle", testNothingAfterIdle},
	{"IOPub/late_output_has_its_cell", TestLateOutput},

	{"Stdin/to_the_client_that_asked", TestInputTwoClients},
	{"Stdin/parent_is_the_request", testInputParent},
	{"Stdin/prompt_and_password", TestInput},
	{"Stdin/stale_replies_ignored", TestInputInterrupted},
	{"Stdin/allow_stdin_false", TestInputRefused},
	{"Stdin/interrupt_breaks_the_wait", TestInputInterrupted},
	{"Stdin/client_gone", TestInputClientLeaves},
	{"Stdin/one_question_at_a_time", TestQuestionsOfSubshells},

	{"Comms/both_directions", TestComms},
	{"Comms/unknown_target_closed", TestUnwantedComm},
	{"Comms/unknown_id_ignored", TestUnwantedComm},
	{"Comms/busy_and_idle", TestComms},
	{"Comms/parent_of_answers", testCommParent},
	{"Comms/of_widgets", testWidgetMessages},

	{"Start/connection_file", TestRunBadConnection},
	{"Start/registration_file_refused", testRegistrationRefused},
}

// TestConformance proves every line. What proves several runs once.
func TestConformance(t *testing.T) {
	sections := map[string]int{}
	seen := map[string]bool{}
	outcomes := map[uintptr]bool{}
	for _, d := range demands {
		section, _, _ := strings.Cut(d.name, "/")
		sections[section]++
		if seen[d.name] {
			t.Errorf("%s stands twice", d.name)
		}
		seen[d.name] = true
		t.Run(d.name, func(t *testing.T) {
			id := reflect.ValueOf(d.prove).Pointer()
			if passed, ran := outcomes[id]; !ran {
				defer func() { outcomes[id] = !t.Failed() }()
				d.prove(t)
			} else if !passed {
				t.Error("failed above")
			}
		})
	}
	for _, name := range []string{"Changes", "Wire", "Requests", "Shell", "Control", "IOPub", "Stdin", "Comms", "Start"} {
		if sections[name] == 0 {
			t.Errorf("nothing of %s is proved", name)
		}
	}
}

// A notebook's $schema, new in its format 4.6, is taken and kept by the runner.
func testSchemaKept(t *testing.T) {
	const text = `{
 "$schema": "https://example.org/nbformat.v4.6.schema.json",
 "cells": [],
 "metadata": {},
 "nbformat": 4,
 "nbformat_minor": 6
}
`
	nb, err := notebooks.Parse("n.ipynb", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "n.ipynb")
	if err := nb.Write(file); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "written", string(got), text)
}
