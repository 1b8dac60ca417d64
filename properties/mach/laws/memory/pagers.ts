import type { MachState } from '#model/mach/state';
import type { Page } from '#model/mach/memory/state';
import type { ThreadId } from '#spec/mach/vocabulary';
import { callerEvent, isLive, portName, succeeded, threadName } from '#properties/mach/facts';
import { same } from '#properties/mach/laws/frame';
import { isCall } from '#properties/mach/laws/ledger';
import { bitsOf, touchOf } from '#properties/mach/laws/memory/eager';
import {
  afterCall, answers, evicted, isPushed, isReturned, isTouched, paged, pagedBefore, placesIn, reaches, said, saidTo, subject, supplied, type Paged, type Resident,
} from '#properties/mach/laws/memory/paging';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

const REQUEST = 2203;
const UNLOCK = 2204;
const RETURN = 2208;

/** Every page of objects that have the same pager before and after a step. */
function* pages(step: MachStep): Generator<readonly [object: number, place: number, Paged, Paged]> {
  if (step.before.memory === null) return;
  for (const [id, object] of pagedBefore(step)) {
    const now = step.after.memory!.objects[id]!;
    if (now.life === 'dead' || now.pager?.status === 'gone') continue;
    for (let place = 0; place < object.pages.length; place += 1) yield [id, place, object, now as Paged];
  }
}

const label = ({ pager }: Paged, place: number): string => `page ${place} of ${portName(pager.port)}`;

/** Pages that have become what neither the call nor a touch makes of them. */
function mistaken(step: MachStep): readonly string[] {
  const wrong: string[] = [];
  for (const [id, place, object, now] of pages(step)) {
    const expected = afterCall(step, id, place);
    const page = now.pages[place] ?? null;
    if (same(page, expected) || isPushedTo(step, id, place, expected, page)) continue;
    const follows = isTouched(step, id, place) && (
      ((expected === null || expected.tag === 'sent') && page?.tag === 'awaited')
      || (expected?.tag === 'awaited' && page?.tag === 'awaited' && page.write)
      || (expected?.tag === 'absent' && page?.tag === 'resident' && page.dirty)
      || (expected?.tag === 'resident' && page?.tag === 'resident' && page.forbidden === expected.forbidden && page.precious === expected.precious
        && (page.dirty || (page.bytes === expected.bytes && !expected.dirty))));
    if (!follows) wrong.push(`${label(object, place)} is ${page?.tag ?? 'gone'}, and should be ${expected?.tag ?? 'gone'}`);
  }
  return wrong;
}

/** Whether a page of a copy is what a write of its original makes of it. */
const isPushedTo = (step: MachStep, id: number, place: number, expected: Page | null, page: Page | null): boolean =>
  ((expected === null && page?.tag === 'sent') || (expected?.tag === 'absent' && page?.tag === 'resident' && page.dirty))
    && isPushed(step, id, place);

/** Whether what a task sees at an address is the object itself, not a copy of it. */
const isTop = ({ memory }: MachState, task: number, address: number, object: number): boolean =>
  memory!.spaces[task]!.pages[Math.floor(address / memory!.pageSize)]?.object === object;

/** Threads that wait for a page that nobody will bring. */
const stranded = (state: MachState): readonly string[] => (state.memory === null ? [] : state.threads.flatMap(({ run, life, suspends, task }, thread) => {
  if (life === 'dead' || run.tag !== 'faulting' || run.woken || run.broken !== null || suspends > 0 || state.tasks[task]!.suspends > 0) return [];
  const { pager, pages: all } = state.memory!.objects[run.object]!;
  if (pager?.status === 'silent') return [];
  const page = all[run.index] ?? null;
  const access = run.touch.tag === 'store' ? 2 : 1;
  const isDue = page?.tag === 'awaited' || (page?.tag === 'resident' && page.asked !== 0 && (page.forbidden & (access | 1)) !== 0)
    || all.filter((one) => one?.tag === 'awaited').length >= state.memory!.requestLimit;
  return pager?.status === 'ready' && isDue ? [] : [`${threadName(thread as ThreadId)} waits for a page that nobody was asked for`];
}));

