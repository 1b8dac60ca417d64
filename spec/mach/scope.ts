import { z } from 'zod';
import { limitsSchema, threadCounts, type Described, type ScopeSchemas } from '#spec/scope';

/**
 * How many tasks there are at the start, with how many threads each; bounds, where a run is to have any; and how
 * many pages of how many bytes an address space has, where there is to be memory. `privileged`: the first task has the
 * control port of the host, as its bootstrap port.
 */
const trace = z.strictObject({
  threads: threadCounts,
  limits: limitsSchema([
    'tasks', 'threads', 'ports', 'sets', 'names', 'messages', 'queueLimit', 'maximumQueueLimit', 'references', 'registered', 'makeSend',
  ]).optional(),
  memory: z.strictObject({
    pageSize: z.int().min(1), pageCount: z.int().min(0), requestLimit: z.int().min(0).optional(), privileged: z.boolean().optional(),
  }).optional(),
});
export type MachScope = Described<typeof trace>;

/**
 * An implementation with pages of its own size lets the first half of each page stand for the beginning of one of
 * its own, and the rest for the end; beyond the last page nothing can be mapped.
 */
const wire = z.strictObject({
  threads: threadCounts,
  memory: z.strictObject({ pageSize: z.int().min(2).max(4096), pageCount: z.int().min(1).max(1024) }).optional(),
});

export const machScope = { trace, wire } as const satisfies ScopeSchemas;
