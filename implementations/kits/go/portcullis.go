// A kit for adapters in Go: it speaks the adapter protocol, and asks a kernel of yours to make the calls.
//
// A kernel says what was seen of each call: what the caller got, that it was refused, that it has to wait, and the
// answers of threads that had waited. Standard output is the protocol's: print on standard error. Nothing but the
// standard library is needed.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// Event is what one thread was seen to do.
type Event map[string]any

// Call is an operation's name and its arguments.
type Call map[string]any

// Text is an argument that is a string, or "".
func (call Call) Text(name string) string {
	text, _ := call[name].(string)
	return text
}

// Number is an argument that is a whole number.
func (call Call) Number(name string) (int64, bool) {
	number, ok := call[name].(json.Number)
	if !ok {
		return 0, false
	}
	value, err := number.Int64()
	return value, err == nil
}

// Returned says what a thread got.
func Returned(thread string, value any) Event {
	return Event{"tag": "returned", "thread": thread, "value": value}
}

// Raised says that the kernel refused, with the error as its documents spell it.
func Raised(thread, err string) Event {
	return Event{"tag": "raised", "thread": thread, "error": err}
}

// Blocked says that the caller has to wait.
func Blocked(thread string) Event { return Event{"tag": "blocked", "thread": thread} }

// Ended says that a thread is no more.
func Ended(thread string) Event { return Event{"tag": "ended", "thread": thread} }

// Unsupported says that the call cannot be made here: nothing follows about the kernel, and the case ends.
func Unsupported(thread, why string) Event {
	return Event{"tag": "unsupported", "thread": thread, "why": why}
}

// Kernel is what is judged.
type Kernel interface {
	// Reset begins anew: how many tasks there are, and how many threads each has.
	Reset(threads []int)
	// Step makes a call, and says everything that was seen, event by event.
	Step(operation string, call Call) []Event
}

// SettingUp is what a kernel also does that can set up more of a run's beginning than its threads: About.Scope names it.
type SettingUp interface {
	// SetUp is told, before Reset, what of that is to differ from what it is otherwise.
	SetUp(scope Call)
}

// About is what an implementation says of itself. Model is the model it claims to follow: mach, qnx, …
type About struct {
	Model, Name, Version string
	Operations           []string
	// Scope names what can be set up beside threads: of Chorus sites, privileges, …
	Scope []string
}

type request struct {
	ID     int64  `json:"id"`
	Method string `json:"method"`
	Params struct {
		Scope Call `json:"scope"`
		Call  Call `json:"call"`
	} `json:"params"`
}

// Serve answers requests until there are no more.
func Serve(about About, kernel Kernel) error {
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	in.UseNumber()
	out := json.NewEncoder(os.Stdout)
	for in.More() {
		var asked request
		if err := in.Decode(&asked); err != nil {
			return err
		}
		reply := map[string]any{"jsonrpc": "2.0", "id": asked.ID}
		if result, err := answer(about, kernel, &asked); err != nil {
			reply["error"] = map[string]any{"code": -32601, "message": err.Error()}
		} else {
			reply["result"] = result
		}
		if err := out.Encode(reply); err != nil {
			return err
		}
		if asked.Method == "shutdown" {
			return nil
		}
	}
	return nil
}

// threadsOf is how many threads each task has.
func threadsOf(scope Call) []int {
	var threads []int
	list, _ := scope["threads"].([]any)
	for _, item := range list {
		number, _ := item.(json.Number)
		count, _ := number.Int64()
		threads = append(threads, int(count))
	}
	return threads
}

func answer(about About, kernel Kernel, asked *request) (any, error) {
	switch asked.Method {
	case "initialize":
		return map[string]any{
			"protocol":       1,
			"implementation": map[string]any{"name": about.Name, "version": about.Version, "language": "go"},
			"kernel":         about.Model,
			"operations":     about.Operations,
			"features":       map[string]any{"step": true, "run": false, "scope": append([]string{}, about.Scope...)},
		}, nil
	case "reset":
		scope := asked.Params.Scope
		if kernel, ok := kernel.(SettingUp); ok {
			kernel.SetUp(scope)
		}
		kernel.Reset(threadsOf(scope))
		return map[string]any{}, nil
	case "step":
		call := asked.Params.Call
		return map[string]any{"events": kernel.Step(call.Text("operation"), call)}, nil
	case "shutdown":
		return map[string]any{}, nil
	}
	return nil, fmt.Errorf("no method %s", asked.Method)
}
