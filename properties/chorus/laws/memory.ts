import type { Capability, ThreadId } from '#spec/chorus/vocabulary';
import type { ActorId, ChorusState, ObjectId } from '#model/chorus/state';
import { actorAt, actorFor, callerEvent, errorOf, isCall, outcomeOf, portBy, returned, siteAt, threadName, traffic, valueOf } from '#properties/chorus/facts';
import { besides, changes, same } from '#properties/chorus/laws/changes';
import { asIfEager } from '#properties/chorus/laws/eager';
import { bytesOf, layout, pagesIn, targetOf, type Shown } from '#properties/chorus/laws/layout';
import { actorIs } from '#properties/chorus/laws/marks';
import { refusing } from '#properties/chorus/laws/refusals';
import { together, type CallOf, type ChorusLaws, type ChorusStep } from '#properties/chorus/obligation';

const memoryOperations = [
  'rgnAllocate', 'rgnFree', 'rgnMapFromActor', 'rgnInitFromActor', 'rgnDup', 'rgnMap', 'rgnInit', 'rgnSetProtect', 'rgnSetInherit',
] as const;
type RegionCall = CallOf<(typeof memoryOperations)[number]>;

/** An operation on regions that went through, with the address space it was about before and after. */
function changed(step: ChorusStep): { readonly actor: ActorId; readonly old: ReadonlyMap<number, Shown>; readonly now: ReadonlyMap<number,
  Shown>; readonly call: RegionCall } | null {
  if (!isCall(step, ...memoryOperations) || !returned(step)) return null;
  const call = step.call as RegionCall;
  const actor = targetOf(step.before, call);
  if (actor === null) return null;
  if ('space' in call && call.space === 'supervisor') {
    const { site } = step.before.actors[actor]!;
    return { actor, old: layout(step.before.sites[site]!), now: layout(step.after.sites[site]!), call };
  }
  return { actor, old: layout(step.before.actors[actor]!), now: layout(step.after.actors[actor]!), call };
}

/** The words for the address space that a call changes. */
function where(step: ChorusStep, actor: ActorId): string {
  const { call } = step;
  return 'space' in call && call.space === 'supervisor' ? `S${step.before.actors[actor]!.site + 1}.regions` : actorIs(actor, 'regions');
}

/** Pages that are not as they were, and were not to change. */
const unasked = (old: ReadonlyMap<number, Shown>, now: ReadonlyMap<number, Shown>, range: readonly number[]): readonly string[] => [
  ...[...old].flatMap(([page, shown]) => (range.includes(page) || same(shown, now.get(page)) ? [] : [`page ${page} is another than before`])),
  ...[...now].flatMap(([page]) => (range.includes(page) || old.has(page) ? [] : [`page ${page} is mapped, and nobody asked`])),
];

const wholePages = ({ limits }: ChorusState, size: number): number => Math.ceil(size / limits.page) * limits.page;

const isMemory = (step: ChorusStep): boolean => isCall(step, 'memoryRead', 'memoryWrite');

/** Whether an access to its own memory is one that its thread may make. */
function isLegal({ before, call }: ChorusStep): boolean {
  if (call.operation !== 'memoryRead' && call.operation !== 'memoryWrite') return true;
  const shown = layout(before.actors[actorAt(before, call.thread)]!);
  const size = call.operation === 'memoryRead' ? call.size : call.bytes.length / 2;
  return pagesIn(before, call.address, size).every((page) => shown.has(page) && (call.operation === 'memoryRead' || shown.get(page)!.writable));
}

/** A request of the nucleus to a mapper that began in a step. */
const asked = (step: ChorusStep) => [...traffic(step).after.values()].map(([message]) => message)
  .filter(({ sender, serial }) => sender === -1 && !traffic(step).before.has(serial));

/** The thread that waits for a page, whose mapper a step brings an answer of. */
function answered({ before, call }: ChorusStep): { readonly thread: ThreadId; readonly body: string } | null {
  const reply = call.operation === 'ipcReply' ? { transaction: before.threads[call.thread]!.current?.message.transaction ?? null, body: call.body }
    : call.operation === 'packetArrives' && before.network[call.packet]!.cargo.tag === 'reply'
      ? before.network[call.packet]!.cargo as { transaction: number; body: string } : null;
  if (reply === null || reply.transaction === null || before.transactions[reply.transaction]!.life !== 'open') return null;
  if (call.operation === 'ipcReply' && before.transactions[reply.transaction]!.site !== siteAt(before, call.thread)) return null;
  const { client } = before.transactions[reply.transaction]!;
  return before.threads[client]!.run.tag === 'paging' ? { thread: client, body: reply.body } : null;
}

