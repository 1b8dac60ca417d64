import type { PortId } from '#model/mach/state';
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

/** A page of an object. Bytes are in lowercase hex. */
const page = union({
  /** `forbidden`: what its pager does not allow; `asked`: what the pager has been asked to allow since. */
  resident: { bytes: text(), dirty: flag(), precious: flag(), forbidden: integer(), asked: integer() },
  /** Its pager has been asked for it. */
  awaited: { write: flag() },
  /** Its pager has none: it is what the object shadows. */
  absent: {},
  /** The default memory manager was sent it, and has it: it is to be asked for, like one of which nothing is known. */
  sent: {},
});
export type Page = Static<typeof page>;

/** Who keeps the pages of an object that are not in memory. */
const pager = union({
  pager: {
    /** The memory object as a port: the kernel holds a send right, and sends its requests there. */
    port: id<PortId>('port'),
    /** Ports of the kernel's, through which the pager answers, and by which others may know the object. */
    control: id<PortId>('port'), name: id<PortId>('port'),
    /** `gone`: it died, or gave the object up. */
    status: oneOf('silent', 'ready', 'gone'),
    cacheable: flag(),
    /** How copies of the object are made; what is temporary is not returned at its end. */
    strategy: oneOf('none', 'delay', 'temporary'),
    /** The kernel made the object itself, for memory that was to go out: the default memory manager keeps its pages. */
    internal: flag(),
    /** Nobody maps it, and the kernel has decided to keep it. */
    cached: flag(),
  },
});
export type Pager = Static<typeof pager>;

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
  /** Null for memory that began as zeros, and for copies, until a page of it is first sent out. */
  pager: nullable(pager),
});
export type MemoryObject = Static<typeof memoryObject>;

/** The address space of one task, page by page. */
const space = struct({ pages: list(nullable(mapping)) });

export const memorySchema = struct({
  /** Bytes in a page. */
  pageSize: integer(),
  /** Pages in an address space. */
  pageCount: integer(),
  /** How many pages of one object may be awaited at once. */
  requestLimit: integer(),
  /** Whoever reaches this port of the kernel's may say who the default memory manager is; null where nobody may. */
  hostControl: nullable(id<PortId>('port')),
  /** The kernel's right to the default memory manager, if there is one. */
  manager: nullable(union({ right: { port: id<PortId>('port'), kind: oneOf<'send'>('send') } })),
  /** By task. */
  spaces: list(space),
  objects: table('memory-object', memoryObject, ({ life }) => life === 'dead'),
});
export type Memory = Static<typeof memorySchema>;
