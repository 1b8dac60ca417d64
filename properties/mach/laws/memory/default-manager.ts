import type { PortId } from '#model/mach/state';
import { callerTask, entryAt, errorOf, isLive, portName, succeeded } from '#properties/mach/facts';
import { same } from '#properties/mach/laws/frame';
import { canTake, isCall, once } from '#properties/mach/laws/ledger';
import { bytesAt, AWAY } from '#properties/mach/laws/memory/eager';
import { denotes } from '#properties/mach/laws/message-steps';
import { pagedHistories, pagedHistoryConditions } from '#properties/mach/laws/memory/paged-histories';
import { afterCall, evicted, paged, pagedBefore, said, saidTo, subject, type Paged, type Said } from '#properties/mach/laws/memory/paging';
import type { CallOf, MachLaws, MachStep } from '#properties/mach/obligation';

const INIT = 2200;
const RETURN = 2208;
const CREATE = 2250;
const INITIALIZE = 2251;

/** Objects that have come to have a pager in a step. */
const newlyPaged = once((step): readonly (readonly [number, Paged])[] => (step.after.memory === null ? []
  : paged(step.after).filter(([id]) => (step.before.memory!.objects[id]?.pager ?? null) === null)));

/** Those of the kernel's own. */
const created = (step: MachStep): readonly (readonly [number, Paged])[] => newlyPaged(step).filter(([, { pager }]) => pager.internal);

/** Ports of objects that were not made by those whose they are to be. */
const misowned = (step: MachStep): readonly string[] => newlyPaged(step).flatMap(([, { pager }]) => {
  const isNew = pager.port >= step.before.ports.length;
  if (step.after.ports[pager.port]!.kernel !== null && pager.internal) return [`${portName(pager.port)} is the kernel's own`];
  return isNew === pager.internal ? [] : [`${portName(pager.port)} was made by the ${isNew ? 'kernel' : 'pager'}, and is not its own`];
});

/** The object without a pager of which a page is evicted. */
const unbacked = once((step): { readonly object: number; readonly place: number } | null => {
  const found = evicted(step);
  return found !== null && step.before.memory!.objects[found.object]!.pager === null ? found : null;
});

/** What an eviction of memory that had no pager does otherwise than send one page to the default memory manager. */
function misbacked(step: MachStep): readonly string[] {
  const found = unbacked(step);
  if (found === null) return [];
  const { memory } = step.before;
  const { pages } = memory!.objects[found.object]!;
  const now = step.after.memory!.objects[found.object]!;
  const page = pages[found.place];
  if (memory!.manager === null || !isLive(step.before, memory!.manager.port)) return ['a page leaves memory, and there is nobody to keep it'];
  if (now.pager?.internal !== true || page?.tag !== 'resident') return ['a page leaves memory that nobody is to keep'];
  const sent = saidTo(step, now.pager.port, RETURN);
  const isSent = sent.length === 1 && sent[0]!.bytes === page.bytes && same(sent[0]!.words, [found.place * memory!.pageSize, 1, 0]);
  return [
    ...(isSent ? [] : ['a page leaves memory, and its keeper is not given what it holds']),
    ...pages.flatMap((other, place) => (place === found.place || same(other, now.pages[place] ?? null) ? []
      : [`page ${place} has changed, which stays in memory`])),
  ];
}

const portsOf = ({ message }: Said, kind: 'send' | 'receive'): readonly (PortId | null)[] => message.body.flatMap((item) =>
  (item.tag === 'rights' && item.kind === kind ? item.rights.map((right) => (right.tag === 'right' ? right.port : null)) : []));

/** Whether each object of the kernel is announced to the default memory manager, once and before all else. */
function misannounced(step: MachStep): readonly string[] {
  const told = said(step).filter(({ id }) => id === CREATE);
  const made = created(step);
  if (told.length !== made.length) return [`${made.length} objects are created, and ${told.length} are announced`];
  return made.flatMap(([id, { pager }]) => {
    const one = told.find((each) => portsOf(each, 'receive')[0] === pager.port);
    if (one === undefined) return [`${portName(pager.port)} is not given to anybody`];
    const { pageSize, manager, objects } = step.before.memory!;
    const size = (objects[id]?.pages.length ?? 0) * pageSize;
    const others = said(step).filter(({ to, message }) => to === pager.port && message.serial < one.message.serial);
    return [
      ...(one.to === manager?.port ? [] : [`${portName(pager.port)} is given to another than the default memory manager`]),
      ...(same(portsOf(one, 'send'), [pager.control, pager.name]) ? [] : [`${portName(pager.port)} is announced without its ports`]),
      ...(same(one.words, [size, pageSize]) ? [] : [`${portName(pager.port)} is announced with other sizes`]),
      ...(others.length === 0 ? [] : [`${portName(pager.port)} hears something before it is announced`]),
      ...(unbacked(step) === null ? ['an object is announced of which nothing goes out'] : []),
    ];
  });
}

