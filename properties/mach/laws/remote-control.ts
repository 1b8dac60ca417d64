import type { TaskId } from '#spec/mach/vocabulary';
import type { Carried, Entry, MachState, Message, PortId } from '#model/mach/state';
import { callerTask, entryAt, isLive, messagesIn, portName, succeeded, taskName } from '#properties/mach/facts';
import { changesOf, inWords, same, type Change } from '#properties/mach/laws/frame';
import { denotedThread, once, targetTask } from '#properties/mach/laws/ledger';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

/** The operations that are about a task or a thread, and pass no right between the two spaces. */
const alone = [
  'mach_port_allocate', 'mach_port_allocate_name', 'mach_port_deallocate', 'mach_port_destroy', 'mach_port_mod_refs', 'mach_port_get_refs',
  'mach_port_type', 'mach_port_names', 'mach_port_rename', 'mach_port_move_member', 'mach_port_get_set_status', 'mach_port_get_receive_status',
  'mach_port_set_qlimit', 'mach_port_set_mscount', 'mach_port_set_seqno', 'task_terminate', 'task_suspend', 'task_resume',
  'thread_terminate', 'thread_suspend', 'thread_resume', 'thread_abort',
  'vm_allocate', 'vm_deallocate', 'vm_protect', 'vm_inherit', 'vm_read', 'vm_write', 'vm_copy', 'vm_region',
] as const;

/** Those that do: what the caller gives or gets changes its names as well. */
const exchanging = [
  'mach_port_insert_right', 'mach_port_extract_right', 'mach_port_request_notification', 'task_create', 'thread_create',
  'task_get_special_port', 'task_set_special_port', 'thread_get_special_port', 'thread_set_special_port',
  'mach_ports_register', 'mach_ports_lookup', 'vm_map',
] as const;

const passesRights: ReadonlySet<string> = new Set(exchanging);

/** Whose port a call went through: the task itself, or that of the thread. */
const ownerOf = once((step): TaskId | null => {
  const thread = denotedThread(step);
  return thread === null ? targetTask(step) : step.before.threads[thread]!.task;
});

/** Tasks whose own threads did something in a step besides making its call, or ended. */
const busy = once(({ before, after, call, events }: MachStep): ReadonlySet<TaskId> => {
  const tasks = new Set<TaskId>();
  for (const { thread } of events) if (!('thread' in call) || thread !== call.thread) tasks.add(before.threads[thread]!.task);
  before.threads.forEach(({ life, task }, id) => { if (life !== after.threads[id]!.life) tasks.add(task); });
  return tasks;
});

/** What a call did to tasks that it is not about. */
function overreached(step: MachStep): readonly string[] {
  const owner = ownerOf(step);
  if (owner === null) return [];
  const wrong = changesOf(step).filter((change) => !isWithin(step, owner, change)).map((change) => `${inWords(change)} changed, and the call is about ${taskName(owner)}`);
  return [...wrong, ...remapped(step, owner)];
}

function isWithin(step: MachStep, owner: TaskId, change: Change): boolean {
  const { before, after } = step;
  switch (change.what) {
    case 'task': return change.task === owner || change.task >= before.tasks.length || after.tasks[change.task]!.life === 'dead';
    case 'thread': {
      if (change.field === 'run' || change.thread >= before.threads.length || after.threads[change.thread]!.life === 'dead') return true;
      const target = denotedThread(step);
      return target === null ? before.threads[change.thread]!.task === owner : change.thread === target;
    }
    case 'name': {
      if (change.task === owner || change.task !== callerTask(step) || passesRights.has(step.call.operation) || busy(step).has(change.task)) return true;
      return endsWithItsPort(step, entryAt(before, change.task, change.name), entryAt(after, change.task, change.name));
    }
    default: return true;
  }
}

/** A name that its port has left behind, or that is owed nothing any longer. */
function endsWithItsPort({ after }: MachStep, was: Entry | null, is: Entry | null): boolean {
  if (was?.tag !== 'port' && was?.tag !== 'send-once') return false;
  if (!isLive(after, was.port)) return is?.tag === 'dead';
  return was.tag === 'port' && was.accepted && same({ ...was, accepted: false }, is);
}

