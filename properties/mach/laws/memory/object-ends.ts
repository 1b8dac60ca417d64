import type { ThreadId } from '#spec/mach/vocabulary';
import type { MachState, PortId } from '#model/mach/state';
import { callerTask, entryAt, errorOf, isLive, portName, succeeded, threadName } from '#properties/mach/facts';
import { same } from '#properties/mach/laws/frame';
import { isCall } from '#properties/mach/laws/ledger';
import { afterCall, isTouched, isUsed, paged, pagedBefore, said, saidTo, subject, type Paged } from '#properties/mach/laws/memory/paging';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

const INIT = 2200;
const TERMINATE = 2201;
const RETURN = 2208;

/** Whether a call gives up an object whose pager never said that it is ready. */
const rejects = (step: MachStep): boolean => isCall(step, 'memory_object_destroy') && subject(step) !== null
  && (step.before.memory!.objects[subject(step)!] as Paged).pager.status === 'silent';

const waiters = ({ threads }: MachState, object: number): readonly ThreadId[] => threads.flatMap(({ run, life }, thread) =>
  (life === 'live' && run.tag === 'faulting' && run.object === object ? [thread as ThreadId] : []));

/** What is left of a mapping that its pager has rejected. */
function misrejected(step: MachStep): readonly string[] {
  if (!rejects(step)) return [];
  const object = subject(step)!;
  const now = step.after.memory!.objects[object]!;
  const { port } = (step.before.memory!.objects[object] as Paged).pager;
  const unmapped = step.before.memory!.spaces.flatMap(({ pages }, task) => (step.after.tasks[task]!.life === 'dead' ? [] : pages.flatMap((mapping, page) =>
    (mapping?.object === object && !same(mapping, step.after.memory!.spaces[task]!.pages[page] ?? null) ? [`page ${page} of T${task + 1} is mapped otherwise`] : []))));
  const asleep = waiters(step.before, object).filter((thread) => {
    const { suspends, task } = step.before.threads[thread]!;
    return suspends === 0 && step.before.tasks[task]!.suspends === 0 && waiters(step.after, object).includes(thread);
  });
  return [
    ...unmapped,
    ...(now.life === 'live' && now.pager?.status !== 'gone' ? [`the object at ${portName(port)} has a pager that rejected it`] : []),
    ...asleep.map((thread) => `${threadName(thread)} waits on for an object that was rejected`),
    ...(said(step).some(({ id, to }) => to === port && id !== TERMINATE) ? [`${portName(port)} is asked for what it rejected`] : []),
  ];
}

/** Pages of objects kept for nobody that have gone by themselves, and objects that are kept for nothing. */
function unkept(step: MachStep): readonly string[] {
  if (step.before.memory === null) return [];
  return pagedBefore(step).flatMap(([id, object]) => {
    const now = step.after.memory!.objects[id]!;
    if (now.life === 'dead' || now.pager?.status === 'gone' || isUsed(step.after, id)) return [];
    const gone = object.pages.flatMap((_, place) => {
      const due = afterCall(step, id, place);
      return due?.tag !== 'resident' || isTouched(step, id, place) || same(due, now.pages[place] ?? null) ? [] : [`page ${place} of ${portName(object.pager.port)} has changed`];
    });
    const isEmpty = step.after.variant === 'gnumach' && now.pages.every((page) => page === null);
    return [...gone, ...(isEmpty ? [`${portName(object.pager.port)} is kept for nothing`] : [])];
  });
}

/** The port of an object that a call maps, of which the kernel had one before that has ended. */
function remapped(step: MachStep): PortId | null {
  if (!isCall(step, 'vm_map') || step.before.memory === null || !succeeded(step) || step.call.object.name <= 0) return null;
  const entry = entryAt(step.before, callerTask(step), step.call.object.name);
  if (entry?.tag !== 'port' || pagedBefore(step).some(([, { pager }]) => pager.port === entry.port)) return null;
  return step.before.memory.objects.some(({ pager }) => pager?.port === entry.port) ? entry.port : null;
}

function misremapped(step: MachStep): readonly string[] {
  const port = remapped(step);
  if (port === null || !isLive(step.after, port)) return [];
  const made = paged(step.after).filter(([, { pager }]) => pager.port === port);
  const isNew = made.length === 1 && [made[0]![1].pager.control, made[0]![1].pager.name].every((other) => other >= step.before.ports.length);
  return [
    ...(isNew ? [] : [`${portName(port)} is mapped again, and has not new ports`]),
    ...(saidTo(step, port, INIT).length === 1 || step.before.ports[port]!.kernel !== null ? [] : [`${portName(port)} is mapped again, and its pager is not told`]),
  ];
}

const isUnread = ({ ports }: MachState, port: PortId): boolean => ports[port]!.queue.some(({ id, sender }) => id === TERMINATE && sender === -2);

/** Objects that ended in a step, and whose pager could be told. */
const ended = (step: MachStep): readonly Paged[] => (step.before.memory === null ? [] : pagedBefore(step)
  .filter(([id, { pager }]) => step.after.memory!.objects[id]!.life === 'dead' && isLive(step.after, pager.port)).map(([, object]) => object));

