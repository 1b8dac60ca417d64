import type { Capability, ThreadId } from '#spec/chorus/vocabulary';
import type { ChorusRule } from '#spec/chorus/rules';
import type { ActorId, ChorusState, ObjectId } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { actorFor, errorOf, outcomeOf, siteAt } from '#properties/chorus/facts';
import { bytesOf, holderOf, layout, pagesIn } from '#properties/chorus/laws/layout';
import { answered, answeredAs } from '#properties/chorus/laws/paging';
import type { ChorusStep } from '#properties/chorus/obligation';
import { monitor } from '#properties/obligation';

/** Bytes that do not change, and may not be known yet: what a page will hold once its mapper gives it. */
interface Box { bytes: string | null }
/** A page of memory as its users see it. Sharing is having the same cell. */
interface Cell { box: Box }
/** A page of an address space, with the rule that put it there. */
interface Entry { readonly cell: Cell; readonly rule: ChorusRule }

/**
 * Memory as it would be if every copy were made at once, byte by byte: address spaces, and the caches of
 * segments. It knows nothing of histories.
 */
interface Eager {
  /** The default mapper gave back what it was given. */
  faithful: boolean;
  readonly spaces: Map<ActorId, Map<number, Entry>>;
  readonly segments: Map<string, Cell>;
  /** What threads that wait for a page were about to do. */
  readonly pending: Map<ThreadId, ChorusCall>;
}

const accesses = new Set<string>(['memoryRead', 'memoryWrite', 'sgRead', 'sgWrite', 'vmCopy']);

const segmentKey = (site: number, { ui, key }: Capability, page: number): string => `${site}/${ui}/${key}/${page}`;

function segmentCell(eager: Eager, site: number, segment: Capability, page: number): Cell {
  const name = segmentKey(site, segment, page);
  let cell = eager.segments.get(name);
  if (cell === undefined) eager.segments.set(name, cell = { box: { bytes: null } });
  return cell;
}

const spaceOf = (eager: Eager, actor: ActorId): Map<number, Entry> => {
  let space = eager.spaces.get(actor);
  if (space === undefined) eager.spaces.set(actor, space = new Map());
  return space;
};

const copied = ({ box }: Cell): Cell => ({ box });

/** What the operations on regions do, had they gone through. */
function remap(eager: Eager, step: ChorusStep): void {
  const { before, call } = step;
  if (!('thread' in call) || errorOf(step) !== null || !('actor' in call)) return;
  const target = actorFor(before, call.thread, call.actor);
  if (target === null) return;
  const { page } = before.limits;
  const space = spaceOf(eager, target);
  switch (call.operation) {
    case 'rgnAllocate': {
      if (call.space === 'supervisor') return;
      const { start } = outcomeOf(step, call.thread)!.value as { start: number };
      const byte = call.zero ? '00' : step.choices.find(({ kind }) => kind === 'contents')?.taken ?? '00';
      for (const at of pagesIn(before, start, Math.ceil(call.size / page) * page)) {
        space.set(at, { cell: { box: { bytes: byte.repeat(page) } }, rule: 'chorus/new-region-is-as-asked' });
      }
      return;
    }
    case 'rgnFree': {
      if (call.space === 'actor') for (const at of pagesIn(before, call.start, call.size)) space.delete(at);
      return;
    }
    case 'rgnMapFromActor':
    case 'rgnInitFromActor': {
      const source = new Map(spaceOf(eager, actorFor(before, call.thread, call.source)!));
      const shift = (call.start - call.from) / page;
      const shares = call.operation === 'rgnMapFromActor';
      for (const at of pagesIn(before, call.from, call.size)) {
        const { cell } = source.get(at)!;
        space.set(at + shift, { cell: shares ? cell : copied(cell), rule: shares ? 'chorus/mapped-memory-is-shared' : 'chorus/copies-are-snapshots' });
      }
      return;
    }
    case 'rgnDup': {
      const source = actorFor(before, call.thread, call.source)!;
      const how = layout(before.actors[source]!);
      for (const [at, { cell }] of spaceOf(eager, source)) {
        const inherit = call.inherit ?? how.get(at)!.inherit;
        if (inherit !== 'none') space.set(at, { cell: inherit === 'share' ? cell : copied(cell), rule: 'chorus/duplication-goes-by-inheritance' });
      }
      return;
    }
    case 'rgnMap':
    case 'rgnInit': {
      const { site } = before.actors[target]!;
      pagesIn(before, call.start, call.size).forEach((at, index) => {
        const cell = segmentCell(eager, site, call.segment, call.offset / page + index);
        const maps = call.operation === 'rgnMap';
        space.set(at, { cell: maps ? cell : copied(cell), rule: maps ? 'chorus/segments-are-mapped-by-offset' : 'chorus/copies-are-snapshots' });
      });
    }
  }
}

