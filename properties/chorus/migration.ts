import type { Addressing, Capability, Li, ThreadId } from '#spec/chorus/vocabulary';
import type { Event } from '#model/kernel';
import { ModelError } from '#model/operation';
import { isEligible } from '#model/chorus/threads/waits';
import type { ActorId, ChorusState, PortId } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { chorusStage, type ChorusDeed } from '#properties/chorus/stage';
import type { Migrating } from '#properties/network/migration';
import { observe, type Together } from '#properties/network/transparency';
import type { Act, Play, Script, Stage } from '#properties/network/stage';
import type { Random } from '#properties/random';

/** Where a process is: an actor and its one thread. */
interface Home { readonly actor: ActorId; readonly thread: ThreadId }

/** Where processes are now, the port that each is known by, and the movers: an actor on each site. */
export interface ChorusRoles { readonly homes: Home[]; readonly own: readonly PortId[]; readonly movers: readonly ThreadId[] }

const SITES = 3;
const MOST_PROCESSES = 4;
const MOST_TURNS = 12;

/** Programs of actors that are known by a port each which may leave its actor, as default ports may not. */
function draw(random: Random): Script<ChorusDeed> {
  const processes = 2 + random.below(MOST_PROCESSES - 1);
  const server = random.below(processes);
  const acts: Act<ChorusDeed>[] = [];
  for (let left = 2 + random.below(MOST_TURNS); left > 0; left -= 1) acts.push(...drawTurn(random, processes, server));
  return { processes, acts };
}

function drawTurn(random: Random, processes: number, server: number): readonly Act<ChorusDeed>[] {
  const process = random.once(3) ? server : random.below(processes);
  const body = (): string => random.below(0x100).toString(16).padStart(2, '0');
  const kind = random.below(10);
  if (kind < 2) return [{ process, deed: { tag: random.pick(['join', 'leave', 'look', 'data', 'end', 'join'] as const) } }];
  if (kind < 4) return [{ process, deed: { tag: 'receive', from: 'own', waits: random.once(4) } }];
  const to: { readonly of: number; readonly port: 'own' } | Addressing = random.once(6) ? 'func' : { of: random.once(2) ? server : random.below(processes), port: 'own' };
  const first: Act<ChorusDeed> = { process, deed: { tag: random.once(2) ? 'send' : 'call', to, body: body() } };
  if (typeof to === 'string' || random.once(4)) return [first];
  const takes: Act<ChorusDeed> = { process: to.of, deed: { tag: 'receive', from: 'own', waits: false } };
  return [first, takes, { process: to.of, deed: { tag: 'reply', body: body() } }];
}

const capabilityOf = (state: ChorusState, actor: ActorId): Capability => ({ ui: state.actors[actor]!.ui, key: state.actors[actor]!.key });

/** The same programs with a mover on each site. */
const movingStage: Stage<ChorusState, ChorusCall, ChorusDeed, ChorusRoles> = {
  vocabulary: chorusStage.vocabulary,
  draw,
  scope: (placement) => ({ threads: [...placement, 0, 1, 2].map(() => 1), sites: [...placement, 0, 1, 2] }),
  * prepare(look, placement) {
    const own: PortId[] = [];
    for (const process of placement.keys()) {
      const thread = process as ThreadId;
      yield { operation: 'portCreate', thread, actor: null };
      own.push(look().ports.length - 1 as PortId);
    }
    yield { operation: 'grpAllocate', thread: placement.length as ThreadId, kind: 'dynamic', stamp: 0 };
    return {
      own, homes: placement.map((_, process) => ({ actor: process as ActorId, thread: process as ThreadId })),
      movers: Array.from({ length: SITES }, (_, site) => placement.length + site as ThreadId),
    };
  },
  thread: (process, _placement, roles) => roles?.homes[process]!.thread ?? process,
  isFree: (state, thread) => state.threads[thread]!.run.tag === 'ready' && isEligible(state, thread as ThreadId),
  call: (state, act, { roles }) => callOf(state, act, roles),
  rest: chorusStage.rest,
};

function callOf(state: ChorusState, { process, deed }: Act<ChorusDeed>, { homes, own }: ChorusRoles): ChorusCall | null {
  const { thread } = homes[process]!;
  const port = state.ports[own[process]!]!;
  const { ui, key } = state.groups[0]!;
  switch (deed.tag) {
    case 'send':
    case 'call': {
      const { to } = deed;
      const destination = typeof to === 'string' ? { ui, mode: to, coTarget: null } : { ui: state.ports[own[to.of]!]!.ui, mode: null, coTarget: null };
      const sending = { thread, source: null, destination, annex: null, body: deed.body };
      return deed.tag === 'send' ? { operation: 'ipcSend', ...sending } : { operation: 'ipcCall', ...sending, delay: null, abortable: false, room: 8 };
    }
    case 'receive': return receiving(thread, port.li, deed.waits);
    case 'reply': return { operation: 'ipcReply', thread, annex: null, body: deed.body };
    case 'join': return { operation: 'grpPortInsert', thread, group: { ui, key }, port: port.ui };
    case 'leave': return { operation: 'grpPortRemove', thread, group: { ui, key }, port: port.ui };
    case 'look': return { operation: 'ipcSysInfo', thread };
    case 'data': return { operation: 'ipcGetData', thread, room: 8 };
    case 'end': return { operation: 'actorDelete', thread, actor: null };
    default: return null;
  }
}

