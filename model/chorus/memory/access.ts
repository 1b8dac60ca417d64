import type { Capability, ThreadId } from '#spec/chorus/vocabulary';
import { actorOf, homeOf, localActor, siteOf } from '#model/chorus/naming/resolve';
import { handlesExceptions } from '#model/chorus/actors/handlers';
import { find } from '#model/chorus/memory/objects';
import { regionAt } from '#model/chorus/memory/regions';
import { refusal, type Chorus, type ChorusCall, type ChorusOperation } from '#model/chorus/world';
import type { Actor, ChorusState, ObjectId } from '#model/chorus/state';
import { blocked, ended, raised, returned, spoiled } from '#model/operation';

export type AccessChoices = 'error' | 'receiver' | 'dropped request' | 'failed call' | 'member' | 'unknown destination' | 'exclusion' | 'location';

/** A stretch of bytes within one page of an object. */
interface Piece { readonly object: ObjectId; readonly page: number; readonly at: number; readonly length: number; readonly writable: boolean }

/** Cuts a range of an address space at its pages; null where something of it is not mapped. */
export function piecesOf(state: ChorusState, holder: Pick<Actor, 'regions'>, address: number, size: number): readonly Piece[] | null {
  return cut(state, address, size, (page) => {
    const region = regionAt(holder, page);
    return region === undefined ? null : { object: region.object, page: page - region.start + region.offset, writable: region.writable };
  });
}

function cut(
  state: ChorusState, address: number, size: number, place: (page: number) => Pick<Piece, 'object' | 'page' | 'writable'> | null,
): readonly Piece[] | null {
  const { page: bytes } = state.limits;
  const pieces: Piece[] = [];
  for (let at = address; at < address + size;) {
    const page = Math.floor(at / bytes);
    const found = place(page);
    if (found === null) return null;
    const length = Math.min((page + 1) * bytes, address + size) - at;
    pieces.push({ ...found, at: at - page * bytes, length });
    at += length;
  }
  return pieces;
}

/** Pieces of a segment in its local cache. */
const piecesOfSegment = (world: Chorus, thread: ThreadId, segment: Capability, offset: number, size: number): readonly Piece[] => {
  const { state, mechanisms } = world;
  const object = mechanisms.cacheOf(world, siteOf(state, thread), segment);
  return cut(state, offset, size, (page) => ({ object, page, writable: true }))!;
};

/** What of a piece is not there yet, or may not be written yet; null if nothing. */
function missing(state: ChorusState, { object, page }: Piece, write: boolean): Lack | null {
  const found = find(state, object, page);
  const writes = write && found.object === object;
  return found.there === null || (writes && !found.there.writable) ? { ...found, write: writes } : null;
}

/** A page that is needed, and whether to be written: what a copy is made of is only read. */
interface Lack extends Pick<Piece, 'object' | 'page'> { readonly write: boolean }

export type Went = 'done' | 'waits' | 'failed';

/** Makes sure that all pieces can be read or written, asking mappers where need be. */
export function prepare(world: Chorus<AccessChoices>, call: ChorusCall & { thread: ThreadId }, pieces: readonly Piece[], write: boolean): Went {
  for (const piece of pieces) {
    const lacking = missing(world.state, piece, write);
    if (lacking !== null) return world.mechanisms.askMapper(world, call.thread, lacking.object, lacking.page, lacking.write, call);
  }
  return 'done';
}

export const read = (state: ChorusState, pieces: readonly Piece[]): string =>
  pieces.map(({ object, page, at, length }) => find(state, object, page).there!.bytes.slice(2 * at, 2 * (at + length))).join('');

function writeAll(world: Chorus, pieces: readonly Piece[], bytes: string): void {
  let done = 0;
  for (const { object, page, at, length } of pieces) {
    world.mechanisms.writePage(world, object, page, at, bytes.slice(2 * done, 2 * (done + length)));
    done += length;
  }
}

/** An access that is not allowed is an exception; without a handler for it the actor is deleted. */
function illegal(world: Chorus<'failed call'>, thread: ThreadId) {
  if (handlesExceptions(homeOf(world.state, thread))) return raised('exception');
  world.mechanisms.killActor(world, actorOf(world.state, thread));
  return ended;
}

