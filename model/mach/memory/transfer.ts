import type { MachRaises, TaskId } from '#spec/mach/vocabulary';
import { copying } from '#model/mach/memory/object';
import { lenient } from '#model/mach/memory/leniency';
import { gaps, isAligned, mappingsIn, memoryOf, ordinary, pagesOf, setMapping, type Pages } from '#model/mach/memory/space';
import { READ, WRITE, type ObjectId } from '#model/mach/memory/state';
import { chooseError } from '#model/mach/messages/send';
import type { Item, MachState } from '#model/mach/state';
import { isRequest, taskFor } from '#model/mach/tasks/target';
import { implementing, refused, type Cascade, type Mach, type MachOperation } from '#model/mach/world';
import { raised, returned } from '#model/operation';

type AccessError = 'KERN_INVALID_ADDRESS' | 'KERN_PROTECTION_FAILURE';

/** What is wrong with pages that are to be accessed, page by page. */
export const accessErrors = implementing(
  ['mach/read-write-and-copy-move-snapshots'],
  ({ state }: Mach, task: TaskId, pages: Pages, access: number): readonly AccessError[] => accessErrorsOf(state, task, pages, access),
);

export function accessErrorsOf(state: MachState, task: TaskId, pages: Pages, access: number): readonly AccessError[] {
  const errors: AccessError[] = [];
  for (const [, mapping] of mappingsIn(state, task, pages)) {
    if (mapping === null) errors.push('KERN_INVALID_ADDRESS');
    else if ((mapping.current & access) === 0) errors.push('KERN_PROTECTION_FAILURE');
  }
  return errors;
}

/** One page of memory on its way from one space to another. */
export interface Carried { readonly object: ObjectId; readonly index: number }

/** A snapshot of pages that can be read. */
export const takePages = implementing(
  ['mach/read-write-and-copy-move-snapshots'],
  (world: Mach, task: TaskId, pages: Pages): readonly Carried[] => {
    const snapshot = copying(world);
    return [...mappingsIn(world.state, task, pages)].map(([, mapping]) =>
      ({ object: snapshot(mapping!.object, mapping!.index), index: mapping!.index }));
  },
);

/** Maps pages that have arrived, at a place that is free; null if there is none. */
export const placePages = implementing(
  ['mach/read-write-and-copy-move-snapshots'],
  (world: Mach<'address'>, task: TaskId, pages: readonly Carried[]): number | null => {
    const { state } = world;
    const free = gaps(state, task, pages.length);
    if (free.length === 0) return null;
    const first = world.choose('address', free, (page) => `page ${page}`);
    pages.forEach((page, at) => setMapping(state, task, first + at, { tag: 'mapped', ...page, ...ordinary(state) }));
    return first;
  },
);

/** How a caller hears that it has no room for what it reads: in one variant as of any message that lost its memory. */
function shortage(world: Mach): 'KERN_NO_SPACE' | 'MACH_RCV_BODY_ERROR' {
  if (world.state.variant !== 'gnumach') return 'KERN_NO_SPACE';
  world.deviate('mach/read-write-and-copy-move-snapshots');
  return 'MACH_RCV_BODY_ERROR';
}

/** A copy of part of a task's memory, at a fresh place in the caller's. */
export const vmRead: MachOperation<'vm_read', 'alignment' | 'error' | 'address'> = {
  implements: ['mach/read-write-and-copy-move-snapshots'],

  step(world, { thread, task, address, size }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    const memory = memoryOf(state);
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    const pages = pagesOf(memory, { address, size });
    const caller = state.threads[thread]!.task;
    const errors: MachRaises<'vm_read'>[] = size === 0 ? [] : [...mechanisms.accessErrors(world, target.id, pages, READ)];
    if (!isAligned(memory, address, size) && !lenient(world, 'alignment')) errors.push('KERN_INVALID_ARGUMENT');
    if (errors.length > 0) return raised(chooseError(world, errors));
    if (isRequest(task)) return returned({ address: snapshotOf(world, target.id, { address, size }) as never, size });
    if (size === 0) return returned({ address: 0, size });
    if (gaps(state, caller, pages.end - pages.first).length === 0) return raised(shortage(world));
    // Effect.
    const first = mechanisms.placePages(world, caller, mechanisms.takePages(world, target.id, pages))!;
    return returned({ address: first * memory.pageSize + address % memory.pageSize, size });
  },
};

