import type { Capability, ThreadId } from '#spec/chorus/vocabulary';
import type { ActorId, ChorusState, ObjectId } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { actorAt, actorFor, actorName, isCall, returned, wentThrough } from '#properties/chorus/facts';
import { besides, same } from '#properties/chorus/laws/changes';
import { bytesOf, layout, pagesIn } from '#properties/chorus/laws/layout';
import type { CallOf, ChorusLaws, ChorusStep } from '#properties/chorus/obligation';
import { monitor } from '#properties/obligation';

/** What a page of a child is to be: what the parent has behind a page, or the bytes that it had there. */
interface Inherited { readonly how: 'share' | 'copy'; readonly from: number; readonly bytes: string | null }

/** An actor in the making: what the calls of its parent have given it so far, and no other call has. */
interface Child {
  readonly parent: ActorId;
  /** The protection identifier that its parent had when it was made. */
  readonly pi: number;
  readonly pages: Map<number, Inherited>;
  /** It has its thread: from now on it lives beside its parent. */
  born: boolean;
}

/** An actor that is becoming another program: what it is to keep, and the pages of its new image. */
interface Image {
  readonly thread: ThreadId;
  readonly keeps: object;
  readonly pages: Set<number>;
}

interface Processes { readonly children: Map<ActorId, Child>; readonly images: Map<ActorId, Image> }

const regionCalls = [
  'rgnAllocate', 'rgnFree', 'rgnMapFromActor', 'rgnInitFromActor', 'rgnDup', 'rgnMap', 'rgnInit', 'rgnSetProtect', 'rgnSetInherit', 'vmCopy',
] as const;
type RegionCall = CallOf<(typeof regionCalls)[number]>;

const liveThreads = ({ threads }: ChorusState, actor: ActorId): readonly number[] =>
  threads.flatMap(({ life, actor: home }, id) => (life === 'live' && home === actor ? [id] : []));

const shownIn = (state: ChorusState, actor: ActorId, page: number) => layout(state.actors[actor]!).get(page);
const bytesIn = (state: ChorusState, actor: ActorId, page: number): string | null => {
  const shown = shownIn(state, actor, page);
  return shown === undefined ? null : bytesOf(state, shown.object, shown.page);
};

/** What exec leaves an actor as it is: who it is, where, and what it can be reached by. */
function identity(state: ChorusState, actor: ActorId): object {
  const { ui, key, site, privilege, pi, defaultPort, ports } = state.actors[actor]!;
  return { ui, key, site, privilege, pi, defaultPort, ports };
}

/** A new actor after the pattern of the caller's is a child in the making. */
function conceive({ children }: Processes, step: ChorusStep): void {
  const { before, call } = step;
  if (!isCall(step, 'actorCreate') || !returned(step) || step.call.initial !== null) return;
  const parent = actorAt(before, (call as CallOf<'actorCreate'>).thread);
  children.set(before.actors.length as ActorId, { parent, pi: before.actors[parent]!.pi, pages: new Map(), born: false });
}

/** Takes note of what the memory of a child is made of; a child that others meddle with is nobody's. */
function furnish({ children }: Processes, step: ChorusStep): void {
  const { before } = step;
  if (!isCall(step, ...regionCalls) || !wentThrough(step)) return;
  const call = step.call as RegionCall;
  const target = actorFor(before, call.thread, call.actor);
  const child = target === null ? undefined : children.get(target);
  if (target === null || child === undefined || child.born) return;
  const own = 'source' in call && actorFor(before, call.thread, call.source as Capability | null) === child.parent && actorAt(before, call.thread) === child.parent;
  if (!own || !isCall(step, 'rgnDup', 'rgnMapFromActor', 'rgnInitFromActor')) children.delete(target);
  else for (const [page, inherited] of givenBy(before, child.parent, step.call)) child.pages.set(page, inherited);
}

/** The pages that one call gives a child. */
function givenBy(
  before: ChorusState, parent: ActorId, call: CallOf<'rgnDup'> | CallOf<'rgnMapFromActor'> | CallOf<'rgnInitFromActor'>,
): readonly (readonly [number, Inherited])[] {
  const page = (from: number, how: Inherited['how']): Inherited => ({ how, from, bytes: how === 'copy' ? bytesIn(before, parent, from) : null });
  if (call.operation === 'rgnDup') {
    return [...layout(before.actors[parent]!)].flatMap(([at, { inherit }]) => {
      const how = call.inherit ?? inherit;
      return how === 'none' ? [] : [[at, page(at, how)] as const];
    });
  }
  const shift = (call.start - call.from) / before.limits.page;
  return pagesIn(before, call.from, call.size).map((at) => [at + shift, page(at, call.operation === 'rgnMapFromActor' ? 'share' : 'copy')] as const);
}