/** Tasks that the call is not about, and whose pages are mapped otherwise after it; what is read comes to the caller. */
function remapped(step: MachStep, owner: TaskId): readonly string[] {
  const { before, after, call } = step;
  if (before.memory === null || before.memory.spaces === after.memory!.spaces) return [];
  return before.memory.spaces.flatMap((space, task) => {
    const now = after.memory!.spaces[task]!;
    if (task === owner || now === space || busy(step).has(task as TaskId) || (call.operation === 'vm_read' && task === callerTask(step))) return [];
    return same(space.pages, now.pages) ? [] : [`the memory of ${taskName(task as TaskId)} changed, and the call is about ${taskName(owner)}`];
  });
}

const throughPort = (step: MachStep): boolean => {
  const { call } = step;
  const reference = 'task' in call ? call.task : 'target' in call ? call.target : null;
  return reference?.tag === 'name' && succeeded(step) && ownerOf(step) !== null && ownerOf(step) !== callerTask(step);
};

function isRemapped(step: MachStep): boolean {
  const owner = ownerOf(step);
  const { before, after } = step;
  if (before.memory === null || owner === null || owner === callerTask(step) || !succeeded(step)) return false;
  return !same(before.memory.spaces[owner]!.pages, after.memory!.spaces[owner]!.pages);
}

const changesNames = (step: MachStep): boolean => changesOf(step).some((change) => change.what === 'name' && change.task === ownerOf(step));

/** Names that came to denote a right which their task had not had. */
interface Gain { readonly task: TaskId; readonly port: PortId; readonly kind: 'receive' | 'send' | 'send-once' }

function gainsOf(step: MachStep): readonly Gain[] {
  const { before, after } = step;
  return changesOf(step).flatMap((change): readonly Gain[] => {
    if (change.what !== 'name' || after.tasks[change.task]!.life === 'dead') return [];
    const { task, name } = change;
    const was = task < before.tasks.length ? entryAt(before, task, name) : null;
    const is = entryAt(after, task, name);
    if (is?.tag === 'send-once') return same(was, is) || was?.tag === 'send-once' ? [] : [{ task, port: is.port, kind: 'send-once' }];
    if (is?.tag !== 'port') return [];
    const old = was?.tag === 'port' && was.port === is.port ? was : null;
    return [
      ...(is.receive && old?.receive !== true ? [{ task, port: is.port, kind: 'receive' } as const] : []),
      ...(is.sends > 0 && (old?.sends ?? 0) === 0 ? [{ task, port: is.port, kind: 'send' } as const] : []),
    ];
  });
}

/** Whether a task holds a right from which one of a kind can be made or given. */
const holds = (state: MachState, task: TaskId, { port, kind }: Gain): boolean => (state.tasks[task]?.names ?? []).some((entry) =>
  (entry?.tag === 'port' && entry.port === port && (entry.receive || (kind === 'send' && entry.sends > 0)))
  || (entry?.tag === 'send-once' && entry.port === port && kind === 'send-once'));

const isOf = (right: Carried | null, { port, kind }: Gain): boolean => right?.tag === 'right' && right.port === port && right.kind === kind;

const carries = ({ destination, reply, body }: Message, gain: Gain): boolean => isOf({ tag: 'right', ...destination }, gain) || isOf(reply, gain)
  || body.some((item) => item.tag === 'rights' && item.rights.some((right) => isOf(right, gain)));

/** Rights that the kernel holds, and gives out: through requests, and as what was left with it for some tasks. */
function isKernels(state: MachState, gain: Gain, tasks: readonly TaskId[]): boolean {
  const { ports, host } = state;
  switch (gain.kind) {
    case 'send-once': return ports.some(({ noSenders, portDestroyed }) => noSenders === gain.port || portDestroyed === gain.port)
      || state.tasks.some(({ names }) => names.some((entry) => (entry?.tag === 'port' || entry?.tag === 'send-once') && entry.request === gain.port));
    case 'receive': return ports[gain.port]!.portDestroyed !== null || isOfObject(state, gain.port);
    case 'send': return gain.port === host || isOfObject(state, gain.port) || tasks.some((task) => leftFor(state, task).some((right) => isOf(right, gain)));
  }
}

