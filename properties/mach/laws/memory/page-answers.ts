import { callerEvent, callerTask, isLive, portName, succeeded, threadName } from '#properties/mach/facts';
import { isCall } from '#properties/mach/laws/ledger';
import { bytesAt } from '#properties/mach/laws/memory/eager';
import { faultAt } from '#properties/mach/laws/memory/touches';
import { placesIn, saidTo, subject, type Paged } from '#properties/mach/laws/memory/paging';
import type { MachLaws, MachStep } from '#properties/mach/obligation';
import type { ThreadId } from '#spec/mach/vocabulary';

const REQUEST = 2203;
const RETURN = 2208;

const objectBefore = (step: MachStep): Paged | null => (subject(step) === null ? null : step.before.memory!.objects[subject(step)!] as Paged);

/** Threads that waited to be allowed what a flush refuses them: they wait for the page itself. */
const refusedUnlocks = (step: MachStep): readonly (readonly [ThreadId, number])[] => {
  const object = objectBefore(step);
  if (!isCall(step, 'memory_object_lock_request') || !step.call.flush || object === null || !succeeded(step)) return [];
  const places = new Set(placesIn(step.before, step.call));
  return step.before.threads.flatMap(({ run, life, suspends, task }, thread) => {
    const page = run.tag === 'faulting' && run.object === subject(step) ? object.pages[run.index] ?? null : null;
    const isWaiting = life === 'live' && suspends === 0 && step.before.tasks[task]!.suspends === 0 && page?.tag === 'resident' && page.asked !== 0;
    return isWaiting && run.tag === 'faulting' && places.has(run.index) ? [[thread as ThreadId, run.index] as const] : [];
  });
};

function unasked(step: MachStep): readonly string[] {
  const waiting = refusedUnlocks(step);
  const object = objectBefore(step);
  if (waiting.length === 0 || object === null || object.pager.status !== 'ready' || !isLive(step.after, object.pager.port)) return [];
  const { pageSize, requestLimit } = step.before.memory!;
  const isFull = object.pages.filter((page) => page?.tag === 'awaited').length + waiting.length > requestLimit;
  return waiting.flatMap(([thread, place]) => {
    const { run } = step.after.threads[thread]!;
    const page = step.after.memory!.objects[subject(step)!]!.pages[place] ?? null;
    const isAskedAnew = saidTo(step, object.pager.port, REQUEST).some(({ words }) => words[0] === place * pageSize);
    if (run.tag !== 'faulting' || run.object !== subject(step)) return isMoved(step, thread) ? [] : [`${threadName(thread)} does not wait for the page that was flushed`];
    return isFull || (page?.tag === 'awaited' && isAskedAnew) ? [] : [`page ${place} of ${portName(object.pager.port)} was flushed, and is not asked for anew`];
  });
}

/** Whether a thread finds another page at its address by now, or none. */
const isMoved = ({ before, after }: MachStep, thread: ThreadId): boolean => {
  const { run, task } = before.threads[thread]!;
  if (run.tag !== 'faulting' || after.tasks[task]!.life === 'dead') return true;
  const mapping = after.memory!.spaces[task]!.pages[Math.floor(run.touch.address / after.memory!.pageSize)] ?? null;
  return mapping === null || mapping.object !== run.object || mapping.index !== run.index
    || faultAt(after, task, run.touch.tag, run.touch.address) !== null;
};

/** How many whole pages a supply is of: none where it does not begin with one. */
function whole(step: MachStep): number {
  if (!isCall(step, 'memory_object_data_supply')) return 0;
  const { pageSize } = step.before.memory!;
  const { offset, data, size } = step.call;
  return offset % pageSize === 0 && data % pageSize === 0 ? Math.floor(size / pageSize) : 0;
}

/** Places that have come to hold a page though no whole page was supplied for them. */
function partial(step: MachStep): readonly string[] {
  const object = objectBefore(step);
  if (!isCall(step, 'memory_object_data_supply') || object === null) return [];
  const { pageSize } = step.before.memory!;
  const first = Math.floor(step.call.offset / pageSize);
  return object.pages.flatMap((page, place) => {
    const now = step.after.memory!.objects[subject(step)!]!.pages[place] ?? null;
    const isNew = now?.tag === 'resident' && page?.tag !== 'resident' && page?.tag !== 'absent';
    return isNew && (place < first || place >= first + whole(step)) ? [`page ${place} of ${portName(object.pager.port)} came with less than a page`] : [];
  });
}

