import { machVocabulary, type Disposition, type Name, type SentMessage, type TaskId, type ThreadId } from '#spec/mach/vocabulary';
import { isReceive, isRunnable } from '#model/mach/entries';
import { NULL, type MachState, type Task } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import type { Act, PlayState, Script, Stage } from '#properties/network/stage';
import type { Random } from '#properties/random';

/** A name by what it is to its task: its own port, the port of a process, or one that it was given later: the last but so many. */
export type Named = { readonly tag: 'own' } | { readonly tag: 'of'; readonly process: number } | { readonly tag: 'seen'; readonly ago: number };

/** What a task does. */
export type MachDeed =
  | { readonly tag: 'send'; readonly to: Named; readonly id: number; readonly carries: { readonly what: Named; readonly disposition: Disposition } | null }
  | { readonly tag: 'call'; readonly to: Named; readonly id: number }
  | { readonly tag: 'receive'; readonly from: 'own' | 'replies'; readonly waits: boolean }
  /** Receives from a port that it was given, if it was given one. */
  | { readonly tag: 'serve' }
  | { readonly tag: 'reply'; readonly ago: number; readonly id: number }
  | { readonly tag: 'allocate' | 'no-senders' | 'end' }
  | { readonly tag: 'watch' | 'deallocate' | 'destroy' | 'type' | 'refs'; readonly name: Named };

/** What each task knows at the start: its own port, where replies come, and the port of each process. */
export interface MachRoles { readonly own: readonly Name[]; readonly replies: readonly Name[]; readonly of: readonly (readonly Name[])[] }

const MOST_PROCESSES = 4;
const MOST_TURNS = 12;
const ROOM = 1024;
const identity = <Id>(id: Id) => ({ tag: 'identity', identity: id }) as const;
const nothing = { name: NULL, disposition: null } as const;

export function drawMachScript(random: Random): Script<MachDeed> {
  const processes = 2 + random.below(MOST_PROCESSES - 1);
  const server = random.below(processes);
  const acts: Act<MachDeed>[] = [];
  for (let left = 2 + random.below(MOST_TURNS); left > 0; left -= 1) acts.push(...drawTurn(random, { processes, server, id: 100 + acts.length }));
  return { processes, acts };
}

/** One act, or a message with what its receiver does about it: most of what happens between tasks comes in such turns. */
function drawTurn(random: Random, setting: Omit<Setting, 'process'>): readonly Act<MachDeed>[] {
  const { processes, server, id } = setting;
  const process = random.once(3) ? server : random.below(processes);
  const first = { process, deed: drawDeed(random, { ...setting, process }) };
  const { deed } = first;
  if ((deed.tag !== 'send' && deed.tag !== 'call') || deed.to.tag !== 'of' || random.once(4)) return [first];
  const receiver = deed.to.process;
  const takes = { process: receiver, deed: { tag: 'receive', from: 'own', waits: false } } as const;
  return deed.tag === 'send' ? [first, takes] : [first, takes, { process: receiver, deed: { tag: 'reply', ago: 0, id: id + 2 } }];
}

interface Setting { readonly processes: number; readonly server: number; readonly process: number; readonly id: number }

function drawDeed(random: Random, setting: Setting): MachDeed {
  const { server, process, id } = setting;
  const kind = random.below(26);
  if (kind < 6) return { tag: 'send', to: drawNamed(random, setting), id, carries: random.once(2) ? drawCargo(random, setting) : null };
  if (kind < 9) return { tag: 'call', to: random.once(4) ? drawNamed(random, setting) : { tag: 'of', process: server }, id };
  if (kind < 14) return { tag: 'receive', from: random.once(4) ? 'replies' : 'own', waits: random.once(process === server ? 3 : 8) };
  if (kind < 16) return { tag: 'reply', ago: random.once(3) ? 1 : 0, id };
  if (kind < 18) return { tag: random.pick(['allocate', 'allocate', 'no-senders', 'no-senders', 'allocate', 'end'] as const) };
  return { tag: random.pick(['watch', 'deallocate', 'deallocate', 'destroy', 'type', 'refs', 'type', 'refs', 'watch'] as const), name: drawNamed(random, setting) };
}