/** A store that has to wait for a page makes it known that the page is to be written. */
function unwritten(step: MachStep): readonly string[] {
  if (!isCall(step, 'store') || step.before.memory === null) return [];
  const { run, task } = step.after.threads[step.call.thread]!;
  if (run.tag !== 'faulting' || !isTop(step.after, task, run.touch.address, run.object)) return [];
  const page = step.after.memory!.objects[run.object]!.pages[run.index] ?? null;
  return page?.tag === 'awaited' && !page.write ? ['a page that is to be written is awaited to be read'] : [];
}

/** Requests for pages, and unlocks, that are more or fewer than the step makes due. */
function misasked(step: MachStep, id: number): readonly string[] {
  const wrong: string[] = [];
  for (const [object, place, was, now] of pages(step)) {
    const { pageSize } = step.before.memory!;
    const base = afterCall(step, object, place);
    const page = now.pages[place] ?? null;
    const asked = saidTo(step, was.pager.port, id).filter(({ words }) => words[0] === place * pageSize);
    const due = id === REQUEST ? (base?.tag !== 'awaited' && page?.tag === 'awaited' ? 1 : 0)
      : bitCount(page?.tag === 'resident' ? page.asked & ~(base?.tag === 'resident' ? base.asked : 0) : 0);
    /* One variant asks for all that is wanted of a page at once, to write it being to read it as well. */
    const isAtOnce = id === UNLOCK && step.before.variant === 'gnumach' && due > 1 && page?.tag === 'resident'
      && asked.length >= 1 && asked.length <= due && asked.at(-1)!.words[2] === page.asked;
    if (isLive(step.after, was.pager.port) && asked.length !== due && !isAtOnce) wrong.push(`the pager was asked ${asked.length} times for ${label(was, place)} instead of ${due}`);
    if (asked.some(({ words }) => words[1] !== pageSize)) wrong.push(`the pager was asked for part of ${label(was, place)}`);
    if (id === REQUEST && due === 1 && page?.tag === 'awaited' && asked.some(({ words }) => (words[2] === 1) === page.write && words[2] === 1)) {
      if (!isTouchedTwice(step)) wrong.push(`the pager was not told that ${label(was, place)} is to be written`);
    }
  }
  return wrong;
}

const bitCount = (bits: number): number => (bits & 1) + ((bits >> 1) & 1) + ((bits >> 2) & 1);

/** Several threads may touch in one step: the first asks, the later only make it known. */
const isTouchedTwice = (step: MachStep): boolean => step.before.threads.filter(({ run }) => run.tag === 'faulting' || run.tag === 'raising').length > 1;

/** Whether another thread of the same task runs its own instructions. */
const hasFreeSibling = ({ after }: MachStep, thread: ThreadId): boolean => after.threads.some(({ run, task }, other) =>
  run.tag === 'ready' && other !== thread && task === after.threads[thread]!.task);

/** Whether a pager that says it is ready is known as what it says. */
function misready(step: MachStep): readonly string[] {
  if (!isCall(step, 'memory_object_ready') || subject(step) === null) return [];
  const pager = paged(step.after).find(([id]) => id === subject(step))?.[1].pager;
  const { cacheable, strategy } = step.call;
  const isKnown = pager === undefined || (pager.status === 'ready' && pager.cacheable === cacheable && pager.strategy === strategy);
  return isKnown ? [] : ['the pager is not what it said'];
}

/** Touches that went through although the pager forbids them. */
function forbidden(step: MachStep): readonly string[] {
  if (step.before.memory === null) return [];
  return step.events.flatMap(({ tag, thread }) => {
    const known = step.before.threads[thread];
    const touch = tag === 'returned' && known !== undefined ? touchOf(step, thread as ThreadId) : null;
    if (touch === null) return [];
    const { spaces, objects, pageSize } = step.after.memory!;
    const mapping = spaces[known!.task]!.pages[Math.floor(touch.address / pageSize)] ?? null;
    for (let at: number | null = mapping?.object ?? null; at !== null; at = objects[at]!.shadow) {
      const page = objects[at]!.pages[mapping!.index] ?? null;
      if (page?.tag !== 'resident') continue;
      const access = touch.what === 'store' && at === mapping!.object ? 2 : 1;
      return (page.forbidden & access) === 0 ? [] : [`${threadName(thread as ThreadId)} touches what the pager forbids`];
    }
    return [];
  });
}

