import { cite, rules } from '#spec/rule';

/** What a task is, what it takes from its template, and how it ends. */
export const taskRules = rules({
  'mach/task-owns-names-and-addresses': {
    number: 'MACH-TSK-01',
    states:
      'A task owns exactly one port name space, one address space and a set of threads, and executes ' +
      'nothing itself. Files and devices are no resources of a task at kernel level: it reaches them only ' +
      'through port rights.',
    source: cite('KP: 2 "Tasks"; KP: 3 "Tasks"'),
    standing: 'stated',
  },
  'mach/task-may-have-no-threads': {
    number: 'MACH-TSK-04',
    states:
      '`task_create(parent, inherit)` makes a task with no threads. A task without threads is legal, newly ' +
      'made and after its last thread ends alike: it lives until it is terminated.',
    source: cite('KI: task_create; SRC: tests/test-task.c test_new_task; SRC: kern/thread.c'),
    standing: 'stated',
  },
  'mach/template-gives-memory-and-special-ports': {
    number: 'MACH-TSK-05',
    states:
      'The parent named at creation is a template, whoever calls. From it the child takes its address ' +
      'space, range by range as inheritance says (an empty one if `inherit` is false), send rights to the ' +
      'bootstrap and exception ports, the registered ports, the default priority, the processor set and ' +
      "the PC-sampling state. The child's port name space starts empty: no right of the template is " +
      'inherited by name. The kernel port of the child is new, and the creator gets a send right to it.',
    source: cite(
      'KP: 3 "Life and Death", "Special Ports"; KI: task_create; SRC: kern/ipc_tt.c ipc_task_init',
    ),
    standing: 'stated',
  },
  'mach/new-task-runs-on-template-host': {
    number: 'MACH-TSK-06',
    states: 'A new task is placed on the host of its template, whatever host its creator runs on.',
    source: cite('KP: 3 "Life and Death"'),
    standing: 'stated',
  },
  'mach/terminated-task-releases-everything': {
    number: 'MACH-TSK-14',
    states:
      'From `task_terminate` on, the task executes no further user instruction: its task port and the ' +
      'ports of all its threads die, every name in its space is cleaned by kind, and its address space is ' +
      'discarded. A second terminate gets KERN_FAILURE or KERN_INVALID_ARGUMENT while the teardown is in ' +
      'progress, and MACH_SEND_INVALID_DEST once the task port is dead.',
    source: cite(
      'GM: Task Termination; SRC: kern/task.c task_terminate; SRC: kern/ipc_tt.c ipc_task_terminate',
    ),
    standing: 'stated',
  },
  'mach/cleaning-a-name-depends-on-its-kind': {
    number: 'MACH-TSK-15',
    states:
      'Cleaning a send right leaves its port one send right fewer, perhaps firing no-senders; cleaning a ' +
      'send-once right puts a send-once notification on its port; cleaning a receive right makes the port ' +
      'die, or hands the right over where a port-destroyed request stands. A port set is destroyed, while ' +
      'its members stay until their own names are cleaned; a dead name just goes. If the name had a ' +
      'dead-name request and its port was alive before this step, the requester gets a port-deleted ' +
      'notification.',
    source: cite('SRC: ipc/ipc_right.c ipc_right_clean'),
    standing: 'stated',
  },
  'mach/task-death-starts-with-kernel-held-rights': {
    number: 'MACH-TSK-16',
    states:
      'Task termination first drops the special and registered send rights that the kernel holds for the ' +
      'task, then cleans the names, then lets the task port die. The order of the names is a choice that ' +
      'several requests to one port can observe; GNU Mach takes ascending names. A notification for a port ' +
      'that the same task is losing is delivered and then destroyed with that port, or dropped.',
    source: cite(
      'SRC: kern/ipc_tt.c ipc_task_terminate; SRC: ipc/ipc_space.c ipc_space_destroy; GM18: task_terminate',
    ),
    standing: 'implementation',
  },
  'mach/task-death-releases-blocked-senders': {
    number: 'MACH-TSK-17',
    states:
      'When a dying task takes a port with it, the threads of other tasks that are blocked sending to that ' +
      'port return from the send with success.',
    source: cite('SRC: ipc/ipc_port.c ipc_port_destroy'),
    standing: 'stated',
  },
  'mach/special-ports-are-readable-and-settable': {
    number: 'MACH-TSK-21',
    states:
      'A task has a self, an exception and a bootstrap port, a thread a self and an exception port, and ' +
      'messages read and set them; a bad selector is KERN_INVALID_ARGUMENT, setting one of a dead task is ' +
      'KERN_FAILURE. The identity traps return the current special value, so a creator can interpose on ' +
      'the self port of a child before starting it. The bootstrap port serves user programs alone: the ' +
      'kernel makes no use of it.',
    source: cite(
      'KP: 3 "Identity Traps", "Special Ports"; GM: Task Special Ports; SRC: kern/ipc_tt.c ' +
      'task_set_special_port',
    ),
    standing: 'stated',
  },
  'mach/task-registers-at-most-four-ports': {
    number: 'MACH-TSK-22',
    states:
      '`mach_ports_register` stores at most four send rights in the registered array of a task; a longer ' +
      'array is refused with KERN_INVALID_ARGUMENT.',
    source: cite('GM: Inherited Ports; SRC: kern/ipc_tt.c mach_ports_register'),
    standing: 'stated',
  },
});
