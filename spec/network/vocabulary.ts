import { z } from 'zod';
import { threadCounts, type ScopeSchemas } from '#spec/scope';
import { leaves, type OperationSchema, type Vocabulary } from '#spec/vocabulary';

/** A network has at most so many nodes. */
export const MOST_NODES = 8;

const nodeId = () => z.int().min(0).max(MOST_NODES - 1);
const happening = (takes: z.ZodRawShape): OperationSchema => ({ takes: z.object(takes), returns: z.null(), raises: [], spontaneous: true });
const packet = { packet: z.int().min(0) };
const link = { one: nodeId(), other: nodeId() };

/** What happens to the machines of a network, and to the wire between them, by itself. */
export const networkEvents = {
  /** `packet`: its place among those under way, from 0, in the order in which they were sent. */
  packet_arrives: happening(packet),
  packet_is_lost: happening(packet),
  packet_is_duplicated: happening(packet),
  link_fails: happening(link),
  link_heals: happening(link),
  node_crashes: happening({ node: nodeId() }),
  node_reboots: happening({ node: nodeId() }),
} as const satisfies Vocabulary;

/** An operation without a caller that happens on a node. */
export const happeningOn = (takes: z.ZodRawShape = {}): OperationSchema => happening({ node: nodeId(), ...takes });

/**
 * The operations of a network: those of its nodes' kernel, each on a node; what happens to machines and wire; and what
 * its network managers do. In a call, threads go by their numbers in the network; everything else is as on the node.
 */
export function networkVocabulary(kernel: Vocabulary, managers: Vocabulary): Vocabulary {
  const onNodes = Object.entries(kernel).map(([name, operation]) =>
    [name, { ...operation, takes: operation.takes.extend({ node: nodeId() }) }] as const);
  return { ...Object.fromEntries(onNodes), ...networkEvents, ...managers };
}

/** A scope of a network: a scope of its own for each node. On the wire, `threads` are those of all nodes in turn. */
export function networkScopes({ trace, wire }: ScopeSchemas): ScopeSchemas {
  const nodesOf = <T extends z.ZodType>(scope: T) => z.array(scope).min(1).max(MOST_NODES);
  return {
    trace: z.strictObject({ nodes: nodesOf(trace) }),
    wire: z.strictObject({ threads: threadCounts, nodes: nodesOf(wire) }),
  };
}

/** Which arguments of each operation are threads: those of the sort of the caller. */
export function threadArguments(vocabulary: Vocabulary): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(vocabulary).map(([name, { takes }]) => {
    const shape = takes.shape as Readonly<Record<string, z.ZodType>>;
    return [name, Object.keys(shape).filter((key) => isThread(shape[key]!, vocabulary))];
  }));
}

function isThread(schema: z.ZodType, vocabulary: Vocabulary): boolean {
  const inner = schema instanceof z.ZodNullable || schema instanceof z.ZodOptional ? schema.unwrap() as z.ZodType : schema;
  return leaves.get(inner)?.sort === threadSort(vocabulary);
}

/** The sort of the leaves that denote threads: that of every caller. */
export function threadSort(vocabulary: Vocabulary): string | undefined {
  for (const { takes } of Object.values(vocabulary)) {
    const caller = (takes.shape as Readonly<Record<string, z.ZodType>>)['thread'];
    if (caller !== undefined) return leaves.get(caller)?.sort;
  }
  return undefined;
}
