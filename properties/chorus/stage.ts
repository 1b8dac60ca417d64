import { chorusVocabulary, type Addressing, type ThreadId, type Ui } from '#spec/chorus/vocabulary';
import { isEligible } from '#model/chorus/threads/waits';
import type { ActorId, ChorusState, PortId } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { spontaneous } from '#properties/chorus/draw';
import type { Act, Script, Stage } from '#properties/network/stage';
import type { Excuses } from '#properties/network/transparency';
import type { Random } from '#properties/random';

/** A port of a process: the default port of its actor, or the one more that it has at the start. */
type Whose = { readonly of: number; readonly port: 'default' | 'own' };

/** What an actor does, of others it knows their ports, the group of all, and their capabilities. */
export type ChorusDeed =
  | { readonly tag: 'send' | 'call'; readonly to: Whose | Addressing; readonly body: string }
  | { readonly tag: 'receive'; readonly from: 'default' | 'own' | 'any'; readonly waits: boolean }
  | { readonly tag: 'reply'; readonly body: string }
  | { readonly tag: 'join' | 'leave' | 'save' | 'restore' | 'look' | 'data' | 'close' | 'end' }
  | { readonly tag: 'migrate'; readonly to: number; readonly messages: boolean };

const MOST_PROCESSES = 4;
const MOST_ACTS = 24;
const QUEUE = 3;


/** Programs of actors with one thread each, wherever the actors are. */
export const chorusStage: Stage<ChorusState, ChorusCall, ChorusDeed, null> = {
  vocabulary: chorusVocabulary('model'),
  draw,
  scope: (placement) => ({ threads: placement.map(() => 1), sites: [...placement], limits: { queue: QUEUE } }),
  * prepare(look, placement) {
    for (const actor of placement.keys()) {
      const thread = actor as ThreadId;
      yield { operation: 'portCreate', thread, actor: null };
      yield { operation: 'portEnable', thread, actor: null, port: look().ports.at(-1)!.li, priority: 1 };
    }
    yield { operation: 'grpAllocate', thread: 0 as ThreadId, kind: 'dynamic', stamp: 0 };
    return null;
  },
  thread: (process) => process,
  isFree: (state, thread) => state.threads[thread]!.run.tag === 'ready' && isEligible(state, thread as ThreadId),
  call,
  rest: (state) => spontaneous(state).find(({ operation }) => operation === 'packetArrives' || operation === 'failureIsNoticed') ?? null,
};

function draw(random: Random): Script<ChorusDeed> {
  const processes = 2 + random.below(MOST_PROCESSES - 1);
  const server = random.below(processes);
  const acts = Array.from({ length: 4 + random.below(MOST_ACTS) }, (): Act<ChorusDeed> => {
    const process = random.once(3) ? server : random.below(processes);
    return { process, deed: drawDeed(random, processes, server, process) };
  });
  return { processes, acts };
}

const body = (random: Random): string => random.below(0x100).toString(16).padStart(2, '0');

function drawDeed(random: Random, processes: number, server: number, process: number): ChorusDeed {
  const whose = (): Whose => ({ of: random.once(3) ? random.below(processes) : server, port: random.once(3) ? 'own' : 'default' });
  const kind = random.below(24);
  if (kind < 5) return { tag: 'send', to: random.once(5) ? random.pick(['broad', 'func'] as const) : whose(), body: body(random) };
  if (kind < 9) return { tag: 'call', to: random.once(8) ? 'func' : whose(), body: body(random) };
  if (kind < 15) return { tag: 'receive', from: random.pick(['default', 'own', 'any', 'any']), waits: process === server || random.once(3) };
  if (kind < 19) return { tag: 'reply', body: body(random) };
  if (kind < 20) return { tag: 'migrate', to: random.below(processes), messages: random.once(2) };
  return { tag: random.pick(['join', 'join', 'leave', 'save', 'restore', 'look', 'data', 'join', 'close', 'end'] as const) };
}

const actorOf = (state: ChorusState, process: number) => state.actors[process as ActorId]!;

/** The port that was made for a process beforehand, wherever it is now. */
const ownPort = (state: ChorusState, process: number): PortId => (state.actors.length + process) as PortId;

const uiOf = (state: ChorusState, { of, port }: Whose): Ui =>
  state.ports[port === 'default' ? actorOf(state, of).defaultPort : ownPort(state, of)]!.ui;

function call(state: ChorusState, { process, deed }: Act<ChorusDeed>): ChorusCall | null {
  const thread = process as ThreadId;
  const own = state.ports[ownPort(state, process)]!;
  const holdsOwn = own.life === 'live' && own.actor === process;
  const everyone = state.groups[0]!;
  switch (deed.tag) {
    case 'send':
    case 'call': {
      const { to } = deed;
      const destination = typeof to === 'string' ? { ui: everyone.ui, mode: to, coTarget: null } : { ui: uiOf(state, to), mode: null, coTarget: null };
      const sending = { thread, source: null, destination, annex: null, body: deed.body };
      return deed.tag === 'send' ? { operation: 'ipcSend', ...sending } : { operation: 'ipcCall', ...sending, delay: null, abortable: false, room: 8 };
    }
    case 'receive': {
      if (deed.from === 'own' && !holdsOwn) return null;
      const from = deed.from === 'own' ? { tag: 'port' as const, port: own.li } : { tag: deed.from };
      return { operation: 'ipcReceive', thread, from, delay: deed.waits ? null : 0, abortable: false, room: 8 };
    }
    case 'reply': return { operation: 'ipcReply', thread, annex: null, body: deed.body };
    case 'join':
    case 'leave': {
      const operation = deed.tag === 'join' ? 'grpPortInsert' : 'grpPortRemove';
      return { operation, thread, group: { ui: everyone.ui, key: everyone.key }, port: uiOf(state, { of: process, port: 'default' }) };
    }
    case 'save': return { operation: 'ipcSave', thread };
    case 'restore': return { operation: 'ipcRestore', thread, saved: 0 as never };
    case 'look': return { operation: 'ipcSysInfo', thread };
    case 'data': return { operation: 'ipcGetData', thread, room: 8 };
    case 'close': return holdsOwn ? { operation: 'portDelete', thread, actor: null, port: own.li } : null;
    case 'end': return { operation: 'actorDelete', thread, actor: null };
    case 'migrate': {
      // Where ports may not leave their site, it is no secret where actors are.
      if (!holdsOwn || !state.intersite) return null;
      const { ui, key } = actorOf(state, deed.to);
      return { operation: 'portMigrate', thread, actor: null, port: own.li, to: { ui, key }, messages: deed.messages };
    }
  }
}

/** What is told where there was no room for something that came from another site: it is lost, and a call is noticed to have failed. */
const unaware = new Set(['["ipcSend","returned",null,null]', '["ipcReply","returned",null,null]', '["ipcCall","raised","K_EUNKNOWN",null]']);

/** Whoever is on the same site as a full queue is told so. */
export const chorusExcuses: Excuses<ChorusDeed> = {
  'chorus/network-changes-no-arguments': ({ together, apart }) =>
    together !== undefined && together.includes('"K_EFULL"') && apart !== undefined && unaware.has(apart),
};