/** What gives a child more than its memory makes it more than a child. */
function isMeddledWith({ before, call }: ChorusStep, child: ActorId): boolean {
  if (call.operation === 'grpPortInsert') return before.ports[before.actors[child]!.defaultPort]!.ui === call.port;
  if (!['portCreate', 'portDeclare', 'portMigrate', 'actorPi', 'actorPrivilege', 'actorDelete', 'threadCreate'].includes(call.operation)) return false;
  const { thread, actor } = call as { thread: ThreadId; actor: Capability | null };
  const to = call.operation === 'portMigrate' ? call.to : null;
  return actorFor(before, thread, actor) === child || (to !== null && actorFor(before, thread, to) === child);
}

/** The parent gives its child a thread: it is a process of its own now. */
function bear({ children }: Processes, step: ChorusStep): readonly string[] {
  const { before, after } = step;
  for (const [id, child] of children) {
    if (child.born || !isMeddledWith(step, id) || !wentThrough(step)) continue;
    const isBirth = isCall(step, 'threadCreate') && actorAt(before, step.call.thread) === child.parent && liveThreads(before, id).length === 0;
    if (!isBirth) {
      children.delete(id);
      continue;
    }
    child.born = true;
    return [...likeItsParent(after, id, child, step.call.child), ...besides(step, `new t${step.call.child + 1}`)];
  }
  return [];
}

/** What a child has of its parent, and what it has not. */
function likeItsParent(state: ChorusState, id: ActorId, { parent, pi, pages }: Child, thread: ThreadId): readonly string[] {
  const [child, from] = [state.actors[id]!, state.actors[parent]!];
  const port = child.defaultPort;
  const { ui } = state.ports[port]!;
  return [
    ...(same(liveThreads(state, id), [thread]) && state.threads[thread]!.current === null ? [] : [`${actorName(id)} has not just the one thread that it was given`]),
    ...(child.ports.filter((other) => other !== null).length === 1 && child.ports.includes(port) && state.ports[port]!.actor === id ? []
      : [`${actorName(id)} has ports that it did not make`]),
    ...(state.ports.every((other, at) => at === port || other.ui !== ui) && !from.ports.includes(port) ? [] : [`${actorName(id)} has a port of its parent's`]),
    ...(state.groups.some(({ members }) => members.includes(port)) ? [`${actorName(id)} is in a group that it did not enter`] : []),
    ...(child.saved.some((kept) => kept !== null) ? [`${actorName(id)} has saved messages that it did not receive`] : []),
    ...(child.pi === pi && child.site === from.site && child.ui !== from.ui ? [] : [`${actorName(id)} is not made after the pattern of its parent`]),
    ...memoryOf(state, id, parent, pages),
  ];
}

function memoryOf(state: ChorusState, id: ActorId, parent: ActorId, pages: Child['pages']): readonly string[] {
  const shown = layout(state.actors[id]!);
  const wrong = [...pages].flatMap(([page, { how, from, bytes }]) => {
    const view = shown.get(page);
    if (view === undefined) return [`page ${page} of ${actorName(id)} is missing`];
    const source = shownIn(state, parent, from);
    const isSame = source !== undefined && view.object === source.object && view.page === source.page;
    if (how === 'share') return source === undefined || isSame ? [] : [`page ${page} of ${actorName(id)} is not that of its parent`];
    if (isSame) return [`page ${page} of ${actorName(id)} is that of its parent, and not a copy`];
    return bytes === null || bytesOf(state, view.object, view.page) === bytes ? [] : [`page ${page} of ${actorName(id)} is not as its parent had it`];
  });
  return [...wrong, ...(shown.size === pages.size ? [] : [`${actorName(id)} has memory that it did not inherit`])];
}

