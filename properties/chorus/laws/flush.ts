import type { Capability, ThreadId } from '#spec/chorus/vocabulary';
import type { ChorusState, Transaction } from '#model/chorus/state';
import { errorOf, isCall, outcomeOf, siteAt, siteBy, threadName } from '#properties/chorus/facts';
import { besides, same } from '#properties/chorus/laws/changes';
import { threadIs } from '#properties/chorus/laws/marks';
import { cachesIn } from '#properties/chorus/laws/paging';
import { refusing } from '#properties/chorus/laws/refusals';
import { together, type CallOf, type ChorusLaws, type ChorusStep } from '#properties/chorus/obligation';

type Flush = Extract<Transaction['errand'], { tag: 'flush' }>;
type Keep = Flush['keep'];

const isFlush = (step: ChorusStep): step is ChorusStep & { readonly call: CallOf<'sgFlush'> | CallOf<'lcFlush'> } => isCall(step, 'sgFlush', 'lcFlush');

/** A range of the cache of a site that begins to be flushed in a step. */
interface Started { readonly id: number; readonly site: number; readonly object: number | null; readonly first: number; readonly count: number; readonly keep: Keep }

function started(step: ChorusStep): Started | null {
  const { before, call } = step;
  if (isFlush(step) && errorOf(step) === null) {
    const { segment, offset, size, keep, thread } = step.call;
    const here = siteAt(before, thread);
    const site = step.call.operation === 'lcFlush' ? siteBy(before, step.call.site) : here;
    if (site !== here) return null;
    const { page } = before.limits;
    return { id: before.transactions.length, site: here, object: cacheAt(before, here, segment), first: offset / page, count: size / page, keep };
  }
  if (call.operation !== 'packetArrives') return null;
  const { cargo, to } = before.network[call.packet]!;
  if (cargo.tag !== 'flush' || before.transactions[cargo.transaction]!.life !== 'open') return null;
  const { transaction, segment, first, count, keep } = cargo;
  return { id: transaction, site: to, object: cacheAt(before, to, segment), first, count, keep };
}

function cacheAt(state: ChorusState, site: number, segment: Capability): number | null {
  return cachesIn(state).find((object) => state.objects[object]!.site === site && same(state.objects[object]!.segment, segment)) ?? null;
}

/** The flushes that a step brought to a good end on the site of their cache. */
function ended(step: ChorusStep): readonly Started[] {
  const { before, after } = step;
  const fresh = started(step);
  const open = before.transactions.flatMap(({ life, errand }, id): readonly Started[] => (life === 'open' && errand.tag === 'flush'
    ? [{ ...errand, id, site: before.objects[errand.object]!.site }] : []));
  return [...open, ...(fresh === null ? [] : [fresh])].filter(({ id, site }) => {
    const { client, site: home } = after.transactions[id]!;
    if (client === null || after.threads[client]!.life === 'dead') return false;
    if (home === site) return outcomeOf(step, client)?.error === null && after.transactions[id]!.life === 'closed';
    return after.network.some((packet) => !before.network.includes(packet) && packet.cargo.tag === 'reply' && packet.cargo.transaction === id && packet.cargo.body === '00');
  });
}

/** What the cache has of a range that it may not have. */
const overmuch = (state: ChorusState, { object, first, count, keep }: Pick<Started, 'object' | 'first' | 'count' | 'keep'>, done: boolean): readonly string[] => {
  if (object === null) return [];
  return state.objects[object]!.pages.flatMap((page, at) => {
    if (page === null || at < first || at >= first + count) return [];
    const wrong = (page.writable && keep !== 'writable') || (done && (page.dirty || keep === 'nothing'));
    return wrong ? [`page ${at} of o${object + 1} is more than may be left of it`] : [];
  });
};

/** What a flush changes of pages that it is not about, or of bytes, when it begins. */
function disturbed({ before, after }: ChorusStep, { object, first, count }: Started): readonly string[] {
  if (object === null) return [];
  return before.objects[object]!.pages.flatMap((page, at) => {
    const now = after.objects[object]!.pages[at] ?? null;
    const within = at >= first && at < first + count;
    const kept = within ? now === null || now.bytes === page?.bytes : same(page, now);
    return kept ? [] : [`page ${at} of o${object + 1} is not as it was, and nobody flushed it`];
  });
}

/** The requests under way for pages that are flushed. */
function underWay({ before }: ChorusStep, { object, first, count }: Started): readonly number[] {
  return before.transactions.flatMap(({ life, errand }, id) => (life === 'open' && errand.tag === 'fetch' && errand.object === object
    && errand.page >= first && errand.page < first + count ? [id] : []));
}

const fetchesOf = (step: ChorusStep, fresh: Started | null): readonly string[] =>
  (fresh === null || fresh.keep === 'writable' ? [] : underWay(step, fresh).map((id) => `x${id + 1}.errand`));

/** Grants under way that count although what they are for is flushed, or that do not although it is not. */
function stillValid(step: ChorusStep, fresh: Started): readonly string[] {
  const flushed = fresh.keep === 'writable' ? [] : underWay(step, fresh);
  return step.before.transactions.flatMap(({ life, errand }, id) => {
    const now = step.after.transactions[id]!.errand;
    if (life !== 'open' || errand.tag !== 'fetch') return [];
    return now.tag === 'fetch' && now.stale === (errand.stale || flushed.includes(id)) ? [] : [`what x${id + 1} brings counts, or does not, contrary to a flush`];
  });
}

