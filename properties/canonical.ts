import type { Schema, Sink } from '#model/schema';

/**
 * The canonical form of a state: equal for two states exactly if one becomes the other by giving the rows
 * of its tables (tasks, threads, ports, names, …) other numbers. So symmetric states count once.
 *
 * Rows are told apart by colours, refined by what they hold, what they refer to and what refers to them.
 * Where colours leave a tie, each of the tied rows is tried as the first, and the least form is taken.
 */
export function canonical<T>(schema: Schema<T>, state: T): string {
  const graph = new Graph();
  schema.put(state, graph);
  return new Labelling(graph.reachable()).least();
}

/** A row with what it holds: numbers, and references to other rows. */
interface Row {
  readonly sort: number;
  readonly key: number;
  readonly absent: boolean;
  /** Numbers as they are; references as the key of the row, and marked in `refers`. */
  readonly tokens: number[];
  readonly refers: boolean[];
}

const ROOT = -1;
const OWNERS = 1 << 12;
const IDS = 1 << 20;

/** Takes a state apart into rows. */
class Graph implements Sink {
  readonly ghosts = false;
  readonly #rows: Row[] = [{ sort: ROOT, key: ROOT, absent: false, tokens: [], refers: [] }];
  readonly #sorts = new Map<string, number>();
  #open: { readonly row: Row; readonly id: number }[] = [{ row: this.#rows[0]!, id: -1 }];

  number(value: number): void {
    const { row } = this.#open.at(-1)!;
    row.tokens.push(value);
    row.refers.push(false);
  }

