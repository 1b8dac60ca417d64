import { z } from 'zod';

export const protections = ['read', 'write', 'execute'] as const;
export type Protection = (typeof protections)[number];

/** What becomes of a range in tasks created after its own. */
export const inheritances = ['share', 'copy', 'none'] as const;
export type Inheritance = (typeof inheritances)[number];

/** `kern_return_t` values of the memory calls. */
export type MemoryError =
  | 'KERN_INVALID_ADDRESS' | 'KERN_PROTECTION_FAILURE' | 'KERN_NO_SPACE' | 'KERN_INVALID_ARGUMENT'
  | 'KERN_MEMORY_ERROR' | 'MACH_SEND_INVALID_MEMORY';

const address = () => z.int().min(0).max(0xffff_ffff);
const protection = () => z.array(z.enum(protections));
const inheritance = () => z.enum([...inheritances, 'other']);
const none = z.null();

const description = {
  /** `msgt_name`: any number that is not a right. */
  type: z.int().min(0).max(255),
  /** `msgt_size`: bits of one element. */
  bits: z.int().min(0).max(255),
  long: z.boolean(),
};

/** Data that a message carries by reference: `size` bytes of the sender's memory. */
export const sentRegion = () =>
  z.object({ tag: z.literal('region'), ...description, address: address(), size: address(), deallocate: z.boolean() });

/** Where such data has arrived. The deallocate bit is set, for it is the receiver's now. */
export const receivedRegion = () =>
  z.object({ tag: z.literal('region'), ...description, address: address(), size: address(), deallocate: z.literal(true) });

/** What a simple message makes of a region: an address of the sender's, as bytes like any others. */
export const pointer = () =>
  z.object({ tag: z.literal('pointer'), ...description, address: address(), size: address(), deallocate: z.boolean() });

/** The leaves and arguments that these operations share with all others. */
interface Shared<By, On, Right, Reply, Name, Task> {
  readonly by: By;
  readonly on: On;
  readonly right: () => Right;
  readonly reply: () => Reply;
  readonly name: () => Name;
  readonly task: () => Task;
}

/**
 * The operations on address spaces. Addresses and sizes are in bytes. `load` and `store` are what a thread
 * does by itself: it reads or writes one byte of its task's memory.
 */
export function memoryOperations<
  By extends z.core.$ZodLooseShape, On extends z.core.$ZodLooseShape,
  Right extends z.ZodType, Reply extends z.ZodType, Name extends z.ZodType, Task extends z.ZodType,