/** Who asked for a flush waits for its end. */
function waits(step: ChorusStep, thread: ThreadId): boolean {
  const { run } = step.after.threads[thread]!;
  return run.tag === 'flushing' && run.transaction === step.before.transactions.length && step.after.transactions[run.transaction]?.client === thread
    && step.after.transactions[run.transaction]!.life === 'open';
}

export const flushLaws = {
  'chorus/flush-leaves-what-it-may': together(refusing('chorus/flush-leaves-what-it-may'), {
    always: (state) => state.transactions.flatMap(({ life, errand }, id) => {
      if (life !== 'open' || errand.tag !== 'flush') return [];
      const { object, first, count } = errand;
      return state.objects[object]!.pages.some((page, at) => page?.dirty === true && at >= first && at < first + count) ? []
        : [`x${id + 1} flushes what is flushed`];
    }),
    step: (step) => {
      const fresh = started(step);
      const begun = fresh === null ? [] : [...overmuch(step.after, fresh, false), ...disturbed(step, fresh), ...stillValid(step, fresh)];
      const done = ended(step).flatMap((flush) => overmuch(step.after, flush, true));
      if (!isFlush(step) || errorOf(step) !== null) return [...begun, ...done];
      const { thread } = step.call;
      return [
        ...begun, ...done, ...(waits(step, thread) || outcomeOf(step, thread)?.error === null ? [] : [`${threadName(thread)} does not wait for its flush`]),
        ...besides(step, 'memory', 'network', `new x${step.before.transactions.length + 1}`, threadIs(thread, 'run'), ...fetchesOf(step, fresh)),
      ];
    },
    sometimes: {
      'a flush waits for its mapper': ({ after }) => after.transactions.some(({ life, errand }) => life === 'open' && errand.tag === 'flush'),
      'a flush has to push out what was written': (step) => !isFlush(step) && ended(step).length > 0,
      'pages are kept to be read': (step) => ended(step).some(({ object, keep, first, count }) => keep === 'readable' && object !== null
        && step.after.objects[object]!.pages.some((page, at) => page !== null && at >= first && at < first + count)),
      'pages beyond the range are kept': (step) => ended(step).some(({ object, keep, first, count }) => keep === 'nothing' && object !== null
        && step.after.objects[object]!.pages.some((page, at) => page !== null && (at < first || at >= first + count))),
    },
  }),

  'chorus/caches-elsewhere-are-flushed-too': together(refusing('chorus/caches-elsewhere-are-flushed-too'), {
    step: (step) => {
      const { before, after, call } = step;
      if (isCall(step, 'lcFlush') && errorOf(step) === null) {
        const { thread, site: ui, segment, offset, size, keep } = step.call;
        const [here, to] = [siteAt(before, thread), siteBy(before, ui)!];
        if (here === to) return same(before.network, after.network) ? [] : ['what is on the same site goes by the network'];
        const { page } = before.limits;
        const order = { tag: 'flush', transaction: before.transactions.length, segment, first: offset / page, count: size / page, keep };
        const sent = after.network.filter((packet) => !before.network.some((old) => same(old, packet)));
        const right = sent.length === 1 && same(sent[0], { tag: 'packet', from: here, to, cargo: order });
        return [...(right && waits(step, thread) ? [] : [`${threadName(thread)} does not have the other site flush its cache`]),
          ...(same(before.objects, after.objects) ? [] : ['the cache of this site is flushed, or none is'])];
      }
      if (call.operation !== 'packetArrives') return [];
      const { cargo } = before.network[call.packet]!;
      if (cargo.tag === 'reply' && before.transactions[cargo.transaction]!.life === 'open') return isAnswered(step, cargo.transaction, cargo.body);
      const fresh = started(step);
      if (cargo.tag !== 'flush') return [];
      const answers = after.network.some((packet) => packet.cargo.tag === 'reply' && packet.cargo.transaction === cargo.transaction && packet.to === before.transactions[cargo.transaction]!.site);
      const under = after.transactions[cargo.transaction]!.errand.tag === 'flush';
      return [
        ...(fresh === null || answers || under ? [] : ['a cache that is to be flushed from elsewhere is not']),
        ...besides(step, 'network', 'memory', `x${cargo.transaction + 1}.errand`, ...fetchesOf(step, fresh)),
        ...(fresh === null ? besides(step, 'network') : []),
      ];
    },
    sometimes: {
      'a cache elsewhere is to be flushed': (step) => isCall(step, 'lcFlush') && errorOf(step) === null && step.after.network.length > step.before.network.length,
      'a cache with pages is flushed from elsewhere': (step) => isCall(step, 'packetArrives') && started(step)?.object !== null && started(step) !== null
        && step.before.objects[started(step)!.object!]!.pages.some((page) => page !== null),
      'a flush elsewhere comes to its end': (step) => isCall(step, 'packetArrives') && step.before.threads.some(({ run }, thread) => run.tag === 'flushing'
        && outcomeOf(step, thread as ThreadId)?.error === null),
    },
  }),
} satisfies ChorusLaws;

/** Who waits for a flush elsewhere is told how it went when its answer comes. */
function isAnswered(step: ChorusStep, transaction: number, body: string): readonly string[] {
  const { client } = step.before.transactions[transaction]!;
  if (client === null || step.before.threads[client]!.run.tag !== 'flushing') return [];
  return outcomeOf(step, client)?.error === (body === '00' ? null : 'K_EMAPPER') ? [] : [`${threadName(client)} is not told how its flush went`];
}
