import type { Key, ThreadId } from '#spec/chorus/vocabulary';
import type { ActorId, ChorusState, PortId, Region } from '#model/chorus/state';
import { canBePushedOut, canBeReleased } from '#model/chorus/memory/page-out';
import { callers } from '#properties/chorus/draw';
import { actorAt, arrives, capabilityOf, receives, type Cast, type Move, type Plan } from '#properties/chorus/motifs';
import type { Random } from '#properties/random';

const KEY = 1 as Key;
const segmentOf = ({ port }: Cast, state: ChorusState) => ({ ui: state.ports[port]!.ui, key: KEY });

/** The server answers as a mapper: with a diagnosis and an access, and the page if it was asked for one. */
const maps = ({ server }: Cast, access: '00' | '01', diagnosis = '00'): Move => (state) => {
  const { current } = state.threads[server]!;
  if (current === null || current.message.source !== 0) return null;
  const asked = current.message.body.slice(0, 2);
  const data = asked === '01' ? '12'.repeat(state.limits.page) : '';
  const rest = asked === '02' || asked === '05' ? '' : asked === '04' ? '07' : `${access}${data}`;
  return { operation: 'ipcReply', thread: server, annex: null, body: `${diagnosis}${rest}` };
};

/** A request of the nucleus comes to its end. */
const served = (cast: Cast, access: '00' | '01', diagnosis?: string): readonly Move[] =>
  [arrives('message'), receives(cast), maps(cast, access, diagnosis), arrives('reply')];

const writes = (cast: Cast): Move => (state) => ({ operation: 'sgWrite', thread: cast.client, segment: segmentOf(cast, state), offset: 1, bytes: '7788' });
const reads = (cast: Cast): Move => (state) => ({ operation: 'sgRead', thread: cast.client, segment: segmentOf(cast, state), offset: 0, size: 3 });
type Keep = 'writable' | 'readable' | 'nothing';

const flushes = (cast: Cast, keep: Keep = 'nothing'): Move => (state) => ({ operation: 'sgFlush', thread: cast.client, segment: segmentOf(cast, state), offset: 0, size: state.limits.page, keep });

const freePage = (state: ChorusState, regions: readonly Region[]): number | null => {
  for (let page = 0; page < state.limits.space; page += 1) if (!regions.some(({ start, size }) => page >= start && page < start + size)) return page;
  return null;
};

/** A region of the client's shows the first page of the segment, or a copy of it. */
const mapsFirst = (cast: Cast, operation: 'rgnMap' | 'rgnInit'): Move => (state) => {
  const page = freePage(state, state.actors[actorAt(state, cast.client)]!.regions);
  return page === null ? null : {
    operation, thread: cast.client, actor: null, segment: segmentOf(cast, state), offset: 0,
    start: page * state.limits.page, size: state.limits.page, writable: true, inherit: 'copy',
  };
};

/** Memory of the client, filled by it, to be copied and written again. */
const allocates = (thread: ThreadId, inherit: 'none' | 'share' | 'copy'): Move => (state) => {
  const page = freePage(state, state.actors[actorAt(state, thread)]!.regions);
  return page === null ? null : {
    operation: 'rgnAllocate', thread, actor: null, space: 'actor', start: page * state.limits.page, size: state.limits.page, zero: true, writable: true, inherit,
  };
};

/** The latest region of an actor is read or written by one of its threads. */
const uses = (thread: ThreadId, bytes: string | null): Move => (state) => {
  const region = state.actors[actorAt(state, thread)]!.regions.at(-1);
  if (region === undefined) return null;
  const address = region.start * state.limits.page;
  return bytes === null ? { operation: 'memoryRead', thread, address, size: 2 } : { operation: 'memoryWrite', thread, address, bytes };
};

const makesChild = ({ client }: Cast): Move => () => ({ operation: 'actorCreate', thread: client, initial: null, privilege: 'user', status: 'active' });

const duplicates = ({ client }: Cast, random: Random): Move => (state) => {
  const child = state.actors.findLastIndex(({ life }) => life === 'live');
  return { operation: 'rgnDup', thread: client, actor: capabilityOf(state, child as never), source: null, inherit: random.pick([null, null, 'share', 'copy']) };
};

