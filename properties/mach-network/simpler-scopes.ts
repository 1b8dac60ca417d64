import type { MachNetworkScope } from '#spec/mach-network/scope';
import type { Scope } from '#model/kernel';

type Introduction = NonNullable<MachNetworkScope['introduced']>[number];

/** Scopes to try in the place of one: without some introduction, or one of its senders; without memory or foreign machines; with fewer threads; without the last machine. */
export function simplerNetworks(scope: Scope): readonly Scope[] {
  const whole = scope as unknown as MachNetworkScope;
  const { nodes, introduced = [], bigEndian } = whole;
  const simpler: MachNetworkScope[] = [];
  if (nodes.length > 2) simpler.push({ ...whole, nodes: nodes.slice(0, -1), introduced: among(introduced, nodes.length - 1), bigEndian: (bigEndian ?? []).filter((node) => node < nodes.length - 1) });
  introduced.forEach((introduction, at) => {
    simpler.push({ ...whole, introduced: introduced.filter((_, place) => place !== at) });
    introduction.senders.forEach((_, sender) => {
      const fewer = { ...introduction, senders: introduction.senders.filter((__, place) => place !== sender) };
      simpler.push({ ...whole, introduced: introduced.with(at, fewer) });
    });
  });
  if (bigEndian !== undefined) simpler.push({ nodes, introduced });
  nodes.forEach(({ threads, limits, memory }, at) => {
    if (memory !== undefined) simpler.push({ ...whole, nodes: nodes.with(at, { threads, ...(limits === undefined ? {} : { limits }) }) });
    if (threads[0]! > 1) simpler.push({ ...whole, nodes: nodes.with(at, { ...nodes[at]!, threads: [threads[0]! - 1, ...threads.slice(1)] }) });
  });
  return simpler.map((each) => ({ ...each }));
}

/** What of the introductions is left among fewer machines. */
const among = (introduced: readonly Introduction[], count: number): readonly Introduction[] =>
  introduced.filter(({ receiver }) => receiver.node < count)
    .map(({ receiver, senders }) => ({ receiver, senders: senders.filter(({ node }) => node < count) }));
