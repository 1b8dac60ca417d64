import type { Capability, ThreadId, Ui } from '#spec/chorus/vocabulary';
import type { Scope } from '#model/kernel';
import { defaultLimits } from '#model/chorus/kernel';
import type { ActorId, ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { onTheWire, type Beside } from '#properties/script';

/** Who takes part in scripted exchanges: actors of one thread each, so that an actor and its thread have one number. */
export const SERVER = 0;
export const CLIENT = 1;

export const PAGE = 4096;
export const LONGEST = defaultLimits.body;

/** So many actors on one site, or the server on one and all others on another. */
export const cast = (actors: number, apart: boolean): Scope => ({
  threads: Array.from({ length: actors }, () => 1),
  sites: Array.from({ length: actors }, (_, actor) => (apart && actor !== SERVER ? 1 : 0)),
});

export const thread = (party: number) => party as ThreadId;
export const portOf = (state: ChorusState, party: number): Ui => state.ports[state.actors[party]!.defaultPort]!.ui;
export const capabilityOf = (state: ChorusState, party: number): Capability => {
  const { ui, key } = state.actors[party as ActorId]!;
  return { ui, key };
};

export const body = (bytes: number): string => '00'.repeat(bytes);
export const to = (ui: Ui) => ({ ui, mode: null, coTarget: null });

export const receives = (party: number, room: number): ChorusCall =>
  ({ operation: 'ipcReceive', thread: thread(party), from: { tag: 'default' }, delay: null, abortable: false, room });

/** What is sent: bytes of the message's own, or whole pages of the sender's memory, from its start. */
export type Carried = Extract<ChorusCall, { operation: 'ipcSend' }>['body'];
export const fromMemory = (bytes: number): Carried => ({ tag: 'memory', address: 0, size: bytes });

/** So much memory of a party's own, from the start, every page of which has been written. */
export function* filled(party: number, size: number): Generator<ChorusCall, void> {
  yield {
    operation: 'rgnAllocate', thread: thread(party), actor: null, space: 'actor', start: 0, size, zero: true, writable: true, inherit: 'none',
  };
  for (let address = 0; address < size; address += PAGE) {
    yield { operation: 'memoryWrite', thread: thread(party), address, bytes: '01' };
  }
}

export const replies = (party: number, carried: Carried): ChorusCall =>
  ({ operation: 'ipcReply', thread: thread(party), annex: null, body: carried });

type Destination = Extract<ChorusCall, { operation: 'ipcCall' }>['destination'];

export const calls = (party: number, destination: Destination, bytes: number, carried: Carried = body(bytes)): ChorusCall => ({
  operation: 'ipcCall', thread: thread(party), source: null, destination, annex: null, body: carried, delay: null, abortable: false, room: bytes,
});

/** The network delivers whatever is under way, in order. */
export function* delivered(look: () => ChorusState): Generator<ChorusCall | Beside, void> {
  while (look().network.length > 0) {
    const { cargo } = look().network[0]!;
    const carried = cargo.tag === 'message' ? cargo.message.body : cargo.tag === 'reply' ? cargo.body : '';
    yield onTheWire(carried.length / 2);
    yield { operation: 'packetArrives', packet: 0 };
  }
}