/** What a lock request returns, and in which order it says so. */
function mislocked(step: MachStep): readonly string[] {
  const object = subject(step);
  if (!isCall(step, 'memory_object_lock_request') || object === null || !succeeded(step)) return [];
  const { pager, pages: all } = step.before.memory!.objects[object]! as Paged;
  const { clean, flush, offset, size, reply } = step.call;
  const due = placesIn(step.before, step.call).flatMap((place) => {
    const page = all[place] ?? null;
    return page?.tag === 'resident' && isReturned(page, clean) ? [[place, page] as const] : [];
  });
  const returned = saidTo(step, pager.port, RETURN);
  const wrong: string[] = [];
  const expected = due.map(([place, page]) => ({ words: [place * step.before.memory!.pageSize, page.dirty ? 1 : 0, flush ? 0 : 1], bytes: page.bytes }));
  if (isLive(step.after, pager.port) && !same(returned.map(({ words, bytes }) => ({ words, bytes })), expected)) {
    wrong.push(`${returned.length} pages are returned instead of ${expected.length}, or with something else in them`);
  }
  const told = said(step).filter(({ id }) => id === 2206);
  const isAsked = reply.name > 0 && told.length + droppedReplies(step) > 0;
  if (reply.name > 0 && told.length + droppedReplies(step) !== 1) wrong.push(`${told.length} completions were sent`);
  if (reply.name <= 0 && told.length > 0) wrong.push('a completion was sent that nobody asked for');
  if (isAsked && told.some(({ words }) => !same(words, [offset, size]))) wrong.push('the completion is about another range');
  if (told.some(({ message }) => returned.some((one) => one.message.serial > message.serial))) wrong.push('the completion came before what was returned');
  return wrong;
}

/** A completion cannot be seen where the port for it is dead. */
function droppedReplies(step: MachStep): number {
  if (!('reply' in step.call)) return 0;
  const { name } = step.call.reply as { name: number };
  const entry = step.before.tasks[step.before.threads[step.call.thread]!.task]!.names[name];
  return entry?.tag === 'port' && isLive(step.after, entry.port) ? 0 : 1;
}

/** What a supply makes of the places it is about, and what it says of that. */
function missupplied(step: MachStep): readonly string[] {
  const object = subject(step);
  if (!isCall(step, 'memory_object_data_supply') || object === null || !succeeded(step) || !paged(step.after).some(([id]) => id === object)) return [];
  const { conflict } = supplied(step);
  const { reply, offset, size } = step.call;
  const spared = step.before.memory!.objects[object]!.pages.flatMap((page, place) => {
    const now = step.after.memory!.objects[object]!.pages[place] ?? null;
    return page?.tag !== 'resident' || same(page, now) || isTouched(step, object, place) ? [] : [`page ${place} was in memory, and is not what it was`];
  });
  const told = said(step).filter(({ id }) => id === 2207);
  const words = [offset, size, conflict === null ? 0 : 23, conflict === null ? 0 : conflict * step.before.memory!.pageSize];
  const answer = reply.name <= 0 ? told.length === 0 : droppedReplies(step) === 1 || (told.length === 1 && same(told[0]!.words, words));
  return [...spared, ...mistaken(step), ...(answer ? [] : [`the supply is answered with ${told.map((one) => one.words.join()).join(' and ')}`])];
}