/** What a mapper's answer fails in: a bad diagnosis, no page, no right to write. */
function fails(state: ChorusState, thread: ThreadId, body: string): boolean {
  const { run } = state.threads[thread]!;
  if (run.tag !== 'paging') return false;
  const there = state.objects[run.object]!.pages[run.page] !== null;
  const pushes = run.retry.includes('"sgFlush"');
  return body.slice(0, 2) !== '00' || (!pushes && ((!there && body.length !== 4 + 2 * state.limits.page) || (run.write && body.slice(2, 4) !== '01')));
}

const segments = (step: ChorusStep): readonly ObjectId[] => step.after.objects.flatMap(({ segment, life }, id) => (segment !== null && life === 'live'
  ? [id as ObjectId] : []));

/** Whether a copy, or several of one source, are there. */
const copies = ({ objects }: ChorusState): number => objects.filter(({ life, parent }) => life === 'live' && parent !== null).length;

export const memoryLaws = {
  'chorus/new-region-is-as-asked': {
    on: ['rgnAllocate'],
    monitor: asIfEager('chorus/new-region-is-as-asked'),
    step: (step) => {
      const found = changed(step);
      if (found === null || found.call.operation !== 'rgnAllocate') return [];
      const { actor, old, now, call } = found;
      const { start } = valueOf<{ start: number }>(step);
      const range = pagesIn(step.before, start, wholePages(step.before, call.size));
      const fits = range.every((page) => now.get(page)?.writable === call.writable && now.get(page)?.inherit === call.inherit
        && now.get(page)!.object >= step.before.objects.length);
      const filled = !call.zero || range.every((page) => bytesOf(step.after, now.get(page)!.object, now.get(page)!.page) === '00'.repeat(step.before.limits.page));
      return [
        ...(call.start === null || call.start === start ? [] : [`memory was allocated at ${start}, not at ${call.start}`]),
        ...(range.every((page) => !old.has(page)) && fits && start % step.before.limits.page === 0 ? [] : ['the new region is not as asked']),
        ...(filled ? [] : ['the new region is not filled with zeros']),
        ...unasked(old, now, range), ...besides(step, where(step, actor), 'memory'),
      ];
    },
    sometimes: {
      'memory is allocated anywhere': (step) => isCall(step, 'rgnAllocate') && returned(step) && step.call.start === null,
      'a size is no whole page': (step) => isCall(step, 'rgnAllocate') && returned(step) && step.call.size % step.before.limits.page !== 0,
    },
  },

  'chorus/regions-do-not-overlap': together(refusing('chorus/regions-do-not-overlap'), {
    always: (state) => [...state.actors, ...state.sites].flatMap(({ regions }) => regions.flatMap(({ start, size }, at) =>
      (size > 0 && regions.every((other, place) => place === at || other.start + other.size <= start || start + size <= other.start) ? []
        : [`a region at page ${start} overlaps another, or is empty`]))),
    sometimes: { 'an actor has several regions': ({ after }) => after.actors.some(({ regions }) => regions.length > 2) },
  }),

  'chorus/unfilled-memory-is-unspecified': { waived: 'there is nothing that memory nobody filled may not hold; the model offers two contents' },

  'chorus/free-takes-exactly-the-range': together(refusing('chorus/free-takes-exactly-the-range'), {
    on: ['rgnFree'],
    step: (step) => {
      const found = changed(step);
      if (found === null || found.call.operation !== 'rgnFree') return [];
      const { actor, old, now, call } = found;
      const range = pagesIn(step.before, call.start, wholePages(step.before, call.size));
      return [
        ...range.flatMap((page) => (now.has(page) ? [`page ${page} is still mapped`] : [])),
        ...unasked(old, now, range), ...besides(step, where(step, actor), 'memory'),
      ];
    },
    sometimes: {
      'a region is split': (step) => isCall(step, 'rgnFree') && returned(step) && step.call.space === 'actor'
        && step.after.actors[targetOf(step.before, step.call)!]!.regions.length > step.before.actors[targetOf(step.before, step.call)!]!.regions.length,
      'two regions are cut': (step) => isCall(step, 'rgnFree') && returned(step) && step.call.space === 'actor'
        && step.before.actors[targetOf(step.before, step.call)!]!.regions
        .filter(({ start, size }) => pagesIn(step.before, (step.call as CallOf<'rgnFree'>).start,
          (step.call as CallOf<'rgnFree'>).size).some((page) => page >= start && page < start + size)).length > 1,
    },
  }),

  'chorus/memory-is-local': refusing('chorus/memory-is-local'),

  'chorus/mapped-memory-is-shared': together(refusing('chorus/mapped-memory-is-shared'), {
    monitor: asIfEager('chorus/mapped-memory-is-shared'),
    sometimes: { 'shared memory is written': (step) => isCall(step, 'memoryWrite') && returned(step)
      && step.before.objects.some((_, object) => step.before.actors.filter(({ life, regions }) => life === 'live'
        && regions.some((region) => region.object === object)).length > 1) },
  }),

  'chorus/copies-are-snapshots': together(refusing('chorus/copies-are-snapshots'), {
    monitor: asIfEager(null),
    sometimes: {
      'a source is written': (step) => isCall(step, 'memoryWrite') && returned(step) && copies(step.before) > 0
        && step.before.objects.some(({ history }) => history !== null),
      'a copy of a copy is there': ({ after }) => after.objects.some(({ life, parent }) => life === 'live' && parent !== null
        && after.objects[parent]!.parent !== null),
      'a source goes before its copy': (step) => isCall(step, 'rgnFree') && returned(step) && copies(step.before) > 0,
      'a page that a copy depends on is evicted': (step) => isCall(step, 'pageIsEvicted') && step.before.objects[step.call.object]!.history !== null,
    },
  }),

  'chorus/source-has-one-history': {
    always: ({ objects, actors }) => objects.flatMap(({ life, history, segment }, id) => {
      if (life === 'dead') return [];
      const children = objects.flatMap((other, at) => (other.life === 'live' && other.parent === id ? [at] : []));
      const used = segment !== null || actors.some(({ regions }) => regions.some(({ object }) => object === id));
      if (history !== null) return same(children, [history]) ? [] : [`o${id + 1} has ${children.length} copies beside its history`];
      return used && children.length > 0 ? [`o${id + 1} has a copy, and no history`] : children.length > 2
        ? [`o${id + 1} stands between ${children.length} copies`] : [];
    }),
    sometimes: { 'an object stands between two copies': ({ after: { objects } }) => objects.some((_, id) => objects.filter(({ life,
      parent }) => life === 'live' && parent === id).length > 1) },
  },

  'chorus/copies-outlive-their-source': {
    always: ({ objects, actors, sites }) => [
      ...objects.flatMap(({ life, parent, history }, id) => (life === 'live' && [parent, history].some((other) => other !== null
        && objects[other]!.life === 'dead') ? [`o${id + 1} depends on what is gone`] : [])),
      ...[...actors, ...sites].flatMap(({ regions }) => regions.flatMap(({ object }) => (objects[object]!.life === 'dead'
        ? [`a region shows o${object + 1}, which is gone`] : []))),
    ],
    sometimes: { 'nobody maps a source any more': ({ after: { objects, actors } }) => objects.some(({ life, segment, parent }, id) => life === 'live'
      && segment === null && parent === null
      && objects.some((other) => other.life === 'live' && other.parent === id) && !actors.some(({ regions }) => regions.some(({ object }) => object === id))) },
  },

  'chorus/duplication-goes-by-inheritance': together(refusing('chorus/duplication-goes-by-inheritance'), {
    on: ['rgnDup'],
    monitor: asIfEager('chorus/duplication-goes-by-inheritance'),
    step: (step) => {
      const found = changed(step);
      if (found === null || found.call.operation !== 'rgnDup') return [];
      const { actor, now, call } = found;
      const source = layout(step.before.actors[actorFor(step.before, call.thread, call.source)!]!);
      const expected = [...source].filter(([, { inherit }]) => (call.inherit ?? inherit) !== 'none');
      const wrong = expected.flatMap(([page, shown]) => {
        const view = now.get(page);
        const shares = (call.inherit ?? shown.inherit) === 'share';
        const fits = view !== undefined && view.writable === shown.writable && view.inherit === shown.inherit && (view.object === shown.object) === shares;
        return fits ? [] : [`page ${page} is not duplicated as it is to be`];
      });
      return [...wrong, ...(now.size === expected.length ? [] : ['something else was duplicated']), ...besides(step, where(step, actor), 'memory')];
    },
    sometimes: {
      'a region is not duplicated': (step) => isCall(step, 'rgnDup') && returned(step) && step.call.inherit === null
        && step.before.actors[actorFor(step.before, step.call.thread, step.call.source)!]!.regions.some(({ inherit }) => inherit === 'none'),
      'a region is shared, and another copied': (step) => isCall(step, 'rgnDup') && returned(step) && step.call.inherit === null
        && new Set(step.before.actors[actorFor(step.before, step.call.thread, step.call.source)!]!.regions.map(({ inherit }) => inherit)).size > 1,
    },
  }),

  'chorus/segments-are-mapped-by-offset': {
    on: ['rgnMap', 'rgnInit'],
    monitor: asIfEager('chorus/segments-are-mapped-by-offset'),
    step: (step) => {
      const found = changed(step);
      if (found === null || (found.call.operation !== 'rgnMap' && found.call.operation !== 'rgnInit')) return [];
      const { actor, old, now, call } = found;
      const { site } = step.before.actors[actor]!;
      const range = pagesIn(step.before, call.start, wholePages(step.before, call.size));
      const wrong = range.flatMap((page, at) => {
        const view = now.get(page);
        if (view === undefined || view.writable !== call.writable || view.inherit !== call.inherit) return [`page ${page} is not mapped as asked`];
        const [object, place] = call.operation === 'rgnMap' ? [view.object, view.page] : rootOf(step.after, view.object, view.page);
        const row = step.after.objects[object]!;
        return same(row.segment, call.segment) && row.site === site && place === call.offset / step.before.limits.page + at ? []
          : [`page ${page} shows another part of the segment`];
      });
      return [...wrong, ...unasked(old, now, range), ...besides(step, where(step, actor), 'memory')];
    },
    sometimes: { 'a segment is mapped from an offset': (step) => isCall(step, 'rgnMap') && returned(step) && step.call.offset > 0 },
  },

  'chorus/explicit-and-mapped-access-agree': together(refusing('chorus/explicit-and-mapped-access-agree'), {
    on: ['sgRead', 'sgWrite'],
    step: (step) => {
      if (!isCall(step, 'sgRead', 'sgWrite') || !returned(step)) return [];
      const call = step.call as CallOf<'sgRead'> | CallOf<'sgWrite'>;
      const { site } = step.before.actors[actorAt(step.before, call.thread)]!;
      const size = call.operation === 'sgRead' ? call.size : call.bytes.length / 2;
      const expected = call.operation === 'sgRead' ? valueOf<{ bytes: string }>(step).bytes : call.bytes;
      const mapped = step.after.actors.flatMap((actor) => (actor.life === 'live' && actor.site === site ? [...layout(actor)] : []))
        .filter(([, { object }]) => same(step.after.objects[object]!.segment, call.segment));
      return mapped.flatMap(([page, view]) => {
        const seen = bytesOf(step.after, view.object, view.page);
        const { page: length } = step.after.limits;
        for (let at = call.offset; at < call.offset + size; at += 1) {
          if (Math.floor(at / length) !== view.page) continue;
          const index = 2 * (at - call.offset);
          if (seen?.slice(2 * (at % length), 2 * (at % length) + 2) !== expected.slice(index,
            index + 2)) return [`page ${page} shows something else than the segment holds`];
        }
        return [];
      });
    },
    sometimes: {
      'a segment that is mapped is written': (step) => isCall(step, 'sgWrite') && returned(step)
        && step.after.actors.some(({ regions }) => regions.some(({ object }) => same(step.after.objects[object]!.segment,
          (step.call as CallOf<'sgWrite'>).segment))),
      'what was written where it is mapped is read': (step) => isCall(step, 'sgRead') && returned(step)
        && step.after.objects.some(({ segment, pages }) => same(segment, (step.call as CallOf<'sgRead'>).segment) && pages.some((page) => page?.dirty === true)),
    },
  }),

  'chorus/supervisor-regions-outlive-actors': {
    step: (step) => step.before.sites.flatMap(({ regions, up }, id) => {
      const space = isCall(step, 'rgnAllocate', 'rgnFree') && (step.call as CallOf<'rgnFree'>).space === 'supervisor';
      return !up || space || step.call.operation === 'siteCrashes' || same(regions, step.after.sites[id]!.regions) ? []
        : [`the supervisor space of S${id + 1} has other regions`];
    }),
    sometimes: {
      'an actor goes while there are such regions': (step) => isCall(step, 'actorDelete') && errorOf(step) === null
        && step.before.sites.some(({ regions }) => regions.length > 0),
    },
  },

  'chorus/attributes-change-on-the-range': together(refusing('chorus/attributes-change-on-the-range'), {
    on: ['rgnSetProtect', 'rgnSetInherit'],
    step: (step) => {
      const found = changed(step);
      if (found === null || (found.call.operation !== 'rgnSetProtect' && found.call.operation !== 'rgnSetInherit')) return [];
      const { actor, old, now, call } = found;
      const range = pagesIn(step.before, call.start, wholePages(step.before, call.size));
      const attribute = call.operation === 'rgnSetProtect' ? { writable: call.writable } : { inherit: call.inherit };
      return [
        ...range.flatMap((page) => (same({ ...old.get(page), ...attribute }, now.get(page)) ? [] : [`page ${page} is not as asked`])),
        ...unasked(old, now, range), ...besides(step, where(step, actor)),
      ];
    },
    sometimes: {
      'a part of a region is protected': (step) => isCall(step, 'rgnSetProtect') && returned(step) && changes(step).length > 0,
      'a part of a region is inherited otherwise': (step) => isCall(step, 'rgnSetInherit') && returned(step) && changes(step).length > 0,
    },
  }),

  'chorus/illegal-access-is-an-exception': {
    on: ['memoryRead', 'memoryWrite'],
    step: (step) => {
      if (!isMemory(step)) return [];
      const { thread, handler } = step.call as CallOf<'memoryRead'>;
      const tag = callerEvent(step)?.tag;
      if (isLegal(step)) return tag === 'ended' ? [`${threadName(thread)} had a right to that access, and has gone`] : [];
      const dead = step.after.actors[actorAt(step.before, thread)]!.life === 'dead';
      if (handler) return errorOf(step) === 'exception' && changes(step).length === 0 ? [] : [`${threadName(thread)} had no right to that access, and was not told`];
      return tag === 'ended' && dead ? [] : [`${threadName(thread)} had no right to that access, and its actor is still there`];
    },
    sometimes: {
      'an illegal access is told to the handler': (step) => isMemory(step) && !isLegal(step) && errorOf(step) === 'exception',
      'an illegal access ends an actor': (step) => isMemory(step) && callerEvent(step)?.tag === 'ended',
      'memory that is read only is written': (step) => isCall(step, 'memoryWrite') && !isLegal(step)
        && pagesIn(step.before, step.call.address, step.call.bytes.length / 2)
        .every((page) => layout(step.before.actors[actorAt(step.before, (step.call as CallOf<'memoryWrite'>).thread)]!).has(page)),
    },
  },

  'chorus/absent-page-is-pulled-in': {
    step: (step) => {
      const requests = asked(step).flatMap((message) => {
        const { run } = step.after.threads[step.after.transactions[message.transaction!]!.client]!;
        if (run.tag !== 'paging') return [];
        const { segment, pages } = step.after.objects[run.object]!;
        const pulls = (pages[run.page] ?? null) === null;
        const head = `${hex(segment!.key)}${hex(run.page)}${run.write ? '01' : '00'}`;
        const right = message.target === segment!.ui && message.body.slice(2, 8) === head && (message.body.slice(0, 2) === '01') === pulls;
        return right ? [] : [`the mapper is asked for something else than ${threadName(step.after.transactions[message.transaction!]!.client)} needs`];
      });
      const given = answered(step);
      if (given === null || fails(step.before, given.thread, given.body)) return requests;
      const { run } = step.before.threads[given.thread]!;
      if (run.tag !== 'paging' || step.before.objects[run.object]!.pages[run.page] !== null) return requests;
      const page = step.after.objects[run.object]!.pages[run.page];
      const right = page !== null && page !== undefined && (page.dirty || page.bytes === given.body.slice(4));
      return right ? requests : [...requests, 'the page that the mapper gave is not there'];
    },
    sometimes: {
      'a page is asked for': (step) => asked(step).some(({ body }) => body.startsWith('01')),
      'a page comes from another site': (step) => isCall(step, 'packetArrives') && answered(step) !== null,
      'a thread goes on when its page has come': (step) => answered(step) !== null && outcomeOf(step, answered(step)!.thread)?.error === null,
    },
  },

  'chorus/write-needs-granted-access': {
    step: (step) => segments(step).flatMap((object) => step.after.objects[object]!.pages.flatMap((page, at) => {
      const old = step.before.objects[object]?.pages[at] ?? null;
      if (page === null) return [];
      const given = answered(step);
      const { run } = given === null ? { run: null } : step.before.threads[given.thread]!;
      const granted = run?.tag === 'paging' && run.object === object && run.page === at && given!.body.slice(0, 4) === '0001';
      const written = page.bytes !== old?.bytes && page.dirty;
      return (written || (page.writable && !old?.writable)) && !(old?.writable === true || granted)
        ? [`page ${at} of o${object + 1} may be written, and nobody granted it`] : [];
    })),
    sometimes: {
      'the right to write is asked for': (step) => asked(step).some(({ body }) => body.startsWith('03')),
      'a page that may not be written is there': (step) => segments(step).some((object) => step.after.objects[object]!.pages.some((page) => page?.writable === false)),
    },
  },

  'chorus/dirty-pages-are-pushed-out-first': {
    step: (step) => [
      ...segments(step).flatMap((object) => (step.before.objects[object]?.pages ?? []).flatMap((page, at) => {
        const now = step.after.objects[object]!.pages[at] ?? null;
        if (page?.dirty !== true || now?.dirty === true) return [];
        const given = answered(step);
        const { run } = given === null ? { run: null } : step.before.threads[given.thread]!;
        const taken = run?.tag === 'paging' && run.object === object && run.page === at && given!.body.startsWith('00') && run.retry.includes('"sgFlush"');
        return taken ? [] : [`page ${at} of o${object + 1} was written, and its mapper has not taken it back`];
      })),
      ...asked(step).flatMap(({ body, transaction }) => {
        const { run } = step.after.threads[step.after.transactions[transaction!]!.client]!;
        return !body.startsWith('02') || run.tag !== 'paging' || body.slice(8) === step.after.objects[run.object]!.pages[run.page]?.bytes ? []
          : ['something else is pushed out than was written'];
      }),
      ...(isCall(step, 'sgFlush') && returned(step) && segments(step).some((object) => same(step.after.objects[object]!.segment,
        (step.call as CallOf<'sgFlush'>).segment)
        && step.after.objects[object]!.site === siteAt(step.before, (step.call as CallOf<'sgFlush'>).thread)
          && step.after.objects[object]!.pages.some((page) => page !== null)) ? ['a segment that was flushed is still in memory'] : []),
    ],
    sometimes: {
      'a page is pushed out': (step) => asked(step).some(({ body }) => body.startsWith('02')),
      'a page is evicted': (step) => isCall(step, 'pageIsEvicted'),
      'a flush comes to its end': (step) => isCall(step, 'sgFlush') && returned(step),
    },
  },

  'chorus/temporary-memory-has-a-default-mapper': { waived: 'volatile memory never has to leave main memory in the model, which has room for all of it' },

  'chorus/failing-mapper-fails-the-access': {
    step: (step) => {
      const given = answered(step);
      if (given !== null && fails(step.before, given.thread, given.body)) {
        const { run } = step.before.threads[given.thread]!;
        const error = run.tag === 'paging' && run.retry.includes('"memory') ? 'exception' : 'K_EMAPPER';
        return outcomeOf(step, given.thread)?.error === error ? [] : [`${threadName(given.thread)} is not told that its mapper has failed`];
      }
      if (!isCall(step, 'memoryRead', 'memoryWrite', 'sgRead', 'sgWrite') || !isLegal(step) || errorOf(step) === null || errorOf(step) === 'K_EADDRESS') return [];
      const call = step.call as CallOf<'sgRead'>;
      const mappers = 'segment' in call ? [call.segment] : mappersOf(step.before, call as unknown as CallOf<'memoryRead'>);
      const gone = mappers.some(({ ui }) => {
        const port = portBy(step.before, ui);
        return port === null || step.before.ports[port]!.queue.length >= step.before.limits.queue || step.before.network.length > 0
          || step.before.apart.length > 0 || step.before.sites.some(({ up }) => !up);
      });
      return gone ? [] : [`${threadName(call.thread)} was refused although its mapper is there`];
    },
    sometimes: {
      'a mapper fails': (step) => answered(step) !== null && fails(step.before, answered(step)!.thread, answered(step)!.body),
      'an explicit operation fails with its mapper': (step) => step.events.some((event) => event.tag === 'raised' && event.error === 'K_EMAPPER'),
    },
  },

  'chorus/one-cache-for-a-segment': {
    always: ({ objects }) => {
      const seen = new Set<string>();
      return objects.flatMap(({ life, segment, site }) => {
        if (life === 'dead' || segment === null) return [];
        const name = `${site}/${segment.ui}/${segment.key}`;
        const again = seen.has(name);
        seen.add(name);
        return again ? [`a segment has two caches on S${site + 1}`] : [];
      });
    },
    sometimes: {
      'a segment is used twice on a site': (step) => isCall(step, 'rgnMap', 'sgRead', 'sgWrite') && step.before.objects.some(({ segment, site }) =>
        same(segment, (step.call as { segment: Capability }).segment) && site === siteAt(step.before, (step.call as CallOf<'sgRead'>).thread)),
    },
  },

  'chorus/explicit-copy-is-whole-or-nothing': together(refusing('chorus/explicit-copy-is-whole-or-nothing'), {
    on: ['vmCopy'],
    step: (step) => {
      if (!isCall(step, 'vmCopy') || !returned(step)) return [];
      const { before, after, call } = step;
      const bytes = (state: ChorusState, capability: Capability | null, start: number) => {
        const shown = layout(state.actors[actorFor(state, call.thread, capability)!]!);
        return Array.from({ length: call.size }, (_, index) => {
          const view = shown.get(Math.floor((start + index) / state.limits.page));
          const at = (start + index) % state.limits.page;
          return view === undefined ? '??' : bytesOf(state, view.object, view.page)?.slice(2 * at, 2 * at + 2) ?? '??';
        }).join('');
      };
      const target = layout(before.actors[actorFor(before, call.thread, call.actor)!]!);
      const pages = pagesIn(before, call.to, call.size).map((at) => `${target.get(at)?.object}/${target.get(at)?.page}`);
      if (new Set(pages).size < pages.length) return [];
      return bytes(before, call.source, call.from) === bytes(after, call.actor, call.to) ? [] : ['the target does not hold what the source held'];
    },
    sometimes: { 'bytes are copied to another actor': (step) => isCall(step, 'vmCopy') && returned(step)
      && actorFor(step.before, step.call.thread, step.call.source) !== actorFor(step.before, step.call.thread, step.call.actor) },
  }),

  'chorus/bodies-are-copied-later': { waived: 'a body is a value in the model: that it is copied later can be noticed by nobody' },
} satisfies ChorusLaws;

const hex = (value: number): string => (value & 0xff).toString(16).padStart(2, '0');

/** The segments behind what a thread accesses. */
function mappersOf(state: ChorusState, { thread }: CallOf<'memoryRead'>): readonly Capability[] {
  return [...layout(state.actors[actorAt(state, thread)]!).values()].flatMap(({ object, page }) => {
    const { segment } = state.objects[rootOf(state, object, page)[0]]!;
    return segment === null ? [] : [segment];
  });
}

/** The object at the root of a copy, and the page there. */
function rootOf({ objects }: ChorusState, object: ObjectId, page: number): readonly [ObjectId, number] {
  let at = object;
  let place = page;
  for (;;) {
    const { parent, offset } = objects[at]!;
    if (parent === null) return [at, place];
    at = parent;
    place += offset;
  }
}