const receiving = (thread: ThreadId, port: Li, waits: boolean): ChorusCall =>
  ({ operation: 'ipcReceive', thread, from: { tag: 'port', port }, delay: waits ? null : 0, abortable: false, room: 8 });

type ChorusPlay = Play<ChorusState, ChorusCall, ChorusDeed, ChorusRoles>;

/** Whether an actor can go: what it has received must be answered where it was received, and so must what it has asked. */
function isMovable({ state }: ChorusPlay, { actor, thread }: Home): boolean {
  const { run, current } = state.threads[thread]!;
  return state.actors[actor]!.life === 'live' && run.tag !== 'calling' && (current === null || current.message.transaction === null);
}

/** Takes a process to another site, by nothing but calls of the nucleus that an actor there and one here may make. */
function migrate(play: ChorusPlay, process: number, to: number): void {
  const home = play.roles.homes[process]!;
  if (!isMovable(play, home) || play.state.actors[home.actor]!.site === to) return;
  const waits = play.waitsIn(process) !== null;
  play.roles.homes[process] = play.interlude(process, moving(play, process, to));
  if (waits) play.resume(process, receiving(play.roles.homes[process].thread, play.state.ports[play.roles.own[process]!]!.li, true));
}

/** The actor stands still; another takes its place there, and is given its port with all that waits in it; then it is no more. */
function* moving(play: ChorusPlay, process: number, to: number): Generator<ChorusCall, Home, readonly Event[]> {
  const { state, roles } = play;
  const { actor: old } = roles.homes[process]!;
  const here = roles.movers[state.actors[old]!.site]!;
  const there = roles.movers[to]!;
  const port = state.ports[roles.own[process]!]!;
  const actor = state.actors.length as ActorId;
  const child = state.threads.length as ThreadId;
  yield* told({ operation: 'actorStop', thread: here, actor: capabilityOf(state, old) });
  yield* told({ operation: 'actorCreate', thread: there, initial: null, privilege: 'system', status: 'active' });
  const made = capabilityOf(play.state, actor);
  yield* told({ operation: 'threadCreate', thread: there, actor: made, status: 'active', privilege: 'user', priority: null, child });
  yield* told({ operation: 'actorPi', thread: there, actor: made, set: state.actors[old]!.pi });
  yield* told({ operation: 'portPi', thread: there, actor: made, port: play.state.ports[play.state.actors[actor]!.defaultPort]!.li, set: state.actors[old]!.pi });
  yield* told({ operation: 'portMigrate', thread: here, actor: capabilityOf(state, old), port: port.li, to: made, messages: true });
  yield* told({ operation: 'actorDelete', thread: here, actor: capabilityOf(state, old) });
  return { actor, thread: child };
}

function* told(call: ChorusCall & { readonly thread: ThreadId }): Generator<ChorusCall, void, readonly Event[]> {
  const events = yield call;
  const answer = events.findLast(({ thread }) => thread === call.thread);
  if (answer?.tag !== 'returned') throw new ModelError(`${call.operation} of a mover: ${JSON.stringify(answer)}`);
}

const uncounted = (line: string | undefined): string | undefined => line?.replace(/"sequence":\d+/, '"sequence":0');

/** How Chorus's actors move: by their ports. What was received stays behind, and counts of messages begin anew. */
export const chorusMigration: Migrating<ChorusState, ChorusCall, ChorusDeed, ChorusRoles> = {
  stage: movingStage,
  migrate,
  nodeOf: ({ state, roles }, process) => state.actors[roles.homes[process]!.actor]!.site,
  nodes: SITES,
  excuses: {
    /** Who answers a message that was only sent answers the default port of its sender, and that has gone with the old actor. */
    'chorus/default-port-stays': ({ apart }) => apart === '["ipcReply","raised","K_EUNKNOWN",null]',
    'chorus/migration-counts-anew': ({ together, apart }) => together !== undefined && together !== apart && uncounted(together) === uncounted(apart),
    'chorus/received-requests-stay-with-the-source': ({ apart }) => apart !== undefined && /"(ipcSysInfo|ipcGetData|ipcReply)","raised","K_EINVAL"/.test(apart),
  },
};

/** What the same actors see on one site where nothing moves. */
export const chorusOnOneSite = (kernel: Parameters<typeof observe<ChorusState, ChorusCall, ChorusDeed, ChorusRoles>>[1]): Together<ChorusDeed> =>
  (script, placement) => observe(movingStage, kernel, script, placement);
