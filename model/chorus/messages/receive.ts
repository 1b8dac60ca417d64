import type { ChorusArguments, ThreadId } from '#spec/chorus/vocabulary';
import { actorOf, homeOf, portUnder } from '#model/chorus/naming/resolve';
import { areConnected, portNamed, siteOfPort } from '#model/chorus/naming/identifiers';
import type { AccessChoices } from '#model/chorus/memory/access';
import { portLabel } from '#model/chorus/messages/send';
import { valueOf } from '#model/chorus/threads/settle';
import { implementing, refusal, type Chorus, type ChorusOperation } from '#model/chorus/world';
import type { ChorusReturns } from '#spec/chorus/vocabulary';
import type { Answer, ChorusState, Message, Packet, PortId } from '#model/chorus/state';
import { blocked, change, raised, returned, spoiled } from '#model/operation';

/** Receives from one port, or from those that are enabled. */
export const ipcReceive: ChorusOperation<'ipcReceive', 'error' | ReceiveChoices> = {
  implements: [
    'chorus/single-port-receives-the-oldest', 'chorus/best-enabled-port-is-served-first', 'chorus/disabled-ports-are-passed-over',
    'chorus/receive-takes-own-ports', 'chorus/receive-waits-as-asked', 'chorus/no-enabled-port', 'chorus/body-is-copied-up-to-the-room',
    'chorus/remembered-abort-is-used-up-once', 'chorus/new-message-supplants-the-current',
  ],

  step(world, { thread, from, delay, abortable, room }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const port = portFrom(state, thread, from);
    const no = refusal(world, [port === null && 'K_EINVAL']);
    if (no !== null) return no;
    // Effect.
    const arrived = mechanisms.letArrive(world, thread, port!);
    const source = mechanisms.nextPort(world, thread, port!);
    if (source !== null) {
      const answer = mechanisms.take(world, thread, source, room);
      return returned(valueOf(state, mechanisms, answer) as ChorusReturns<'ipcReceive'>);
    }
    const refuse = <const E extends 'K_ETIMEOUT' | 'K_ENOPORT'>(error: E) => (arrived ? spoiled(error, null) : raised(error));
    if (port === 'any' && enabledPorts(state, thread).length === 0) {
      if (world.choose('none enabled', ['waits', 'K_ENOPORT'] as const, String) === 'K_ENOPORT') return refuse('K_ENOPORT');
    }
    if (delay === 0) return refuse('K_ETIMEOUT');
    if (abortable && mechanisms.consumeAbort(world, thread)) return spoiled('K_EABORT', null);
    change(state.threads[thread]!).run = {
      tag: 'receiving', from: port === 'any' ? { tag: 'any' } : { tag: 'port', port: port! }, timed: delay !== null, abortable, room,
    };
    const actor = change(state.actors[actorOf(state, thread)]!);
    actor.waiting = [...actor.waiting, thread];
    return blocked;
  },
};

export type ReceiveChoices = AccessChoices | 'arrival' | 'forwarding' | 'port' | 'none enabled';

function portFrom(state: ChorusState, thread: ThreadId, from: ChorusArguments<'ipcReceive'>['from']): PortId | 'any' | null {
  switch (from.tag) {
    case 'any': return 'any';
    case 'default': return homeOf(state, thread).defaultPort;
    case 'port': return portUnder(state, actorOf(state, thread), from.port);
  }
}

export const enabledPorts = (state: ChorusState, thread: ThreadId): readonly PortId[] =>
  homeOf(state, thread).ports.filter((port) => port !== null && state.ports[port]!.priority !== null) as PortId[];

/** Packets may arrive just before the receive looks: which, nobody can tell. */
export const letArrive = implementing(
  ['chorus/remote-sends-promise-nothing'],
  (world: Chorus<ReceiveChoices>, thread: ThreadId, port: PortId | 'any'): boolean => {
    const { state, mechanisms } = world;
    let arrived = false;
    for (const packet of state.network) {
      if (!isFor(state, thread, port, packet)) continue;
      if (world.choose('arrival', ['later', 'now'] as const, String) === 'later') continue;
      mechanisms.arrive(world, state.network.indexOf(packet));
      arrived = true;
    }
    return arrived;
  },
);