const BYTE = 9;
const BYTE_BITS = 8;

/** What is read for a message that asks goes into the reply: its receiver will find a place for it. */
function snapshotOf(world: Mach, task: TaskId, { address, size }: { readonly address: number; readonly size: number }): Region {
  const memory = memoryOf(world.state);
  const pages = world.mechanisms.takePages(world, task, pagesOf(memory, { address, size }));
  return { tag: 'region', type: BYTE, bits: BYTE_BITS, long: false, size, offset: size === 0 ? 0 : address % memory.pageSize, pages };
}

/** Overwrites pages with the contents of others of a space, which may overlap them, or of those that have come in a message. */
export const overwrite = implementing(
  ['mach/read-write-and-copy-move-snapshots'],
  (world: Mach<Cascade>, from: TaskId | readonly Carried[], source: Pages, to: TaskId, destination: number): void => {
    const { state, mechanisms } = world;
    const bytes = pagesToRead(world, from, source).map(({ object, index }) => mechanisms.contents(world, object, index));
    const targets = mappingsIn(state, to, { first: destination, end: destination + bytes.length });
    for (const [page, mapping] of targets) {
      mechanisms.writePage(world, mapping!.object, mapping!.index, bytes[page - destination]!);
    }
  },
);

/** The pages of a range of a space, or of what has come in a message. */
export const pagesToRead = ({ state }: Mach, from: TaskId | readonly Carried[], source: Pages): readonly Carried[] =>
  (typeof from === 'number' ? [...mappingsIn(state, from, source)].map(([, mapping]) => mapping!) : from.slice(source.first, source.end));

/** What is to be written: so much of the caller's memory from a place on, or what a message has brought. */
export function written({ state }: Mach, caller: TaskId, { data, size }: { readonly data: number | Region; readonly size: number }) {
  if (typeof data !== 'number') return { from: data.pages, source: { first: 0, end: data.pages.length }, size: data.size, offset: data.offset };
  return { from: caller, source: pagesOf(memoryOf(state), { address: data, size }), size, offset: data };
}

type Region = Extract<Item, { tag: 'region' }>;

/** Overwrites part of a task's memory with part of the caller's. */
export const vmWrite: MachOperation<'vm_write', 'error' | Cascade> = {
  implements: ['mach/read-write-and-copy-move-snapshots'],

  step(world, call) {
    const { thread, task, address } = call;
    world.charge('trap');
    const { state, mechanisms } = world;
    const memory = memoryOf(state);
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing' && target.error === 'MACH_SEND_INVALID_DEST') return refused(target.error, target.touched);
    const caller = state.threads[thread]!.task;
    const { from, source, size, offset } = written(world, caller, call);
    if (size > 0 && from === caller && mechanisms.accessErrors(world, caller, source, READ).length > 0) return raised('MACH_SEND_INVALID_MEMORY');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    const pages = pagesOf(memory, { address, size });
    const errors: MachRaises<'vm_write'>[] = isAligned(memory, address, size, offset) || size === 0 ? [] : ['KERN_INVALID_ARGUMENT'];
    if (size > 0) errors.push(...mechanisms.accessErrors(world, target.id, pages, WRITE));
    if (errors.length > 0) return raised(chooseError(world, errors));
    // Effect.
    mechanisms.overwrite(world, from, source, target.id, pages.first);
    return returned(null);
  },
};

/** Copies part of a task's memory over another part of it, as if all at once. */
export const vmCopy: MachOperation<'vm_copy', 'error' | Cascade> = {
  implements: ['mach/read-write-and-copy-move-snapshots'],

  step(world, { thread, task, source, size, destination }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    const memory = memoryOf(state);
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    if (size === 0) return returned(null);
    const from = pagesOf(memory, { address: source, size });
    const to = pagesOf(memory, { address: destination, size });
    const errors: MachRaises<'vm_copy'>[] = [...mechanisms.accessErrors(world, target.id, from, READ)];
    if (!isAligned(memory, source, size, destination)) errors.push('KERN_INVALID_ARGUMENT');
    errors.push(...mechanisms.accessErrors(world, target.id, to, WRITE));
    if (errors.length > 0) return raised(chooseError(world, errors));
    // Effect.
    mechanisms.overwrite(world, target.id, from, target.id, to.first);
    return returned(null);
  },
};
