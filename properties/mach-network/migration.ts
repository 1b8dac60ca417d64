import { machVocabulary, type MachArguments, type MachReturns, type Name, type NameRight, type TaskId, type ThreadId, type TypeFlag } from '#spec/mach/vocabulary';
import type { AnyCall, Event } from '#model/kernel';
import { ModelError } from '#model/operation';
import { NULL } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import type { MachNetworkState } from '#model/mach-network/state';
import { nodeOfThread, threadOn, threadWithin } from '#model/network/nodes';
import type { NodeId } from '#model/network/wire';
import { isReady, machCallOf, type MachDeed, type MachRoles } from '#properties/mach/stage';
import { inNetwork, machNetworkStage, within } from '#properties/mach-network/stage';
import type { Migrating } from '#properties/network/migration';
import type { Act, Placement, Play, Stage } from '#properties/network/stage';

/** Where a process is: a task of a node, and its thread there. */
export interface Home { readonly node: NodeId; readonly task: TaskId; readonly thread: ThreadId }

/** What processes know, where they are now, and the movers: a task on each node that has a name for the port of each other. */
export interface MovingRoles extends MachRoles { readonly homes: Home[]; readonly movers: readonly Mover[] }
interface Mover { readonly home: Home; readonly own: Name; readonly of: readonly Name[] }

const NODES = 3;
const ROOM = 1 << 16;
const identity = <Id>(id: Id) => ({ tag: 'identity', identity: id }) as const;

/** The last task of a node's own: its number there is that of the processes before it. */
const moverOn = (node: NodeId, placement: Placement): Home => {
  const task = placement.filter((other) => other === node).length;
  return { node, task: task as TaskId, thread: task as ThreadId };
};

const party = ({ node, task }: Home) => ({ node, task });

/** Programs of Mach tasks on machines that have a mover each: a task like any other, which can take a task elsewhere. */
export const movingStage: Stage<MachNetworkState, AnyCall, MachDeed, MovingRoles> = {
  ...machNetworkStage,
  vocabulary: machVocabulary('model'),
  scope: (placement) => {
    const movers = Array.from({ length: NODES }, (_, node) => moverOn(node, placement));
    const { introduced } = machNetworkStage.scope(placement) as { readonly introduced: readonly object[] };
    return {
      nodes: movers.map(({ task }) => ({ threads: Array.from({ length: task + 1 }, () => 1) })),
      introduced: [...introduced, ...movers.map((mover) => ({ receiver: party(mover), senders: movers.map(party) }))],
    };
  },
  * prepare(look, placement) {
    const roles = yield* machNetworkStage.prepare(look, placement);
    const movers = Array.from({ length: NODES }, (_, node): Mover => {
      const home = moverOn(node, placement);
      const { names } = look().nodes[node]!.kernel.tasks[home.task]!;
      return {
        home, own: names.findIndex((entry) => entry?.tag === 'port' && entry.receive) as Name,
        of: names.flatMap((entry, name) => (entry?.tag === 'port' ? [name as Name] : [])),
      };
    });
    return { ...roles, homes: placement.map((_, process) => within(process, placement)), movers };
  },
  thread: (process, placement, roles) => {
    const { node, thread } = roles?.homes[process] ?? within(process, placement);
    return threadOn(node, thread);
  },
  isFree: ({ nodes }, thread) => nodes[nodeOfThread(thread)]!.up && isReady(nodes[nodeOfThread(thread)]!.kernel, threadWithin(thread) as ThreadId),
  call: ({ nodes }, act, play) => {
    const { node, task, thread } = play.roles.homes[act.process]!;
    const call = machCallOf(act, play, nodes[node]!.kernel.tasks[task]!, { task, thread });
    return call === null ? null : inNetwork(node, call);
  },
};

export type MovingPlay = Play<MachNetworkState, AnyCall, MachDeed, MovingRoles>;

/**
 * Takes a process to another node, by nothing but calls that any task may make that has the right to its task port. A
 * process that waits for a message goes on waiting there, as its library would make it do after an interruption.
 */
export function migrate(play: MovingPlay, process: number, to: NodeId): void {
  const from = play.roles.homes[process]!;
  const { kernel } = play.state.nodes[from.node]!;
  if (from.node === to || kernel.tasks[from.task]!.life === 'dead') return;
  const waiting = play.waitsIn(process) as Extract<MachCall, { operation: 'mach_msg' }> | null;
  play.roles.homes[process] = play.interlude(process, new Migration(play, from, to).calls());
  if (waiting === null) return;
  const { thread } = play.roles.homes[process];
  play.resume(process, inNetwork(to, { ...waiting, thread, send: null } as MachCall));
}

/**
 * The same, but that the other node crashes after so many calls of the movers. A task that has all its rights goes on as if
 * nothing had been tried; one that has parted with any is ended, as it would be if it had been there already.
 */