/** Threads that waited for a page whose pager reports an error, and those of them that hear of it. */
function recipients(step: MachStep): { readonly waiting: readonly ThreadId[]; readonly told: readonly ThreadId[] } {
  const object = subject(step);
  if (!isCall(step, 'memory_object_data_error') || object === null) return { waiting: [], told: [] };
  const places = new Set(placesIn(step.before, step.call).filter((place) => step.before.memory!.objects[object]!.pages[place]?.tag === 'awaited'));
  const waiting = step.before.threads.flatMap(({ run, life }, thread) =>
    (life === 'live' && run.tag === 'faulting' && run.object === object && places.has(run.index) && !run.woken ? [thread as ThreadId] : []));
  const told = waiting.filter((thread) => {
    const { run, life } = step.after.threads[thread]!;
    return life === 'dead' || (run.tag === 'raising' && run.fault === 'KERN_MEMORY_ERROR') || (run.tag === 'faulting' && run.failed);
  });
  return { waiting, told };
}

/** Pages that have left memory, and were not returned though they should have been. */
function lost(step: MachStep): readonly string[] {
  if (step.before.memory === null) return [];
  const { pageSize } = step.before.memory;
  return pagedBefore(step).flatMap(([id, object]) => {
    const now = step.after.memory!.objects[id]!;
    if (now.pager?.status === 'gone' || !isLive(step.after, object.pager.port)) return [];
    return object.pages.flatMap((page, place) => {
      if (page?.tag !== 'resident' || (!page.dirty && !page.precious)) return [];
      const stays = now.life === 'live' && now.pages[place]?.tag === 'resident';
      if (stays || (now.life === 'dead' && now.pager?.strategy === 'temporary')) return [];
      if (isCall(step, 'memory_object_lock_request') && !isReturned(page, step.call.clean)) return [];
      const sent = saidTo(step, object.pager.port, RETURN).filter(({ words }) => words[0] === place * pageSize);
      const good = sent.length === 1 && sent[0]!.bytes === page.bytes && sent[0]!.words[1] === (page.dirty ? 1 : 0);
      return good ? [] : [`${label(object, place)} left memory, and was returned ${sent.length} times, or as something else`];
    });
  });
}

/** What a pager's call has changed beyond its own object. */
function strayed(step: MachStep): readonly string[] {
  const object = subject(step);
  if (object === null) return [];
  const { before, after } = step;
  const wrong: string[] = [];
  const isOwn = (id: number): boolean => {
    for (let at: number | null = id; at !== null; at = before.memory!.objects[at]!.shadow) if (at === object) return true;
    return false;
  };
  const dies = (task: number) => after.tasks[task]!.life === 'dead';
  // With a task its objects may go, and what only they still held moves into copies of them.
  const stays = !before.tasks.some(({ life }, task) => life === 'live' && dies(task));
  before.memory!.objects.forEach((old, id) => {
    const now = after.memory!.objects[id]!;
    const isOther = old.life === 'live' && now.life === 'live' && !isOwn(id) && !isReachedLater(step, object, id);
    if (stays && isOther && !same(old.pages.map(pageKey), now.pages.map(pageKey))) {
      wrong.push(`object ${id} has other pages, and is not the pager's`);
    }
  });
  before.memory!.spaces.forEach((space, task) => {
    if (!dies(task) && !same(space.pages.map(mapKey), after.memory!.spaces[task]!.pages.map(mapKey))) wrong.push(`T${task + 1} has another map`);
  });
  before.threads.forEach(({ run, life, task }, thread) => {
    const concerned = run.tag === 'faulting' && (run.object === object || reaches(before, task, run.touch.address, object, null));
    if (stays && life === 'live' && !concerned && !dies(task) && run.tag === 'faulting' && !same(run, after.threads[thread]!.run)) {
      wrong.push(`${threadName(thread as ThreadId)} waits for another object, and is disturbed`);
    }
  });
  return wrong;
}

/**
 * Whether a thread that waited for one object finds another at its address when it tries again, or the original of
 * another: what it writes then, the copy is to have as it was.
 */
const isReachedLater = ({ before }: MachStep, object: number, other: number): boolean => {
  const { shadow } = before.memory!.objects[other]!;
  return before.threads.some(({ run, task }) => run.tag === 'faulting' && run.object === object
    && (reaches(before, task, run.touch.address, other, null) || (shadow !== null && reaches(before, task, run.touch.address, shadow, null))));
};