/** The cells that an access goes through, with the byte of each where it begins. */
function cellsOf(state: ChorusState, space: (page: number) => Cell | undefined, start: number, size: number): readonly (readonly [Cell | undefined, number])[] {
  return Array.from({ length: size }, (_, index) => {
    const at = start + index;
    return [space(Math.floor(at / state.limits.page)), at % state.limits.page] as const;
  });
}

const read = (cells: ReturnType<typeof cellsOf>): string =>
  cells.map(([cell, at]) => cell?.box.bytes?.slice(2 * at, 2 * at + 2) ?? '??').join('');

function write(cells: ReturnType<typeof cellsOf>, bytes: string): void {
  cells.forEach(([cell, at], index) => {
    const old = cell?.box.bytes ?? null;
    if (cell === undefined || old === null) return;
    cell.box = { bytes: old.slice(0, 2 * at) + bytes.slice(2 * index, 2 * index + 2) + old.slice(2 * at + 2) };
  });
}

/** Carries out an access, and says whether what was read is what there was. */
function access(eager: Eager, state: ChorusState, call: ChorusCall, value: unknown): readonly string[] {
  if (!('thread' in call)) return [];
  const actor = state.threads[call.thread]!.actor;
  const own = (page: number) => spaceOf(eager, actor).get(page)?.cell;
  switch (call.operation) {
    case 'memoryRead': return wrongRead(read(cellsOf(state, own, call.address, call.size)), value);
    case 'memoryWrite': {
      write(cellsOf(state, own, call.address, call.bytes.length / 2), call.bytes);
      return [];
    }
    case 'sgRead': {
      const segment = (page: number) => segmentCell(eager, siteAt(state, call.thread), call.segment, page);
      return wrongRead(read(cellsOf(state, segment, call.offset, call.size)), value);
    }
    case 'sgWrite': {
      const segment = (page: number) => segmentCell(eager, siteAt(state, call.thread), call.segment, page);
      write(cellsOf(state, segment, call.offset, call.bytes.length / 2), call.bytes);
      return [];
    }
    case 'vmCopy': {
      const [from, to] = [call.source, call.actor].map((capability) => actorFor(state, call.thread, capability));
      const bytes = read(cellsOf(state, (page) => spaceOf(eager, from!).get(page)?.cell, call.from, call.size));
      if (!bytes.includes('?')) write(cellsOf(state, (page) => spaceOf(eager, to!).get(page)?.cell, call.to, call.size), bytes);
      return [];
    }
    default: return [];
  }
}

function wrongRead(expected: string, value: unknown): readonly string[] {
  const { bytes } = value as { bytes: string };
  const differs = [...expected].some((digit, at) => digit !== '?' && digit !== bytes[at]);
  return differs || bytes.length !== expected.length ? [`${bytes} was read where there is ${expected}`] : [];
}

/** Pages that mappers gave in a step, or that were dropped. */
function install(eager: Eager, step: ChorusStep): void {
  const { before, after } = step;
  const body = answered(step)?.body ?? '';
  after.objects.forEach(({ segment, site, pages, life }, id) => {
    if (segment === null) return;
    for (let at = 0; at < before.limits.space; at += 1) {
      const old = before.objects[id]?.pages[at] ?? null;
      const now = pages[at] ?? null;
      if ((old === null) === (now === null) && life === 'live') continue;
      const cell = segmentCell(eager, site, segment, at);
      if (now === null) cell.box = { bytes: null };
      else if (cell.box.bytes === null) cell.box.bytes = body.slice(4);
      else cell.box = { bytes: body.slice(4) };
    }
  });
}

