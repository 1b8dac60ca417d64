import type { Protection, TaskId } from '#spec/mach/vocabulary';
import { ALL, EXECUTE, READ, WRITE, type Mapping, type Memory } from '#model/mach/memory/state';
import type { MachState } from '#model/mach/state';
import { BeyondScope, change } from '#model/operation';

/** The memory of a state, in scopes that have any. */
export function memoryOf({ memory }: MachState): Memory {
  if (memory === null) throw new BeyondScope('no memory in this scope');
  return memory;
}

/** Pages from `first` up to, not including, `end`. */
export interface Pages { readonly first: number; readonly end: number }

/** The pages that a range of bytes touches: the start is rounded down, the end up. */
export function pagesOf({ pageSize }: Memory, { address, size }: { readonly address: number; readonly size: number }): Pages {
  const first = Math.floor(address / pageSize);
  return { first, end: size === 0 ? first : Math.ceil((address + size) / pageSize) };
}

export const isAligned = ({ pageSize }: Memory, ...addresses: readonly number[]): boolean =>
  addresses.every((address) => address % pageSize === 0);

/** What a page of a space stands for; null where nothing is mapped, and beyond the end of the space. */
export function mappingAt(state: MachState, task: TaskId, page: number): Mapping | null {
  return memoryOf(state).spaces[task]!.pages[page] ?? null;
}

export function setMapping(state: MachState, task: TaskId, page: number, mapping: Mapping | null): void {
  change(memoryOf(state).spaces[task]!.pages)[page] = mapping;
}

/** The pages of a range, with what each stands for; of those beyond the end of the space the first stands for all. */
export function* mappingsIn(state: MachState, task: TaskId, { first, end }: Pages): Generator<readonly [page: number, Mapping | null]> {
  const last = Math.min(end, Math.max(first, memoryOf(state).pageCount) + 1);
  for (let page = first; page < last; page += 1) yield [page, mappingAt(state, task, page)];
}

export const isMapped = (state: MachState, task: TaskId, pages: Pages): boolean =>
  [...mappingsIn(state, task, pages)].every(([, mapping]) => mapping !== null);

/** Every first page at which so many pages are free, lowest first. */
export function gaps(state: MachState, task: TaskId, length: number, mask = 0): readonly number[] {
  const { pageCount, pageSize } = memoryOf(state);
  const found: number[] = [];
  for (let first = 0; first + length <= pageCount; first += 1) {
    const isFree = [...mappingsIn(state, task, { first, end: first + length })].every(([, mapping]) => mapping === null);
    if (isFree && ((first * pageSize) & mask) === 0) found.push(first);
  }
  return found;
}

const bits: Readonly<Record<Protection, number>> = { read: READ, write: WRITE, execute: EXECUTE };

export const toBits = (protection: readonly Protection[]): number =>
  protection.reduce((all, one) => all | bits[one], 0);

export const fromBits = (protection: number): readonly Protection[] =>
  (['read', 'write', 'execute'] as const).filter((one) => (protection & bits[one]) !== 0);

/** Whether every kind of access in one set is in another. */
export const within = (some: number, all: number): boolean => (some & ~all) === 0;

/** How memory is mapped unless somebody asks otherwise: to be used in every way, or, in one variant, not to be executed. */
export const ordinary = ({ variant }: MachState) =>
  ({ current: variant === 'gnumach' ? READ | WRITE : ALL, maximum: ALL, inheritance: 'copy' } as const);