const pageKey = (page: Paged['pages'][number]): string => JSON.stringify(page);
const mapKey = (mapping: unknown): string => JSON.stringify(mapping);

const has = (step: MachStep, id: number, wanted: (words: readonly number[]) => boolean = () => true): boolean =>
  said(step).some((one) => one.id === id && wanted(one.words));

const onSubject = (step: MachStep, wanted: (pages: readonly (Paged['pages'][number])[]) => boolean): boolean => {
  const object = subject(step);
  return object !== null && wanted(step.before.memory!.objects[object]!.pages);
};

const aResident = (step: MachStep, wanted: (page: Resident) => boolean): boolean => onSubject(step, (all) => 'offset' in step.call
  && placesIn(step.before, step.call).some((place) => all[place]?.tag === 'resident' && wanted(all[place] as Resident)));

export const pagerLaws: MachLaws = {
  'mach/page-states-follow-the-table': {
    always: stranded,
    step: (step) => [...mistaken(step), ...unwritten(step)],
    sometimes: {
      'an awaited page is supplied': (step) => onSubject(step, (all) => [...supplied(step).given.keys()].some((place) => all[place]?.tag === 'awaited')),
      'a page is supplied that nobody asked for': (step) => onSubject(step, (all) => [...supplied(step).given.keys()].some((place) => all[place] === null)),
      'there is no data for an awaited page': (step) => isCall(step, 'memory_object_data_unavailable') && onSubject(step, (all) =>
        placesIn(step.before, step.call).some((place) => all[place]?.tag === 'awaited')),
      'a thread that waited goes on': (step) => isCall(step, 'memory_object_data_supply') && step.events.some(({ tag, thread }) =>
        tag === 'returned' && step.before.threads[thread]!.run.tag === 'faulting'),
      'a page that is waited for to be read is to be written as well': (step) => [...pages(step)].some(([, place, was, now]) => {
        const page = was.pages[place] ?? null;
        const next = now.pages[place] ?? null;
        return page?.tag === 'awaited' && !page.write && next?.tag === 'awaited' && next.write;
      }),
    },
  },

  'mach/page-is-asked-for-once': {
    always: ({ memory }) => (memory === null ? [] : memory.objects.flatMap(({ pages: all, life }, object) =>
      (life === 'live' && all.filter((page) => page?.tag === 'awaited').length > memory.requestLimit ? [`too many pages of object ${object} are awaited`] : []))),
    step: (step) => misasked(step, REQUEST),
    sometimes: {
      'a page is asked for': (step) => has(step, REQUEST),
      'a page is asked for to be written': (step) => has(step, REQUEST, (words) => words[2] === 3),
      'another thread joins the wait': (step) => callerEvent(step)?.tag === 'blocked' && isCall(step, 'load', 'store') && !has(step, REQUEST) && !has(step, UNLOCK)
        && step.before.threads.some(({ run }) => run.tag === 'faulting'),
    },
  },

  'mach/no-request-before-ready': {
    always: (state) => paged(state).flatMap(([, object]) => (object.pager.status === 'silent' && object.pages.some((page) => page?.tag === 'awaited')
      ? [`${portName(object.pager.port)} is asked for pages before it is ready`] : [])),
    step: (step) => [
      ...said(step).filter(({ id }) => id === REQUEST || id === UNLOCK).flatMap(({ to }) =>
        (paged(step.after).some(([, { pager }]) => pager.port === to && pager.status === 'silent') ? [`${portName(to)} is asked before it is ready`] : [])),
      ...(isCall(step, 'memory_object_ready') ? stranded(step.after) : []),
      ...misready(step),
    ],
    sometimes: {
      'a page is touched before its pager is ready': (step) => callerEvent(step)?.tag === 'blocked' && isCall(step, 'load', 'store')
        && step.after.threads[step.call.thread]!.run.tag === 'faulting' && paged(step.after).some(([, { pager }]) => pager.status === 'silent'),
      'a pager says that it is ready while threads wait': (step) => isCall(step, 'memory_object_ready') && has(step, REQUEST),
    },
  },

  'mach/unlock-is-asked-once': {
    step: (step) => misasked(step, UNLOCK),
    sometimes: {
      'reading is asked for': (step) => has(step, UNLOCK, (words) => words[2] === 1),
      'writing is asked for': (step) => has(step, UNLOCK, (words) => words[2] === 2),
      'an access is allowed that was asked for': (step) => isCall(step, 'memory_object_lock_request') && aResident(step, ({ asked }) => asked !== 0) && !step.call.flush,
    },
  },

  'mach/lock-says-what-is-forbidden': {
    step: (step) => [...forbidden(step), ...(isCall(step, 'memory_object_lock_request') || isCall(step, 'memory_object_data_supply') ? locks(step) : [])],
    sometimes: {
      'writing is forbidden': (step) => isCall(step, 'memory_object_lock_request') && aResident(step, ({ forbidden: was }) => was === 0) && step.call.lock.length === 1,
      'a lock is lifted': (step) => isCall(step, 'memory_object_lock_request') && aResident(step, ({ forbidden: was }) => was !== 0) && step.call.lock.length === 0 && !step.call.flush,
      'a page is supplied locked': (step) => isCall(step, 'memory_object_data_supply') && step.call.lock.length > 0 && supplied(step).given.size > 0,
    },
  },

  'mach/lock-request-restricts-returns-and-flushes': {
    step: (step) => (isCall(step, 'memory_object_lock_request') && subject(step) !== null && succeeded(step) ? [...mislocked(step), ...mistaken(step)] : []),
    on: ['memory_object_lock_request'],
    sometimes: {
      'a dirty page is returned and kept': (step) => has(step, RETURN, (words) => words[1] === 1 && words[2] === 1),
      'a page is returned and dropped': (step) => isCall(step, 'memory_object_lock_request') && has(step, RETURN, (words) => words[2] === 0),
      'a page is dropped without being returned': (step) => isCall(step, 'memory_object_lock_request') && step.call.flush && step.call.clean === 'nothing' && aResident(step, ({ dirty }) => dirty),
      'a completion follows what was returned': (step) => has(step, RETURN) && has(step, 2206),
    },
  },

  'mach/supplied-pages-spare-resident-ones': {
    step: missupplied,
    on: ['memory_object_data_supply'],
    sometimes: {
      'a page that was written is supplied again': (step) => supplied(step).conflict !== null && aResident(step, ({ dirty }) => dirty),
      'a conflict is told': (step) => has(step, 2207, (words) => words[2] === 23),
      'a success is told': (step) => has(step, 2207, (words) => words[2] === 0),
      'less than a page is supplied': (step) => isCall(step, 'memory_object_data_supply') && subject(step) !== null && succeeded(step) && step.call.size % step.before.memory!.pageSize !== 0,
    },
  },

  'mach/data-error-reaches-waiting-threads': {
    step: (step) => {
      const { waiting, told } = recipients(step);
      const expected = step.before.variant === 'gnumach' ? told.length >= 1 : told.length === waiting.length || told.length === 1;
      // Whom the error ends may take others of its task along.
      const isFatal = waiting.some((thread) => step.after.threads[thread]!.life === 'dead') && told.length > 0;
      return waiting.length === 0 || expected || isFatal ? [] : [`${told.length} of ${waiting.length} threads hear of the error`];
    },
    on: ['memory_object_data_error'],
    sometimes: {
      'a waiting thread hears of an error': (step) => recipients(step).told.length > 0,
    },
  },

  'mach/answers-to-nothing-do-nothing': {
    step: (step) => {
      const object = subject(step);
      if (object === null || !isCall(step, 'memory_object_data_unavailable', 'memory_object_data_error')) return [];
      if (!paged(step.after).some(([id]) => id === object)) return [];
      return step.before.memory!.objects[object]!.pages.flatMap((page, place) => (page?.tag === 'awaited' || isTouched(step, object, place)
        || same(page, step.after.memory!.objects[object]!.pages[place] ?? null) ? [] : [`page ${place} was not asked for, and has changed`]));
    },
    on: ['memory_object_data_unavailable', 'memory_object_data_error'],
    sometimes: {
      'there is no data for a page in memory': (step) => isCall(step, 'memory_object_data_unavailable') && aResident(step, () => true),
      'there is an error for a page in memory': (step) => isCall(step, 'memory_object_data_error') && aResident(step, () => true),
    },
  },

  'mach/dirty-pages-are-returned': {
    step: lost,
    sometimes: {
      'a dirty page is returned': (step) => has(step, RETURN, (words) => words[1] === 1),
      'a precious page is returned that was not written': (step) => has(step, RETURN, (words) => words[1] === 0),
      'a dirty page is returned as its object ends': (step) => has(step, RETURN) && has(step, 2201),
    },
  },

  'mach/paging-is-messages': {
    step: (step) => {
      if (step.before.memory === null) return [];
      const isAnswer = (answers as readonly string[]).includes(step.call.operation);
      return [
        ...(isAnswer && callerEvent(step)?.tag === 'blocked' ? ['a pager has to wait for the kernel'] : []),
        ...said(step).filter(({ id }) => id <= 2205 || id === RETURN).flatMap(({ id, to, message }) => {
          const [first] = message.body;
          const control = first?.tag === 'rights' ? first.rights[0] : undefined;
          const isControl = control?.tag === 'right' && step.after.memory!.objects.some(({ pager }) => pager?.port === to && pager.control === control.port);
          return message.destination.kind === 'send' && (isControl || id === 2201) ? [] : [`message ${id} to ${portName(to)} has not its control port`];
        }),
      ];
    },
    sometimes: {
      'the kernel asks beyond the queue limit': (step) => said(step).some(({ to }) => step.after.ports[to]!.queue.length > step.after.ports[to]!.queueLimit),
      'a thread waits while another of its task goes on': (step) => callerEvent(step)?.tag === 'blocked' && isCall(step, 'load', 'store')
        && step.after.threads[step.call.thread]!.run.tag === 'faulting'
        && hasFreeSibling(step, step.call.thread),
    },
  },

  'mach/evicted-page-leaves-before-the-pager-acts': {
    step: (step) => {
      const found = evicted(step);
      if (found === null) return [];
      const page = step.after.memory!.objects[found.object]!.pages[found.place] ?? null;
      return [...lost(step), ...mistaken(step), ...(page?.tag !== 'resident' ? [] : ['an evicted page is still in memory'])];
    },
    on: ['evict'],
    sometimes: {
      'a dirty page is evicted': (step) => isCall(step, 'evict') && has(step, RETURN, (words) => words[1] === 1),
      'a clean page is evicted': (step) => isCall(step, 'evict') && !has(step, RETURN),
    },
  },

  'mach/pager-reaches-its-own-object-alone': {
    step: strayed,
    on: answers,
    sometimes: {
      'a pager answers while another object is mapped': (step) => subject(step) !== null && pagedBefore(step).length > 1,
      'a pager answers while a thread waits for another object': (step) => subject(step) !== null
        && step.before.threads.some(({ run, life }) => life === 'live' && run.tag === 'faulting' && run.object !== subject(step)),
    },
  },
};

/** Pages in a call's range that are in memory after it, and are not locked as it says. */
function locks(step: MachStep): readonly string[] {
  const object = subject(step);
  if (object === null || !succeeded(step) || !('lock' in step.call)) return [];
  const range = isCall(step, 'memory_object_lock_request') ? placesIn(step.before, step.call) : [...supplied(step).given.keys()];
  const wanted = bitsOf(step.call.lock as readonly string[]);
  return range.flatMap((place) => {
    const page = step.after.memory!.objects[object]!.pages[place] ?? null;
    return page?.tag !== 'resident' || page.forbidden === wanted ? [] : [`page ${place} forbids ${page.forbidden} instead of ${wanted}`];
  });
}