export const memoryRead: ChorusOperation<'memoryRead', AccessChoices> = {
  implements: ['chorus/illegal-access-is-an-exception', 'chorus/absent-page-is-pulled-in', 'chorus/failing-mapper-fails-the-access'],
  step(world, call) {
    const { state } = world;
    const { thread, address, size } = call;
    const pieces = piecesOf(state, homeOf(state, thread), address, size);
    if (pieces === null) return illegal(world, thread);
    const went = prepare(world, { operation: 'memoryRead', ...call }, pieces, false);
    if (went === 'waits') return blocked;
    return went === 'failed' ? raised('exception') : returned({ bytes: read(state, pieces) });
  },
};

export const memoryWrite: ChorusOperation<'memoryWrite', AccessChoices> = {
  implements: ['chorus/illegal-access-is-an-exception', 'chorus/write-needs-granted-access', 'chorus/copies-are-snapshots',
    'chorus/failing-mapper-fails-the-access'],
  step(world, call) {
    const { state } = world;
    const { thread, address, bytes } = call;
    const pieces = piecesOf(state, homeOf(state, thread), address, bytes.length / 2);
    if (pieces === null || pieces.some(({ writable }) => !writable)) return illegal(world, thread);
    const went = prepare(world, { operation: 'memoryWrite', ...call }, pieces, true);
    if (went === 'waits') return blocked;
    if (went === 'failed') return raised('exception');
    writeAll(world, pieces, bytes);
    return returned(null);
  },
};

/** Reads a segment by its capability, through the cache that mapped access goes through too. */
export const sgRead: ChorusOperation<'sgRead', AccessChoices> = {
  implements: ['chorus/explicit-and-mapped-access-agree', 'chorus/absent-page-is-pulled-in', 'chorus/failing-mapper-fails-the-access'],
  step(world, call) {
    world.charge('trap');
    const { state } = world;
    const { thread, segment, offset, size } = call;
    if (offset + size > state.limits.space * state.limits.page) return raised('K_EADDRESS');
    const pieces = piecesOfSegment(world, thread, segment, offset, size);
    const went = prepare(world, { operation: 'sgRead', ...call }, pieces, false);
    if (went === 'waits') return blocked;
    return went === 'failed' ? spoiled('K_EMAPPER', null) : returned({ bytes: read(state, pieces) });
  },
};

export const sgWrite: ChorusOperation<'sgWrite', AccessChoices> = {
  implements: ['chorus/explicit-and-mapped-access-agree', 'chorus/write-needs-granted-access', 'chorus/failing-mapper-fails-the-access'],
  step(world, call) {
    world.charge('trap');
    const { state } = world;
    const { thread, segment, offset, bytes } = call;
    if (offset + bytes.length / 2 > state.limits.space * state.limits.page) return raised('K_EADDRESS');
    const pieces = piecesOfSegment(world, thread, segment, offset, bytes.length / 2);
    const went = prepare(world, { operation: 'sgWrite', ...call }, pieces, true);
    if (went === 'waits') return blocked;
    if (went === 'failed') return spoiled('K_EMAPPER', null);
    writeAll(world, pieces, bytes);
    return returned(null);
  },
};

/** Copies bytes from one address space to another: all of them, or none. */
export const vmCopy: ChorusOperation<'vmCopy', AccessChoices> = {
  implements: ['chorus/explicit-copy-is-whole-or-nothing'],
  step(world, call) {
    world.charge('trap');
    const { state } = world;
    const { thread, actor, source, from, to, size } = call;
    // Guards.
    const target = localActor(state, thread, actor);
    const origin = localActor(state, thread, source);
    const sources = origin.id === null ? [] : piecesOf(state, state.actors[origin.id]!, from, size);
    const targets = target.id === null ? [] : piecesOf(state, state.actors[target.id]!, to, size);
    const bad = sources === null || targets === null || targets.some(({ writable }) => !writable);
    const no = refusal(world, [...target.wrong, ...origin.wrong, bad && 'K_EADDRESS']);
    if (no !== null) return no;
    // Effect.
    const again = { operation: 'vmCopy', ...call } as const;
    const went = [prepare(world, again, sources!, false)];
    if (went[0] === 'done') went.push(prepare(world, again, targets!, true));
    if (went.includes('waits')) return blocked;
    if (went.includes('failed')) return spoiled('K_EMAPPER', null);
    writeAll(world, targets!, read(state, sources!));
    return returned(null);
  },
};