function isFor(state: ChorusState, thread: ThreadId, port: PortId | 'any', { from, to, cargo }: Packet): boolean {
  if (cargo.tag !== 'message' || !areConnected(state, from, to)) return false;
  const target = portNamed(state, cargo.port);
  if (target === null || !areConnected(state, to, siteOfPort(state, target))) return false;
  return port === 'any' ? enabledPorts(state, thread).includes(target) : target === port;
}

/** The port whose oldest message is received next; null if there is no message. */
export const nextPort = implementing(
  ['chorus/best-enabled-port-is-served-first', 'chorus/disabled-ports-are-passed-over'],
  (world: Chorus<'port'>, thread: ThreadId, port: PortId | 'any'): PortId | null => {
    const { state } = world;
    if (port !== 'any') return state.ports[port]!.queue.length > 0 ? port : null;
    const waiting = enabledPorts(state, thread).filter((id) => state.ports[id]!.queue.length > 0);
    if (waiting.length === 0) return null;
    const best = Math.min(...waiting.map((id) => state.ports[id]!.priority!));
    return world.choose('port', waiting.filter((id) => state.ports[id]!.priority === best), portLabel);
  },
);

/** A thread takes the oldest message of a port, which becomes its current message. */
export const take = implementing(
  ['chorus/single-port-receives-the-oldest', 'chorus/sequence-counts-receipts', 'chorus/new-message-supplants-the-current'],
  (world: Chorus<'dropped request' | 'failed call'>, thread: ThreadId, port: PortId, room: number | null): Answer => {
    const { state, mechanisms } = world;
    const source = change(state.ports[port]!);
    const message = source.queue[0]!;
    source.queue = source.queue.slice(1);
    source.received += 1;
    if (room === null) {
      mechanisms.makeCurrent(world, thread, { tag: 'current', message, kept: true });
      return { tag: 'received', port: { actor: source.actor, li: source.li }, sequence: source.received, message, room };
    }
    world.charge('copy');
    world.charge('byte', Math.min(room, message.body.length / 2));
    const taken: Message = { ...message, body: mechanisms.bodyOf(state, message), parcel: null };
    mechanisms.makeCurrent(world, thread, { tag: 'current', message: taken, kept: false });
    return { tag: 'received', port: { actor: source.actor, li: source.li }, sequence: source.received, message: taken, room };
  },
);

/** Gives the messages of a port to threads that wait for them, for as long as there are both. */
export const serveWaiting = implementing(
  ['chorus/message-wakes-one-thread', 'chorus/waiting-threads-go-by-priority'],
  (world: Chorus<'receiver' | 'dropped request' | 'failed call'>, port: PortId): void => {
    const { state, mechanisms } = world;
    while (state.ports[port]!.queue.length > 0) {
      const waiting = waitersFor(state, port);
      if (waiting.length === 0) return;
      const best = Math.min(...waiting.map((thread) => state.threads[thread]!.priority));
      const thread = world.choose('receiver', waiting.filter((id) => state.threads[id]!.priority === best), (id) => `t${id + 1}`);
      const { run } = state.threads[thread]!;
      const answer = mechanisms.take(world, thread, port, run.tag === 'receiving' ? run.room : null);
      mechanisms.answer(world, thread, null, answer);
    }
  },
);

function waitersFor(state: ChorusState, port: PortId): readonly ThreadId[] {
  const { actor, priority } = state.ports[port]!;
  return state.actors[actor]!.waiting.filter((thread) => {
    const { run } = state.threads[thread]!;
    if (run.tag !== 'receiving') return false;
    return run.from.tag === 'any' ? priority !== null : run.from.port === port;
  });
}
