import type { Capability, Li, SiteId, ThreadId, TransactionId, Ui } from '#spec/chorus/vocabulary';
import type { Event } from '#model/kernel';
import type { ActorId, Answer, ChorusState, GroupId, Message, PortId } from '#model/chorus/state';
import type { CallOf, ChorusStep, OperationName } from '#properties/chorus/obligation';

/**
 * Facts about states and steps that laws speak of. They are worked out from the state alone, never by asking
 * the mechanisms of the model: a law that used those would share their faults.
 */

export const isCall = <Op extends OperationName>(step: ChorusStep, ...operations: readonly Op[]): step is ChorusStep & { readonly call: CallOf<Op> } =>
  (operations as readonly string[]).includes(step.call.operation);

/** The thread that called; null for what happens by itself. */
export const callerOf = ({ call }: ChorusStep): ThreadId | null => ('thread' in call ? call.thread : null);

export function callerEvent(step: ChorusStep): Event | undefined {
  const caller = callerOf(step);
  return caller === null ? undefined : step.events.find(({ thread }) => thread === caller);
}

/** The error the caller got, or null. */
export function errorOf(step: ChorusStep): string | null {
  const event = callerEvent(step);
  return event?.tag === 'raised' ? event.error : null;
}

/** The call was not refused: it came back, waits, or ended its caller. */
export const wentThrough = (step: ChorusStep): boolean => callerOf(step) !== null && errorOf(step) === null;
export const returned = (step: ChorusStep): boolean => callerEvent(step)?.tag === 'returned';
export const valueOf = <T>(step: ChorusStep): T => (callerEvent(step) as { readonly value: T }).value;
export const isBlocked = (step: ChorusStep): boolean => callerEvent(step)?.tag === 'blocked';

export const actorAt = ({ threads }: ChorusState, thread: ThreadId): ActorId => threads[thread]!.actor;
export const siteAt = (state: ChorusState, thread: ThreadId): SiteId => state.actors[actorAt(state, thread)]!.site;
export const siteOfPort = (state: ChorusState, port: PortId): SiteId => state.actors[state.ports[port]!.actor]!.site;

export const isPrivileged = (state: ChorusState, thread: ThreadId): boolean =>
  state.threads[thread]!.supervisor || state.actors[actorAt(state, thread)]!.privilege === 'system';

/** Whether two sites can reach each other. */
export function connected({ sites, apart }: ChorusState, a: SiteId, b: SiteId): boolean {
  if (!sites[a]!.up || !sites[b]!.up) return false;
  for (const { one, other } of apart) if ((one === a && other === b) || (one === b && other === a)) return false;
  return true;
}

const find = <Id extends number>(rows: readonly { readonly ui: Ui; readonly life?: 'live' | 'dead' }[], ui: Ui): Id | null => {
  for (let at = 0; at < rows.length; at += 1) if (rows[at]!.ui === ui && rows[at]!.life !== 'dead') return at as Id;
  return null;
};

export const actorBy = (state: ChorusState, ui: Ui): ActorId | null => find(state.actors, ui);
export const portBy = (state: ChorusState, ui: Ui): PortId | null => find(state.ports, ui);
export const groupBy = (state: ChorusState, ui: Ui): GroupId | null => find(state.groups, ui);
export const portAt = (state: ChorusState, actor: ActorId, li: Li): PortId | null => state.actors[actor]!.ports[li] ?? null;

/** The actor a capability leads a thread to, whatever its key; null if it leads nowhere. */
export function actorFor(state: ChorusState, thread: ThreadId, capability: Capability | null): ActorId | null {
  if (capability === null) return actorAt(state, thread);
  const actor = actorBy(state, capability.ui);
  return actor !== null && connected(state, siteAt(state, thread), state.actors[actor]!.site) ? actor : null;
}

/** Where something with an identifier is: a site that is up, an actor, a port. */
export function siteBy(state: ChorusState, ui: Ui): SiteId | null {
  const site = state.sites.findIndex((other) => other.ui === ui && other.up);
  if (site >= 0) return site as SiteId;
  const actor = actorBy(state, ui);
  if (actor !== null) return state.actors[actor]!.site;
  const port = portBy(state, ui);
  return port === null ? null : siteOfPort(state, port);
}

/** What a thread came to know of its call in a step: an answer it gave, or one it was left with. */
export interface Outcome { readonly error: string | null; readonly value: unknown }

export function outcomeOf({ before, after, events }: ChorusStep, thread: ThreadId): Outcome | null {
  const event = events.find((other) => other.thread === thread);
  if (event?.tag === 'raised') return { error: event.error, value: null };
  if (event?.tag === 'returned') return { error: null, value: event.value };
  const { run } = after.threads[thread]!;
  if (run.tag !== 'answered' || before.threads[thread]?.run.tag === 'answered') return null;
  return { error: run.error, value: run.error === null ? shown(run.answer) : null };
}

