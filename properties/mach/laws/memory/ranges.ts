import type { SentItem, TaskId } from '#spec/mach/vocabulary';
import type { Item, MachState } from '#model/mach/state';

/** The memory of a sender, from which the regions of one message are taken in order. */
export class Ranges {
  readonly #state: MachState;
  readonly #task: TaskId;
  /** Pages that earlier regions have taken away. */
  readonly gone = new Set<number>();

  constructor(state: MachState, task: TaskId) {
    this.#state = state;
    this.#task = task;
  }

  /** A region as it travels, but for the pages; null if it cannot be read throughout. */
  take({ type, bits, long, address, size, deallocate }: Extract<SentItem, { tag: 'region' }>): Item | null {
    const item = { tag: 'region', type, bits, long, size, pages: [] } as const;
    const { memory } = this.#state;
    if (size === 0 || memory === null) return { ...item, offset: 0 };
    const touched: number[] = [];
    for (let page = Math.floor(address / memory.pageSize); page * memory.pageSize < address + size; page += 1) touched.push(page);
    const pages = memory.spaces[this.#task]!.pages;
    const isReadable = touched.every((page) => !this.gone.has(page) && ((pages[page]?.current ?? 0) & 1) !== 0);
    if (!isReadable) return null;
    if (deallocate) for (const page of touched) this.gone.add(page);
    return { ...item, offset: address % memory.pageSize };
  }
}
