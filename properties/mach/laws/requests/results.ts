import type { Name, ReceivedItem, TypeFlag } from '#spec/mach/vocabulary';

const flags: readonly (readonly [TypeFlag, number])[] = [
  ['send', 16], ['receive', 17], ['send-once', 18], ['port-set', 19], ['dead-name', 20], ['dead-name-request', 31], ['msg-accepted-request', 30],
];

/** Takes the results of a reply one after the other. What is not of the type that is due is taken for `undefined`. */
export class Results {
  readonly #items: readonly ReceivedItem[];
  #at = 0;

  constructor(items: readonly ReceivedItem[]) {
    this.#items = items;
  }

  get left(): number {
    return this.#items.length - this.#at;
  }

  all<T>(read: () => T): readonly T[] {
    const found: T[] = [];
    while (this.left > 0) found.push(read());
    return found;
  }

  integer(): number | undefined {
    return this.#word(2);
  }

  boolean(): boolean | undefined {
    const value = this.#word(0);
    return value === undefined ? undefined : value !== 0;
  }

  name(): Name | undefined {
    const item = this.#next('name');
    return item?.name.name;
  }

  flags(): readonly TypeFlag[] {
    const value = this.integer() ?? 0;
    return flags.filter(([, bit]) => (value >>> bit & 1) !== 0).map(([flag]) => flag);
  }

  protection(): readonly string[] {
    const value = this.integer() ?? 0;
    return ['read', 'write', 'execute'].filter((_, bit) => (value >>> bit & 1) !== 0);
  }

  inheritance(): string | undefined {
    return ['share', 'copy', 'none'][this.integer() ?? -1];
  }

  right(): { readonly name: Name | undefined; readonly kind: string | undefined } {
    const item = this.#next('rights');
    return item?.names.length === 1 ? { name: item.names[0], kind: item.kind } : { name: undefined, kind: undefined };
  }

  rights(): readonly Name[] | undefined {
    return this.#next('rights')?.names;
  }

  region(): { readonly address: number | undefined; readonly size: number | undefined } {
    const item = this.#next('region');
    return { address: item?.address, size: item?.size };
  }

  #next<Tag extends ReceivedItem['tag']>(tag: Tag): Extract<ReceivedItem, { tag: Tag }> | undefined {
    const item = this.#items[this.#at];
    this.#at += 1;
    return item?.tag === tag ? item as Extract<ReceivedItem, { tag: Tag }> : undefined;
  }

  #word(type: number): number | undefined {
    const item = this.#next('data');
    if (item?.type !== type || item.bits !== 32 || item.bytes.length !== 8) return undefined;
    return [0, 1, 2, 3].reduce((value, at) => value + Number.parseInt(item.bytes.slice(2 * at, 2 * at + 2), 16) * 256 ** at, 0);
  }
}
