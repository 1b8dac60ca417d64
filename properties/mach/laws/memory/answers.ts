import type { TaskId } from '#spec/mach/vocabulary';
import { callerEvent, callerTask, denotedTask, entryAt } from '#properties/mach/facts';
import { besides } from '#properties/mach/laws/changes';
import { canTake, isCall, once, targetFault } from '#properties/mach/laws/ledger';
import { bitsOf, Eager, type Difference, type Place } from '#properties/mach/laws/memory/eager';
import type { CallOf, MachStep } from '#properties/mach/obligation';

/** The operations on address spaces that are requests to a task's port. */
export const requests = [
  'vm_allocate', 'vm_deallocate', 'vm_protect', 'vm_inherit', 'vm_read', 'vm_write', 'vm_copy', 'vm_map', 'vm_region',
] as const;

type Range = { readonly address: number; readonly size: number };
type Access = 'read' | 'write';
const bit: Readonly<Record<Access, number>> = { read: 1, write: 2 };

/** The memory of one task before a step, and what may be asked of it. */
export class Before {
  readonly eager: Eager;
  readonly #space: readonly (Place | null)[];

  constructor(eager: Eager, task: TaskId) {
    this.eager = eager;
    this.#space = eager.spaces[task]!;
  }

  /** What the pages of a range stand for; beyond the end of the space, nothing. */
  places({ address, size }: Range): readonly (Place | null)[] {
    return this.eager.pages(address, size).map((page) => this.#space[page] ?? null);
  }

  isMapped = (range: Range): boolean => this.places(range).every((place) => place !== null);
  isFree = (range: Range): boolean => this.places(range).every((place) => place === null);
  isWithin = ({ address, size }: Range): boolean =>
    this.eager.pages(address, size).every((page) => page < this.eager.pageCount);

  isAligned = (...addresses: readonly number[]): boolean =>
    addresses.every((address) => address % this.eager.pageSize === 0);

  /** Whether so many pages are free in a row, the first at an address that the mask lets pass. */
  hasRoom(pages: number, mask = 0): boolean {
    for (let first = 0; first + pages <= this.eager.pageCount; first += 1) {
      const address = first * this.eager.pageSize;
      if ((address & mask) === 0 && this.isFree({ address, size: pages * this.eager.pageSize })) return true;
    }
    return false;
  }

  /** What an access to a range is refused with. */
  faults(range: Range, access: Access): readonly string[] {
    const found = new Set<string>();
    for (const place of this.places(range)) {
      if (place === null) found.add('KERN_INVALID_ADDRESS');
      else if ((place.current & bit[access]) === 0) found.add('KERN_PROTECTION_FAILURE');
    }
    return [...found];
  }
}

/** Whether a call may succeed, and with which errors it may be refused. */
interface Allowed { readonly success: boolean; readonly errors: readonly string[] }

const only = (...errors: readonly string[]): Allowed => ({ success: errors.length === 0, errors });
const perhaps = (isOpen: boolean, error: string, otherwise: readonly string[] = []): Allowed =>
  ({ success: otherwise.length === 0, errors: isOpen ? [...otherwise, error] : otherwise });

/** What the rules let the kernel answer to a memory call. */
export const allowed = once((step): Allowed => {
  const fault = targetFault(step);
  if (fault === 'no port') return only('MACH_SEND_INVALID_DEST');
  const memory = Eager.of(step.before);
  if (isCall(step, 'vm_write')) {
    const own = new Before(memory, callerTask(step));
    if (own.faults({ address: step.call.data, size: step.call.size }, 'read').length > 0) return only('MACH_SEND_INVALID_MEMORY');
  }
  if (isCall(step, 'vm_map') && step.call.object.name > 0) {
    const { name, disposition } = step.call.object;
    if (!canTake(entryAt(step.before, callerTask(step), name), disposition)) return only('MACH_SEND_INVALID_RIGHT');
  }
  if (fault === 'wrong port') return only('KERN_INVALID_ARGUMENT');
  return answerable(step, new Before(memory, denotedTask(step)!));
});

function answerable(step: MachStep, before: Before): Allowed {
  const { call } = step;
  switch (call.operation) {
    case 'vm_allocate': return call.size === 0 ? only() : placeable(step, before, { ...call, mask: 0 });
    case 'vm_map': {
      const exceeds = step.before.variant !== 'gnumach' && (bitsOf(call.protection) & ~bitsOf(call.maximum)) !== 0;
      const isWrong = call.inheritance === 'other' || call.size === 0 || !before.isAligned(call.offset) || exceeds;
      return isWrong ? only('KERN_INVALID_ARGUMENT') : placeable(step, before, call);
    }
    case 'vm_deallocate': return perhaps(!before.isMapped(call), 'KERN_INVALID_ADDRESS');
    case 'vm_inherit':
      return call.inheritance === 'other' ? only('KERN_INVALID_ARGUMENT') : perhaps(!before.isMapped(before.eager.changed(call)), 'KERN_INVALID_ADDRESS');
    case 'vm_protect': {
      const wanted = bitsOf(call.protection);
      const range = before.eager.changed(call);
      const exceeds = before.places(range).some((place) => place !== null && (wanted & ~place.maximum) !== 0);
      return perhaps(!before.isMapped(range), 'KERN_INVALID_ADDRESS', exceeds ? ['KERN_PROTECTION_FAILURE'] : []);
    }
    case 'vm_read': return readable(step, before, call);
    case 'vm_write': return writable(before, call, before.isAligned(call.address, call.size, call.data));
    case 'vm_copy': {
      if (call.size === 0) return only();
      const aligned = before.isAligned(call.source, call.size, call.destination);
      const errors = before.faults({ address: call.source, size: call.size }, 'read');
      const written = writable(before, { address: call.destination, size: call.size }, aligned).errors;
      return only(...new Set([...errors, ...written]));
    }
    case 'vm_region': return before.isFree({ address: call.address, size: rest(before, call.address) })
      ? only('KERN_NO_SPACE') : only();
    default: return only();
  }
}

const rest = ({ eager }: Before, address: number): number => Math.max(0, eager.pageCount * eager.pageSize - address);

interface Placement extends Range { readonly anywhere: boolean; readonly mask: number }

function placeable(step: MachStep, before: Before, { address, size, anywhere, mask }: Placement): Allowed {
  const { pageSize } = before.eager;
  if (anywhere) {
    const { length } = before.eager.pages(0, size);
    if (!before.hasRoom(length, mask)) return only('KERN_NO_SPACE');
    /* One variant may look for more than it needs. */
    return perhaps(step.before.variant === 'gnumach' && !before.hasRoom(length + before.eager.pages(0, mask).length), 'KERN_NO_SPACE');
  }
  const range = { address: address - address % pageSize, size };
  if ((range.address & mask) !== 0) return only('KERN_NO_SPACE');
  if (!before.isWithin(range)) return only('KERN_INVALID_ADDRESS');
  return before.isFree(range) ? only() : only('KERN_NO_SPACE');
}

function readable(step: MachStep, before: Before, call: CallOf<'vm_read'>): Allowed {
  const errors = call.size === 0 ? [] : before.faults(call, 'read');
  const unaligned = !before.isAligned(call.address, call.size);
  if (errors.length > 0) return perhaps(unaligned, 'KERN_INVALID_ARGUMENT', errors);
  const receiver = new Before(before.eager, callerTask(step));
  if (call.size > 0 && !receiver.hasRoom(before.eager.pages(call.address, call.size).length)) {
    const shortage = step.before.variant === 'gnumach' ? 'MACH_RCV_BODY_ERROR' : 'KERN_NO_SPACE';
    return perhaps(unaligned, 'KERN_INVALID_ARGUMENT', [shortage]);
  }
  return perhaps(unaligned, 'KERN_INVALID_ARGUMENT');
}

function writable(before: Before, range: Range, aligned: boolean): Allowed {
  if (range.size === 0) return only();
  return only(...before.faults(range, 'write'), ...(aligned ? [] : ['KERN_INVALID_ARGUMENT']));
}

/** What is wrong with the answer to a memory call. */
export const misanswered = once((step): readonly string[] => {
  const event = callerEvent(step);
  const { success, errors } = allowed(step);
  if (event?.tag === 'returned') return success ? misvalued(step, event.value) : [`succeeds instead of ${errors.join(' or ')}`];
  if (event?.tag !== 'raised') return ['is not answered'];
  return errors.includes(event.error) ? [] : [`is refused with ${event.error} instead of ${[...errors, ...(success ? ['success'] : [])].join(' or ')}`];
});

/** What is wrong with the value a memory call returned. */
function misvalued(step: MachStep, value: unknown): readonly string[] {
  if (isCall(step, 'vm_allocate', 'vm_map')) return misplaced(step, step.call, (value as Range).address);
  if (isCall(step, 'vm_read')) return misread(step, value as Range);
  if (isCall(step, 'vm_region')) return misregion(step, value as Region);
  return value === null ? [] : ['returns a value'];
}

function misplaced(step: MachStep, call: Range & { readonly anywhere: boolean; readonly mask?: number }, address: number): readonly string[] {
  const before = new Before(Eager.of(step.before), denotedTask(step)!);
  if (call.size === 0) return address === 0 ? [] : [`returns ${address} for nothing`];
  const { pageSize } = before.eager;
  if (!call.anywhere) return address === call.address - call.address % pageSize ? [] : [`returns ${address} instead of ${call.address} rounded down`];
  return address % pageSize === 0 && (address & (call.mask ?? 0)) === 0 && before.isFree({ address, size: call.size })
    && before.isWithin({ address, size: call.size }) ? [] : [`puts memory at ${address}, where it may not be`];
}

function misread(step: MachStep & { readonly call: CallOf<'vm_read'> }, { address, size }: Range): readonly string[] {
  const before = new Before(Eager.of(step.before), callerTask(step));
  if (size !== step.call.size) return [`returns ${size} bytes instead of ${step.call.size}`];
  if (size === 0) return address === 0 ? [] : ['returns an address for nothing'];
  const { pageSize } = before.eager;
  if (address % pageSize !== step.call.address % pageSize) return ['returns data at another offset in its page'];
  return before.isFree({ address, size }) && before.isWithin({ address, size }) ? [] : [`puts data at ${address}, where it may not be`];
}

interface Region extends Range {
  readonly protection: readonly string[]; readonly maximum: readonly string[]; readonly inheritance: string;
}

function misregion(step: MachStep & { readonly call: CallOf<'vm_region'> }, region: Region): readonly string[] {
  const before = new Before(Eager.of(step.before), denotedTask(step)!);
  const { pageSize } = before.eager;
  const asked = step.call.address - step.call.address % pageSize;
  const gap = { address: asked, size: Math.max(0, region.address - asked) };
  const reaches = region.address + region.size > asked;
  const places = before.places(region);
  return [
    ...(region.size > 0 && before.isAligned(region.address, region.size) && reaches ? [] : ['shows a range that is no region']),
    ...(before.isFree(gap) ? [] : ['passes over what is mapped']),
    ...(places.every((place) => place !== null && place.current === bitsOf(region.protection)
      && place.maximum === bitsOf(region.maximum) && place.inheritance === region.inheritance) ? [] : ['shows pages as what they are not']),
  ];
}

/** Where memory is other after a step than the calls and answers make it. */
export const differences = once((step): readonly Difference[] => {
  if (step.before.memory === null) return [];
  return Eager.of(step.before, supplying(step)).apply(step).differences(step.after);
});

/** The control port of the object that a call supplies pages of. */
function supplying(step: MachStep): number | null {
  const entry = isCall(step, 'memory_object_data_supply') ? entryAt(step.before, callerTask(step), step.call.control) : null;
  return entry?.tag === 'port' ? entry.port : null;
}

/** With pagers, memory calls have effects in the ports of objects: the laws of pagers speak of those. */
export const hasPagers = ({ before, after }: MachStep): boolean =>
  [before, after].some(({ memory }) => memory!.objects.some(({ pager }) => pager !== null));

/** Everything that is wrong with a memory call: the answer, the memory, and what else it changed. */
export const wrongs = once((step): readonly string[] => {
  if (step.before.memory === null) return [];
  const { operation } = step.call;
  return [
    ...misanswered(step).map((text) => `${operation} ${text}`),
    ...differences(step).map(({ text }) => text),
    ...(hasPagers(step) || (step.call.operation === 'vm_map' && step.call.object.name !== 0) ? [] : besides(step)),
  ];
});

/** Whether a memory call meets some condition, in a scope with memory and about a task that is there. */
export const meets = <Op extends MachStep['call']['operation']>(
  operation: Op, wanted: (before: Before, call: CallOf<Op>, step: MachStep) => boolean,
) => (step: MachStep): boolean => {
  if (step.before.memory === null || !isCall(step, operation)) return false;
  const task = 'task' in step.call ? denotedTask(step) : callerTask(step);
  return task !== null && wanted(new Before(Eager.of(step.before), task), step.call, step);
};
