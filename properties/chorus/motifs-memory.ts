import type { Key, ThreadId } from '#spec/chorus/vocabulary';
import type { ChorusState, Region } from '#model/chorus/state';
import { actorAt, arrives, capabilityOf, receives, type Cast, type Move, type Plan } from '#properties/chorus/motifs';
import type { Random } from '#properties/random';

const KEY = 1 as Key;
const segmentOf = ({ port }: Cast, state: ChorusState) => ({ ui: state.ports[port]!.ui, key: KEY });

/** The server answers as a mapper: with a diagnosis and an access, and the page if it was asked for one. */
const maps = ({ server }: Cast, access: '00' | '01', diagnosis = '00'): Move => (state) => {
  const { current } = state.threads[server]!;
  if (current === null || current.message.source !== 0) return null;
  const data = current.message.body.startsWith('01') ? '12'.repeat(state.limits.page) : '';
  return { operation: 'ipcReply', thread: server, annex: null, body: `${diagnosis}${access}${data}` };
};

/** A request of the nucleus comes to its end. */
const served = (cast: Cast, access: '00' | '01', diagnosis?: string): readonly Move[] =>
  [arrives('message'), receives(cast), maps(cast, access, diagnosis), arrives('reply')];

const writes = (cast: Cast): Move => (state) => ({ operation: 'sgWrite', thread: cast.client, segment: segmentOf(cast, state), offset: 1, bytes: '7788' });
const reads = (cast: Cast): Move => (state) => ({ operation: 'sgRead', thread: cast.client, segment: segmentOf(cast, state), offset: 0, size: 3 });
const flushes = (cast: Cast): Move => (state) => ({ operation: 'sgFlush', thread: cast.client, segment: segmentOf(cast, state) });

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
  return bytes === null ? { operation: 'memoryRead', thread, address, size: 2, handler: true } : { operation: 'memoryWrite', thread, address, bytes, handler: true };
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
  (cast) => [writes(cast), ...served(cast, '01'), ...served(cast, '01'), flushes(cast), ...served(cast, '00'), ...served(cast, '00'), reads(cast),
    ...served(cast, '00')],
  (cast) => [writes(cast), ...served(cast, '01', '01')],
  (cast) => [mapsFirst(cast, 'rgnInit'), uses(cast.client, null), ...served(cast, '01'), writes(cast), ...served(cast, '01'), uses(cast.client, null)],
  (cast) => [mapsFirst(cast, 'rgnInit'), uses(cast.client, null), ...served(cast, '00'), evicts, uses(cast.client, null)],
  (cast) => [mapsFirst(cast, 'rgnMap'), uses(cast.client, null), ...served(cast, '00'), evicts, uses(cast.client, null), ...served(cast, '00')],
  (cast, random) => [allocates(cast.client, 'none'), allocates(cast.client, 'share'), allocates(cast.client, 'copy'), makesChild(cast), duplicates(cast,
    random), uses(cast.client, '4444')],
  (cast) => [allocates(cast.client, 'copy'), copiesFirst(cast), uses(cast.client, '5555'), copiesFirst(cast), uses(cast.client, '6666')],
];