/** Precious pages that were not written, and how they are returned when they leave or are asked for. */
function misprized(step: MachStep): readonly string[] {
  if (step.before.memory === null || !isCall(step, 'evict', 'memory_object_lock_request')) return [];
  const { pageSize, objects } = step.before.memory;
  const { call } = step;
  return objects.flatMap((object, id) => {
    const now = step.after.memory!.objects[id]!;
    if (object.life === 'dead' || object.pager === null || object.pager.status === 'gone' || now.pager?.status !== object.pager.status || !isLive(step.after, object.pager.port)) return [];
    const asked = call.operation === 'memory_object_lock_request' && subject(step) === id ? new Set(placesIn(step.before, call)) : null;
    return object.pages.flatMap((page, place) => {
      if (page?.tag !== 'resident' || !page.precious || page.dirty) return [];
      const sent = saidTo(step, object.pager!.port, RETURN).filter(({ words }) => words[0] === place * pageSize);
      const isDue = call.operation === 'evict' ? now.life === 'live' && now.pages[place]?.tag !== 'resident'
        : asked?.has(place) === true && call.clean === 'all';
      if (sent.length !== (isDue ? 1 : 0)) return [`page ${place} of ${portName(object.pager!.port)} is precious, and was returned ${sent.length} times`];
      return sent.every(({ words, bytes }) => words[1] === 0 && bytes === page.bytes) ? [] : [`page ${place} of ${portName(object.pager!.port)} is returned as written`];
    });
  });
}

const prized = (step: MachStep, wanted: (clean: string) => boolean): boolean => {
  const object = objectBefore(step);
  return isCall(step, 'memory_object_lock_request') && object !== null && wanted(step.call.clean) && placesIn(step.before, step.call).some((place) => {
    const page = object.pages[place] ?? null;
    return page?.tag === 'resident' && page.precious && !page.dirty;
  });
};

/** Objects that a step has made as copies of what some pager keeps. */
const copies = (step: MachStep): readonly (readonly [copy: number, original: Paged])[] => (step.after.memory === null ? []
  : step.after.memory.objects.slice(step.before.memory!.objects.length).flatMap(({ shadow, life }, at) => {
    const original = shadow === null ? undefined : step.before.memory!.objects[shadow];
    return life === 'live' && original?.pager?.status === 'ready' ? [[step.before.memory!.objects.length + at, original as Paged] as const] : [];
  }));

const copying = ['vm_read', 'vm_map', 'task_create', 'mach_msg'] as const;

/** Pages of copies that were fetched, or made up, as the copy was made. */
function fetched(step: MachStep): readonly string[] {
  if (step.before.memory === null || !isCall(step, ...copying)) return [];
  // What an object between the two leaves as it goes is the copy's own.
  if (step.before.memory.objects.some(({ life }, id) => life === 'live' && step.after.memory!.objects[id]!.life === 'dead')) return [];
  return copies(step).flatMap(([copy, { pager }]) => [
    ...(step.after.memory!.objects[copy]!.pages.some((page) => page !== null) ? [`a copy of ${portName(pager.port)} has pages of its own from the beginning`] : []),
    ...(step.events.length <= 1 && saidTo(step, pager.port, REQUEST).length > 0 ? [`${portName(pager.port)} is asked for a page that is to be copied`] : []),
    ...(callerEvent(step)?.tag === 'blocked' && !isCall(step, 'mach_msg') ? ['a copy waits for a pager'] : []),
  ]);
}

/** The pager that has what the call touches through a copy; null if it touches no such page. */
function behind(step: MachStep): Paged | null {
  if (!isCall(step, 'load', 'store') || step.before.memory === null) return null;
  const { memory } = step.before;
  const { address } = step.call;
  if (faultAt(step.before, callerTask(step), step.call.operation, address) !== null) return null;
  const mapping = memory.spaces[callerTask(step)]!.pages[Math.floor(address / memory.pageSize)]!;
  for (let at: number | null = mapping.object; at !== null; at = memory.objects[at]!.shadow) {
    const { pages, pager } = memory.objects[at]!;
    const page = pages[mapping.index] ?? null;
    if (page?.tag === 'resident') return null;
    if (pager !== null && page?.tag !== 'absent') return at !== mapping.object && pager.status === 'ready' ? memory.objects[at] as Paged : null;
  }
  return null;
}

