import type { Capability, ThreadId } from '#spec/chorus/vocabulary';
import type { ChorusState, ObjectId } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { actorAt, actorFor, errorOf, isCall, outcomeOf, portBy, returned, siteAt, threadName, valueOf } from '#properties/chorus/facts';
import { same } from '#properties/chorus/laws/changes';
import { bytesOf, layout, pagesIn, rootOf } from '#properties/chorus/laws/layout';
import {
  answeredAs, begunAs, cachesIn, failsTo, givenUp, headOf, isLegal, isToldOf, segmentOf, toldOf, waitingFor,
} from '#properties/chorus/laws/paging';
import { refusing } from '#properties/chorus/laws/refusals';
import { together, type CallOf, type ChorusLaws, type ChorusStep } from '#properties/chorus/obligation';

/** The pages of an object that an access to it goes to directly, and not by way of a copy; null where that is not known. */
function directly(state: ChorusState, thread: ThreadId, call: ChorusCall, object: ObjectId): readonly number[] {
  const shown = (actor: number, start: number, size: number) => {
    const pages = layout(state.actors[actor]!);
    return pagesIn(state, start, size).flatMap((at) => (pages.get(at)?.object === object ? [pages.get(at)!.page] : []));
  };
  switch (call.operation) {
    case 'memoryWrite': return shown(actorAt(state, thread), call.address, call.bytes.length / 2);
    case 'vmCopy': {
      const target = actorFor(state, thread, call.actor);
      return target === null ? [] : shown(target, call.to, call.size);
    }
    case 'sgWrite': return same(state.objects[object]!.segment, call.segment) ? pagesIn(state, call.offset, call.bytes.length / 2) : [];
    default: return [];
  }
}

/** Threads that begin to wait for a page in a step. */
const beginToWait = ({ before, after }: ChorusStep) => after.threads.flatMap(({ life, run }, id) => {
  const old = before.threads[id]?.run;
  const waits = life === 'live' && run.tag === 'paging' && !(old?.tag === 'paging' && old.transaction === run.transaction && old.retry === run.retry);
  return waits ? [{ thread: id as ThreadId, run }] : [];
});

/** What is wrong with the request for a page that begins in a step. */
const wrongRequests = (step: ChorusStep): readonly string[] => begunAs(step, 'fetch').flatMap(({ id, errand, message }) => {
  const { object, page, write, pulls } = errand;
  const row = step.after.objects[object]!;
  const segment = segmentOf(row);
  const waiting = waitingFor(step.after, id);
  if (segment === null || message === null) return [`page ${page} of o${object + 1} is asked for, and nobody can have it`];
  const lacks = pulls ? (row.pages[page] ?? null) === null : row.pages[page]?.writable === false && write;
  const head = headOf(pulls ? '01' : '03', segment.key, page, write, row.site);
  const needed = waiting.some(({ thread, retry }) => {
    const direct = directly(step.after, thread, retry, object).includes(page);
    return write ? direct : !direct || retry.operation === 'vmCopy';
  });
  return [
    ...(message.target === segment.ui && message.body === head && lacks ? [] : [`the mapper of o${object + 1} is asked for something else than page ${page}`]),
    ...(waiting.length > 0 && needed ? [] : [`page ${page} of o${object + 1} is not asked for as it is needed`]),
  ];
});

