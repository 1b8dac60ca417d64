import type { Name, Reference, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { copy } from '#model/copy';
import { newPort } from '#model/mach/ports/new-port';
import type { Entry, MachState, PortId } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { change } from '#model/operation';
import { stubs, type Stub } from '#properties/mach/laws/requests/stubs';

export type Requested = MachCall & { readonly thread: ThreadId };

/** A state in which a call can be made in two ways: as it is, and by a message that is answered at a port of its own. */
export interface Ready {
  readonly state: MachState;
  readonly stub: Stub;
  /** The call, with the caller's name for what it is about. */
  readonly call: Requested;
  readonly to: Name;
  /** Where the answer is wanted: there is never room at that port. */
  readonly reply: Name;
  readonly replyPort: PortId;
}

/** So many names that denote nothing lie between those in use and the ones made for the comparison. */
const APART = 4;

/** Makes a state ready for both forms of a call; null where there is no other form of it. */
export function readyFor(before: MachState, call: MachCall): Ready | null {
  const stub = stubs[call.operation];
  if (stub === undefined || !('thread' in call)) return null;
  const state = copy(before);
  const { task } = state.threads[call.thread]!;
  const names = change(state.tasks[task]!.names);
  for (let name = 0; name < APART; name += 1) names.push(null);
  const given = (call as unknown as Readonly<Record<string, Reference<number> | Name>>)[stub.on]!;
  const to = typeof given === 'number' ? given : nameFor(state, task, given, stub.on);
  if (to === null || isForeign(state, names[to])) return null;
  const replyPort = newPort(state);
  change(state.ports[replyPort]!).queueLimit = 0;
  names.push({ tag: 'port', port: replyPort, receive: true, sends: 0, request: null, accepted: false });
  const named = stub.on === 'control' || stub.on === 'host' ? to : { tag: 'name', name: to };
  return { state, stub, call: { ...call, [stub.on]: named } as Requested, to, reply: names.length - 1 as Name, replyPort };
}

const sends = (entry: Entry | null | undefined): entry is Extract<Entry, { tag: 'port' }> => entry?.tag === 'port' && entry.sends > 0;

/** Whoever receives from a port of tasks' own may do as it likes. */
const isForeign = ({ ports }: MachState, entry: Entry | null | undefined): boolean => sends(entry) && ports[entry.port]!.kernel === null;

/** The caller's name for a task or thread; one is made where the call says it by identity. */
function nameFor(state: MachState, task: TaskId, given: Reference<number>, on: Stub['on']): Name | null {
  if (given.tag === 'name') return given.name;
  const object = (on === 'task' ? state.tasks : state.threads)[given.identity];
  if (object === undefined || object.life === 'dead') return null;
  const names = change(state.tasks[task]!.names);
  const known = names.findIndex((entry) => sends(entry) && entry.port === object.port);
  if (known >= 0) return known as Name;
  change(state.ports[object.port]!).sendRights += 1;
  names.push({ tag: 'port', port: object.port, receive: false, sends: 1, request: null, accepted: false });
  return names.length - 1 as Name;
}