/** What a pager is told of, and who raises an exception tells of itself. */
const isOfObject = ({ memory, tasks, threads }: MachState, port: PortId): boolean => memory !== null
  && (memory.objects.some(({ pager }) => pager?.control === port || pager?.name === port)
    || [...tasks, ...threads].some(({ self }) => self?.tag === 'right' && self.port === port));

/** The rights that the kernel keeps for a task and its threads. */
const leftFor = ({ tasks, threads }: MachState, id: TaskId): readonly (Carried | null)[] => {
  const task = tasks[id];
  if (task === undefined) return [];
  return [task.self, task.exception, task.bootstrap, ...task.registered, ...threads.flatMap((thread) => (thread.task === id ? [thread.self, thread.exception] : []))];
};

/** Who had a part in a step: its caller, whom the call is about, and those whose threads were told something. */
function parties(step: MachStep): ReadonlySet<TaskId> {
  const owner = ownerOf(step);
  return new Set([...busy(step), ...('thread' in step.call ? [callerTask(step)] : []), ...(owner === null ? [] : [owner])]);
}

/** Rights that a task got which nobody could have given it. */
function conjured(step: MachStep): readonly string[] {
  const { before } = step;
  return gainsOf(step).flatMap((gain) => {
    const { task, port, kind } = gain;
    if (port >= before.ports.length || holds(before, task, gain)) return [];
    const from = parties(step);
    const isParty = from.has(task) || task >= before.tasks.length;
    const owner = ownerOf(step);
    const isGiven = [...from].some((one) => holds(before, one, gain)) || [...messagesIn(before)].some(([message]) => carries(message, gain))
      || isKernels(before, gain, owner === null ? [task] : [task, owner]);
    if (isParty && isGiven) return [];
    return [`${taskName(task)} has a ${kind} right to ${portName(port)} that ${isParty ? 'nobody gave' : 'it had no part in getting'}`];
  });
}

const gains = (kind: Gain['kind'], how: (step: MachStep) => boolean) => (step: MachStep): boolean =>
  how(step) && gainsOf(step).some((gain) => gain.kind === kind && gain.port < step.before.ports.length && !holds(step.before, gain.task, gain));

export const remoteControlLaws = {
  'mach/task-port-controls-one-task': {
    on: [...alone, ...exchanging],
    step: overreached,
    sometimes: {
      'the names of another task are changed through its port': (step) => throughPort(step) && changesNames(step),
      'the memory of another task is changed': isRemapped,
      'another task is stopped or started through its port': (step) => throughPort(step) && (step.call.operation === 'task_suspend' || step.call.operation === 'task_resume'),
      'a thread of another task is controlled': (step) => 'target' in step.call && succeeded(step) && ownerOf(step) !== null && ownerOf(step) !== callerTask(step),
      'a third task has no part in it': (step) => throughPort(step) && step.before.tasks.filter(({ life }) => life === 'live').length > 2,
    },
  },

  'mach/rights-come-from-rights': {
    step: conjured,
    sometimes: {
      'a send right comes in a message': gains('send', ({ call }) => call.operation === 'mach_msg'),
      'a receive right comes in a message': gains('receive', ({ call }) => call.operation === 'mach_msg'),
      'a send-once right comes in a message': gains('send-once', ({ call }) => call.operation === 'mach_msg'),
      'a right is given to another task': gains('send', ({ call }) => call.operation === 'mach_port_insert_right'),
      'a right is taken from another task': gains('send', ({ call }) => call.operation === 'mach_port_extract_right'),
      'a right comes from what the kernel holds': gains('send', ({ call }) => call.operation === 'task_get_special_port' || call.operation === 'mach_ports_lookup'),
      'a right comes from a registered request': gains('send-once', ({ call }) => call.operation === 'mach_port_request_notification'),
    },
  },
} satisfies MachLaws;
