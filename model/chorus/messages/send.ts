import type { Destination, Li, SiteId, ThreadId, TransactionId, Ui } from '#spec/chorus/vocabulary';
import { areConnected, groupNamed, portNamed, siteNamed, siteOfPort } from '#model/chorus/naming/identifiers';
import { homeOf, portUnder, actorOf, siteOf } from '#model/chorus/naming/resolve';
import { bytesIn, isMapped, prepareBody, sizeOf, type Body } from '#model/chorus/messages/bodies';
import { implementing, refusal, type Chorus, type ChorusCall } from '#model/chorus/world';
import type { ChorusState, GroupId, Message, ObjectId, PortId } from '#model/chorus/state';
import { BeyondScope, blocked, change, type raised } from '#model/operation';

export interface Sending {
  readonly source: Li | null;
  readonly destination: Destination;
  readonly annex: string | null;
  readonly body: Body;
  /** The call that sends it, to be made again when what it sends is in main memory. */
  readonly again: ChorusCall;
}

/** What is sent, once it is known: its bytes, and whether those are copied only when they have to be. */
type Composed = Omit<Sending, 'body' | 'again'> & { readonly body: string; readonly parcel: ObjectId | null };

export type SendChoices = 'error' | 'member' | 'receiver' | 'dropped request' | 'failed call' | 'unknown destination' | 'exclusion' | 'location';
export type SendError = 'K_EINVAL' | 'K_EUNKNOWN' | 'K_EFULL' | 'K_ETOOMUCH' | 'K_EFAULT' | 'K_EMAPPER';
type Refusal = ReturnType<typeof raised<SendError>>;

/** Where a message can go: nowhere that makes sense, nowhere there is, or to one or all of some ports. */
type Route =
  | { readonly tag: 'wrong' }
  | { readonly tag: 'unknown' }
  | { readonly tag: 'one of' | 'all of'; readonly ports: readonly PortId[] };

/** The ports a destination stands for, as far as they can be reached from a site. */
export const routeTo = implementing(
  [
    'chorus/functional-mode-picks-one-member', 'chorus/funcu-picks-a-member-on-the-site', 'chorus/funcx-avoids-the-co-target',
    'chorus/broadcast-reaches-members-once', 'chorus/empty-group-is-unknown', 'chorus/bad-target-refuses-the-send',
  ],
  ({ state }: Pick<Chorus, 'state'>, site: SiteId, { ui, mode, coTarget }: Destination): Route => {
    const group = groupNamed(state, ui);
    if (group !== null) return routeToGroup(state, site, group, mode ?? 'broad', coTarget);
    if (mode !== null || isOfAnother(state, ui)) return { tag: 'wrong' };
    const port = portNamed(state, ui);
    if (port === null || !areConnected(state, site, siteOfPort(state, port))) return { tag: 'unknown' };
    return { tag: 'one of', ports: [port] };
  },
);

/** An identifier that is known to be that of something which takes no messages. */
const isOfAnother = ({ uis, actors, sites }: ChorusState, ui: Ui): boolean =>
  uis[ui]?.tag === 'none' || actors.some((actor) => actor.ui === ui) || sites.some((site) => site.ui === ui);

function routeToGroup(
  state: ChorusState, site: SiteId, group: GroupId, mode: NonNullable<Destination['mode']>, coTarget: Ui | null,
): Route {
  const { members } = state.groups[group]!;
  if (members.length === 0) return { tag: 'unknown' };
  const reached = members.filter((port) => areConnected(state, site, siteOfPort(state, port)));
  if (mode === 'broad') return { tag: 'all of', ports: reached };
  if (mode !== 'func' && coTarget === null) return { tag: 'wrong' };
  const fit = mode === 'func' ? reached : reached.filter((port) => fits(state, mode, port, coTarget!));
  return fit.length === 0 ? { tag: 'unknown' } : { tag: 'one of', ports: fit };
}

/** Whether a member is on the site of the co-target, or is another than the co-target. */
const fits = (state: ChorusState, mode: 'funcu' | 'funcx', port: PortId, coTarget: Ui): boolean =>
  (mode === 'funcx' ? state.ports[port]!.ui !== coTarget : siteOfPort(state, port) === siteNamed(state, coTarget));

/**
 * Sends a message, or says why not. Null: it is on its way, or nobody will be told that it is not. The
 * request of a call is never lost in silence. Who sends memory may have to wait until it is there.
 */