/** A page of a copy that the default memory manager keeps, and what became of the page of the original below it. */
interface Below { readonly copy: number; readonly place: number; readonly port: PortId; readonly old: string; readonly isWritten: boolean }

/** Every such page of which it is not known whether the manager has it, or that the manager was asked for. */
const below = once((step): readonly Below[] => {
  if (step.before.memory === null || step.before.memory.manager === null) return [];
  return pagedBefore(step).flatMap(([copy, object]) => {
    const original = object.shadow;
    if (!object.pager.internal || original === null || step.before.memory!.objects[original]!.copy !== copy) return [];
    const now = step.after.memory!.objects[original]!;
    if (now.life === 'dead' || step.after.memory!.objects[copy]!.pager?.status !== 'ready') return [];
    return object.pages.map((_, place): Below => {
      const was = afterCall(step, original, place);
      const page = now.pages[place] ?? null;
      const old = was?.tag === 'resident' ? was.bytes : bytesAt(step.before, original, place);
      const isWritten = page?.tag === 'resident' && page.dirty && old !== AWAY && page.bytes !== old;
      return { copy, place, port: object.pager.port, old, isWritten };
    });
  });
});

/** Old versions that did not go to the manager of the copy as they should, or that it was sent without need. */
function mispushed(step: MachStep): readonly string[] {
  const wrong = below(step).flatMap(({ copy, place, port, old, isWritten }) => {
    const sent = saidTo(step, port, INITIALIZE).filter(({ words }) => words[0] === place * step.before.memory!.pageSize);
    const page = afterCall(step, copy, place);
    if (page?.tag === 'awaited' && isWritten) return [`page ${place} is written while the copy ${portName(port)} waits for it`];
    if (page === null && isWritten && sent.length !== 1) return [`${portName(port)} was told ${sent.length} times what page ${place} began as`];
    if (page !== null && sent.length > 0) return [`${portName(port)} was told without need what page ${place} began as`];
    return sent.length > 0 && old !== AWAY && sent[0]!.bytes !== old ? [`${portName(port)} was told that page ${place} began as what it never was`] : [];
  });
  const stray = said(step).filter(({ id, to }) => id === INITIALIZE && !below(step).some(({ port }) => port === to));
  return [...wrong, ...stray.map(({ to }) => `${portName(to)} was told what a page began as that is no copy`)];
}

/** The right that a call gives as the new manager; null if it only asks. Undefined: the caller has no such right. */
function given(step: MachStep & { readonly call: CallOf<'vm_set_default_memory_manager'> }): PortId | 'dead' | null | undefined {
  const { name, disposition } = step.call.manager;
  if (name <= 0) return name === 0 ? null : 'dead';
  const entry = entryAt(step.before, callerTask(step), name);
  if (!canTake(entry, disposition)) return undefined;
  return entry?.tag === 'port' && isLive(step.before, entry.port) ? entry.port : 'dead';
}

function mismanaged(step: MachStep): readonly string[] {
  const { memory } = step.before;
  if (memory === null) return [];
  const now = step.after.memory!.manager;
  const isSame = same(memory.manager, now);
  if (!isCall(step, 'vm_set_default_memory_manager')) return isSame ? [] : ['the default memory manager was changed by nobody'];
  const host = entryAt(step.before, callerTask(step), step.call.host);
  const right = given(step);
  const error = host?.tag !== 'port' || host.sends === 0 ? 'MACH_SEND_INVALID_DEST' : right === undefined ? 'MACH_SEND_INVALID_RIGHT'
    : host.port !== memory.hostControl ? 'KERN_INVALID_ARGUMENT' : null;
  const told = errorOf(step);
  if (error !== null) return told === error && isSame ? [] : [`the answer is ${told ?? 'success'} instead of ${error}, or the manager has changed`];
  if (!succeeded(step)) return [`the answer is ${told} instead of success`];
  const expected = right === null ? memory.manager?.port ?? null : right === 'dead' ? null : right!;
  const { previous } = (step.events.find(({ tag }) => tag === 'returned') as unknown as { value: { previous: number } }).value;
  const before = memory.manager ?? ({ tag: 'null', kind: null } as const);
  return [
    ...((now?.port ?? null) === expected ? [] : ['the default memory manager is another than was asked for']),
    ...(denotes(step.after, callerTask(step), previous as never, before) ? [] : ['the manager before is said to be another']),
  ];
}

