"""A kit for adapters in Python: it speaks the adapter protocol, and asks a kernel of yours to make the calls.

A kernel is any object with a method for each operation it offers. Each takes the arguments of the call by name, and

- returns what the caller gets,
- raises Refused where the kernel refuses,
- returns BLOCKED where the caller has to wait,
- returns Seen([...]) where more is to be seen: answers of threads that waited, threads that ended.

Its `reset(threads)` begins anew: `threads` says how many tasks there are, and how many threads each has. What else of a
run's beginning it can set up it names as `scope` of `serve` (of Chorus: `sites`, `privileges`, ...), and is given by name
as often as it is to differ from what it is otherwise.

Python 3.8 or later; nothing else is needed. Put what you want to print on standard error: standard output is the protocol's.
"""

import json
import sys

PROTOCOL = 1


class Refused(Exception):
    """The kernel said no. `error` as its documents spell it; `value` where the error comes with something."""

    def __init__(self, error, value=None):
        super().__init__(error)
        self.error = error
        self.value = value


class Unsupported(Exception):
    """This call cannot be made here: nothing follows about the kernel, and the case ends."""


class Seen:
    """Everything that was seen in one step, event by event."""

    def __init__(self, events):
        self.events = events


BLOCKED = object()


def returned(thread, value=None):
    return {"tag": "returned", "thread": thread, "value": value}


def raised(thread, error, value=None):
    event = {"tag": "raised", "thread": thread, "error": error}
    return event if value is None else {**event, "value": value}


def blocked(thread):
    return {"tag": "blocked", "thread": thread}


def ended(thread):
    return {"tag": "ended", "thread": thread}


def serve(kernel, model, name, version, operations, scope=()):
    """Answers requests until there are no more. `model` is the model the kernel claims to follow: `mach`, `qnx`, …"""
    about = {
        "protocol": PROTOCOL,
        "implementation": {"name": name, "version": version, "language": "python"},
        "kernel": model,
        "operations": list(operations),
        "features": {"step": True, "run": False, "scope": list(scope)},
    }
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = {"result": _answer(kernel, about, request["method"], request.get("params", {}))}
        except Exception as error:  # our own fault, not a kernel's error
            reply = {"error": {"code": -32000, "message": repr(error)}}
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": request["id"], **reply}) + "\n")
        sys.stdout.flush()
        if request["method"] == "shutdown":
            return


def _answer(kernel, about, method, params):
    if method == "initialize":
        return about
    if method == "reset":
        kernel.reset(**params["scope"])
        return {}
    if method == "step":
        return {"events": _step(kernel, about, dict(params["call"]))}
    if method == "shutdown":
        return {}
    raise ValueError("no method " + method)


def _step(kernel, about, call):
    operation = call.pop("operation")
    thread = call.get("thread")
    if operation not in about["operations"]:
        return [{"tag": "unsupported", "thread": thread}]
    try:
        answer = getattr(kernel, operation)(**call)
    except Refused as refusal:
        return [raised(thread, refusal.error, refusal.value)]
    except Unsupported as why:
        return [{"tag": "unsupported", "thread": thread, "why": str(why)}]
    if isinstance(answer, Seen):
        return answer.events
    return [blocked(thread) if answer is BLOCKED else returned(thread, answer)]
