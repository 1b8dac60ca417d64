import type { ThreadId, Ui } from '#spec/chorus/vocabulary';
import type { ChorusScope } from '#model/chorus/kernel';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { callers, repetitions, spontaneous } from '#properties/chorus/draw';
import type { Exploration } from '#properties/explore';

type Moves = (state: ChorusState, thread: ThreadId) => readonly ChorusCall[];

/** A scope in which every thread that may call may make any of these moves, and the network does as it likes. */
function scope(
  holds: string, setting: ChorusScope, moves: readonly Moves[], besides: (state: ChorusState) => readonly ChorusCall[] = () => [],
): Exploration<ChorusState, ChorusCall> {
  return {
    holds,
    scope: { ...setting },
    calls: (state) => [...spontaneous(state), ...besides(state), ...callers(state).flatMap((thread) => moves.flatMap((move) => move(state, thread)))],
  };
}

const few = { queue: 2, packets: 2, saved: 1, body: 1, annex: 0, actors: 2 };

/** The scopes that can be explored whole, by name. */
export const chorusScopes: Readonly<Record<string, Exploration<ChorusState, ChorusCall>>> = {
  'one-way': scope(
    'Two actors on two sites with a thread each: one-way messages to either default port, delayed and lost.',
    { threads: [1, 1], sites: [0, 1], limits: few },
    [send, receive],
  ),
  rpc: scope(
    'A client and a server on two sites: one call at a time, with its deadline, its loss and its late answers.',
    { threads: [1, 1], sites: [0, 1], limits: { ...few, threads: 2 } },
    [callServer, serve],
  ),
  'rpc-again': scope(
    'A client and a server on two sites: two calls at most, whose requests and answers are lost, come twice and are sent again.',
    { threads: [1, 1], sites: [0, 1], limits: { ...few, threads: 2 } },
    [callTwice, serve],
    repetitions,
  ),
  migration: scope(
    'Two actors on one site and a port that goes back and forth, with its messages and without.',
    { threads: [1, 1], sites: [0, 0], limits: { ...few, identifiers: 7 } },
    [makePort, migrate, sendToPort, poll],
  ),
};

const defaultPort = (state: ChorusState, actor: number): Ui => state.ports[state.actors[actor]!.defaultPort]!.ui;

/** Counts of receipts only grow: a scope is bounded by so many. */
const RECEIPTS = 4;

function send(state: ChorusState, thread: ThreadId): readonly ChorusCall[] {
  if (state.ports.reduce((sum, { received, queue }) => sum + received + queue.length, state.network.length) >= RECEIPTS) return [];
  return [0, 1].map((actor) => ({ operation: 'ipcSend', thread, ...plain(defaultPort(state, actor)) }));
}

const plain = (ui: Ui) => ({ source: null, destination: { ui, mode: null, coTarget: null }, annex: null, body: '' });

function receive(_state: ChorusState, thread: ThreadId): readonly ChorusCall[] {
  return [0, null].map((delay) => ({ operation: 'ipcReceive', thread, from: { tag: 'default' }, delay, abortable: false, room: 1 }));
}

function callServer(state: ChorusState, thread: ThreadId): readonly ChorusCall[] {
  if (thread !== 0 || state.transactions.length >= 4) return [];
  return [{ operation: 'ipcCall', thread, ...plain(defaultPort(state, 1)), delay: 100, abortable: false, room: 1 }];
}

function callTwice(state: ChorusState, thread: ThreadId): readonly ChorusCall[] {
  return state.transactions.length >= 2 ? [] : callServer(state, thread);
}

function serve(_state: ChorusState, thread: ThreadId): readonly ChorusCall[] {
  if (thread !== 1) return [];
  return [
    { operation: 'ipcReceive', thread, from: { tag: 'default' }, delay: null, abortable: false, room: 1 },
    { operation: 'ipcReply', thread, annex: null, body: '' },
  ];
}

/** One port beside the default ports; what it is called by follows from the number of identifiers in the scope. */
function makePort(state: ChorusState, thread: ThreadId): readonly ChorusCall[] {
  return thread === 0 && state.ports.length === 2 ? [{ operation: 'portCreate', thread, actor: null }] : [];
}

function migrate(state: ChorusState, thread: ThreadId): readonly ChorusCall[] {
  const port = state.ports[2];
  if (port === undefined || thread !== 0 || state.actors[port.actor]!.ports.length > 4) return [];
  const [from, to] = [port.actor, 1 - port.actor].map((id) => ({ ui: state.actors[id]!.ui, key: state.actors[id]!.key }));
  return [true, false].map((messages) => ({ operation: 'portMigrate', thread, actor: from!, port: port.li, to: to!, messages }));
}

function sendToPort(state: ChorusState, thread: ThreadId): readonly ChorusCall[] {
  const port = state.ports[2];
  return port === undefined || port.received >= RECEIPTS ? [] : [{ operation: 'ipcSend', thread, ...plain(port.ui) }];
}

function poll(state: ChorusState, thread: ThreadId): readonly ChorusCall[] {
  const port = state.ports[2];
  if (port === undefined || port.actor !== state.threads[thread]!.actor) return [];
  return [0, 100].map((delay) => ({ operation: 'ipcReceive', thread, from: { tag: 'port', port: port.li }, delay, abortable: false, room: 1 }));
}
