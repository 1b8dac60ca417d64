import { z } from 'zod';
import { policies } from '#spec/qnx/vocabulary';
import { limitsSchema, threadCounts, type Described, type ScopeSchemas } from '#spec/scope';

/** The processes there are at the start beside Proc: their priorities and users; and bounds, where a run is to have any. */
const trace = z.strictObject({
  priorities: z.array(z.int()).max(64),
  users: z.array(z.int().min(0)).max(64).optional(),
  limits: limitsSchema([
    'processes', 'proxies', 'parts', 'proxyData', 'triggers', 'memory', 'processTable', 'names', 'files', 'slice', 'pool', 'objects', 'windows',
    'circuits', 'circuit', 'outgoing', 'polls',
  ]).optional(),
  /** Whether all begin with one shared object in their first window. */
  shared: z.boolean().optional(),
  /** Their policies, where scheduling is modelled; where it is not, any process that is not blocked can call. */
  policies: z.array(z.enum(policies)).max(64).optional(),
  /** What the node is called, how many nodes there are, and whether there is a network manager on it. */
  nid: z.int().min(1).optional(),
  nodes: z.int().min(1).optional(),
  net: z.boolean().optional(),
  /** The ends of circuits that there are at the start: of a process here, to what is called so on another node. */
  circuits: z.array(z.strictObject({ process: z.int().min(1), nid: z.int().min(1), pid: z.int().min(2), vid: z.int().min(2) })).optional(),
});
export type QnxScope = Described<typeof trace>;

/** A process is a task with one thread of control. */
export const qnxScope = { trace, wire: z.strictObject({ threads: threadCounts }) } as const satisfies ScopeSchemas;
