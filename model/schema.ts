/**
 * What a state is made of, said once: its TypeScript type, its packed form, and the identities in it
 * (so that symmetric states can be told) all follow from the schema.
 */
export interface Schema<T> {
  put(value: T, sink: Sink): void;
  take(source: Source): T;
}

/** The type of the values a schema describes. */
export type Static<Node> = Node extends Schema<infer T> ? T : never;

/** Takes a value apart, in a fixed order. */
export interface Sink {
  number(value: number): void;
  /** A reference to row `id` of the table of `sort`; `owner` is the row it is nested in, or -1. */
  reference(sort: string, id: number, owner: number): void;
  /** One row of a table. What `write` puts belongs to it; rows put meanwhile are nested in it. */
  row(sort: string, id: number, absent: boolean, write: () => void): void;
  /** Whether what no later step depends on is wanted as well. */
  readonly ghosts: boolean;
}

/** Puts a value together again from what a packing sink was given. */
export interface Source { number(): number }

/** Any integer. */
export const integer = <T extends number = number>(): Schema<T> => ({
  put: (value, sink) => sink.number(value),
  take: (source) => source.number() as T,
});

export const flag = (): Schema<boolean> => ({
  put: (value, sink) => sink.number(value ? 1 : 0),
  take: (source) => source.number() === 1,
});

/** One of a few words. */
export const oneOf = <const T extends string>(...words: readonly T[]): Schema<T> => {
  const place = new Map(words.map((word, index) => [word, index]));
  return {
    put: (value, sink) => sink.number(place.get(value)!),
    take: (source) => words[source.number()]!,
  };
};

export const nullable = <T>(inner: Schema<T>): Schema<T | null> => ({
  put: (value, sink) => {
    sink.number(value === null ? 0 : 1);
    if (value !== null) inner.put(value, sink);
  },
  take: (source) => (source.number() === 0 ? null : inner.take(source)),
});

/** An ordered list. */
export const list = <T>(item: Schema<T>): Schema<readonly T[]> => ({
  put: (values, sink) => {
    sink.number(values.length);
    for (const value of values) item.put(value, sink);
  },
  take: (source) => Array.from({ length: source.number() }, () => item.take(source)),
});

type Fields = Readonly<Record<string, Schema<never>>>;
type Struct<F> = { readonly [K in keyof F]: Static<F[K]> };

export function struct<F extends { readonly [K in keyof F]: Schema<Static<F[K]>> }>(fields: F): Schema<Struct<F>> {
  const entries = Object.entries(fields as Record<string, Schema<unknown>>);
  return {
    put: (value, sink) => {
      for (const [key, field] of entries) field.put((value as Record<string, unknown>)[key], sink);
    },
    take: (source) => {
      const value: Record<string, unknown> = {};
      for (const [key, field] of entries) value[key] = field.take(source);
      return value as Struct<F>;
    },
  };
}

type Union<Options> = {
  [Tag in keyof Options]: { readonly tag: Tag } & Struct<Options[Tag]>;
}[keyof Options];

/** Tagged records: values, replaced and never edited. */
export function union<Options extends Readonly<Record<string, Readonly<Record<string, unknown>>>>>(
  options: Options,
): Schema<Union<Options>> {
  const tags = Object.keys(options);
  const place = new Map(tags.map((tag, index) => [tag, index]));
  const bodies = tags.map((tag) => struct(options[tag] as Fields as never) as unknown as Schema<object>);
  return {
    put: (value, sink) => {
      const index = place.get((value as { tag: string }).tag)!;
      sink.number(index);
      bodies[index]!.put(value, sink);
    },
    take: (source) => {
      const index = source.number();
      return { tag: tags[index], ...bodies[index]!.take(source) } as Union<Options>;
    },
  };
}

/** A reference to a row of the one table of that sort. */
export const id = <T extends number>(sort: string): Schema<T> => ({
  put: (value, sink) => sink.reference(sort, value, -1),
  take: (source) => source.number() as T,
});

/** Rows by identity. A row that is `absent` and that nothing refers to is as good as none. */
export const table = <T>(
  sort: string, row: Schema<T>, absent: (value: T) => boolean = () => false,
): Schema<readonly T[]> => ({
  put: (rows, sink) => {
    sink.number(sink.ghosts ? rows.length : 0);
    rows.forEach((value, index) => sink.row(sort, index, absent(value), () => row.put(value, sink)));
  },
  take: (source) => Array.from({ length: source.number() }, () => row.take(source)),
});

/** What no later step depends on: kept in the packed form, left out when states are compared. */
export const ghost = <T>(inner: Schema<T>): Schema<T> => ({
  put: (value, sink) => { if (sink.ghosts) inner.put(value, sink); },
  take: (source) => inner.take(source),
});

/**
 * The packed form: whole numbers in a fixed order, from which `unpack` makes an equal state. Without ghosts
 * it serves to compare states only.
 */
export function pack<T>(schema: Schema<T>, value: T, ghosts = true): Int32Array {
  const numbers: number[] = [];
  const sink: Sink = {
    ghosts,
    number: (n) => { numbers.push(n); },
    reference: (_sort, n) => { numbers.push(n); },
    row: (_sort, _id, _absent, write) => write(),
  };
  schema.put(value, sink);
  return Int32Array.from(numbers);
}

export function unpack<T>(schema: Schema<T>, packed: Int32Array): T {
  let at = 0;
  return schema.take({ number: () => packed[at++]! });
}

/** Text as a length and its character codes. */
export const text = (): Schema<string> => ({
  put: (value, sink) => {
    sink.number(value.length);
    for (let i = 0; i < value.length; i += 1) sink.number(value.charCodeAt(i));
  },
  take: (source) => String.fromCharCode(...Array.from({ length: source.number() }, () => source.number())),
});

/** The same, with tables of its own: `scope` goes before the sort of every row and reference. */
export const scoped = <T>(scope: string, inner: Schema<T>): Schema<T> => ({
  put: (value, sink) => inner.put(value, {
    ghosts: sink.ghosts,
    number: (number) => sink.number(number),
    reference: (sort, row, owner) => sink.reference(scope + sort, row, owner),
    row: (sort, row, absent, write) => sink.row(scope + sort, row, absent, write),
  }),
  take: (source) => inner.take(source),
});
