import type { Name, Protection, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { MemoryObject, Page } from '#model/mach/memory/state';
import type { MachState, Message, PortId } from '#model/mach/state';
import { arrivals, callerTask, entryAt } from '#properties/mach/facts';
import { isCall, once } from '#properties/mach/laws/ledger';
import { bitsOf, bytesAt, touchOf } from '#properties/mach/laws/memory/eager';
import type { MachStep } from '#properties/mach/obligation';

/** The calls of pagers. */
export const answers = [
  'memory_object_ready', 'memory_object_data_supply', 'memory_object_data_unavailable', 'memory_object_data_error',
  'memory_object_lock_request', 'memory_object_change_attributes', 'memory_object_destroy',
] as const;

export type Paged = MemoryObject & { readonly pager: NonNullable<MemoryObject['pager']> };
export type Resident = Extract<Page, { tag: 'resident' }>;

/** What the kernel said to a pager, or to a reply port, in a step. */
export interface Said {
  readonly id: number;
  readonly to: PortId;
  readonly message: Message;
  readonly words: readonly number[];
  /** The bytes of the page that it returns. */
  readonly bytes: string | null;
}

const isSaid = ({ id, sender }: Message): boolean => sender === -2 && ((id >= 2200 && id <= 2209) || id === 2250 || id === 2251);

/** Everything the kernel said of memory objects in a step, in order, so far as it is still to be heard. */
export const said = once((step): readonly Said[] => (step.before.memory === null ? []
  : arrivals(step).filter(isSaid).map((message) => ({
    id: message.id, to: message.destination.port, message,
    words: message.body.flatMap((item) => (item.tag === 'data' ? [number(item.bytes)] : [])),
    bytes: message.body.flatMap((item) => (item.tag === 'region' ? item.pages.map(({ object, index }) => bytesAt(step.after, object, index)) : []))[0] ?? null,
  }))));

const number = (bytes: string): number => (bytes.match(/../g) ?? []).reduceRight((sum, byte) => sum * 256 + Number.parseInt(byte, 16), 0);

/** What was said to one port, of one kind. */
export const saidTo = (step: MachStep, to: PortId, id: number): readonly Said[] =>
  said(step).filter((one) => one.to === to && one.id === id);

/** Objects that had a pager before a step, and were not given up by it, by their numbers. */
export const pagedBefore = once(({ before }): readonly (readonly [number, Paged])[] => paged(before));

export function paged({ memory }: MachState): readonly (readonly [number, Paged])[] {
  return (memory?.objects ?? []).flatMap((object, id) =>
    (object.life === 'live' && object.pager !== null && object.pager.status !== 'gone' ? [[id, object as Paged] as const] : []));
}

/** The object that a call of a pager is about; null if it is about none. */
export const subject = once((step): number | null => {
  if (!('control' in step.call) || step.before.memory === null) return null;
  const entry = entryAt(step.before, callerTask(step), step.call.control as Name);
  if (entry?.tag !== 'port' || entry.sends === 0) return null;
  return pagedBefore(step).find(([, { pager }]) => pager.control === entry.port)?.[0] ?? null;
});

/** The places that a range of bytes touches. */
export function placesIn(state: MachState, { offset, size }: { readonly offset: number; readonly size: number }): readonly number[] {
  const { pageSize } = state.memory!;
  const places: number[] = [];
  for (let at = Math.floor(offset / pageSize); at * pageSize < offset + size; at += 1) places.push(at);
  return places;
}

/** The pages that a supply gives: whole ones alone, up to the first place that holds a page already. */
export function supplied(step: MachStep): { readonly given: ReadonlyMap<number, string>; readonly conflict: number | null } {
  const given = new Map<number, string>();
  const object = subject(step);
  const isRefused = step.events.some(({ tag, thread }) => tag === 'raised' && 'thread' in step.call && thread === step.call.thread);
  if (!isCall(step, 'memory_object_data_supply') || object === null || isRefused) return { given, conflict: null };
  const { pageSize, spaces, objects } = step.before.memory!;
  const { offset, size, data } = step.call;
  if (offset % pageSize !== 0 || data % pageSize !== 0) return { given, conflict: null };
  for (let at = 0; (at + 1) * pageSize <= size; at += 1) {
    const place = offset / pageSize + at;
    if (place >= objects[object]!.pages.length) break;
    if (objects[object]!.pages[place]?.tag === 'resident') return { given, conflict: place };
    const source = spaces[callerTask(step)]!.pages[data / pageSize + at]!;
    given.set(place, bytesAt(step.before, source.object, source.index));
  }
  return { given, conflict: null };
}

/** What a lock request returns of a page that is in memory. */
export const isReturned = (page: Resident, clean: string): boolean => clean !== 'nothing' && (page.dirty || (clean === 'all' && page.precious));

/** What the call itself makes of a page, before any thread that waited for it has gone on. */
export function afterCall(step: MachStep, object: number, place: number): Page | null {
  const page = step.before.memory!.objects[object]!.pages[place] ?? null;
  const { call } = step;
  if (isCall(step, 'evict')) {
    if (evicted(step)?.object !== object || evicted(step)!.place !== place) return page;
    return step.before.memory!.objects[object]!.pager?.internal === true && page?.tag === 'resident' && page.dirty ? { tag: 'sent' } : null;
  }
  if (subject(step) !== object || ('thread' in call && step.events.some(({ tag, thread }) => tag === 'raised' && thread === call.thread))) return page;
  switch (call.operation) {
    case 'memory_object_data_supply': {
      const bytes = supplied(step).given.get(place);
      return bytes === undefined ? page
        : { tag: 'resident', bytes, dirty: false, precious: call.precious, forbidden: bitsOf(call.lock as readonly Protection[]), asked: 0 };
    }
    case 'memory_object_data_unavailable':
      return page?.tag === 'awaited' && placesIn(step.before, call).includes(place) ? nothing(step, object) : page;
    case 'memory_object_data_error':
      return page?.tag === 'awaited' && placesIn(step.before, call).includes(place) ? null : page;
    case 'memory_object_lock_request': {
      if (page?.tag !== 'resident' || !placesIn(step.before, call).includes(place)) return page;
      if (call.flush) return null;
      const gone = isReturned(page, call.clean);
      return { ...page, forbidden: bitsOf(call.lock), asked: 0, dirty: page.dirty && !gone, precious: page.precious && !gone };
    }
    default: return page;
  }
}

/** What a page is that its pager has not: what a copy shadows, or zeros. */
const nothing = ({ before: { memory } }: MachStep, object: number): Page => (memory!.objects[object]!.shadow !== null ? { tag: 'absent' }
  : { tag: 'resident', bytes: '00'.repeat(memory!.pageSize), dirty: false, precious: false, forbidden: 0, asked: 0 });

/** The page that an eviction is about. */
export const evicted = once((step): { readonly object: number; readonly place: number } | null => {
  if (!isCall(step, 'evict')) return null;
  const { spaces, objects, pageSize } = step.before.memory!;
  const mapping = spaces[step.call.owner]!.pages[Math.floor(step.call.address / pageSize)] ?? null;
  for (let at: number | null = mapping?.object ?? null; at !== null; at = objects[at]!.shadow) {
    if (objects[at]!.pages[mapping!.index]?.tag === 'resident') return { object: at, place: mapping!.index };
  }
  return null;
});

/** Whether some thread has touched a page in a step, or tried to. */
export function isTouched(step: MachStep, object: number, place: number): boolean {
  return step.before.threads.some(({ run, task, life }, id) => {
    const isCaller = 'thread' in step.call && step.call.thread === id;
    if (life === 'dead' || (!isCaller && run.tag !== 'faulting' && run.tag !== 'raising')) return false;
    const touch = touchOf(step, id as ThreadId);
    return touch !== null && [step.before, step.after].some((state) => reaches(state, task, touch.address, object, place));
  });
}

/** Whether a page of a copy may be given the old version of a page that some thread has written. */
export const isPushed = (step: MachStep, object: number, place: number): boolean =>
  [step.before, step.after].some(({ memory }) => memory!.objects.some(({ copy, life }, original) =>
    life === 'live' && copy === object && isTouched(step, original, place)));

/** Whether what a task sees at an address is, or is a copy of, a page of an object. */
export function reaches({ memory }: MachState, task: TaskId, address: number, object: number, place: number | null): boolean {
  const mapping = memory!.spaces[task]!.pages[Math.floor(address / memory!.pageSize)] ?? null;
  if (mapping === null || (place !== null && mapping.index !== place)) return false;
  for (let at: number | null = mapping.object; at !== null; at = memory!.objects[at]!.shadow) if (at === object) return true;
  return false;
}

/** Objects that threads keep by waiting for pages of them: in one variant. */
export const waitedFor = ({ variant, threads }: MachState): readonly number[] => (variant !== 'gnumach' ? []
  : threads.flatMap(({ run, life }) => (life === 'live' && run.tag === 'faulting' ? [run.object] : [])));

/** Whether anything still needs an object: a space, a message, or a copy of it. */
export function isUsed(state: MachState, object: number): boolean {
  const { memory, ports, threads, doomed } = state;
  if (memory!.objects[object]!.copy !== null || waitedFor(state).includes(object)) return true;
  if (memory!.spaces.some(({ pages }) => pages.some((mapping) => mapping?.object === object))) return true;
  const messages = [...ports.flatMap(({ queue }) => queue), ...threads.flatMap(({ run }) => (run.tag === 'sending' || run.tag === 'handed' ? [run.message] : [])), ...doomed];
  return messages.some(({ body }) => body.some((item) => item.tag === 'region' && item.pages.some((page) => page.object === object)));
}