  reference(sort: string, id: number, owner: number): void {
    const { row } = this.#open.at(-1)!;
    row.tokens.push(this.#key(sort, id, owner));
    row.refers.push(true);
  }

  row(sort: string, id: number, absent: boolean, write: () => void): void {
    const around = this.#open.at(-1)!;
    const row: Row = { sort: this.#sort(sort), key: this.#key(sort, id, around.id), absent, tokens: [], refers: [] };
    if (around.row.sort !== ROOT) {
      row.tokens.push(around.row.key);
      row.refers.push(true);
    }
    this.#rows.push(row);
    this.#open.push({ row, id });
    write();
    this.#open.pop();
  }

  /** The rows that matter: those that are there, and the absent ones that they lead to. */
  reachable(): readonly Row[] {
    const byKey = new Map(this.#rows.map((row) => [row.key, row]));
    const kept = new Set<Row>();
    const visit = (row: Row): void => {
      if (kept.has(row)) return;
      kept.add(row);
      row.tokens.forEach((token, at) => { if (row.refers[at]) visit(byKey.get(token)!); });
    };
    for (const row of this.#rows) if (!row.absent && this.#isOpenTo(row, byKey)) visit(row);
    return [...kept];
  }

  /** A row nested in an absent one is absent with it. */
  #isOpenTo(row: Row, byKey: ReadonlyMap<number, Row>): boolean {
    const nested = row.sort !== ROOT && row.refers[0] === true && this.#nested.has(row.sort);
    return !nested || !byKey.get(row.tokens[0]!)!.absent;
  }

  readonly #nested = new Set<number>();

  #sort(sort: string): number {
    let code = this.#sorts.get(sort);
    if (code === undefined) {
      code = this.#sorts.size;
      this.#sorts.set(sort, code);
    }
    if (this.#open.length > 1) this.#nested.add(code);
    return code;
  }

  #key(sort: string, id: number, owner: number): number {
    let code = this.#sorts.get(sort);
    if (code === undefined) {
      code = this.#sorts.size;
      this.#sorts.set(sort, code);
    }
    return (code * OWNERS + owner + 1) * IDS + id;
  }
}

/** A row with its references as places in the list of rows. */
interface Node { readonly sort: number; readonly tokens: readonly number[]; readonly refers: readonly boolean[] }

/** Finds the order of the rows that gives the least form. */
class Labelling {
  readonly #nodes: readonly Node[];
  readonly #referred: Int32Array;

  constructor(rows: readonly Row[]) {
    const place = new Map(rows.map((row, index) => [row.key, index]));
    this.#referred = new Int32Array(rows.length);
    this.#nodes = rows;
    for (const { tokens, refers } of rows) {
      for (let at = 0; at < tokens.length; at += 1) {
        if (!refers[at]) continue;
        const target = place.get(tokens[at]!)!;
        tokens[at] = target;
        this.#referred[target]! += 1;
      }
    }
  }

  least(): string {
    const colours = new Int32Array(this.#nodes.length);
    this.#nodes.forEach(({ sort }, index) => { colours[index] = mix(0x51ed_270b, sort); });
    return this.#search(this.#refine(colours));
  }

  /** Colours spread along references in both directions until no more rows can be told apart. */
  #refine(start: Int32Array): Int32Array {
    let colours = start;
    let kinds = new Set(colours).size;
    for (;;) {
      const next = this.#spread(colours);
      const more = new Set(next).size;
      if (more <= kinds) return colours;
      colours = next;
      kinds = more;
    }
  }

  #spread(colours: Int32Array): Int32Array {
    const next = new Int32Array(colours);
    const gathered = new Int32Array(colours.length);
    this.#nodes.forEach(({ tokens, refers }, index) => {
      let hash = colours[index]!;
      const { length } = tokens;
      for (let at = 0; at < length; at += 1) {
        const token = tokens[at]!;
        if (refers[at]) {
          hash = mix(hash, colours[token]!);
          gathered[token] = (gathered[token]! + mix(mix(colours[index]!, at), 0x2545_f491)) | 0;
        } else {
          hash = mix(hash, token);
        }
      }
      next[index] = hash;
    });
    for (let index = 0; index < next.length; index += 1) next[index] = mix(next[index]!, gathered[index]!);
    return next;
  }

  #search(colours: Int32Array): string {
    const order = this.#order(colours);
    const tied = this.#firstTie(order, colours);
    if (tied.length === 0) return this.#form(order);
    if (this.#areTwins(tied)) {
      const apart = new Int32Array(colours);
      tied.forEach((index, at) => { apart[index] = mix(colours[index]!, at + 1); });
      return this.#search(this.#refine(apart));
    }
    let best: string | undefined;
    for (const index of tied) {
      const apart = new Int32Array(colours);
      apart[index] = mix(colours[index]!, 0x7f4a_7c15);
      const form = this.#search(this.#refine(apart));
      if (best === undefined || form < best) best = form;
    }
    return best!;
  }

  #order(colours: Int32Array): number[] {
    const nodes = this.#nodes;
    return nodes.map((_, index) => index)
      .sort((a, b) => nodes[a]!.sort - nodes[b]!.sort || colours[a]! - colours[b]!);
  }

  #firstTie(order: readonly number[], colours: Int32Array): readonly number[] {
    for (let at = 1; at < order.length; at += 1) {
      const first = order[at - 1]!;
      if (!this.#same(first, order[at]!, colours)) continue;
      return order.filter((index) => this.#same(first, index, colours));
    }
    return [];
  }

  #same(a: number, b: number, colours: Int32Array): boolean {
    return this.#nodes[a]!.sort === this.#nodes[b]!.sort && colours[a] === colours[b];
  }

  /** Rows that hold the same and that nothing refers to may stand in any order. */
  #areTwins(tied: readonly number[]): boolean {
    const first = this.#nodes[tied[0]!]!;
    return tied.every((index) => {
      const { tokens } = this.#nodes[index]!;
      return this.#referred[index] === 0 && tokens.length === first.tokens.length
        && tokens.every((token, at) => token === first.tokens[at]);
    });
  }

  #form(order: readonly number[]): string {
    const place = new Int32Array(order.length);
    order.forEach((index, at) => { place[index] = at; });
    const codes: number[] = [];
    for (const index of order) {
      const { sort, tokens, refers } = this.#nodes[index]!;
      put(codes, sort);
      for (let at = 0; at < tokens.length; at += 1) put(codes, refers[at] ? place[tokens[at]!]! : tokens[at]!);
      codes.push(END);
    }
    return String.fromCharCode(...codes);
  }
}

const WIDE = 0xfffe;
const END = 0xffff;
const OFFSET = 8;

/** Small numbers take one place, others three. */
function put(codes: number[], value: number): void {
  const shifted = value + OFFSET;
  if (shifted >= 0 && shifted < WIDE) codes.push(shifted);
  else codes.push(WIDE, (value >>> 16) & 0xffff, value & 0xffff);
}

function mix(hash: number, value: number): number {
  let mixed = Math.imul(hash ^ value, 0x9e37_79b1);
  mixed ^= mixed >>> 15;
  return Math.imul(mixed, 0x85eb_ca77) ^ (mixed >>> 13);
}