function drawNamed(random: Random, { processes, server }: Setting): Named {
  switch (random.below(5)) {
    case 0: return { tag: 'own' };
    case 1: return { tag: 'of', process: random.below(processes) };
    case 2: return { tag: 'seen', ago: random.below(3) };
    default: return { tag: 'of', process: server };
  }
}

/** Mostly rights that can be given so. */
function drawCargo(random: Random, setting: Setting): { readonly what: Named; readonly disposition: Disposition } {
  const own = { tag: 'own' } as const;
  switch (random.below(6)) {
    case 0: return { what: own, disposition: 'move-receive' };
    case 1: return { what: own, disposition: 'make-send' };
    case 2: return { what: own, disposition: 'make-send-once' };
    case 3: return { what: drawNamed(random, setting), disposition: 'move-send' };
    case 4: return { what: { tag: 'seen', ago: random.below(2) }, disposition: 'move-receive' };
    default: return { what: drawNamed(random, setting), disposition: 'copy-send' };
  }
}

/** The call that an act comes to, for a task and its thread as its own kernel knows them. */
export function machCallOf(
  { process, deed }: Act<MachDeed>, play: PlayState<MachRoles>, { names }: Task, { task, thread }: { readonly task: TaskId; readonly thread: ThreadId },
): MachCall | null {
  const { roles } = play;
  const atTheStart = new Set<unknown>([...roles.of[process]!, roles.replies[process]]);
  const seen = play.known(process, 'name').filter((name) => (name as Name) > 0 && !atTheStart.has(name)) as readonly Name[];
  const nameOf = (named: Named): Name | undefined => {
    switch (named.tag) {
      case 'own': return roles.own[process];
      case 'of': return roles.of[process]![named.process];
      case 'seen': return seen.at(-1 - named.ago);
    }
  };
  const on = { thread, task: identity(task) };
  switch (deed.tag) {
    case 'send': {
      const remote = nameOf(deed.to);
      const what = deed.carries === null ? null : nameOf(deed.carries.what);
      return remote === undefined || what === undefined ? null : sending(thread, remote, deed.id, what === null ? [] : [carried(what, deed.carries!.disposition)]);
    }
    case 'call': {
      const remote = nameOf(deed.to);
      return remote === undefined ? null : calling(thread, remote, roles.replies[process]!, deed.id);
    }
    case 'receive': return receiving(thread, roles[deed.from][process]!, deed.waits);
    case 'serve': {
      const given = names.findIndex((entry, name) => entry !== null && isReceive(entry) && name !== roles.own[process] && name !== roles.replies[process]);
      return given < 0 ? null : receiving(thread, given as Name, false);
    }
    case 'reply': {
      const remote = seen.at(-1 - deed.ago);
      return remote === undefined ? null : { ...sending(thread, remote, deed.id, []), send: sent(deed.id, { name: remote, disposition: 'move-send-once' }, []) };
    }
    case 'allocate': return { operation: 'mach_port_allocate', ...on, right: 'receive' };
    case 'end': return { operation: 'task_terminate', ...on };
    case 'no-senders': return notified(on, roles.own[process]!, 'no-senders', roles.replies[process]!);
    default: {
      const name = nameOf(deed.name);
      return name === undefined ? null : about(deed.tag, on, name, roles.replies[process]!);
    }
  }
}

type On = { readonly thread: ThreadId; readonly task: { readonly tag: 'identity'; readonly identity: TaskId } };

