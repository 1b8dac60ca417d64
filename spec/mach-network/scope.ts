import { z } from 'zod';
import { machScope } from '#spec/mach/scope';
import { networkScopes } from '#spec/network/vocabulary';
import type { Described, ScopeSchemas } from '#spec/scope';

const node = z.int().min(0);
const party = z.strictObject({ node, task: z.int().min(0) });

/** A port whose receive right one task has from the start, and for which others have send rights. */
const introduction = z.strictObject({ receiver: party, senders: z.array(party) });
export type Introduction = Described<typeof introduction>;

/**
 * Machines, each with what Mach's own scope says of it; which of them keep the bytes of a number from the greatest to the
 * least; and who knows whom at the start. Every machine has a further task, its network message server.
 */
const trace = z.strictObject({
  nodes: z.array(machScope.trace).min(1).max(8),
  bigEndian: z.array(node).optional(),
  introduced: z.array(introduction).optional(),
});
export type MachNetworkScope = Described<typeof trace>;

export const machNetworkScope: ScopeSchemas = { trace, wire: networkScopes(machScope).wire };
