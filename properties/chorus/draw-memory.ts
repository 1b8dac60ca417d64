import type { Capability, Key } from '#spec/chorus/vocabulary';
import { localActor } from '#model/chorus/naming/resolve';
import type { ChorusState, Message, Region } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import type { Draw } from '#properties/chorus/draw';

type Row = (draw: Draw) => ChorusCall | null;

const inheritances = ['none', 'share', 'copy'] as const;

const attributes = ({ random }: Draw) => ({ writable: !random.once(5), inherit: random.pick(inheritances) });

/** An address that begins a page, mostly, and a size that is whole pages, mostly. */
function range({ state, random }: Draw): { readonly start: number; readonly size: number } {
  const { page, space } = state.limits;
  const start = random.below(space) * page + (random.once(20) ? 1 : 0);
  const size = random.once(25) ? 0 : random.once(12) ? random.pick([page - 1, page + 1]) : random.pick([1, 1, 2, 3]) * page;
  return { start, size };
}

/** A range of an actor that is mapped, mostly. */
function mapped(draw: Draw, regions: readonly Region[]): { readonly start: number; readonly size: number } {
  const { state, random } = draw;
  if (regions.length === 0 || random.once(8)) return range(draw);
  const { start, size } = random.pick(regions);
  const skipped = random.below(size);
  return { start: (start + skipped) * state.limits.page, size: (1 + random.below(size - skipped)) * state.limits.page };
}

/** Where there is room in an actor, mostly. */
function free(draw: Draw, regions: readonly Region[], size: number): number {
  const { state, random } = draw;
  const { page, space } = state.limits;
  const count = Math.ceil(size / page);
  const fit = Array.from({ length: space }, (_, at) => at).filter((at) => at + count <= space
    && !regions.some(({ start, size: length }) => start < at + count && at < start + length));
  return fit.length === 0 || random.once(8) ? random.below(space) * page : random.pick(fit) * page;
}

const regionsOf = (draw: Draw, actor: Capability | null): readonly Region[] => {
  const { id } = localActor(draw.state, draw.thread, actor);
  return id === null ? [] : draw.state.actors[id]!.regions;
};

/** A segment of one of few mappers. Default ports serve as such. */
function segment({ state, random }: Draw): Capability {
  const actors = state.actors.slice(0, 2);
  const { ui } = state.ports[random.pick(actors).defaultPort]!;
  return { ui: random.once(20) ? random.pick(state.ports).ui : ui, key: (1 + random.below(2)) as Key };
}

function between(draw: Draw) {
  const { actor } = draw.target();
  const source = draw.random.once(2) ? null : draw.target(1).actor;
  const { start: from, size } = mapped(draw, regionsOf(draw, source));
  return { thread: draw.thread, actor, source, from, size, start: free(draw, regionsOf(draw, actor), size) };
}

function ofSegment(draw: Draw) {
  const { state, random } = draw;
  const { actor } = draw.target();
  const size = random.pick([1, 2]) * state.limits.page;
  const offset = random.below(state.limits.space) * state.limits.page + (random.once(20) ? 1 : 0);
  return { thread: draw.thread, actor, segment: segment(draw), offset, size, start: free(draw, regionsOf(draw, actor), size) };
}

/** An address within what the caller has mapped, mostly, and how much from there. */
function place(draw: Draw) {
  const { state, random, actor } = draw;
  const { start, size } = mapped(draw, state.actors[actor]!.regions);
  const skipped = random.below(Math.max(1, size));
  return { address: start + skipped, size: 1 + random.below(Math.max(1, Math.min(3, size - skipped))) };
}

/** A part of the caller's memory to be sent: whole pages, mostly; null where bytes will do. */
export function areaOf(draw: Draw): { readonly tag: 'memory'; readonly address: number; readonly size: number } | null {
  const { random, state, actor } = draw;
  if (random.once(4)) return null;
  const { start, size } = mapped(draw, state.actors[actor]!.regions);
  return random.once(5) ? { tag: 'memory', address: start + 1, size: 1 + random.below(2) } : { tag: 'memory', address: start, size };
}

const bytes = ({ random }: Draw, length: number): string => Array.from({ length }, () => random.pick(['11', '22', '33', '44'])).join('');

/** What a mapper says to a request of the nucleus: mostly what was asked for. */
export function answersMapper(draw: Draw, { body: asked, transaction }: Message): ChorusCall {
  const { random, state, thread } = draw;
  const diagnosis = random.once(10) ? '01' : '00';
  const answer = (rest: string): ChorusCall => ({ operation: 'ipcReply', thread, annex: null, body: `${diagnosis}${random.once(15) ? rest.slice(0, -2) : rest}` });
  const access = random.once(12) ? '00' : asked.slice(6, 8) === '01' || random.once(2) ? '01' : '00';
  switch (asked.slice(0, 2)) {
    case '01': return answer(`${access}${keptPage(state, transaction) ?? bytes(draw, state.limits.page)}`);
    case '03': return answer(access);
    case '04': return answer(`0${1 + random.below(9)}`);
    default: return answer('');
  }
}

