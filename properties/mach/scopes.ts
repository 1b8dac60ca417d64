import type { Disposition, Name, SentMessage, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { canCopyin } from '#model/mach/rights/copyin';
import { isReceive } from '#model/mach/entries';
import { defaultLimits, type MachScope } from '#model/mach/kernel';
import { NULL, type Entry, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import type { Exploration } from '#properties/explore';
import { callers } from '#properties/mach/draw';

type Moves = (state: MachState, thread: ThreadId) => readonly MachCall[];

/** A scope in which every thread that may call may make any of these moves. */
function scope(holds: string, threads: readonly number[], bounds: Bounds, moves: readonly Moves[]): Exploration<MachState, MachCall> {
  const kernelPorts = 1 + threads.length + threads.reduce((sum, count) => sum + count, 0);
  const limits: MachScope['limits'] = {
    ...defaultLimits, ports: kernelPorts + bounds.ports, names: bounds.names, messages: bounds.messages,
    queueLimit: 1, references: bounds.sends + 1, makeSend: bounds.makeSend,
  };
  return {
    holds,
    scope: { threads, limits },
    calls: (state) => callers(state).flatMap((thread) => moves.flatMap((move) => move(state, thread))),
  };
}

interface Bounds {
  readonly ports: number;
  readonly names: number;
  readonly messages: number;
  readonly sends: number;
  readonly makeSend: number;
}

/** The scopes that can be explored whole, by name. */
export const machScopes: Readonly<Record<string, Exploration<MachState, MachCall>>> = {
  'one-task': scope(
    'One task with one thread and two ports: every right a task can give itself, and being told of no senders.',
    [1], { ports: 2, names: 2, messages: 1, sends: 1, makeSend: 1 },
    [allocatePort, insertOwn, release, request, send(['move-receive', 'move-send', 'make-send-once']), poll],
  ),
  'two-tasks': scope(
    'Two tasks with a thread each and one port between them: rights moving back and forth, and either task ending.',
    [1, 1], { ports: 1, names: 2, messages: 2, sends: 2, makeSend: 2 },
    [allocatePort, insertOther, release, send(['move-receive', 'move-send', 'make-send-once']), receive, poll, terminate],
  ),
  'two-tasks-two-ports': scope(
    'Two tasks with a thread each and two ports: receive rights in transit, circular ones among them.',
    [1, 1], { ports: 2, names: 2, messages: 1, sends: 1, makeSend: 1 },
    [allocatePort, insertOther, release, send(['move-receive', 'copy-send']), receive, poll, terminate],
  ),
};

const taskOf = (state: MachState, thread: ThreadId): TaskId => state.threads[thread]!.task;
const self = (state: MachState, thread: ThreadId) => ({ tag: 'identity', identity: taskOf(state, thread) }) as const;

function namesWhere(state: MachState, thread: ThreadId, wanted: (entry: Entry) => boolean): Name[] {
  return state.tasks[taskOf(state, thread)]!.names.flatMap((entry, name) =>
    (entry !== null && wanted(entry) ? [name as Name] : []));
}

function allocatePort(state: MachState, thread: ThreadId): readonly MachCall[] {
  return [{ operation: 'mach_port_allocate', thread, task: self(state, thread), right: 'receive' }];
}

/** The holder of a receive right makes itself a send right under the same name. */
function insertOwn(state: MachState, thread: ThreadId): readonly MachCall[] {
  return namesWhere(state, thread, isReceive).map((name) => ({
    operation: 'mach_port_insert_right', thread, task: self(state, thread), name, right: { name, disposition: 'make-send' },
  }));
}

/** A send right for the other task: that is how the two get to know each other. */
function insertOther(state: MachState, thread: ThreadId): readonly MachCall[] {
  const other = state.tasks.findIndex(({ life }, task) => life === 'live' && task !== taskOf(state, thread)) as TaskId;
  if (other < 0) return [];
  return namesWhere(state, thread, isReceive).flatMap((name) => {
    const { port } = state.tasks[taskOf(state, thread)]!.names[name] as Extract<Entry, { tag: 'port' }>;
    const known = state.tasks[other]!.names.findIndex((entry) => entry?.tag === 'port' && entry.port === port);
    const under = (known < 0 ? state.tasks[other]!.names.length : known) as Name;
    const task = { tag: 'identity', identity: other } as const;
    return [{ operation: 'mach_port_insert_right', thread, task, name: under, right: { name, disposition: 'make-send' } }];
  });
}

const counted = (entry: Entry): boolean => entry.tag !== 'set' && !(entry.tag === 'port' && entry.sends === 0);

/** Giving up what a name denotes: one reference, or all of it. */
function release(state: MachState, thread: ThreadId): readonly MachCall[] {
  const task = self(state, thread);
  return [
    ...namesWhere(state, thread, counted).map((name) => ({ operation: 'mach_port_deallocate', thread, task, name }) as const),
    ...namesWhere(state, thread, isReceive).map((name) => ({ operation: 'mach_port_destroy', thread, task, name }) as const),
  ];
}

/** Asking to be told when there are no senders, at one's own port. */
function request(state: MachState, thread: ThreadId): readonly MachCall[] {
  return namesWhere(state, thread, isReceive).map((name) => ({
    operation: 'mach_port_request_notification', thread, task: self(state, thread), name, kind: 'no-senders', sync: 0,
    notify: { name, disposition: 'make-send-once' },
  }));
}

const sends: readonly Disposition[] = ['copy-send', 'move-send', 'move-send-once'];

/** A message through any right the task has, carrying nothing or one right in one of these ways. */
function send(carries: readonly Disposition[]): Moves {
  return (state, thread) => {
    const rightsFor = (dispositions: readonly Disposition[]) => dispositions.flatMap((disposition) =>
      namesWhere(state, thread, (entry) => canCopyin(entry, disposition, false)).map((name) => ({ name, disposition })));
    const cargo = [null, ...rightsFor(carries)];
    return rightsFor(sends).flatMap((remote) => cargo.map((right) => ({ ...call(thread), send: letter(remote, right) })));
  };
}

function letter(remote: SentMessage['remote'], right: { name: Name; disposition: Disposition } | null): SentMessage {
  const body: SentMessage['body'] = right === null ? []
    : [{ tag: 'rights', disposition: right.disposition, names: [right.name], bits: 32, long: false, deallocate: false }];
  return { id: 1000, remote, local: { name: NULL, disposition: null }, complex: right !== null, body, size: null };
}

type MachMsg = Extract<MachCall, { operation: 'mach_msg' }>;

const call = (thread: ThreadId): MachMsg =>
  ({ operation: 'mach_msg', thread, options: [], send: null, receive: null, timeout: 0, notify: NULL });

function receive(state: MachState, thread: ThreadId): readonly MachCall[] {
  return namesWhere(state, thread, isReceive).map((name) => ({ ...call(thread), receive: { name, size: 1024 } }));
}

function poll(state: MachState, thread: ThreadId): readonly MachCall[] {
  const waiting = (entry: Entry) => isReceive(entry) && state.ports[entry.port]!.queue.length > 0;
  return namesWhere(state, thread, waiting).map((name) =>
    ({ ...call(thread), options: ['receive-timeout'], receive: { name, size: 1024 } }));
}

function terminate(state: MachState, thread: ThreadId): readonly MachCall[] {
  return [{ operation: 'task_terminate', thread, task: self(state, thread) }];
}