/** A set that succeeds, with or without a new manager. */
const sets = (step: MachStep, isNew: boolean): boolean => isCall(step, 'vm_set_default_memory_manager') && succeeded(step)
  && (step.call.manager.name !== 0) === isNew;

/** A store that waits until it is known whether a copy has the page. */
function waitsForCopy({ call, after }: MachStep): boolean {
  if (call.operation !== 'store' || after.memory === null) return false;
  const { run, task } = after.threads[call.thread]!;
  const mapping = after.memory.spaces[task]!.pages[Math.floor(call.address / after.memory.pageSize)] ?? null;
  return run.tag === 'faulting' && mapping !== null && after.memory.objects[mapping.object]!.copy === run.object;
}

export const defaultManagerLaws: MachLaws = {
  'mach/pager-makes-the-object-port': {
    step: misowned,
    sometimes: {
      'a pager has made the port of an object': (step) => newlyPaged(step).some(([, { pager }]) => !pager.internal),
      'the kernel makes the port of an object': (step) => created(step).length > 0,
    },
  },

  'mach/default-pager-backs-anonymous-memory': {
    step: misbacked,
    on: ['evict'],
    sometimes: {
      'memory without a pager is evicted': (step) => unbacked(step) !== null,
      'a copy is evicted': (step) => unbacked(step) !== null && step.before.memory!.objects[unbacked(step)!.object]!.shadow !== null,
      'an original is evicted that has a copy': (step) => unbacked(step) !== null && step.before.memory!.objects[unbacked(step)!.object]!.copy !== null,
      'another page of the same memory is evicted': (step) => evicted(step) !== null
        && step.before.memory!.objects[evicted(step)!.object]!.pager?.internal === true,
    },
  },

  'mach/honest-pagers-change-no-contents': {
    relates: pagedHistories,
    sometimes: Object.fromEntries(pagedHistoryConditions.map((condition) => [condition, () => false])),
  },

  'mach/default-pager-learns-by-create': {
    always: (state) => paged(state).flatMap(([, { pager }]) => (pager.internal && pager.status === 'silent'
      ? [`${portName(pager.port)} waits for a word of being ready`] : [])),
    step: (step) => [
      ...misannounced(step),
      ...said(step).filter(({ id }) => id === INIT).flatMap(({ to }) =>
        (paged(step.after).some(([, { pager }]) => pager.port === to && pager.internal) ? [`${portName(to)} is introduced twice`] : [])),
    ],
    sometimes: {
      'an object is announced': (step) => created(step).length > 0,
      'a second object is announced': (step) => created(step).length > 0 && pagedBefore(step).some(([, { pager }]) => pager.internal),
      'a page is asked for of an object that was announced': (step) => said(step).some(({ id, to }) => id === 2203
        && pagedBefore(step).some(([, { pager }]) => pager.port === to && pager.internal)),
      'the manager has not what it is asked for': (step) => isCall(step, 'memory_object_data_unavailable') && subject(step) !== null
        && (step.before.memory!.objects[subject(step)!] as Paged).pager.internal,
    },
  },

  'mach/old-version-goes-to-the-copys-pager': {
    step: mispushed,
    sometimes: {
      'the manager is told what a page began as': (step) => said(step).some(({ id }) => id === INITIALIZE),
      'an original is written again': (step) => below(step).some(({ copy, place, isWritten }) => isWritten && afterCall(step, copy, place)?.tag === 'sent'),
      'a writer waits for the copy': waitsForCopy,
    },
  },

  'mach/default-manager-is-replaceable': {
    step: mismanaged,
    sometimes: {
      'a manager is set': (step) => sets(step, true) && step.before.memory!.manager === null,
      'a manager is replaced': (step) => sets(step, true) && step.before.memory!.manager !== null,
      'a manager is asked for': (step) => sets(step, false) && step.before.memory!.manager !== null,
      'nobody is set': (step) => sets(step, false) && step.before.memory!.manager === null,
      'another port of the kernel is tried': (step) => isCall(step, 'vm_set_default_memory_manager') && errorOf(step) === 'KERN_INVALID_ARGUMENT',
    },
  },
};