/** What the default mapper ought to have of the page that it is asked for; null if it is not its. */
function keptPage({ transactions, objects }: ChorusState, transaction: number | null): string | null {
  const { errand } = transactions[transaction!]!;
  if (errand.tag !== 'fetch') return null;
  return objects[errand.object]!.stored.find(({ page }) => page === errand.page)?.bytes ?? null;
}

/** A range of a segment, mostly all of it, and what may be left of it. */
function flushed(draw: Draw) {
  const { random, state: { limits: { page, space } } } = draw;
  const first = random.once(2) ? 0 : random.below(space);
  const count = random.once(2) ? space - first : random.below(space - first + 1);
  const odd = random.once(15) ? 1 : 0;
  const beyond = random.once(15) ? page : 0;
  return { segment: segment(draw), offset: first * page + odd, size: count * page + beyond, keep: random.pick(['writable', 'readable', 'nothing', 'nothing'] as const) };
}

/** One way to draw each operation on memory, with the share it has of a run. */
export const memoryRows: Readonly<Record<string, readonly [weight: number, row: Row]>> = {
  rgnAllocate: [5, (draw) => {
    const { actor } = draw.target();
    const space = draw.random.once(8) ? 'supervisor' : 'actor';
    const { start, size } = range(draw);
    return {
      operation: 'rgnAllocate', thread: draw.thread, actor, space, size, zero: draw.random.once(2), ...attributes(draw),
      start: draw.random.once(3) ? null : draw.random.once(6) ? start : free(draw, regionsOf(draw, actor), size),
    };
  }],
  rgnFree: [2, (draw) => {
    const { actor } = draw.target();
    return { operation: 'rgnFree', thread: draw.thread, actor, space: draw.random.once(8) ? 'supervisor' : 'actor', ...mapped(draw, regionsOf(draw, actor)) };
  }],
  rgnMapFromActor: [3, (draw) => ({ operation: 'rgnMapFromActor', ...between(draw), ...attributes(draw) })],
  rgnInitFromActor: [6, (draw) => ({ operation: 'rgnInitFromActor', ...between(draw), ...attributes(draw) })],
  rgnDup: [2, (draw) => ({
    operation: 'rgnDup', thread: draw.thread, actor: draw.target(1).actor, source: draw.random.once(2) ? null : draw.target(1).actor,
    inherit: draw.random.pick([null, 'share', 'copy']),
  })],
  rgnMap: [3, (draw) => ({ operation: 'rgnMap', ...ofSegment(draw), ...attributes(draw) })],
  rgnInit: [2, (draw) => ({ operation: 'rgnInit', ...ofSegment(draw), ...attributes(draw) })],
  rgnSetProtect: [1, (draw) => {
    const { actor } = draw.target();
    return { operation: 'rgnSetProtect', thread: draw.thread, actor, ...mapped(draw, regionsOf(draw, actor)), writable: draw.random.once(2) };
  }],
  rgnSetInherit: [1, (draw) => {
    const { actor } = draw.target();
    return { operation: 'rgnSetInherit', thread: draw.thread, actor, ...mapped(draw, regionsOf(draw, actor)), inherit: draw.random.pick(inheritances) };
  }],
  vmCopy: [2, (draw) => {
    const { actor } = draw.target();
    const source = draw.target().actor;
    const { start: from } = mapped(draw, regionsOf(draw, source));
    const { start: to } = mapped(draw, regionsOf(draw, actor));
    return { operation: 'vmCopy', thread: draw.thread, actor, source, from: from + draw.random.below(2), to, size: 1 + draw.random.below(3) };
  }],
  memoryRead: [3, (draw) => ({ operation: 'memoryRead', thread: draw.thread, ...place(draw) })],
  memoryWrite: [12, (draw) => {
    const { address, size } = place(draw);
    return { operation: 'memoryWrite', thread: draw.thread, address, bytes: bytes(draw, size) };
  }],
  sgRead: [2, (draw) => ({ operation: 'sgRead', thread: draw.thread, segment: segment(draw), offset: draw.random.below(9), size: 1 + draw.random.below(3) })],
  sgWrite: [3, (draw) => ({ operation: 'sgWrite', thread: draw.thread, segment: segment(draw), offset: draw.random.below(9), bytes: bytes(draw,
    1 + draw.random.below(3)) })],
  sgFlush: [1, (draw) => ({ operation: 'sgFlush', thread: draw.thread, ...flushed(draw) })],
  lcFlush: [1, (draw) => ({ operation: 'lcFlush', thread: draw.thread, site: draw.wrong() ? draw.portUi() : draw.random.pick(draw.state.sites).ui, ...flushed(draw) })],
};