/** Parent and child write each into what is its own, and both into what they share. */
function liveApart({ children }: Processes, step: ChorusStep): readonly string[] {
  const { before, after } = step;
  if (!isCall(step, 'memoryWrite') || !returned(step)) return [];
  const writer = actorAt(before, step.call.thread);
  const written = pagesIn(before, step.call.address, step.call.bytes.length / 2);
  const wrong: string[] = [];
  for (const [id, { parent, pages, born }] of children) {
    if (!born || (writer !== id && writer !== parent) || after.actors[parent]!.life === 'dead' || after.actors[id]!.life === 'dead') continue;
    for (const [page, { how, from }] of pages) {
      const [mine, theirs] = writer === id ? [[id, page] as const, [parent, from] as const] : [[parent, from] as const, [id, page] as const];
      if (!written.includes(mine[1]) || !isStill(before, ...mine) || !isStill(before, ...theirs)) continue;
      const [now, other] = [bytesIn(after, ...mine), bytesIn(after, ...theirs)];
      if (how === 'share' && isSameCell(before, mine, theirs) && now !== other) wrong.push(`page ${page} of ${actorName(id)} is shared, and its parent sees other bytes`);
      if (how === 'copy' && !isSameCell(before, mine, theirs) && other !== bytesIn(before, ...theirs)) wrong.push(`what ${actorName(writer)} writes shows in the copy`);
    }
  }
  return wrong;
}

type Place = readonly [ActorId, number];
const isStill = (state: ChorusState, actor: ActorId, page: number): boolean => bytesIn(state, actor, page) !== null;
const cell = (state: ChorusState, [actor, page]: Place): readonly [ObjectId, number] | null => {
  const shown = shownIn(state, actor, page);
  return shown === undefined ? null : [shown.object, shown.page];
};
const isSameCell = (state: ChorusState, a: Place, b: Place): boolean => same(cell(state, a), cell(state, b));

/** An actor frees all its memory, maps an image, and goes on with a new thread in the place of the old ones. */
function becomeAnother({ images }: Processes, step: ChorusStep): readonly string[] {
  const { before, after, call } = step;
  if (!('thread' in call) || call.thread === null) return [];
  const actor = actorAt(before, call.thread);
  if (isCall(step, 'rgnFree') && returned(step) && step.call.actor === null && step.call.space === 'actor' && step.call.start === 0
    && step.call.size >= before.limits.space * before.limits.page) {
    images.set(actor, { thread: call.thread, keeps: identity(after, actor), pages: new Set() });
    return layout(after.actors[actor]!).size === 0 ? [] : [`${actorName(actor)} keeps memory of its old image`];
  }
  const image = images.get(actor);
  if (image === undefined || !wentThrough(step)) return [];
  if (isCall(step, 'rgnMap', 'rgnInit', 'rgnAllocate') && step.call.actor === null && call.thread === image.thread) {
    const now = layout(after.actors[actor]!);
    for (const [page] of now) if (!layout(before.actors[actor]!).has(page)) image.pages.add(page);
    return [];
  }
  if (isCall(step, 'threadCreate', 'memoryRead', 'actorSelf') || (isCall(step, 'threadDelete') && step.call.target !== null)) return [];
  images.delete(actor);
  if (!isCall(step, 'threadDelete') || call.thread !== image.thread || liveThreads(before, actor).length !== 2) return [];
  return [
    ...(same(identity(after, actor), image.keeps) ? [] : [`${actorName(actor)} is another actor after it has become another program`]),
    ...(same([...layout(after.actors[actor]!).keys()].toSorted((a, b) => a - b), [...image.pages].toSorted((a, b) => a - b)) ? []
      : [`${actorName(actor)} has other memory than its new image`]),
    ...(liveThreads(after, actor).length === 1 ? [] : [`${actorName(actor)} does not go on with one thread`]),
  ];
}

export const forkingLaws = {
  'chorus/fork-is-built-of-calls': {
    monitor: monitor<ChorusState, ChorusCall, Processes>({
      start: () => ({ children: new Map(), images: new Map() }),
      next(seen, step) {
        conceive(seen, step);
        const wrong = [...liveApart(seen, step), ...bear(seen, step), ...becomeAnother(seen, step)];
        furnish(seen, step);
        return wrong;
      },
    }),
    sometimes: {
      'an actor with inherited memory gets its first thread': (step) => isCall(step, 'threadCreate') && returned(step) && step.call.actor !== null
        && isFirst(step, (regions) => regions > 0),
      'an actor with several inherited regions gets its first thread': (step) => isCall(step, 'threadCreate') && returned(step) && step.call.actor !== null
        && isFirst(step, (regions) => regions > 1),
      'the last thread of an old program goes': (step) => isCall(step, 'threadDelete') && wentThrough(step) && step.call.target === null
        && step.before.actors[actorAt(step.before, step.call.thread)]!.regions.length > 2,
    },
  },
} satisfies ChorusLaws;

function isFirst(step: ChorusStep & { readonly call: CallOf<'threadCreate'> }, wanted: (regions: number) => boolean): boolean {
  const target = actorFor(step.before, step.call.thread, step.call.actor);
  return target !== null && liveThreads(step.before, target).length === 0 && wanted(step.before.actors[target]!.regions.length);
}