/** The answer as its thread will give it. */
function shown(answer: Answer): unknown {
  switch (answer.tag) {
    case 'nothing': return null;
    case 'received': return { port: answer.port.li, sequence: answer.sequence, ...cut(answer.message, answer.room) };
    case 'replied': return cut(answer, answer.room);
    case 'bytes': return { bytes: answer.bytes };
  }
}

export const cut = ({ annex, body }: Pick<Message, 'annex' | 'body'>, room: number | null) =>
  ({ size: body.length / 2, annex, body: room === null ? null : body.slice(0, 2 * room) });

/** Where a message is. */
export type Place =
  | { readonly at: 'queue'; readonly port: PortId; readonly index: number }
  | { readonly at: 'current'; readonly thread: ThreadId }
  | { readonly at: 'saved'; readonly actor: ActorId; readonly index: number }
  | { readonly at: 'network'; readonly index: number };

/** Every message there is, and where it is. */
export function messagesIn(state: ChorusState): (readonly [Message, Place])[] {
  const found: (readonly [Message, Place])[] = [];
  for (let port = 0; port < state.ports.length; port += 1) {
    const { queue } = state.ports[port]!;
    for (let index = 0; index < queue.length; index += 1) found.push([queue[index]!, { at: 'queue', port: port as PortId, index }]);
  }
  for (let thread = 0; thread < state.threads.length; thread += 1) {
    const { current } = state.threads[thread]!;
    if (current !== null) found.push([current.message, { at: 'current', thread: thread as ThreadId }]);
  }
  for (let actor = 0; actor < state.actors.length; actor += 1) {
    state.actors[actor]!.saved.forEach((kept, index) => {
      if (kept !== null) found.push([kept.message, { at: 'saved', actor: actor as ActorId, index }]);
    });
  }
  state.network.forEach(({ cargo }, index) => { if (cargo.tag === 'message') found.push([cargo.message, { at: 'network', index }]); });
  return found;
}

/** Facts that many laws ask for: worked out when the first asks. */
export function once<T>(work: (step: ChorusStep) => T): (step: ChorusStep) => T {
  const known = new WeakMap<ChorusStep, { readonly fact: T }>();
  return (step) => {
    let found = known.get(step);
    if (found === undefined) known.set(step, found = { fact: work(step) });
    return found.fact;
  };
}

/** The messages before and after a step, by serial. */
export const traffic = once(({ before, after }) => ({ before: bySerial(before), after: bySerial(after) }));

function bySerial(state: ChorusState): ReadonlyMap<number, readonly [Message, Place]> {
  return new Map(messagesIn(state).map((found) => [found[0].serial, found]));
}

/** Messages that a thread received in a step, and from which port. */
export const receipts = once((step): readonly { readonly thread: ThreadId; readonly message: Message; readonly port: PortId | null }[] => {
  if (isCall(step, 'ipcRestore')) return [];
  const found: { thread: ThreadId; message: Message; port: PortId | null }[] = [];
  step.after.threads.forEach(({ current }, at) => {
    const old = step.before.threads[at]?.current ?? null;
    if (current === null || old?.message.serial === current.message.serial) return;
    const thread = at as ThreadId;
    const value = outcomeOf(step, thread)?.value as { readonly port?: Li } | null | undefined;
    const port = value?.port === undefined ? null : portAt(step.after, actorAt(step.after, thread), value.port);
    found.push({ thread, message: current.message, port });
  });
  return found;
});

/** Threads that wait for a message of a port: for its own, or for that of any enabled port. */
export function waitersAt(state: ChorusState, port: PortId): readonly ThreadId[] {
  const { actor, priority, life } = state.ports[port]!;
  if (life === 'dead') return [];
  return state.threads.flatMap(({ life: alive, run, actor: home }, at) => {
    if (alive === 'dead' || home !== actor || run.tag !== 'receiving') return [];
    const waits = run.from.tag === 'any' ? priority !== null : run.from.port === port;
    return waits ? [at as ThreadId] : [];
  });
}

export const callsOf = (state: ChorusState): readonly { readonly client: ThreadId; readonly transaction: TransactionId }[] =>
  state.threads.flatMap(({ life, run }, at) =>
    (life === 'live' && run.tag === 'calling' ? [{ client: at as ThreadId, transaction: run.transaction }] : []));

export const threadName = (thread: number): string => `t${thread + 1}`;
export const portName = (port: number): string => `p${port + 1}`;
export const actorName = (actor: number): string => `A${actor + 1}`;
export const siteName = (site: number): string => `S${site + 1}`;
