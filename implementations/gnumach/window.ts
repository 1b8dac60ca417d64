/** The machine's own pages, and where the address space of a task ends. */
const machinePage = 4096;
export const endOfSpace = 0xc000_0000;

/** How many pages of how many bytes the address space of a program has. */
export interface MemoryScope { readonly pageSize: number; readonly pageCount: number }

/** A range of bytes. */
export interface Range { readonly address: number; readonly size: number }

/**
 * Where the small address space of a program lies in a real one: in its last pages, so that nothing can be mapped
 * beyond the end of either; below, the agent keeps everything occupied. A page of the program stands for a page
 * of the machine: its first half for the first bytes there, and the rest for the last.
 */
export class Window {
  readonly pages: number;
  readonly base: number;
  private readonly pageSize: number;

  constructor({ pageSize, pageCount }: MemoryScope) {
    this.pageSize = pageSize;
    this.pages = pageCount;
    this.base = endOfSpace - pageCount * machinePage;
  }

  /** An offset in an object, which begins with a page. */
  offset(offset: number): number {
    const page = Math.floor(offset / this.pageSize);
    const place = offset % this.pageSize;
    return page * machinePage + (place < this.pageSize / 2 ? place : machinePage - this.pageSize + place);
  }

  address(address: number): number { return this.base + this.offset(address); }

  /** How many bytes of the machine a range has. */
  size({ address, size }: Range): number { return this.offset(address + size) - this.offset(address); }

  /** Of an alignment mask its pages count alone. */
  mask(mask: number): number {
    const within = mask % this.pageSize === 0 ? 0 : machinePage - 1;
    return Math.floor(mask / this.pageSize) * machinePage + within;
  }

  /** What an offset stands for in the program; -1: nothing, for it is in the middle of a page. */
  programOffset(offset: number): number {
    const place = offset % machinePage;
    const start = Math.floor(offset / machinePage) * this.pageSize;
    const half = this.pageSize / 2;
    if (place < half) return start + place;
    const fromEnd = machinePage - place;
    return fromEnd <= half ? start + this.pageSize - fromEnd : -1;
  }

  /** What a range of the machine is to the program. Where nothing is, there is nothing: address 0, size 0. */
  range({ address, size }: Range): Range {
    if (address === 0 && size === 0) return { address, size };
    const start = this.programAddress(address);
    return { address: start, size: this.programAddress(address + size) - start };
  }

  /** What an address stands for in the program. One outside stays as it is: the program has none such. */
  programAddress(address: number): number {
    const found = address < this.base ? -1 : this.programOffset(address - this.base);
    return found < 0 ? address : found;
  }

  /** What a range of an object is to the program. */
  programRange(offset: number, size: number): Range {
    const start = this.programOffset(offset);
    return { address: start, size: this.programOffset(offset + size) - start };
  }
}
