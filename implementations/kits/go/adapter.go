// An example: a kernel with Mach's names and nothing to do with them. Put your own in its place.
package main

import (
	"fmt"
	"os"
)

type example struct {
	spaces map[string]map[int64]bool
}

func (kernel *example) Reset(threads []int) {
	kernel.spaces = map[string]map[int64]bool{}
	for task := range threads {
		kernel.spaces[fmt.Sprintf("T%d", task+1)] = map[int64]bool{}
	}
}

func (kernel *example) Step(operation string, call Call) []Event {
	thread := call.Text("thread")
	// A task is meant by itself, or by a name for its port: there are none of those here.
	names, found := kernel.spaces[call.Text("task")]
	switch {
	case !found:
		return []Event{Raised(thread, "MACH_SEND_INVALID_DEST")}
	case operation == "mach_port_allocate":
		return []Event{allocate(thread, names, call.Text("right"))}
	case operation == "mach_port_destroy":
		name, ok := call.Number("name")
		if !ok || !names[name] {
			return []Event{Raised(thread, "KERN_INVALID_NAME")}
		}
		delete(names, name)
		return []Event{Returned(thread, nil)}
	}
	return []Event{Unsupported(thread, "no such operation")}
}

func allocate(thread string, names map[int64]bool, right string) Event {
	switch right {
	case "receive", "port-set", "dead-name":
		name := int64(1)
		for names[name] {
			name++
		}
		names[name] = true
		return Returned(thread, map[string]any{"name": name})
	}
	return Raised(thread, "KERN_INVALID_VALUE")
}

func main() {
	about := About{Model: "mach", Name: "example", Version: "1", Operations: []string{"mach_port_allocate", "mach_port_destroy"}}
	if err := Serve(about, &example{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
