import { z } from 'zod';
import { policies, privileges } from '#spec/chorus/vocabulary';
import { limitsSchema, threadCounts, type Described, type ScopeSchemas } from '#spec/scope';

/**
 * What there is at the start: for each actor how many threads it has, the site it is on, and its privilege.
 * Where nothing is said of sites and privileges, actors are system actors on two sites in turn. The default port of
 * the first is that of the default mapper.
 */
const scope = z.strictObject({
  threads: threadCounts,
  /** The site of each actor, from 0; there are at least two sites. */
  sites: z.array(z.int().min(0).max(15)).max(64).optional(),
  privileges: z.array(z.enum(privileges)).max(64).optional(),
  /** `connected`: every actor begins with an exception handler. */
  handlers: z.enum(['none', 'connected']).optional(),
  /** Of the threads of each actor in turn; all have the same where nothing is said. */
  priorities: z.array(z.int().min(0).max(255)).min(1).max(64).optional(),
  /** `modelled`: each site has one processor, and only the thread that runs there may call. */
  scheduling: z.enum(['free', 'modelled']).optional(),
  policy: z.enum(policies).optional(),
  limits: limitsSchema([
    'actors', 'threads', 'identifiers', 'messages', 'annex', 'body', 'queue', 'saved', 'ports', 'packets', 'page', 'space', 'quantum', 'handlers', 'name',
  ]).optional(),
}).superRefine(({ threads, sites, privileges: cast }, context) => {
  for (const [field, list] of Object.entries({ sites, privileges: cast })) {
    if (list !== undefined && list.length !== threads.length) {
      context.addIssue({ code: 'custom', path: [field], message: `there is one for each actor: ${threads.length}, not ${list.length}` });
    }
  }
});
export type ChorusScope = Described<typeof scope>;

/** A trace and the wire say the same: the terms of the model are those of the documents. */
export const chorusScope = { trace: scope, wire: scope } as const satisfies ScopeSchemas;
