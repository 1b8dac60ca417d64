import { notificationKinds, taskPorts, threadPorts, type Name, type NameRight, type Reference, type TaskId, type ThreadId } from '#spec/mach/vocabulary';
import { isReceive, isSend } from '#model/mach/entries';
import { NULL, type Entry, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { drawBlunder } from '#properties/mach/blunders';
import { callers, Draw, timedWaits } from '#properties/mach/draw';
import { drawMachMsg } from '#properties/mach/draw-message';
import { Weighted, type Random } from '#properties/random';

type Row = (draw: Draw) => MachCall | null;

/** With so many ports of its own a task seldom wants another: few that are shared show more than many apart. */
const ENOUGH = 4;

/** One way to draw each operation, with the share it has of a run. Ordinary ones are frequent. */
export const rows: Readonly<Record<string, readonly [weight: number, row: Row]>> = {
  mach_port_allocate: [9, (draw) => (draw.names(isReceive, draw.target).length >= ENOUGH && !draw.random.once(4) ? null : {
    operation: 'mach_port_allocate', thread: draw.thread, ...own(draw),
    right: draw.random.pick(['receive', 'receive', 'receive', 'receive', 'receive', 'port-set', 'port-set', 'dead-name', 'send', 'send-once', 'other'] as const),
  })],
  mach_port_allocate_name: [2, (draw) => ({
    operation: 'mach_port_allocate_name', thread: draw.thread, ...own(draw),
    right: draw.random.pick(['receive', 'port-set', 'dead-name', 'send', 'other'] as const),
    name: draw.random.once(3) ? draw.wrongName(draw.target) : draw.unknown(draw.target),
  })],
  mach_port_deallocate: [6, (draw) => onName(draw, (entry) => entry.tag !== 'set' && !(entry.tag === 'port' && entry.sends === 0),
    (name) => ({ operation: 'mach_port_deallocate', thread: draw.thread, ...own(draw), name }))],
  mach_port_destroy: [3, (draw) => onName(draw, draw.random.once(3) ? (entry) => isAwaited(draw, entry) : () => true,
    (name) => ({ operation: 'mach_port_destroy', thread: draw.thread, ...own(draw), name }))],
  mach_port_mod_refs: [6, modRefs],
  mach_port_get_refs: [2, (draw) => onName(draw, () => true, (name) => ({
    operation: 'mach_port_get_refs', thread: draw.thread, ...own(draw), name,
    right: draw.random.pick(['send', 'receive', 'send-once', 'port-set', 'dead-name', 'dead-name', 'other'] as const),
  }))],
  mach_port_type: [2, (draw) => onName(draw, () => true,
    (name) => ({ operation: 'mach_port_type', thread: draw.thread, ...own(draw), name }))],
  mach_port_names: [1, (draw) => ({ operation: 'mach_port_names', thread: draw.thread, task: draw.identity(draw.anyTask()) })],
  mach_port_rename: [2, (draw) => onName(draw, () => true, (name) => ({
    operation: 'mach_port_rename', thread: draw.thread, ...own(draw), name,
    to: draw.random.once(5) ? draw.wrongName(draw.target) : draw.unknown(draw.target),
  }))],
  mach_port_insert_right: [9, insertRight],
  mach_port_extract_right: [3, extractRight],
  mach_port_move_member: [6, (draw) => {
    const member = draw.receiveName(draw.target);
    const set = draw.random.once(4) ? NULL : draw.name((entry) => entry.tag === 'set', draw.target);
    return member === null || set === null ? null
      : { operation: 'mach_port_move_member', thread: draw.thread, ...own(draw), member, set };
  }],
  mach_port_get_set_status: [1, (draw) => onName(draw, (entry) => entry.tag === 'set',
    (name) => ({ operation: 'mach_port_get_set_status', thread: draw.thread, ...own(draw), name }))],
  mach_port_get_receive_status: [3, (draw) => onName(draw, isReceive,
    (name) => ({ operation: 'mach_port_get_receive_status', thread: draw.thread, ...own(draw), name }))],
  mach_port_set_qlimit: [5, (draw) => onName(draw, isReceive, (name) => ({
    operation: 'mach_port_set_qlimit', thread: draw.thread, ...own(draw), name,
    limit: draw.random.pick([0, 0, 1, 1, 1, 2, 2, 3, 5, 16, 17]),
  }))],
  mach_port_set_mscount: [1, (draw) => onName(draw, isReceive, (name) => ({
    operation: 'mach_port_set_mscount', thread: draw.thread, ...own(draw), name, makeSend: draw.random.below(4),
  }))],
  mach_port_set_seqno: [1, (draw) => onName(draw, isReceive, (name) => ({
    operation: 'mach_port_set_seqno', thread: draw.thread, ...own(draw), name, sequence: draw.random.below(100),
  }))],
  mach_port_request_notification: [12, requestNotification],
  mach_reply_port: [1, (draw) => ({ operation: 'mach_reply_port', thread: draw.thread })],
  mach_task_self: [1, (draw) => ({ operation: 'mach_task_self', thread: draw.thread })],
  mach_thread_self: [1, (draw) => ({ operation: 'mach_thread_self', thread: draw.thread })],
  mach_host_self: [1, (draw) => ({ operation: 'mach_host_self', thread: draw.thread })],
  mach_msg: [110, (draw) => {
    const call = drawMachMsg(draw);
    return call === null ? null : { operation: 'mach_msg', ...call };
  }],
  task_create: [1, (draw) => ({
    operation: 'task_create', thread: draw.thread, ...aTask(draw, 2), inherit: draw.random.once(2),
    child: draw.state.tasks.length as TaskId,
  })],
  task_terminate: [1, (draw) => ({ operation: 'task_terminate', thread: draw.thread, ...aTask(draw, 2) })],
  task_suspend: [1, (draw) => ({ operation: 'task_suspend', thread: draw.thread, ...aTask(draw, 3) })],
  task_resume: [2, (draw) => ({ operation: 'task_resume', thread: draw.thread, task: draw.identity(suspendedTask(draw) ?? draw.anyTask()) })],
  task_get_special_port: [1, (draw) => ({
    operation: 'task_get_special_port', thread: draw.thread, ...aTask(draw, 4), which: draw.random.pick([...taskPorts, 'other'] as const),
  })],
  task_set_special_port: [1, (draw) => {
    const port = draw.right(['copy-send', 'move-send', 'make-send']);
    return port === null ? null : {
      operation: 'task_set_special_port', thread: draw.thread, ...aTask(draw, 4), which: draw.random.pick([...taskPorts, 'other'] as const),
      port: port as { name: Name; disposition: 'copy-send' },
    };
  }],
  mach_ports_register: [1, (draw) => {
    const disposition = draw.random.pick(['copy-send', 'move-send', 'make-send'] as const);
    const names = Array.from({ length: draw.random.pick([0, 1, 2, 4, 5]) }, () =>
      draw.name((entry) => (disposition === 'make-send' ? isReceive(entry) : isSend(entry))) ?? NULL);
    return { operation: 'mach_ports_register', thread: draw.thread, ...aTask(draw, 4), ports: { names, disposition } };
  }],
  mach_ports_lookup: [1, (draw) => ({ operation: 'mach_ports_lookup', thread: draw.thread, ...aTask(draw, 4) })],
  thread_create: [1, (draw) => ({
    operation: 'thread_create', thread: draw.thread, ...aTask(draw, 4), child: draw.state.threads.length as ThreadId,
  })],
  thread_terminate: [1, (draw) => ({ operation: 'thread_terminate', thread: draw.thread, ...aThread(draw) })],
  /** A thread that is suspended while it waits keeps what it is given: much can happen before it takes it. */
  thread_suspend: [3, (draw) => ({
    operation: 'thread_suspend', thread: draw.thread, ...(draw.random.once(3) ? aThread(draw) : aWaitingThread(draw)),
  })],
  thread_resume: [3, (draw) => ({ operation: 'thread_resume', thread: draw.thread, ...aSuspendedThread(draw) })],
  thread_abort: [3, (draw) => ({ operation: 'thread_abort', thread: draw.thread, ...aWaitingThread(draw) })],
  thread_get_special_port: [1, (draw) => ({
    operation: 'thread_get_special_port', thread: draw.thread, ...aThread(draw), which: draw.random.pick([...threadPorts, 'other'] as const),
  })],
  thread_set_special_port: [1, (draw) => {
    const port = draw.right(['copy-send', 'move-send', 'make-send']);
    return port === null ? null : {
      operation: 'thread_set_special_port', thread: draw.thread, ...aThread(draw), which: draw.random.pick([...threadPorts, 'other'] as const),
      port: port as { name: Name; disposition: 'copy-send' },
    };
  }],
  swtch: [1, (draw) => ({ operation: 'swtch', thread: draw.thread })],
  swtch_pri: [1, (draw) => ({ operation: 'swtch_pri', thread: draw.thread, priority: 0 })],
  thread_switch: [1, (draw) => ({
    operation: 'thread_switch', thread: draw.thread, to: draw.kernelName('thread') ?? NULL,
    option: draw.random.pick(['none', 'depress', 'wait', 'other'] as const), milliseconds: draw.random.pick([0, 20]),
  })],
};

/** How often something is done to a thread that was set free and is kept from running: it is seldom enough. */
const HELD = 8;

function onHeldThread(draw: Draw): MachCall | null {
  const { random, state, thread } = draw;
  const held = state.threads.flatMap(({ run, life }, id) =>
    (life === 'live' && (run.tag === 'handed' || (run.tag === 'sending' && run.woken)) ? [id as ThreadId] : []));
  if (held.length === 0 || !random.once(HELD)) return null;
  const operation = random.pick(['thread_abort', 'thread_terminate', 'thread_resume', 'thread_resume'] as const);
  return { operation, thread, target: draw.identity(random.pick(held)) };
}

/** How many of the calls drawn are time running out for somebody, while anybody waits for a limited time. */
const TIMEOUTS = 12;

/** How many of the calls drawn are mistakes that are made on purpose. */
const BLUNDERS = 10;

/** The next call of a run: by some thread that may call, about what there is. Null if no thread may. */
export function drawCall(state: MachState, random: Random, table: Weighted<Row> = ordinary): MachCall | null {
  const timed = timedWaits(state);
  const free = callers(state);
  if (timed.length > 0 && (free.length === 0 || random.once(TIMEOUTS))) {
    return { operation: 'timeout', waiting: random.pick(timed) };
  }
  if (free.length === 0) return null;
  const held = onHeldThread(new Draw(state, random, random.pick(free)));
  if (held !== null) return held;
  const blunder = random.once(BLUNDERS) ? drawBlunder(new Draw(state, random, random.pick(free))) : null;
  if (blunder !== null) return blunder;
  for (;;) {
    const draw = new Draw(state, random, random.pick(free));
    const call = table.draw(random)(draw);
    if (call === null) continue;
    if (free.length > 1 || random.once(STRANDED)) return call;
    const safe = patient(call, draw);
    if (safe !== null) return safe;
  }
}

/** One in so many calls of the last thread that can call may leave nobody who can. */
const STRANDED = 40;

/** The call, such that time can end what it waits for; null if it would stop its own thread for good. */
function patient(call: MachCall, { thread, task }: Draw): MachCall | null {
  switch (call.operation) {
    case 'mach_msg': {
      const limited = (['send-timeout', 'receive-timeout'] as const).filter((option) => !call.options.includes(option));
      return { ...call, options: [...call.options, ...limited] };
    }
    case 'task_suspend':
    case 'task_terminate': return call.task.tag === 'identity' && call.task.identity !== task ? call : null;
    case 'thread_suspend':
    case 'thread_terminate': return call.target.tag === 'identity' && call.target.identity !== thread ? call : null;
    default: return call;
  }
}

/** A table of its own for those who want other shares. */
export const sharing = (shares: Readonly<Record<string, number>>): Weighted<Row> =>
  new Weighted(Object.entries(rows).map(([operation, [weight, row]]) => [shares[operation] ?? weight, row] as const)
    .filter(([weight]) => weight > 0));

const ordinary: Weighted<Row> = sharing({});

/** The task whose names a call is about: mostly as itself, at times by the caller's name for its port. */
function own(draw: Draw) {
  const { random, state, target } = draw;
  if (!random.once(BY_NAME)) return { task: draw.identity(target) };
  const port = state.tasks[target]!.port;
  const known = draw.names((entry) => isSend(entry) && entry.port === port);
  const name = random.once(4) ? badPortName(draw) : known[0];
  return { task: name === undefined ? draw.identity(target) : { tag: 'name', name } as const };
}

/** One call in so many names the port of its task. */
const BY_NAME = 12;

/** A task: the caller's, one of the others, or one by the caller's name for its port. */
function aTask(draw: Draw, others: number) {
  const { random } = draw;
  const name = !random.once(4) ? null : random.once(3) ? badPortName(draw) : draw.kernelName('task');
  if (name !== null) return { task: { tag: 'name', name } as const };
  const task = random.once(others) ? draw.otherTask() : draw.task;
  return { task: draw.identity(random.once(20) ? random.below(draw.state.tasks.length) as TaskId : task) };
}

function aThread(draw: Draw) {
  const { random } = draw;
  const name = !random.once(4) ? null : random.once(4) ? badPortName(draw) : draw.kernelName('thread');
  if (name !== null) return { target: { tag: 'name', name } as const };
  return { target: draw.identity(random.below(draw.state.threads.length) as ThreadId) };
}

/** A name that is no kernel port's: requests through live ports of tasks are another matter. */
function badPortName(draw: Draw): Name {
  if (draw.random.once(4)) return NULL;
  const names = draw.names((entry) => !isSend(entry) || draw.state.ports[entry.port]!.kernel !== null);
  return names.length === 0 ? draw.unknown() : draw.random.pick(names);
}

function aSuspendedThread(draw: Draw) {
  const suspended = draw.state.threads.flatMap(({ suspends, life }, thread) =>
    (suspends > 0 && life === 'live' ? [thread as ThreadId] : []));
  return suspended.length === 0 || draw.random.once(10) ? aThread(draw) : { target: draw.identity(draw.random.pick(suspended)) };
}

function aWaitingThread(draw: Draw) {
  const waiting = draw.state.threads.flatMap(({ run, life }, thread) =>
    (run.tag !== 'ready' && life === 'live' ? [thread as ThreadId] : []));
  return waiting.length === 0 || draw.random.once(10) ? aThread(draw) : { target: draw.identity(draw.random.pick(waiting)) };
}

function suspendedTask(draw: Draw): TaskId | null {
  const suspended = draw.state.tasks.flatMap(({ suspends, life }, task) =>
    (suspends > 0 && life === 'live' ? [task as TaskId] : []));
  return suspended.length === 0 ? null : draw.random.pick(suspended);
}

/** A receive right that threads wait at: much hangs on what becomes of it. */
const isAwaited = ({ state }: Draw, entry: Entry): boolean =>
  isReceive(entry) && state.ports[entry.port]!.senders.length + state.ports[entry.port]!.receivers.length > 0;

function onName(draw: Draw, wanted: Parameters<Draw['name']>[0], call: (name: Name) => MachCall): MachCall | null {
  const name = draw.name(wanted, draw.target);
  return name === null ? null : call(name);
}

function modRefs(draw: Draw): MachCall | null {
  const { random } = draw;
  const right: NameRight = random.pick(['send', 'send', 'send', 'receive', 'send-once', 'port-set', 'dead-name', 'dead-name'] as const);
  const name = draw.name((entry) => {
    switch (right) {
      case 'send': return isSend(entry);
      case 'receive': return isReceive(entry);
      case 'send-once': return entry.tag === 'send-once';
      case 'port-set': return entry.tag === 'set';
      case 'dead-name': return entry.tag === 'dead';
    }
  }, draw.target);
  if (name === null) return null;
  const counted = right === 'send' || right === 'dead-name';
  const ceiling = draw.state.limits.references - 1;
  const delta = counted
    ? random.pick([-2, -1, -1, -1, 0, 1, 1, 2, 3, ceiling - 1, ceiling, -ceiling])
    : random.pick([-1, -1, -1, -1, -1, 0, 1, -2]);
  return { operation: 'mach_port_mod_refs', thread: draw.thread, ...own(draw), name, right: random.once(40) ? 'other' : right, delta };
}

/** Mostly a send right to a port of the caller's for another task: that is how tasks get to know each other. */
function insertRight(draw: Draw): MachCall | null {
  const { random } = draw;
  const task = random.once(3) ? draw.task : draw.otherTask();
  const right = draw.right(['make-send', 'make-send', 'make-send', 'make-send', 'make-send-once', 'copy-send', 'move-send', 'move-send-once', 'move-receive']);
  if (right === null) return null;
  const given = random.once(60) ? { ...right, disposition: 'other' as const } : right;
  const known = draw.names((entry) => isSend(entry) || isReceive(entry), task);
  const name = known.length > 0 && random.once(4) ? random.pick(known) : random.once(20) ? draw.wrongName(task) : draw.unknown(task);
  return { operation: 'mach_port_insert_right', thread: draw.thread, task: aTaskNamed(draw, task), name, right: given };
}

function aTaskNamed(draw: Draw, task: TaskId): Reference<TaskId> {
  if (!draw.random.once(BY_NAME)) return draw.identity(task);
  const name = draw.random.once(3) ? badPortName(draw) : draw.kernelName('task');
  return name === null ? draw.identity(task) : { tag: 'name', name };
}

function extractRight(draw: Draw): MachCall | null {
  const { random } = draw;
  const task = random.once(2) ? draw.task : draw.otherTask();
  const disposition = random.pick(['copy-send', 'make-send', 'make-send-once', 'move-send', 'move-send-once', 'move-receive', 'other'] as const);
  const name = draw.name(() => true, task);
  return name === null ? null : { operation: 'mach_port_extract_right', thread: draw.thread, task: aTaskNamed(draw, task), name, disposition };
}

function requestNotification(draw: Draw): MachCall | null {
  const { random } = draw;
  const kind = random.once(40) ? 'other' as const : random.pick([...notificationKinds, 'dead-name', 'dead-name'] as const);
  const name = draw.name((entry) => (kind === 'dead-name'
    ? entry.tag === 'port' || entry.tag === 'send-once' || entry.tag === 'dead' : isReceive(entry)), draw.target);
  if (name === null) return null;
  const sync = kind === 'port-destroyed' && !random.once(10) ? 0 : random.below(3);
  const notify = random.once(6) ? { name: NULL, disposition: 'make-send-once' as const }
    : draw.right(['make-send-once', 'make-send-once', 'make-send-once', 'move-send-once']) ?? { name: NULL, disposition: 'make-send-once' as const };
  return {
    operation: 'mach_port_request_notification', thread: draw.thread, ...own(draw), name, kind, sync,
    notify: notify as { name: Name; disposition: 'make-send-once' },
  };
}