/** A touch of what a pager has, through a copy, that does not wait for that pager. */
function unbidden(step: MachStep): readonly string[] {
  const object = behind(step);
  if (object === null || !isCall(step, 'load', 'store')) return [];
  const { run } = step.after.threads[step.call.thread]!;
  const id = step.before.memory!.objects.indexOf(object);
  const waits = callerEvent(step)?.tag === 'blocked' && run.tag === 'faulting' && run.object === id;
  if (!waits) return [`${threadName(step.call.thread)} touches what ${portName(object.pager.port)} has, and does not wait for it`];
  const awaited = object.pages.filter((page) => page?.tag === 'awaited').length;
  const isAsked = object.pages[run.index]?.tag === 'awaited' || awaited >= step.before.memory!.requestLimit || !isLive(step.after, object.pager.port)
    || saidTo(step, object.pager.port, REQUEST).some(({ words }) => words[0] === run.index * step.before.memory!.pageSize);
  return isAsked ? [] : [`${portName(object.pager.port)} is not asked for what a copy needs`];
}

export const pageAnswerLaws: MachLaws = {
  'mach/refused-unlock-ends-in-an-error': {
    step: unasked,
    on: ['memory_object_lock_request', 'memory_object_data_error'],
    sometimes: {
      'a page is flushed that a thread waits to be allowed': (step) => refusedUnlocks(step).length > 0,
      'the pager answers with an error': (step) => isCall(step, 'memory_object_data_error') && objectBefore(step) !== null
        && placesIn(step.before, step.call).some((place) => objectBefore(step)!.pages[place]?.tag === 'awaited'),
    },
  },

  'mach/only-whole-pages-count': {
    step: partial,
    on: ['memory_object_data_supply'],
    sometimes: {
      'part of a page is supplied': (step) => isCall(step, 'memory_object_data_supply') && objectBefore(step) !== null && succeeded(step)
        && step.call.size % step.before.memory!.pageSize !== 0,
      'a supply begins within a page': (step) => isCall(step, 'memory_object_data_supply') && objectBefore(step) !== null && succeeded(step)
        && step.call.offset % step.before.memory!.pageSize !== 0,
    },
  },

  'mach/precious-pages-are-returned-clean': {
    step: misprized,
    on: ['evict', 'memory_object_lock_request'],
    sometimes: {
      'a precious page is evicted that was not written': (step) => isCall(step, 'evict') && leavesPrecious(step),
      'all pages are asked for, a precious one among them': (step) => prized(step, (clean) => clean === 'all'),
      'dirty pages alone are asked for where one is precious': (step) => prized(step, (clean) => clean === 'dirty'),
    },
  },

  'mach/copy-strategy-says-what-copies-are': {
    step: fetched,
    on: copying,
    sometimes: {
      'an object with delay is copied': (step) => isCall(step, ...copying) && copies(step).some(([, { pager }]) => pager.strategy === 'delay'),
      'a temporary object is copied': (step) => isCall(step, ...copying) && copies(step).some(([, { pager }]) => pager.strategy === 'temporary'),
    },
  },

  'mach/received-memory-may-need-its-pager': {
    step: (step) => [...unbidden(step), ...(isCall(step, 'mach_msg') ? fetched(step) : [])],
    on: ['load', 'store', 'mach_msg'],
    sometimes: {
      'a copy is touched of what its pager has': (step) => behind(step) !== null,
      'memory is sent that its pager has': (step) => isCall(step, 'mach_msg') && copies(step).some(([copy]) => step.after.memory!.objects[copy]!.pages
        .some((_, index) => bytesAt(step.after, copy, index) === '?')),
    },
  },

  'mach/wired-pages-stay': { waived: 'No operation of the model wires a page, and the kernel wires none of those that pagers keep.' },
};

/** Whether the eviction is of a precious page that was not written. */
const leavesPrecious = (step: MachStep): boolean => step.before.memory!.objects.some(({ pages, life, pager }, id) => life === 'live' && pager !== null
  && pages.some((page, place) => page?.tag === 'resident' && page.precious && !page.dirty && step.after.memory!.objects[id]!.pages[place]?.tag !== 'resident'));