function about(what: 'watch' | 'deallocate' | 'destroy' | 'type' | 'refs', on: On, name: Name, replies: Name): MachCall {
  switch (what) {
    case 'watch': return notified(on, name, 'dead-name', replies);
    case 'deallocate': return { operation: 'mach_port_deallocate', ...on, name };
    case 'destroy': return { operation: 'mach_port_destroy', ...on, name };
    case 'type': return { operation: 'mach_port_type', ...on, name };
    case 'refs': return { operation: 'mach_port_get_refs', ...on, name, right: 'send' };
  }
}

const notified = (on: On, name: Name, kind: 'dead-name' | 'no-senders', replies: Name): MachCall => ({
  operation: 'mach_port_request_notification', ...on, name, kind, sync: 0, notify: { name: replies, disposition: 'make-send-once' },
});

const carried = (name: Name, disposition: Disposition): SentMessage['body'][number] =>
  ({ tag: 'rights', disposition, names: [name], bits: 32, long: false, deallocate: false });

const sent = (id: number, remote: SentMessage['remote'], body: SentMessage['body'], local: SentMessage['local'] = nothing): SentMessage =>
  ({ id, remote, local, complex: body.length > 0, body, size: null });

const receiving = (thread: ThreadId, name: Name, waits: boolean): MachCall => ({
  operation: 'mach_msg', thread, options: waits ? [] : ['receive-timeout'], send: null, receive: { name, size: ROOM }, timeout: 0, notify: NULL,
});

const sending = (thread: ThreadId, name: Name, id: number, body: SentMessage['body']): Extract<MachCall, { operation: 'mach_msg' }> => ({
  operation: 'mach_msg', thread, options: ['send-timeout'], send: sent(id, { name, disposition: 'copy-send' }, body), receive: null, timeout: 0, notify: NULL,
});

const calling = (thread: ThreadId, name: Name, replies: Name, id: number): MachCall => ({
  operation: 'mach_msg', thread, options: [], timeout: 0, notify: NULL, receive: { name: replies, size: ROOM },
  send: sent(id, { name, disposition: 'copy-send' }, [], { name: replies, disposition: 'make-send-once' }),
});

/** Programs of tasks with one thread each, on one node. */
export const machStage: Stage<MachState, MachCall, MachDeed, MachRoles> = {
  vocabulary: machVocabulary('model'),
  draw: drawMachScript,
  scope: (placement) => ({ threads: placement.map(() => 1) }),
  prepare,
  thread: (process) => process,
  isFree: (state, thread) => isReady(state, thread as ThreadId),
  call: (state, act, play) => machCallOf(act, play, state.tasks[act.process]!, { task: act.process as TaskId, thread: act.process as ThreadId }),
  rest: () => null,
};

export const isReady = (state: MachState, thread: ThreadId): boolean => {
  const { life, run } = state.threads[thread]!;
  return life === 'live' && run.tag === 'ready' && isRunnable(state, thread);
};

function* prepare(look: () => MachState, placement: readonly number[]): Generator<MachCall, MachRoles> {
  const tasks = [...placement.keys()] as TaskId[];
  const latest = (task: TaskId): Name => look().tasks[task]!.names.length - 1 as Name;
  const own: Name[] = [];
  const replies: Name[] = [];
  for (const task of tasks) {
    const on = { thread: task as number as ThreadId, task: identity(task) };
    yield { operation: 'mach_port_allocate', ...on, right: 'receive' };
    own.push(latest(task));
    yield { operation: 'mach_port_allocate', ...on, right: 'receive' };
    replies.push(latest(task));
  }
  const of: Name[][] = tasks.map(() => []);
  for (const task of tasks) {
    for (const other of tasks) {
      const name = task === other ? own[task]! : look().tasks[other]!.names.length as Name;
      yield { operation: 'mach_port_insert_right', thread: task as number as ThreadId, task: identity(other), name, right: { name: own[task]!, disposition: 'make-send' } };
      of[other]![task] = name;
    }
  }
  return { own, replies, of };
}