const copiesFirst = ({ client }: Cast): Move => (state) => {
  const { regions } = state.actors[actorAt(state, client)]!;
  const [page, region] = [freePage(state, regions), regions[0]];
  return page === null || region === undefined ? null : {
    operation: 'rgnInitFromActor', thread: client, actor: null, source: null, from: region.start * state.limits.page, size: state.limits.page,
    start: page * state.limits.page, writable: true, inherit: 'copy',
  };
};

/** The page that the latest region of a thread's actor begins with is pushed out, or evicted. */
const leaves = (thread: ThreadId, operation: 'pageIsPushedOut' | 'pageIsEvicted'): Move => (state) => {
  const region = state.actors[actorAt(state, thread)]!.regions.at(-1);
  return region === undefined ? null : { operation, object: region.object, page: region.offset };
};

/** The default mapper receives a request of the nucleus, and does as it is asked. */
const defaultMapperServes = ({ client }: Cast, diagnosis = '00'): readonly Move[] => [
  arrives('message'),
  (state) => {
    const thread = callers(state).find((other) => other !== client && actorAt(state, other) === 0);
    return thread === undefined ? null : { operation: 'ipcReceive', thread, from: { tag: 'default' }, delay: 0, abortable: false, room: 8 };
  },
  (state) => {
    const thread = callers(state).find((other) => state.threads[other]!.current?.message.target === state.defaultMapper && state.threads[other]!.current!.message.source === 0);
    return thread === undefined ? null : defaultMapperAnswers(state, thread, diagnosis);
  },
  arrives('reply'),
];

function defaultMapperAnswers(state: ChorusState, thread: ThreadId, diagnosis: string): ReturnType<Move> {
  const { body, transaction } = state.threads[thread]!.current!.message;
  const { errand } = state.transactions[transaction!]!;
  const kept = errand.tag === 'fetch' ? state.objects[errand.object]!.stored.find(({ page }) => page === errand.page)?.bytes ?? '' : '';
  const rest: Readonly<Record<string, string>> = { '01': `01${kept}`, '03': '01', '04': '07' };
  return { operation: 'ipcReply', thread, annex: null, body: `${diagnosis}${rest[body.slice(0, 2)] ?? ''}` };
}

/** Volatile memory of the client is pushed out to the default mapper, which is first asked for a segment. */
const pushedOut = (cast: Cast): readonly Move[] => [
  allocates(cast.client, 'copy'), uses(cast.client, '3412'), leaves(cast.client, 'pageIsPushedOut'), ...defaultMapperServes(cast),
  leaves(cast.client, 'pageIsPushedOut'), ...defaultMapperServes(cast),
];

const releases: Move = (state) => {
  const object = state.objects.findIndex((_, id) => canBeReleased(state, id));
  return object < 0 ? null : { operation: 'segmentIsReleased', object };
};

const freesLast = ({ client }: Cast): Move => (state) => {
  const region = state.actors[actorAt(state, client)]!.regions.at(-1);
  return region === undefined ? null : { operation: 'rgnFree', thread: client, actor: null, space: 'actor', start: region.start * state.limits.page,
    size: region.size * state.limits.page };
};

/** The latest region of a thread's actor is sent to a port: what it begins with, or all of it. */
const area = (state: ChorusState, thread: ThreadId) => {
  const region = state.actors[actorAt(state, thread)]!.regions.at(-1);
  return region === undefined ? null : { tag: 'memory' as const, address: region.start * state.limits.page, size: state.limits.page };
};

const sendsMemory = (thread: ThreadId, to: (state: ChorusState) => PortId | null, operation: 'ipcSend' | 'ipcCall' = 'ipcSend'): Move => (state) => {
  const [body, port] = [area(state, thread), to(state)];
  if (body === null || port === null) return null;
  const sending = { thread, source: null, destination: { ui: state.ports[port]!.ui, mode: null, coTarget: null }, annex: null, body };
  return operation === 'ipcSend' ? { operation, ...sending } : { operation, ...sending, delay: null, abortable: false, room: 8 };
};