/** Whether the default mapper gives volatile memory other bytes back than it was given: nobody can tell what follows. */
function isFalsified(step: ChorusStep): boolean {
  const given = answeredAs(step, 'fetch');
  if (given === null) return false;
  const kept = step.before.objects[given.errand.object]!.stored.find(({ page }) => page === given.errand.page);
  return given.errand.pulls && kept !== undefined && given.body.length > 4 && given.body.slice(4) !== kept.bytes;
}

/** Every page whose bytes are not those that it would have if all copies had been made at once. */
function differences(eager: Eager, state: ChorusState): readonly (readonly [ChorusRule, string])[] {
  const found: (readonly [ChorusRule, string])[] = [];
  for (const [actor, space] of eager.spaces) {
    const shown = layout(state.actors[actor]!);
    for (const [at, { cell: { box: { bytes } }, rule }] of space) {
      const view = shown.get(at);
      const there = view === undefined ? 'nothing' : bytesOf(state, view.object, view.page) ?? keptOf(state, view.object, view.page);
      const fine = bytes === null ? view !== undefined : there === bytes;
      if (!fine) found.push([rule, `page ${at} of A${actor + 1} holds ${there ?? 'nothing any more'}, and ought to hold ${bytes ?? 'what its mapper gives'}`]);
    }
  }
  return found;
}

/** What the default mapper keeps of a page that is not in memory; null if it keeps nothing of it. */
function keptOf(state: ChorusState, object: ObjectId, page: number): string | null {
  const holder = holderOf(state, object, page);
  return state.objects[holder.object]!.stored.find((kept) => kept.page === holder.page)?.bytes ?? null;
}

/** Compares memory with what it would be if all copies were made at once; for some rule alone, or all. */
export const asIfEager = (only: ChorusRule | null) => monitor<ChorusState, ChorusCall, Eager>({
  start: () => ({ faithful: true, spaces: new Map(), segments: new Map(), pending: new Map() }),
  next(eager, step) {
    const { after, before, call } = step;
    if (isFalsified(step)) eager.faithful = false;
    if (after.objects.length === 0 || !eager.faithful) return [];
    after.actors.forEach(({ life }, id) => { if (life === 'dead') eager.spaces.delete(id as ActorId); });
    install(eager, step);
    remap(eager, step);
    const wrong = finished(eager, step).flatMap(([done, value]) => access(eager, before, done, value));
    if ('thread' in call && accesses.has(call.operation) && step.events.some(({ thread, tag }) => thread === call.thread
      && tag === 'blocked')) eager.pending.set(call.thread, call);
    const all = differences(eager, after);
    const own = only === null ? all : all.filter(([rule]) => rule === only);
    return [...(only === null ? wrong : []), ...own.slice(0, 3).map(([, text]) => text)];
  },
});

/** When a thread goes on, of several that go on in one step. */
function turnOf({ choices }: ChorusStep, thread: ThreadId): number {
  const turn = choices.filter(({ kind }) => kind === 'runs next').findIndex(({ taken }) => taken === `t${thread + 1}`);
  return turn < 0 ? choices.length + thread : turn;
}

/** The accesses that came to their end in a step, in the order in which they did. */
function finished(eager: Eager, step: ChorusStep): readonly (readonly [ChorusCall, unknown])[] {
  const { call } = step;
  const done: (readonly [ChorusCall, unknown])[] = [];
  if ('thread' in call && accesses.has(call.operation)) {
    const outcome = outcomeOf(step, call.thread);
    if (outcome !== null && outcome.error === null) done.push([call, outcome.value]);
    if (outcome !== null) return done;
  }
  for (const [thread, waiting] of [...eager.pending].toSorted(([a], [b]) => turnOf(step, a) - turnOf(step, b))) {
    const outcome = step.after.threads[thread]!.life === 'dead' ? { error: 'gone', value: null } : outcomeOf(step, thread);
    if (outcome === null) continue;
    eager.pending.delete(thread);
    if (outcome.error === null) done.push([waiting, outcome.value]);
  }
  return done;
}
