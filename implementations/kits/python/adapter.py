"""An example: a kernel with Mach's names and nothing to do with them. Put your own in its place."""

from portcullis import Refused, serve

ALLOCATABLE = ("receive", "port-set", "dead-name")


class Kernel:
    def reset(self, threads):
        self.spaces = {"T%d" % (task + 1): {} for task in range(len(threads))}

    def space(self, task):
        """A task is meant by itself, or by a name for its port: there are none of those here."""
        if task not in self.spaces:
            raise Refused("MACH_SEND_INVALID_DEST")
        return self.spaces[task]

    def mach_port_allocate(self, thread, task, right):
        space = self.space(task)
        if right not in ALLOCATABLE:
            raise Refused("KERN_INVALID_VALUE")
        name = next(free for free in range(1, len(space) + 2) if free not in space)
        space[name] = right
        return {"name": name}

    def mach_port_destroy(self, thread, task, name):
        space = self.space(task)
        if name not in space:
            raise Refused("KERN_INVALID_NAME")
        del space[name]


serve(Kernel(), model="mach", name="example", version="1", operations=["mach_port_allocate", "mach_port_destroy"])
