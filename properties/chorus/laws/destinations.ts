import type { SiteId } from '#spec/chorus/vocabulary';
import type { ChorusState, PortId } from '#model/chorus/state';
import { actorBy, connected, groupBy, portBy, siteAt, siteBy, siteOfPort } from '#properties/chorus/facts';
import type { CallOf } from '#properties/chorus/obligation';

/** Where a message can go, by the documents: nowhere that makes sense, to nobody, to one of some ports, or to all. */
export type Expected =
  | { readonly tag: 'wrong' | 'nobody' }
  | { readonly tag: 'one' | 'all'; readonly ports: readonly PortId[] };

type Sending = CallOf<'ipcSend'> | CallOf<'ipcCall'> | CallOf<'ipcReply'>;

/** Whether by one reading of exclusion nobody can have the message: all are on the site of the co-target. */
export function isOpen(state: ChorusState, call: Sending): boolean {
  if (call.operation === 'ipcReply' || call.destination.mode !== 'funcx') return false;
  const expected = destinationOf(state, call);
  return expected?.tag === 'one' && expected.ports.every((port) => siteOfPort(state, port) === siteBy(state, call.destination.coTarget!));
}

/** Null: a reply that goes to a client, not to a port. */
export function destinationOf(state: ChorusState, call: Sending): Expected | null {
  const site = siteAt(state, call.thread);
  if (call.operation === 'ipcReply') {
    const { current } = state.threads[call.thread]!;
    if (current === null || current.message.transaction !== null) return null;
    return toPort(state, site, portBy(state, current.message.source));
  }
  const { ui, mode, coTarget } = call.destination;
  const group = groupBy(state, ui);
  if (group === null) {
    const other = ui === 0 || actorBy(state, ui) !== null || state.actors.some((row) => row.ui === ui) || state.sites.some((row) => row.ui === ui);
    return mode !== null || other ? { tag: 'wrong' } : toPort(state, site, portBy(state, ui));
  }
  const { members } = state.groups[group]!;
  if (members.length === 0) return { tag: 'nobody' };
  const near = members.filter((port) => connected(state, site, siteOfPort(state, port)));
  if (mode === null || mode === 'broad') return { tag: 'all', ports: near };
  if (mode !== 'func' && coTarget === null) return { tag: 'wrong' };
  const fit = near.filter((port) => mode === 'func' || (mode === 'funcx'
    ? state.ports[port]!.ui !== coTarget : siteOfPort(state, port) === siteBy(state, coTarget!)));
  return fit.length === 0 ? { tag: 'nobody' } : { tag: 'one', ports: fit };
}

const toPort = (state: ChorusState, site: SiteId, port: PortId | null): Expected =>
  (port !== null && connected(state, site, siteOfPort(state, port)) ? { tag: 'one', ports: [port] } : { tag: 'nobody' });