export function migrateInVain(play: MovingPlay, process: number, to: NodeId, calls: number): 'stays' | 'ends' | 'had arrived' {
  const from = play.roles.homes[process]!;
  const migration = new Migration(play, from, to);
  const waiting = play.waitsIn(process);
  const home = play.interlude(process, atMost(calls, migration.calls()));
  play.happen({ operation: 'node_crashes', node: to } as AnyCall);
  if (home !== null) {
    play.roles.homes[process] = home;
    return 'had arrived';
  }
  play.interlude(process, migration.givenUp());
  if (waiting !== null && !migration.committed && calls > 1) play.resume(process, { ...waiting, send: null } as AnyCall);
  return migration.committed ? 'ends' : 'stays';
}

/** Makes so many of the calls, and no more; null where there would have been more. */
function* atMost<Result>(calls: number, all: Calls<Result>): Calls<Result | null> {
  let next = all.next();
  for (let made = 0; next.done !== true; made += 1) {
    if (made === calls) return null;
    next = all.next(yield next.value);
  }
  return next.value;
}

type Calls<Result = void> = Generator<AnyCall, Result, readonly Event[]>;

/** Requests about names are not moved: who asked to be told is told that the name was deleted. So programs with such requests do not move. */
const isMovable = ({ deed }: Act<MachDeed>): boolean => deed.tag !== 'watch' && deed.tag !== 'no-senders';

/**
 * How Mach's tasks move. A send-once right that is elsewhere while its port moves ends at what stood for the port:
 * the message gets there, and comes as one through a send right.
 */
export const machMigration: Migrating<MachNetworkState, AnyCall, MachDeed, MovingRoles> = {
  stage: {
    ...movingStage,
    draw: (random) => {
      const { processes, acts } = movingStage.draw(random);
      return { processes, acts: acts.filter(isMovable) };
    },
  },
  migrate,
  nodeOf: ({ roles }, process) => roles.homes[process]!.node,
  nodes: NODES,
  excuses: {
    'mach-network/send-once-guarantee-crosses-nodes': ({ together, apart }) =>
      together !== undefined && together.replace('"kind":"send-once"', '"kind":"send"') === apart,
  },
};

/** One task on its way from one node to another. */
class Migration {
  readonly #play: MovingPlay;
  readonly #from: Home;
  readonly #there: Mover;
  readonly #here: Mover;
  /** Whether anything has been sent that the task cannot do without: until then it can go on where it is. */
  committed = false;
  /** What the mover has in its hands of the task's. */
  #held: { readonly name: Name; readonly disposition: Extracted; readonly taken: readonly Name[] } | null = null;

  constructor(play: MovingPlay, from: Home, to: NodeId) {
    this.#play = play;
    this.#from = from;
    this.#here = play.roles.movers[from.node]!;
    this.#there = play.roles.movers[to]!;
  }

  /** The task stands still; its names go over one by one; then it is no more. */
  * calls(): Calls<Home> {
    const old = identity(this.#from.task);
    yield this.#by(this.#here, { operation: 'task_suspend', task: old });
    yield this.#by(this.#here, { operation: 'thread_abort', target: identity(this.#from.thread) });
    const home = yield* this.#newTask();
    const { names } = (yield* this.#told<'mach_port_names'>(this.#here, { operation: 'mach_port_names', task: old }))!;
    const inOrder = [...names].sort((a, b) => a.name - b.name);
    for (const { name, type } of inOrder) yield* this.#copy(name, type, home);
    yield* this.#leaveOut(home);
    for (const { name, type } of inOrder) yield* this.#move(name, type, home);
    yield this.#by(this.#here, { operation: 'task_terminate', task: old });
    return home;
  }

  /** Names that the task has freed are to denote nothing new there: the next that its kernel would have given is used up. */
  * #leaveOut(home: Home): Calls {
    const next = { operation: 'mach_port_allocate', task: identity(this.#from.task), right: 'dead-name' } as const;
    const { name } = yield* this.#told<'mach_port_allocate'>(this.#here, next);
    yield this.#by(this.#there, { operation: 'mach_port_allocate_name', task: identity(home.task), right: 'dead-name', name });
    yield this.#by(this.#there, { operation: 'mach_port_deallocate', task: identity(home.task), name });
  }

  /** The task goes on where it is, if it can. It is given back what the mover has of it. */
  * givenUp(): Calls {
    yield* this.#giveBack();
    yield this.#by(this.#here, { operation: this.committed ? 'task_terminate' : 'task_resume', task: identity(this.#from.task) });
  }

  * #giveBack(): Calls {
    if (this.#held === null) return;
    const { name, disposition, taken } = this.#held;
    for (const given of taken) {
      yield disposition === 'copy-send'
        ? this.#by(this.#here, { operation: 'mach_port_deallocate', task: identity(this.#here.home.task), name: given })
        : this.#by(this.#here, { operation: 'mach_port_insert_right', task: identity(this.#from.task), name, right: { name: given, disposition } });
    }
  }

  * #newTask(): Calls<Home> {
    const { home: { node } } = this.#there;
    const { kernel } = this.#play.state.nodes[node]!;
    const task = kernel.tasks.length as TaskId;
    const thread = kernel.threads.length as ThreadId;
    yield this.#by(this.#there, { operation: 'task_create', inherit: false, child: task, task: identity(this.#there.home.task) });
    yield this.#by(this.#there, { operation: 'thread_create', child: thread, task: identity(task) });
    yield this.#by(this.#there, { operation: 'thread_resume', target: identity(thread) });
    return { node, task, thread };
  }

  /** What a name denotes is to be denoted by the same name there. Of what can be had twice the task keeps its own for now. */
  * #copy(name: Name, type: readonly TypeFlag[], home: Home): Calls {
    if (type.includes('dead-name')) {
      yield this.#by(this.#there, { operation: 'mach_port_allocate_name', task: identity(home.task), right: 'dead-name', name });
      return;
    }
    if (!type.includes('send')) return;
    const taken = yield* this.#extract(name, 'copy-send', yield* this.#referencesOf(name));
    yield* this.#send('move-send', taken);
    yield* this.#put(name, home);
  }

  /** What there is but one of goes over. */
  * #move(name: Name, type: readonly TypeFlag[], home: Home): Calls {
    const disposition = type.includes('receive') ? 'move-receive' : type.includes('send-once') ? 'move-send-once' : undefined;
    if (disposition === undefined) return;
    const status = disposition === 'move-receive' ? yield* this.#statusOf(name) : null;
    const taken = yield* this.#extract(name, disposition, 1);
    yield* this.#send(disposition, taken);
    yield* this.#put(name, home);
    if (status !== null) yield* this.#restore(name, home, status);
  }