>({ by, on, right, reply, name, task }: Shared<By, On, Right, Reply, Name, Task>) {
  const range = { address: address(), size: address() };
  return {
    vm_allocate: {
      takes: z.object({ ...on, ...range, anywhere: z.boolean() }),
      returns: z.object({ address: address() }),
      raises: ['KERN_NO_SPACE', 'KERN_INVALID_ADDRESS'],
    },
    vm_deallocate: { takes: z.object({ ...on, ...range }), returns: none, raises: ['KERN_INVALID_ADDRESS'] },
    vm_protect: {
      takes: z.object({ ...on, ...range, setMaximum: z.boolean(), protection: protection() }),
      returns: none,
      raises: ['KERN_PROTECTION_FAILURE', 'KERN_INVALID_ADDRESS'],
    },
    vm_inherit: {
      takes: z.object({ ...on, ...range, inheritance: inheritance() }),
      returns: none,
      raises: ['KERN_INVALID_ADDRESS'],
    },
    vm_read: {
      takes: z.object({ ...on, ...range }),
      /** Where the data arrived in the caller's space, and how much of it. */
      returns: z.object({ address: address(), size: address() }),
      /** MACH_RCV_BODY_ERROR: an implementation says so of an answer whose memory found no room. */
      raises: ['KERN_INVALID_ADDRESS', 'KERN_PROTECTION_FAILURE', 'KERN_NO_SPACE', 'MACH_RCV_BODY_ERROR'],
    },
    vm_write: {
      /** The data is `size` bytes from `data` on in the caller's space. */
      takes: z.object({ ...on, ...range, data: address() }),
      returns: none,
      raises: ['MACH_SEND_INVALID_MEMORY', 'KERN_INVALID_ADDRESS', 'KERN_PROTECTION_FAILURE'],
    },
    vm_copy: {
      takes: z.object({ ...on, source: address(), size: address(), destination: address() }),
      returns: none,
      raises: ['KERN_INVALID_ADDRESS', 'KERN_PROTECTION_FAILURE'],
    },
    vm_map: {
      takes: z.object({
        ...on, ...range, mask: address(), anywhere: z.boolean(),
        /** The memory object, or `MACH_PORT_NULL` for memory filled with zeros. */
        object: right(),
        offset: address(), copy: z.boolean(), protection: protection(), maximum: protection(), inheritance: inheritance(),
      }),
      returns: z.object({ address: address() }),
      raises: ['KERN_NO_SPACE', 'KERN_INVALID_ADDRESS'],
      spoils: { MACH_SEND_INVALID_RIGHT: none },
    },
    vm_region: {
      takes: z.object({ ...on, address: address() }),
      returns: z.object({ ...range, protection: protection(), maximum: protection(), inheritance: z.enum(inheritances) }),
      raises: ['KERN_NO_SPACE'],
    },
    ...pagerOperations({ by, name, reply, task }),
    vm_set_default_memory_manager: {
      takes: z.object({
        ...by,
        /** The caller's name for the control port of the host. */
        host: name(),
        /** Who is to keep memory that has no pager; `MACH_PORT_NULL` only asks. */
        manager: right(),
      }),
      /** The caller's name for who did so far, or `MACH_PORT_NULL`. */
      returns: z.object({ previous: name() }),
      raises: ['MACH_SEND_INVALID_DEST'],
      spoils: { MACH_SEND_INVALID_RIGHT: none, KERN_INVALID_ARGUMENT: none },
    },
    load: { takes: z.object({ ...by, address: address() }), returns: z.object({ byte: byte() }), raises: [], blocks: true },
    store: { takes: z.object({ ...by, address: address(), byte: byte() }), returns: none, raises: [], blocks: true },
  } as const;
}

/** How a copy of an object is made: of all of it at once, page by page when written, or that and nothing is returned. */
const strategy = () => z.enum(['none', 'delay', 'temporary']);

/**
 * What pagers ask of the kernel. Each is a message without a reply to the port by which the kernel lets an object
 * be controlled; where a reply port is given, the kernel tells there when it has finished. `evict` is the kernel
 * itself, in want of memory: the page that a task sees at an address leaves it.
 */
function pagerOperations<By extends z.core.$ZodLooseShape, Reply extends z.ZodType, Name extends z.ZodType, Task extends z.ZodType>(
  { by, name, reply, task }: Omit<Shared<By, never, never, Reply, Name, Task>, 'on' | 'right'>,
) {
  const control = { ...by, control: name() };
  const range = { offset: address(), size: address() };
  const raises = ['MACH_SEND_INVALID_DEST'] as const;
  const spoils = { MACH_SEND_INVALID_RIGHT: none };
  return {
    memory_object_ready: { takes: z.object({ ...control, cacheable: z.boolean(), strategy: strategy() }), returns: none, raises },
    memory_object_data_supply: {
      /** The data is `size` bytes from `data` on in the caller's space. */
      takes: z.object({ ...control, ...range, data: address(), lock: protection(), precious: z.boolean(), reply: reply() }),
      returns: none,
      raises: ['MACH_SEND_INVALID_DEST', 'MACH_SEND_INVALID_MEMORY'],
      spoils,
    },
    memory_object_data_unavailable: { takes: z.object({ ...control, ...range }), returns: none, raises },
    memory_object_data_error: { takes: z.object({ ...control, ...range, reason: z.int() }), returns: none, raises },
    memory_object_lock_request: {
      takes: z.object({
        ...control, ...range, clean: z.enum(['nothing', 'dirty', 'all']), flush: z.boolean(), lock: protection(), reply: reply(),
      }),
      returns: none,
      raises,
      spoils,
    },
    memory_object_change_attributes: {
      takes: z.object({ ...control, cacheable: z.boolean(), strategy: strategy(), reply: reply() }), returns: none, raises, spoils,
    },
    memory_object_destroy: { takes: z.object({ ...control, reason: z.int() }), returns: none, raises },
    evict: { takes: z.object({ owner: task(), address: address() }), returns: none, raises: [], spontaneous: true },
  } as const;
}

/** One byte, in lowercase hex. */
const byte = () => z.string().regex(/^[0-9a-f]{2}$/);
