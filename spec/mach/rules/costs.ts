import { cite, rules } from '#spec/rule';

/**
 * What a message costs, counted: a message is one enqueue or hand-off, a trap one entry into the kernel from
 * user level, a copy one full pass over the payload, a switch one change of the running thread between
 * address spaces.
 */
export const costRules = rules({
  'mach/inline-data-is-copied-twice': {
    number: 'MACH-COST-01',
    states:
      'Inline data of a local message is copied twice, in and out, because the kernel buffers what is sent ' +
      'without waiting. A hand-off to a waiting receiver skips the queue, not the copies.',
    source: cite('DR: 4.2; BAR: 2.4; SRC: ipc/ipc_kmsg.c ipc_kmsg_get, ipc_kmsg_put'),
    standing: 'stated',
  },
  'mach/hand-off-runs-the-waiting-receiver': {
    number: 'MACH-COST-02',
    states:
      'Hand-off scheduling passes the processor straight to a receiver that is already waiting; in Mach 3 ' +
      'it does so in both directions of a remote procedure call.',
    source: cite('DR: 4.2'),
    standing: 'stated',
  },
  'mach/costs-are-upper-bounds': {
    number: 'MACH-COST-05',
    states:
      'Costs are no part of what a call means: counts of messages, copies and switches are bounds from ' +
      'above, because hand-off and page stealing are optional.',
    source: cite('KP: 5 "Virtual Copy Optimizations"'),
    standing: 'implementation',
  },
  'mach/one-way-message-takes-one-trap': {
    number: 'MACH-COST-ONE-WAY',
    states:
      'A one-way simple message to a receiver that is already waiting takes at most one message, one trap ' +
      '(that of the sender), two copies of inline data and one switch.',
    source: cite('DR: 4.2; SRC: ipc/mach_msg.c mach_msg_trap'),
    standing: 'inferred',
  },
  'mach/late-receiver-adds-one-trap': {
    number: 'MACH-COST-ONE-WAY-LATE',
    states:
      'A one-way simple message whose receiver comes later takes at most one message, two traps, two ' +
      'copies of inline data and one switch.',
    source: cite('DR: 4.2; SRC: ipc/mach_msg.c mach_msg_trap'),
    standing: 'inferred',
  },
  'mach/combined-rpc-takes-two-traps': {
    number: 'MACH-COST-RPC',
    states:
      'A local remote procedure call in which both sides use the combined call takes at most two messages, ' +
      'two traps, four copies of inline data and two switches.',
    source: cite('DR: 4.2; SRC: ipc/mach_msg.c mach_msg_trap'),
    standing: 'inferred',
  },
  'mach/separate-rpc-takes-four-traps': {
    number: 'MACH-COST-RPC-SEPARATE',
    states:
      'A local remote procedure call with separate send and receive calls takes at most two messages, four ' +
      'traps, four copies of inline data and two switches.',
    source: cite('DR: 4.2; SRC: ipc/mach_msg.c mach_msg_trap'),
    standing: 'inferred',
  },
  'mach/kernel-rpc-takes-no-switch': {
    number: 'MACH-COST-KERNEL-RPC',
    states:
      'A request to a kernel port with its reply takes at most two messages, one trap, two copies of ' +
      'inline data (the request in, the reply out) and no switch.',
    source: cite('SRC: kern/ipc_kobject.c ipc_kobject_server; SRC: ipc/mach_msg.c mach_msg_trap'),
    standing: 'inferred',
  },
});