export const sendMessage = implementing(
  ['chorus/send-never-waits', 'chorus/full-queue-refuses-the-send', 'chorus/message-for-nobody-is-lost', 'chorus/too-long-bodies-are-refused',
    'chorus/bodies-are-in-own-memory'],
  (world: Chorus<SendChoices>, thread: ThreadId, sending: Sending, begin: (() => TransactionId) | null): Refusal | typeof blocked | null => {
    const { state, mechanisms } = world;
    const { destination, source, body } = sending;
    const known = mechanisms.routeTo(world, siteOf(state, thread), destination);
    const far = isExclusive(state, destination, known) && world.choose('exclusion', ['identifier', 'site'] as const, String) === 'site';
    const route: Route = far ? { tag: 'unknown' } : known;
    world.charge('lookup');
    const from = source === null ? homeOf(state, thread).defaultPort : portUnder(state, actorOf(state, thread), source);
    const wrong = [
      from === null && 'K_EINVAL', sizeOf(body) > state.limits.body && 'K_ETOOMUCH', !isMapped(state, thread, body) && 'K_EFAULT',
      (route.tag === 'wrong' || (begin !== null && route.tag === 'all of')) && 'K_EINVAL',
    ] as const;
    if (wrong.some(Boolean) || (route.tag === 'unknown' && begin !== null)) {
      return refusal(world, [...wrong, route.tag === 'unknown' && 'K_EUNKNOWN', isFull(state, thread, route) && 'K_EFULL']);
    }
    if (route.tag === 'wrong') return null;
    if (route.tag === 'unknown') {
      const told = world.choose('unknown destination', ['told', 'not told'] as const, String);
      return refusal(world, [told === 'told' && 'K_EUNKNOWN']);
    }
    const ports = route.tag === 'all of' ? route.ports : [world.choose('member', route.ports, portLabel)];
    if (route.tag === 'one of' && !mechanisms.hasRoom(world, siteOf(state, thread), ports[0]!)) return refusal(world, ['K_EFULL']);
    const went = prepareBody(world, thread, body, sending.again);
    if (went === 'waits') return blocked;
    if (went === 'failed') return refusal(world, ['K_EMAPPER']);
    const near = ports.every((port) => siteOfPort(state, port) === siteOf(state, thread));
    const parcel = mechanisms.parcelFor(world, thread, body, near);
    const message = mechanisms.compose(world, thread, from!, { ...sending, body: bytesIn(state, thread, body), parcel }, begin?.() ?? null);
    for (const port of ports) {
      if (mechanisms.hasRoom(world, siteOf(state, thread), port)) mechanisms.transmit(world, siteOf(state, thread), port, numbered(state, message));
    }
    return null;
  },
);

/** Whether every member that may be chosen is on the site of the co-target: by one reading none of them will do. */
const isExclusive = (state: ChorusState, { mode, coTarget }: Destination, route: Route): boolean =>
  mode === 'funcx' && route.tag === 'one of' && route.ports.every((port) => siteOfPort(state, port) === siteNamed(state, coTarget!));

const isFull = (state: ChorusState, thread: ThreadId, route: Route): boolean =>
  route.tag === 'one of' && route.ports.length === 1 && !hasRoom({ state }, siteOf(state, thread), route.ports[0]!);

/** Room for one more: in the queue of a port on the same site, or on the way to another. */
export const hasRoom = implementing(
  ['chorus/full-queue-refuses-the-send', 'chorus/queues-are-bounded'],
  ({ state }: Pick<Chorus, 'state'>, from: SiteId, port: PortId): boolean => {
    const { queue, actor } = state.ports[port]!;
    const { site } = state.actors[actor]!;
    if (site === from) return queue.length < state.limits.queue;
    return state.network.filter(({ to }) => to === site).length < state.limits.packets;
  },
);

/** The message as it will be received, whatever its sender does afterwards. */
export const compose = implementing(
  ['chorus/messages-are-stamped-when-sent', 'chorus/message-is-fixed-when-sent'],
  (world: Pick<Chorus, 'state' | 'charge'>, thread: ThreadId, from: PortId, sending: Composed, transaction: TransactionId | null): Message => {
    const { state } = world;
    const { destination: { ui, coTarget }, annex, body, parcel } = sending;
    const { ui: source, pi: portPi } = state.ports[from]!;
    if (parcel === null) world.charge('copy');
    if (parcel === null) world.charge('byte', body.length / 2);
    return {
      tag: 'message', source, target: ui, coTarget, transaction, actorPi: homeOf(state, thread).pi, portPi,
      annex: annex === null ? null : annex.slice(0, 2 * state.limits.annex), body, parcel, serial: 0, sender: thread,
    };
  },
);

/** Each copy of a message is one of its own. */
function numbered(state: ChorusState, message: Message): Message {
  change(state).serial += 1;
  return { ...message, serial: state.serial };
}

/** Takes a message to a port: at once on the same site, by the network to another. */
export const transmit = implementing(
  ['chorus/remote-sends-promise-nothing', 'chorus/local-sends-arrive'],
  (world: Chorus<SendChoices>, from: SiteId, port: PortId, message: Message): void => {
    const { state, mechanisms } = world;
    world.charge('message');
    if (siteOfPort(state, port) === from) return mechanisms.enqueue(world, port, message);
    const to = mechanisms.locate(world, from, port);
    const { ui } = state.ports[port]!;
    change(state.network).push({ tag: 'packet', from, to, cargo: { tag: 'message', message, port: ui } });
    if (message.transaction !== null) mechanisms.keepRequest(world, message.transaction, { message, port: ui });
    world.charge('packet');
  },
);

/** The end of the queue, or a thread that waits. */
export const enqueue = implementing(
  ['chorus/queue-keeps-the-order-of-sends', 'chorus/message-wakes-one-thread'],
  (world: Chorus<'receiver' | 'dropped request' | 'failed call'>, port: PortId, message: Message): void => {
    const { state, mechanisms } = world;
    if (state.ports.reduce((sum, { queue }) => sum + queue.length, 0) >= state.limits.messages) throw new BeyondScope('more messages than the scope holds');
    change(state.ports[port]!).queue = [...state.ports[port]!.queue, message];
    mechanisms.serveWaiting(world, port);
  },
);

export const portLabel = (port: PortId): string => `p${port + 1}`;