const toServer = ({ port }: Cast) => (): PortId => port;

const answersFromMemory = ({ server }: Cast): Move => (state) => {
  const body = area(state, server);
  return body === null || state.threads[server]!.current === null ? null : { operation: 'ipcReply', thread: server, annex: null, body };
};

/** The server takes a message, and leaves its body with the system until it wants it. */
const receivesLater = ({ server, port }: Cast): Move => (state) => ({
  operation: 'ipcReceive', thread: server, from: { tag: 'port', port: state.ports[port]!.li }, delay: 0, abortable: false, room: null,
});
const fetches = ({ server }: Cast): Move => () => ({ operation: 'ipcGetData', thread: server, room: 8 });

/** A port that the server has made, and that it takes to another site with its messages. */
const makesPort = ({ server }: Cast): Move => () => ({ operation: 'portCreate', thread: server, actor: null });
const madePort = ({ server }: Cast) => (state: ChorusState): PortId | null => {
  const { ports, defaultPort } = state.actors[actorAt(state, server)]!;
  return ports.findLast((port) => port !== null && port !== defaultPort) ?? null;
};
const takesAway = (cast: Cast): Move => (state) => {
  const port = madePort(cast)(state);
  const { site } = state.actors[actorAt(state, cast.server)]!;
  const to = state.actors.findIndex((other) => other.life === 'live' && other.site !== site) as ActorId;
  return port === null || to < 0 ? null : {
    operation: 'portMigrate', thread: cast.server, actor: null, port: state.ports[port]!.li, to: capabilityOf(state, to), messages: true,
  };
};

/** A page of the segment that was written is pushed out. */
const pushesCache = (cast: Cast): Move => (state) => {
  const object = state.objects.findIndex((row, id) => row.segment?.ui === segmentOf(cast, state).ui && canBePushedOut(state, id, 0));
  return object < 0 ? null : { operation: 'pageIsPushedOut', object, page: 0 };
};

/** The mapper has the cache of the client's site flushed. */
const recalls = (cast: Cast, thread: ThreadId | null, keep: Keep): Move => (state) => (thread === null ? null : {
  operation: 'lcFlush', thread, site: state.sites[state.actors[actorAt(state, cast.client)]!.site]!.ui, segment: segmentOf(cast, state), offset: 0,
  size: state.limits.page * state.limits.space, keep,
});

const flushesBeside = (cast: Cast, keep: Keep): Move => (state) => (cast.helper === null ? null : flushes({ ...cast, client: cast.helper }, keep)(state));

const evicts: Move = (state) => {
  const object = state.objects.findIndex(({ segment, pages }) => segment !== null && pages.some((page) => page?.dirty === false));
  return object < 0 ? null : { operation: 'pageIsEvicted', object, page: state.objects[object]!.pages.findIndex((page) => page?.dirty === false) };
};

/** A region of three pages, of which the middle one is freed. */
const allocatesThree = ({ client }: Cast): Move => ({ limits }) => (
  { operation: 'rgnAllocate', thread: client, actor: null, space: 'actor', start: null, size: 3 * limits.page, zero: true, writable: true, inherit: 'copy' });
const freesMiddle = ({ client }: Cast): Move => (state) => {
  const region = state.actors[actorAt(state, client)]!.regions.find(({ size }) => size > 2);
  return region === undefined ? null : { operation: 'rgnFree', thread: client, actor: null, space: 'actor', start: (region.start + 1) * state.limits.page,
    size: state.limits.page };
};

