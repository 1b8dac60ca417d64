import type { QnxScope } from '#spec/qnx/scope';
import type { Scope } from '#model/kernel';
import type { Random } from '#properties/random';

interface Joined { readonly a: readonly [node: number, process: number]; readonly b: readonly [node: number, process: number] }

/** The ends that circuits between processes have on each node: their ids are those after the processes' own. */
function endsOf(counts: readonly number[], joined: readonly Joined[]): readonly NonNullable<QnxScope['circuits']>[] {
  const ends = counts.map((): { process: number; nid: number; pid: number; vid: number }[] => []);
  const next = (node: number) => 2 + counts[node]! + ends[node]!.length;
  for (const { a: [one, first], b: [other, second] } of joined) {
    const vids = [next(one), next(other)] as const;
    ends[one]!.push({ process: first, nid: other + 1, pid: 1 + second, vid: vids[1] });
    ends[other]!.push({ process: second, nid: one + 1, pid: 1 + first, vid: vids[0] });
  }
  return ends;
}

const limits: readonly NonNullable<QnxScope['limits']>[] = [
  {}, {}, { outgoing: 1 }, { outgoing: 1 }, { circuit: 3 }, { circuits: 2, polls: 0 }, { pool: 46 }, { polls: 0 }, { processTable: 5, outgoing: 2 }, { circuit: 6, triggers: 1 },
];

/** Two nodes or three, a few processes on each, and now and then circuits between them from the start: always where a scene is played. */
export function drawScope(random: Random, played: boolean): Scope {
  const nodes = random.once(4) ? 3 : 2;
  const counts = Array.from({ length: nodes }, () => 2 + random.below(2));
  const joined: readonly Joined[] = !played && random.once(2) ? [] : [
    { a: [0, 1], b: [1, 1] },
    ...(played || random.once(2) ? [{ a: [0, 2], b: [1, 1] } as const] : []),
    ...(nodes > 2 && random.once(2) ? [{ a: [2, 1], b: [1, 1] } as const] : []),
  ];
  const ends = endsOf(counts, joined);
  return {
    nodes: counts.map((count, node): QnxScope => ({
      priorities: Array.from({ length: count }, () => random.pick([10, 10, 10, 5, 15])),
      limits: random.pick(limits),
      ...(random.once(5) ? { users: Array.from({ length: count }, () => random.pick([0, 100, 101])) } : {}),
      ...(ends[node]!.length > 0 ? { circuits: ends[node]! } : {}),
    })),
  };
}

/** Scopes to try in the place of one: without the last node, with ordinary priorities and limits. */
export function simplerScopes(scope: Scope): readonly Scope[] {
  const { nodes } = scope as unknown as { readonly nodes: readonly QnxScope[] };
  const on = (changed: (node: QnxScope) => QnxScope) => ({ nodes: nodes.map(changed) });
  return [
    ...(nodes.some(({ priorities }) => priorities.some((priority) => priority !== 10)) ? [on((node) => ({ ...node, priorities: node.priorities.map(() => 10) }))] : []),
    ...(nodes.some(({ limits: own }) => own !== undefined && Object.keys(own).length > 0) ? [on((node) => ({ ...node, limits: {} }))] : []),
    ...(nodes.some(({ users }) => users !== undefined) ? [on(({ users: _users, ...node }) => node)] : []),
    ...(nodes.length > 2 && nodes.every(({ circuits = [] }) => circuits.every(({ nid }) => nid < nodes.length)) ? [{ nodes: nodes.slice(0, -1) }] : []),
  ];
}
