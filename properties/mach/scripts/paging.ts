import type { Name } from '#spec/mach/vocabulary';
import { NULL, type MachState } from '#model/mach/state';
import { isSend, nameOf, region, type Body } from '#properties/mach/scripts/parties';

/** Messages of a pager to the kernel, by number. */
export const READY = 2094;
export const SUPPLY = 2093;

/** Numbers that stand for words in them. */
const BOOLEAN = 0;
const INTEGER = 2;
const DELAY = 2;

const word = (type: number, value: number): Body[number] => ({
  tag: 'data', type, bits: 32, long: false, deallocate: false,
  bytes: [0, 8, 16, 24].map((shift) => ((value >>> shift) & 0xff).toString(16).padStart(2, '0')).join(''),
});

const nobody: Body[number] = { tag: 'rights', disposition: 'make-send-once', names: [NULL], bits: 32, long: false, deallocate: false };

/** The pager is ready: pages may be asked for, and are not kept when nobody maps them. */
export const ready: Body = [word(BOOLEAN, 0), word(INTEGER, DELAY)];

/** A page of the object, which lies in the pager's memory; nothing is forbidden, and nobody wants to hear that it has come. */
export const supply = (offset: number, address: number, size: number): Body =>
  [word(INTEGER, offset), region(address, size), word(INTEGER, 0), word(BOOLEAN, 0), nobody];

/** The port by which the kernel is told about an object came with the first request: the first of the rights in it. */
export const controlOf = (state: MachState, pager: number): Name =>
  nameOf(state, pager, (entry) => isSend(entry) && entry.tag === 'port' && state.ports[entry.port]!.kernel === 'control');