/** What is worth trying with memory on purpose. */
export const memoryPlans: readonly Plan[] = [
  (cast) => [allocatesThree(cast), freesMiddle(cast), uses(cast.client, '3333')],
  (cast) => [mapsFirst(cast, 'rgnMap'), writes(cast), ...served(cast, '01'), ...served(cast, '01'), reads(cast), ...served(cast, '00'), uses(cast.client, null)],
  (cast) => [mapsFirst(cast, 'rgnMap'), uses(cast.client, null), ...served(cast, '00'), uses(cast.client, '99'), ...served(cast, '01'), reads(cast),
    ...served(cast, '00')],
  (cast) => [writes(cast), ...served(cast, '01'), ...served(cast, '01'), flushes(cast), pushesCache(cast), ...served(cast, '00'), reads(cast),
    ...served(cast, '00')],
  (cast) => [writes(cast), ...served(cast, '01', '01')],
  (cast) => [...pushedOut(cast), leaves(cast.client, 'pageIsEvicted'), uses(cast.client, null), ...defaultMapperServes(cast)],
  (cast) => [...pushedOut(cast), copiesFirst(cast), uses(cast.client, '5555'), leaves(cast.client, 'pageIsPushedOut'), ...defaultMapperServes(cast)],
  (cast) => [allocates(cast.client, 'copy'), uses(cast.client, '3412'), sendsMemory(cast.client, toServer(cast)), arrives('message'), uses(cast.client, '7777'),
    receives(cast)],
  (cast) => [allocates(cast.client, 'copy'), uses(cast.client, '3412'), sendsMemory(cast.client, toServer(cast)), receivesLater(cast), freesLast(cast), fetches(cast)],
  (cast) => [allocates(cast.server, 'copy'), uses(cast.server, '2121'), allocates(cast.client, 'copy'), sendsMemory(cast.client, toServer(cast), 'ipcCall'),
    arrives('message'), receives(cast), answersFromMemory(cast), arrives('reply')],
  (cast, random) => [mapsFirst(cast, 'rgnMap'), sendsMemory(cast.client, toServer(cast)), ...served(cast, '00', random.pick(['00', '00', '01'])), arrives('message'),
    receives(cast)],
  (cast) => [mapsFirst(cast, 'rgnMap'), uses(cast.client, null), ...served(cast, '00'), sendsMemory(cast.client, toServer(cast)), evicts, receives(cast)],
  (cast) => [makesPort(cast), allocates(cast.server, 'copy'), sendsMemory(cast.second ?? cast.server, madePort(cast)), sendsMemory(cast.server, madePort(cast)), takesAway(cast)],
  (cast) => [...pushedOut(cast), freesLast(cast), releases, ...defaultMapperServes(cast)],
  (cast) => [allocates(cast.client, 'copy'), leaves(cast.client, 'pageIsPushedOut'), ...defaultMapperServes(cast, '01')],
  (cast) => [writes(cast), ...served(cast, '01'), ...served(cast, '01'), flushes(cast, 'readable'), pushesCache(cast), ...served(cast, '01')],
  (cast) => [writes(cast), ...served(cast, '01'), ...served(cast, '01'), flushes(cast, 'nothing'), pushesCache(cast), ...served(cast, '01', '01')],
  (cast) => [writes(cast), arrives('message'), receives(cast), flushesBeside(cast, 'readable'), maps(cast, '01'), arrives('reply')],
  (cast) => [reads(cast), ...served(cast, '00'), ...served(cast, '00'), recalls(cast, cast.second ?? cast.server, 'nothing'), arrives('flush'), arrives('reply')],
  (cast) => [writes(cast), ...served(cast, '01'), ...served(cast, '01'), recalls(cast, cast.second, 'readable'), arrives('flush'), pushesCache(cast),
    ...served(cast, '01'), arrives('reply')],
  (cast) => [mapsFirst(cast, 'rgnInit'), uses(cast.client, null), ...served(cast, '01'), writes(cast), ...served(cast, '01'), uses(cast.client, null)],
  (cast) => [mapsFirst(cast, 'rgnInit'), uses(cast.client, null), ...served(cast, '00'), evicts, uses(cast.client, null)],
  (cast) => [mapsFirst(cast, 'rgnMap'), uses(cast.client, null), ...served(cast, '00'), evicts, uses(cast.client, null), ...served(cast, '00')],
  (cast, random) => [allocates(cast.client, 'none'), allocates(cast.client, 'share'), allocates(cast.client, 'copy'), makesChild(cast), duplicates(cast,
    random), uses(cast.client, '4444')],
  (cast) => [allocates(cast.client, 'copy'), copiesFirst(cast), uses(cast.client, '5555'), copiesFirst(cast), uses(cast.client, '6666')],
];
