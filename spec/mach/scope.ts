import { z } from 'zod';
import { limitsSchema, threadCounts, type Described, type ScopeSchemas } from '#spec/scope';

/**
 * How many tasks there are at the start, with how many threads each; bounds, where a run is to have any; and how
 * many pages of how many bytes an address space has, where there is to be memory. `privileged`: the first task has the
 * control port of the host, as its bootstrap port. `devices`: what there is to be opened through the device master port,
 * which is then the bootstrap port of the first task.
 */
const trace = z.strictObject({
  threads: threadCounts,
  limits: limitsSchema([
    'tasks', 'threads', 'ports', 'sets', 'names', 'messages', 'queueLimit', 'maximumQueueLimit', 'references', 'registered', 'makeSend',
  ]).optional(),
  memory: z.strictObject({
    pageSize: z.int().min(1), pageCount: z.int().min(0), requestLimit: z.int().min(0).optional(), privileged: z.boolean().optional(),
  }).optional(),
  devices: z.array(z.strictObject({ name: z.string(), recordSize: z.int().min(1), bytes: z.string().regex(/^([0-9a-f]{2})*$/) })).optional(),
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