  * #statusOf(name: Name): Calls<Status> {
    const task = identity(this.#from.task);
    return (yield* this.#told<'mach_port_get_receive_status'>(this.#here, { operation: 'mach_port_get_receive_status', task, name }))!;
  }

  * #referencesOf(name: Name): Calls<number> {
    const call = { operation: 'mach_port_get_refs', task: identity(this.#from.task), name, right: 'send' as NameRight } as const;
    return (yield* this.#told<'mach_port_get_refs'>(this.#here, call))!.refs;
  }

  /** So many rights of the task's, as names of the mover's. */
  * #extract(name: Name, disposition: Extracted, count: number): Calls<readonly Name[]> {
    const taken: Name[] = [];
    for (let i = 0; i < count; i += 1) {
      const call = { operation: 'mach_port_extract_right', task: identity(this.#from.task), name, disposition } as const;
      taken.push((yield* this.#told<'mach_port_extract_right'>(this.#here, call))!.name);
      this.#held = { name, disposition, taken };
    }
    return taken;
  }

  * #send(disposition: 'move-send' | 'move-receive' | 'move-send-once', names: readonly Name[]): Calls {
    const remote = { name: this.#here.of[this.#there.home.node]!, disposition: 'copy-send' } as const;
    const local = { name: NULL, disposition: null };
    const body = [{ tag: 'rights', disposition, names: [...names], bits: 32, long: false, deallocate: false } as const];
    yield this.#by(this.#here, {
      operation: 'mach_msg', options: [], send: { id: 1, remote, local, complex: true, body, size: null }, receive: null, timeout: 0, notify: NULL,
    });
    this.#held = null;
    if (disposition !== 'move-send') this.committed = true;
  }

  /** The other mover takes the rights out of the message, and gives them to the new task. */
  * #put(name: Name, home: Home): Calls {
    const receive = { operation: 'mach_msg', options: [], send: null, receive: { name: this.#there.own, size: ROOM }, timeout: 0, notify: NULL } as const;
    const { message } = (yield* this.#told<'mach_msg'>(this.#there, receive))!;
    for (const item of message!.body) {
      if (item.tag !== 'rights') continue;
      const disposition = ({ send: 'move-send', receive: 'move-receive', 'send-once': 'move-send-once' } as const)[item.kind];
      for (const given of item.names) {
        yield this.#by(this.#there, { operation: 'mach_port_insert_right', task: identity(home.task), name, right: { name: given, disposition } });
      }
    }
  }

  * #restore(name: Name, home: Home, { sequence, queueLimit }: Status): Calls {
    const task = identity(home.task);
    yield this.#by(this.#there, { operation: 'mach_port_set_seqno', task, name, sequence });
    yield this.#by(this.#there, { operation: 'mach_port_set_qlimit', task, name, limit: queueLimit });
  }

  /** A call of a mover's. */
  #by({ home: { node, thread } }: Mover, call: object): AnyCall {
    return inNetwork(node, { ...call, thread } as unknown as MachCall);
  }

  /** A call of a mover's that must be answered, and its answer. */
  * #told<Op extends MachCall['operation']>(mover: Mover, call: Asked<Op>): Calls<MachReturns<Op>> {
    const made = this.#by(mover, call);
    const events = yield made;
    const answer = events.findLast(({ thread }) => thread === made.thread);
    if (answer?.tag !== 'returned') throw new ModelError(`${call.operation} of a mover: ${JSON.stringify(answer)}`);
    return answer.value as MachReturns<Op>;
  }
}

type Status = MachReturns<'mach_port_get_receive_status'>;
type Extracted = 'copy-send' | 'move-receive' | 'move-send-once';
type Asked<Op extends MachCall['operation']> = { readonly operation: Op } & Omit<MachArguments<Op>, 'thread'>;
