import type { Part, ProcessId } from '#spec/qnx/vocabulary';
import type { Parts, QnxState } from '#model/qnx/state';
import { change } from '#model/operation';

/** Bytes on their way: `readable` of them can be read, the next would fault. */
export interface Source { readonly bytes: readonly number[]; readonly length: number }

/** Where bytes go: addresses of one process, in the order in which they are filled. */
export interface Target { readonly process: ProcessId; readonly addresses: readonly number[] }

export const toParts = (given: readonly Part[]): Parts => given.map(({ at, length }) => ({ tag: 'part', at, length }));

/** Every address of a buffer, in order: its parts as though they were one. */
export function addressesOf(parts: Parts): number[] {
  const addresses: number[] = [];
  for (const { at, length } of parts) for (let i = 0; i < length; i += 1) addresses.push(at + i);
  return addresses;
}

/** Where the windows for shared objects begin in every address space, and how large each is. */
export const FIRST_WINDOW = 64;
export const WINDOW = 4;

/** The object and the place in it that an address of a process stands for, if it is one of a window. */
export function sharedAt({ processes }: QnxState, process: ProcessId, address: number): { readonly object: number; readonly offset: number } | null {
  if (address < FIRST_WINDOW) return null;
  const object = processes[process]!.windows[Math.floor((address - FIRST_WINDOW) / WINDOW)] ?? -1;
  return object < 0 ? null : { object, offset: (address - FIRST_WINDOW) % WINDOW };
}

export const isMapped = (state: QnxState, process: ProcessId, address: number): boolean =>
  address < state.processes[process]!.memory.length || sharedAt(state, process, address) !== null;

export function readByte(state: QnxState, process: ProcessId, address: number): number {
  const shared = sharedAt(state, process, address);
  return shared === null ? state.processes[process]!.memory[address]! : state.objects[shared.object]!.bytes[shared.offset]!;
}

export function writeByte(state: QnxState, process: ProcessId, address: number, byte: number): void {
  const shared = sharedAt(state, process, address);
  if (shared === null) change(state.processes[process]!.memory)[address] = byte;
  else change(state.objects[shared.object]!.bytes)[shared.offset] = byte;
}

/** How many addresses from the first on are mapped. */
export function mappedLength(state: QnxState, process: ProcessId, addresses: readonly number[]): number {
  const bad = addresses.findIndex((address) => !isMapped(state, process, address));
  return bad < 0 ? addresses.length : bad;
}

export function faults(state: QnxState, process: ProcessId, parts: Parts): boolean {
  const addresses = addressesOf(parts);
  return mappedLength(state, process, addresses) < addresses.length;
}

/** What lies at addresses of a process now. */
export function sourceAt(state: QnxState, process: ProcessId, addresses: readonly number[]): Source {
  const readable = mappedLength(state, process, addresses);
  return { bytes: addresses.slice(0, readable).map((address) => readByte(state, process, address)), length: addresses.length };
}

/** What a process finds in a buffer: the bytes of it that lie in its address space. */
export const contentsOf = (state: QnxState, process: ProcessId, parts: Parts): number[] =>
  addressesOf(parts).filter((address) => isMapped(state, process, address))
    .map((address) => readByte(state, process, address));