export const mapperLaws = {
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

  'chorus/absent-page-is-pulled-in': {
    always: ({ transactions }) => {
      const open = transactions.flatMap(({ life, errand }) => (life !== 'closed' && errand.tag === 'fetch' ? [`page ${errand.page} of o${errand.object + 1}`] : []));
      return open.length === new Set(open).size ? [] : ['a page is asked for twice at a time'];
    },
    step: (step) => {
      const unasked = beginToWait(step).flatMap(({ thread, run }) => {
        const { client, life, errand } = step.after.transactions[run.transaction]!;
        const fits = client === null && life !== 'closed' && errand.tag === 'fetch' && errand.object === run.object && errand.page === run.page;
        return fits ? [] : [`${threadName(thread)} waits for a page that is not asked for`];
      });
      const wrong = [...wrongRequests(step), ...unasked];
      const given = answeredAs(step, 'fetch');
      if (given === null || failsTo(step.before, given.errand, given.body)) return wrong;
      const { object, page, pulls, stale } = given.errand;
      const left = waitingFor(step.after, given.id).map(({ thread }) => `${threadName(thread)} waits although its mapper has answered`);
      const there = step.after.objects[object]!.pages[page] ?? null;
      if (step.before.objects[object]!.life === 'dead' || !pulls) return [...wrong, ...left];
      const right = stale ? there === null : there !== null && (there.dirty || there.bytes === given.body.slice(4));
      return right ? [...wrong, ...left] : [...wrong, ...left, 'the page that the mapper gave is not there'];
    },
    sometimes: {
      'a page is asked for': (step) => begunAs(step, 'fetch').some(({ errand }) => errand.pulls),
      'a page comes from another site': (step) => isCall(step, 'packetArrives') && answeredAs(step, 'fetch') !== null,
      'a thread goes on when its page has come': (step) => answeredAs(step, 'fetch') !== null
        && waitingFor(step.before, answeredAs(step, 'fetch')!.id).some(({ thread }) => outcomeOf(step, thread)?.error === null),
      'two threads wait for one page': (step) => answeredAs(step, 'fetch') !== null && waitingFor(step.before, answeredAs(step, 'fetch')!.id).length > 1,
      'what a copy is made of is asked for, to write the copy': (step) => begunAs(step, 'fetch').some(({ id, errand }) => !errand.write
        && waitingFor(step.after, id).some(({ retry }) => retry.operation === 'memoryWrite')),
    },
  },

  'chorus/write-needs-granted-access': {
    step: (step) => step.after.objects.flatMap(({ life, segment, pages, stored }, object) => {
      if (life === 'dead') return [];
      const given = answeredAs(step, 'fetch');
      return pages.flatMap((page, at) => {
        const old = step.before.objects[object]?.pages[at] ?? null;
        if (page === null || (segment === null && old === null && !stored.some((kept) => kept.page === at))) return [];
        const granted = given !== null && given.errand.object === object && given.errand.page === at && !given.errand.stale && given.body.slice(0, 4) === '0001';
        const written = page.bytes !== old?.bytes && page.dirty;
        return (written || (page.writable && !old?.writable)) && !(old?.writable === true || granted)
          ? [`page ${at} of o${object + 1} may be written, and nobody granted it`] : [];
      });
    }),
    sometimes: {
      'the right to write is asked for': (step) => begunAs(step, 'fetch').some(({ errand }) => !errand.pulls),
      'a page that may not be written is there': (step) => cachesIn(step.after).some((object) => step.after.objects[object]!.pages.some((page) => page?.writable === false)),
      'what is granted comes too late': (step) => answeredAs(step, 'fetch')?.errand.stale === true && answeredAs(step, 'fetch')!.body.startsWith('0001'),
    },
  },

  'chorus/failing-mapper-fails-the-access': {
    step: (step) => {
      const given = answeredAs(step, 'fetch');
      const failed = [
        ...(given !== null && failsTo(step.before, given.errand, given.body) ? [given] : []), ...givenUp(step).filter(({ errand }) => errand.tag === 'fetch'),
      ];
      const untold = failed.flatMap(({ id }) => waitingFor(step.before, id).flatMap(({ thread, retry }) =>
        (step.after.threads[thread]!.life === 'dead' || isToldOf(step, thread, toldOf(retry)) ? [] : [`${threadName(thread)} is not told that its mapper has failed`])));
      const taken = failed.flatMap(({ errand }) => (errand.tag === 'fetch' && step.after.objects[errand.object]!.life === 'live'
        && !same(step.before.objects[errand.object]!.pages[errand.page], step.after.objects[errand.object]!.pages[errand.page])
        ? [`page ${errand.page} of o${errand.object + 1} is another although its mapper has failed`] : []));
      if (!isCall(step, 'memoryRead', 'memoryWrite', 'sgRead', 'sgWrite') || !isLegal(step) || errorOf(step) === null || errorOf(step) === 'K_EADDRESS') {
        return [...untold, ...taken];
      }
      const call = step.call as CallOf<'sgRead'>;
      const mappers = 'segment' in call ? [call.segment] : mappersOf(step.before, call as unknown as CallOf<'memoryRead'>);
      const gone = mappers.some(({ ui }) => {
        const port = portBy(step.before, ui);
        return port === null || step.before.ports[port]!.queue.length >= step.before.limits.queue || step.before.network.length > 0
          || step.before.apart.length > 0 || step.before.sites.some(({ up }) => !up);
      });
      return gone ? [...untold, ...taken] : [`${threadName(call.thread)} was refused although its mapper is there`];
    },
    sometimes: {
      'a mapper fails': (step) => answeredAs(step, 'fetch') !== null && failsTo(step.before, answeredAs(step, 'fetch')!.errand, answeredAs(step, 'fetch')!.body),
      'a mapper that is waited for goes': (step) => givenUp(step).some(({ id, errand }) => errand.tag === 'fetch' && waitingFor(step.before, id).length > 0),
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
} satisfies ChorusLaws;

/** The segments behind what a thread accesses. */
function mappersOf(state: ChorusState, { thread }: CallOf<'memoryRead'>): readonly Capability[] {
  return [...layout(state.actors[actorAt(state, thread)]!).values()].flatMap(({ object, page }) => {
    const chain = [segmentOf(state.objects[object]!), segmentOf(state.objects[rootOf(state, object, page)[0]]!)];
    for (let at: ObjectId | null = object; at !== null; at = state.objects[at]!.parent) chain.push(segmentOf(state.objects[at]!));
    return chain.filter((segment) => segment !== null);
  });
}