/** What is wrong with the ports of objects that have ended, and with what is sent there. */
function misheard(step: MachStep): readonly string[] {
  const kept = ended(step).flatMap(({ pager }) => {
    const [control, name] = [pager.control, pager.name].map((port) => ({ isLive: isLive(step.after, port), kernel: step.after.ports[port]!.kernel }));
    if (control!.kernel !== null && control!.isLive) return [`the kernel still receives at the control port of ${portName(pager.port)}`];
    return control!.isLive === name!.isLive || saidTo(step, pager.port, TERMINATE).length === 0 ? [] : [`of the ports of ${portName(pager.port)} one has died and one is given`];
  });
  if (!('control' in step.call)) return kept;
  const entry = entryAt(step.before, callerTask(step), step.call.control);
  const isDead = entry?.tag === 'dead' || entry === null;
  return !isDead || errorOf(step) === 'MACH_SEND_INVALID_DEST' ? kept : [...kept, `a call through a dead port is answered with ${errorOf(step) ?? 'success'}`];
}

/** Pages returned of temporary objects that end, and not returned of those that go on. */
function mistimed(step: MachStep): readonly string[] {
  if (step.before.memory === null) return [];
  return pagedBefore(step).flatMap(([id, object]) => {
    const now = step.after.memory!.objects[id]!;
    if (object.pager.strategy !== 'temporary' || !isLive(step.after, object.pager.port)) return [];
    const returned = saidTo(step, object.pager.port, RETURN);
    if (now.life === 'dead') return returned.length === 0 || 'control' in step.call ? [] : [`${returned.length} pages of the temporary ${portName(object.pager.port)} are returned at its end`];
    if (!isCall(step, 'evict') || now.pager?.status === 'gone') return [];
    const gone = object.pages.filter((page, place) => page?.tag === 'resident' && (page.dirty || page.precious) && now.pages[place]?.tag !== 'resident').length;
    return gone === returned.length ? [] : [`${gone} pages of the temporary ${portName(object.pager.port)} leave memory, and ${returned.length} are returned`];
  });
}

const isTemporary = (step: MachStep, wanted: (object: Paged, id: number) => boolean): boolean => step.before.memory !== null
  && pagedBefore(step).some(([id, object]) => object.pager.strategy === 'temporary' && wanted(object, id));

const isDirty = (page: Paged['pages'][number]): boolean => page?.tag === 'resident' && page.dirty;

export const objectEndLaws: MachLaws = {
  'mach/pager-may-reject-a-mapping': {
    step: misrejected,
    on: ['memory_object_destroy'],
    sometimes: {
      'a mapping is rejected': rejects,
      'a thread waits for what is rejected': (step) => rejects(step) && waiters(step.before, subject(step)!).length > 0,
    },
  },

  'mach/kept-object-keeps-its-pages': {
    step: unkept,
    sometimes: {
      'an object with pages in memory is kept for nobody': ({ after }) => paged(after).some(([id, { pages }]) => !isUsed(after, id)
        && pages.some((page) => page?.tag === 'resident')),
    },
  },

  'mach/remapped-object-has-other-ports': {
    step: misremapped,
    on: ['vm_map'],
    sometimes: {
      'an object is mapped again that had ended': (step) => remapped(step) !== null,
      'the last word about it is still to be read': (step) => remapped(step) !== null && isUnread(step.before, remapped(step)!),
    },
  },

  'mach/ended-object-hears-nothing-more': {
    step: misheard,
    sometimes: {
      'an object ends, and its ports are given away or die': (step) => ended(step).length > 0,
      'a pager calls through a dead control port': (step) => 'control' in step.call && step.before.memory !== null
        && entryAt(step.before, callerTask(step), step.call.control)?.tag === 'dead',
    },
  },

  'mach/temporary-objects-return-nothing-in-the-end': {
    step: mistimed,
    sometimes: {
      'a temporary object ends with pages that were written': (step) => isTemporary(step, ({ pages }, id) => pages.some(isDirty)
        && step.after.memory!.objects[id]!.life === 'dead'),
      'a written page of a temporary object is evicted': (step) => isCall(step, 'evict') && isTemporary(step, ({ pages }, id) =>
        pages.some((page, place) => isDirty(page) && !isDirty(step.after.memory!.objects[id]!.pages[place] ?? null))),
    },
  },

  'mach/copies-may-be-made-at-once': {
    waived: 'A copy that is made at once needs every page of its original: calls that would have to wait for those leave the scope of the model.',
  },
  'mach/pagers-may-manage-their-copies': {
    waived: 'The documents call this strategy untested, and believe it broken; no implementation at hand has it.',
  },
  'mach/kernels-share-objects-through-their-pager': {
    waived: 'It takes two kernels and a pager between them; a kernel sees no more than one pager, which all other rules speak of.',
  },
  'mach/shared-pages-have-one-writer': {
    waived: 'It is a promise of one pager about several kernels; each of them keeps the rules of locking, and knows of no other.',
  },
};
