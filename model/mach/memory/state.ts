import { flag, id, integer, list, nullable, oneOf, struct, table, text, union, type Static } from '#model/schema';

declare const sort: unique symbol;
export type ObjectId = number & { readonly [sort]: 'memory-object' };

const object = id<ObjectId>('memory-object');

/** Sets of `read`, `write` and `execute`, as bits. */
export const READ = 1;
export const WRITE = 2;
export const EXECUTE = 4;
export const ALL = READ | WRITE | EXECUTE;

export const inheritances = ['share', 'copy', 'none'] as const;
const inheritance = oneOf(...inheritances);

/** What one page of a space stands for. */
const mapping = union({
  mapped: { object, index: integer(), current: integer(), maximum: integer(), inheritance },
});
export type Mapping = Static<typeof mapping>;

/** A page of an object that is in memory, in lowercase hex. */
const page = union({
  resident: { bytes: text(), dirty: flag() },
});
export type Page = Static<typeof page>;

/**
 * A memory object. Copies of an object form a chain: each shadows the one it was made after, newer copies
 * nearest to the original. A page that a copy has not got of its own is that of the object it shadows.
 */
const memoryObject = struct({
  life: oneOf('live', 'dead'),
  pages: list(nullable(page)),
  /** What it is a copy of. */
  shadow: nullable(object),
  /** The newest copy that was made of it. */
  copy: nullable(object),
});
export type MemoryObject = Static<typeof memoryObject>;

/** The address space of one task, page by page. */
const space = struct({ pages: list(nullable(mapping)) });

export const memorySchema = struct({
  /** Bytes in a page. */
  pageSize: integer(),
  /** Pages in an address space. */
  pageCount: integer(),
  /** By task. */
  spaces: list(space),
  objects: table('memory-object', memoryObject, ({ life }) => life === 'dead'),
});
export type Memory = Static<typeof memorySchema>;
