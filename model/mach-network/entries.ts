import type { Entry, Identifier, Outgoing, Proxy, Real } from '#model/mach-network/state';
import { minding, serverOf, type Name, type Servers } from '#model/mach-network/world';
import type { NodeId } from '#model/network/wire';

export const entryFor = (world: Servers, node: NodeId, port: number): Entry | null =>
  serverOf(world, node).entries.find(({ id }) => id.public === port) ?? null;

/** The entry of a port that the server has under a name. */
export const entryNamed = (world: Servers, node: NodeId, name: Name): Proxy | Real | null =>
  serverOf(world, node).entries.find((entry): entry is Proxy | Real => entry.tag !== 'gone' && entry.local.name === name) ?? null;

export const proxyFor = (world: Servers, node: NodeId, port: number): Proxy | null => {
  const entry = entryFor(world, node, port);
  return entry?.tag === 'proxy' ? entry : null;
};

/** Enters a port into the table, in the place of what was known of it. */
export function enter(world: Servers, node: NodeId, entry: Entry): void {
  const { entries } = serverOf(world, node);
  const at = entries.findIndex(({ id }) => id.public === entry.id.public);
  minding(world, node).entries = at < 0 ? [...entries, entry] : entries.with(at, entry);
}

export function forget(world: Servers, node: NodeId, port: number): void {
  minding(world, node).entries = serverOf(world, node).entries.filter(({ id }) => id.public !== port);
}

/** A proxy of which some things have changed. */
export function amend(world: Servers, node: NodeId, port: number, changes: Partial<Proxy>): void {
  const proxy = proxyFor(world, node, port);
  if (proxy !== null) enter(world, node, { ...proxy, ...changes });
}

export const amendReal = (world: Servers, node: NodeId, real: Real, changes: Partial<Real>): void => enter(world, node, { ...real, ...changes });

export const movedTo = (id: Identifier, receiver: NodeId): Identifier => ({ ...id, receiver });

export const outgoingFor = (world: Servers, node: NodeId, port: number): readonly Outgoing[] =>
  serverOf(world, node).outgoing.filter((message) => message.port === port);
