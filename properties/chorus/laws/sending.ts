import { compose, enqueue, hasRoom, routeTo, transmit } from '#model/chorus/messages/send';
import { arrive } from '#model/chorus/network/network';
import type { Message } from '#model/chorus/state';
import { blocked, change, returned as answered } from '#model/operation';
import {
  actorAt, callerOf, errorOf, isBlocked, isCall, portAt, portBy, portName, receipts, returned, siteAt, siteOfPort, traffic, valueOf,
} from '#properties/chorus/facts';
import { same } from '#properties/chorus/laws/changes';
import { destinationOf } from '#properties/chorus/laws/destinations';
import { around, misread } from '#properties/chorus/laws/faults';
import { destinationsOf } from '#properties/chorus/laws/groups';
import { refusing } from '#properties/chorus/laws/refusals';
import { together, type CallOf, type ChorusLaws, type ChorusMutants, type ChorusStep } from '#properties/chorus/obligation';

type Sends = CallOf<'ipcSend'> | CallOf<'ipcCall'>;

const sends = (step: ChorusStep): step is ChorusStep & { readonly call: Sends } => isCall(step, 'ipcSend', 'ipcCall');

/** What messages consist of, but for what other rules speak of. */
const contents = ({ source, target, coTarget, transaction, annex, body }: Message) => ({ source, target, coTarget, transaction, annex, body });

/** Where each message may come to, from where it was. */
function isOrderly(step: ChorusStep): readonly string[] {
  return step.before.ports.flatMap(({ queue }, id) => {
    const now = step.after.ports[id]!.queue.map(({ serial }) => serial);
    const left = queue.map(({ serial }) => serial).filter((serial) => now.includes(serial));
    const kept = now.slice(0, left.length);
    return same(kept, left) ? [] : [`the messages at ${portName(id)} are in another order, or behind new ones`];
  });
}

export const sendingLaws = {
  'chorus/message-is-fixed-when-sent': {
    step: (step) => {
      const { before, after } = traffic(step);
      const changed = [...after].flatMap(([serial, [message]]) => {
        const old = before.get(serial)?.[0];
        return old === undefined || same(contents(old), contents(message)) ? [] : [`message ${serial} is no longer as it was sent`];
      });
      if (!sends(step)) return changed;
      const { annex, body, destination, source, thread } = step.call;
      const { limits, actors } = step.before;
      const from = source === null ? actors[actorAt(step.before, thread)]!.defaultPort : portAt(step.before, actorAt(step.before, thread), source);
      return [...changed, ...[...after].flatMap(([serial, [message]]) => {
        if (before.has(serial)) return [];
        const fits = message.body === body && message.annex === (annex === null ? null : annex.slice(0, 2 * limits.annex))
          && message.target === destination.ui && message.coTarget === destination.coTarget && message.source === step.before.ports[from ?? -1]?.ui;
        return fits ? [] : [`message ${serial} is not what was sent`];
      })];
    },
    sometimes: {
      'an annex that is too long is cut': (step) => sends(step) && errorOf(step) === null && (step.call.annex?.length ?? 0) > 2 * step.before.limits.annex,
      'a message from a port that is not the default port is received': (step) => receipts(step).some(({ message }) =>
        !step.before.actors.some(({ defaultPort }) => step.before.ports[defaultPort]!.ui === message.source)),
      'a message is received after its sender has gone': (step) => receipts(step).some(({ message }) => step.before.threads[message.sender]?.life === 'dead'),
    },
  },

  'chorus/source-is-an-own-port': refusing('chorus/source-is-an-own-port'),

  'chorus/send-never-waits': {
    on: ['ipcSend', 'ipcReply'],
    step: (step) => (isBlocked(step) || step.after.threads[callerOf(step)!]!.run.tag !== 'ready' ? [`${step.call.operation} waits`] : []),
    sometimes: {
      'nobody waits for the message': (step) => isCall(step, 'ipcSend') && returned(step) && step.after.ports.some(({ queue }) => queue.length > 0),
      'there is no room': (step) => errorOf(step) === 'K_EFULL',
    },
  },

  'chorus/full-queue-refuses-the-send': together(refusing('chorus/full-queue-refuses-the-send'), {
    on: ['ipcSend', 'ipcCall', 'ipcReply'],
    step: (step) => (errorOf(step) === null || destinationsOf(step).length === 0 ? [] : ['a message that was refused is under way']),
    sometimes: {
      'a queue on the same site is full': (step) => sends(step) && errorOf(step) === 'K_EFULL' && step.before.network.length === 0,
      'the network is full': (step) => sends(step) && errorOf(step) === 'K_EFULL' && step.before.ports.every(({ queue }) => queue.length < step.before.limits.queue),
    },
  }),

  'chorus/bad-target-refuses-the-send': refusing('chorus/bad-target-refuses-the-send'),
  'chorus/too-long-bodies-are-refused': refusing('chorus/too-long-bodies-are-refused'),

  'chorus/unknown-destination': together(refusing('chorus/unknown-destination'), {
    on: ['ipcSend'],
    step: (step) => {
      if (!isCall(step, 'ipcSend') || destinationOf(step.before, step.call)?.tag !== 'nobody') return [];
      return destinationsOf(step).length === 0 ? [] : ['a message for nobody went somewhere'];
    },
    sometimes: {
      'the sender is told': (step) => isCall(step, 'ipcSend') && errorOf(step) === 'K_EUNKNOWN',
      'the sender is not told': (step) => isCall(step, 'ipcSend') && returned(step) && destinationOf(step.before, step.call)?.tag === 'nobody',
    },
  }),

  'chorus/local-sends-arrive': {
    on: ['ipcSend', 'ipcCall'],
    step: (step) => {
      if (!sends(step) || errorOf(step) !== null) return [];
      const { before, call } = step;
      const expected = destinationOf(before, call);
      if (expected?.tag !== 'one' || expected.ports.some((port) => siteOfPort(before, port) !== siteAt(before, call.thread))) return [];
      const reached = destinationsOf(step);
      return reached.length === 1 && reached[0] !== null && expected.ports.includes(reached[0]!)
        && step.after.network.length === before.network.length ? [] : ['a message for a port on the same site did not get there'];
    },
    sometimes: { 'a message is queued on the same site': (step) => isCall(step, 'ipcSend') && returned(step) && destinationsOf(step).some((port) => port !== null && siteOfPort(step.before, port) === siteAt(step.before, step.call.thread)) },
  },

  'chorus/queue-keeps-the-order-of-sends': {
    step: isOrderly,
    sometimes: { 'a message is queued behind another': ({ before, after }) => before.ports.some(({ queue }, id) => queue.length > 0 && after.ports[id]!.queue.length > queue.length) },
  },

  'chorus/remote-sends-promise-nothing': {
    step: (step) => {
      const { before, after } = traffic(step);
      const { call } = step;
      const arriving = call.operation === 'packetArrives' ? step.before.network[call.packet] : undefined;
      const wrong: string[] = [];
      for (const [serial, [message, place]] of after) {
        const was = before.get(serial)?.[1];
        if (was === undefined && sends(step) && place.at !== 'network' && destinationsOf(step).some((port) => port !== null
          && siteOfPort(step.before, port) !== siteAt(step.before, step.call.thread)) && expectsRemoteOnly(step)) wrong.push(`message ${message.serial} is on another site at once`);
        if (was?.at !== 'network' || place.at === 'network') continue;
        const { cargo } = step.before.network[was.index]!;
        const port = cargo.tag === 'message' ? portBy(step.before, cargo.port) : null;
        const there = place.at === 'queue' ? place.port === port : place.at === 'current' && port !== null && actorAt(step.after, place.thread) === step.before.ports[port]!.actor;
        if (!there) wrong.push(`message ${serial} arrives where it was not sent to`);
        if (arriving === undefined && call.operation !== 'ipcReceive') wrong.push(`message ${serial} arrives although nothing was to arrive`);
      }
      for (const [serial, [message, place]] of before) {
        if (place.at !== 'network' || after.has(serial) || message.transaction !== null) continue;
        const packet = step.before.network[place.index]!;
        const lost = (call.operation === 'packetIsLost' && call.packet === place.index) || call.operation === 'ipcReceive'
          || (arriving === packet && mayBeDropped(step, packet));
        if (!lost) wrong.push(`message ${serial} vanishes from the network`);
      }
      return wrong;
    },
    sometimes: {
      'a message arrives from another site': (step) => isCall(step, 'packetArrives') && [...traffic(step).after].some(([serial, [, place]]) =>
        place.at !== 'network' && traffic(step).before.get(serial)?.[1].at === 'network'),
      'a message arrives just before a receive': (step) => isCall(step, 'ipcReceive') && step.after.network.length < step.before.network.length,
      'a message overtakes another': (step) => isCall(step, 'packetArrives') && step.call.packet > 0,
      'a message is lost': (step) => isCall(step, 'packetIsLost'),
    },
  },

  'chorus/message-says-where-it-comes-from': {
    on: ['ipcSysInfo'],
    step: (step) => {
      if (!isCall(step, 'ipcSysInfo') || !returned(step)) return [];
      const message = step.before.threads[step.call.thread]!.current?.message;
      if (message === undefined) return ['ipcSysInfo tells of nothing'];
      const { body, source, target, coTarget, transaction, actorPi, portPi } = message;
      return same(valueOf(step), { size: body.length / 2, source, target, coTarget, transaction, actorPi, portPi }) ? [] : ['ipcSysInfo tells of another message'];
    },
    sometimes: {
      'a request is asked about': (step) => isCall(step, 'ipcSysInfo') && returned(step) && valueOf<{ transaction: number | null }>(step).transaction !== null,
      'a message to a group is asked about': (step) => isCall(step, 'ipcSysInfo') && returned(step) && step.before.groups.some(({ ui }) => ui === valueOf<{ target: number }>(step).target),
    },
  },
} satisfies ChorusLaws;

/** Whether every port that a message may go to is on another site. */
function expectsRemoteOnly(step: ChorusStep & { readonly call: Sends }): boolean {
  const expected = destinationOf(step.before, step.call);
  return expected !== null && 'ports' in expected && expected.ports.every((port) => siteOfPort(step.before, port) !== siteAt(step.before, step.call.thread));
}

/** An arriving message is dropped if its port is gone or full, or has moved meanwhile. */
function mayBeDropped({ before }: ChorusStep, packet: ChorusStep['before']['network'][number]): boolean {
  const { cargo, to } = packet;
  if (cargo.tag !== 'message') return true;
  const port = portBy(before, cargo.port);
  return port === null || before.ports[port]!.queue.length >= before.limits.queue || siteOfPort(before, port) !== to;
}

export const sendingMutants: ChorusMutants = {
  'queued-message-takes-the-next-body': {
    rule: 'chorus/message-is-fixed-when-sent',
    fault: 'a message that is queued gets the body of the next one',
    mechanisms: {
      enqueue: (world, port, message) => {
        const row = change(world.state.ports[port]!);
        row.queue = row.queue.map((other) => ({ ...other, body: message.body }));
        enqueue(world, port, message);
      },
    },
  },
  'annex-is-not-cut': {
    rule: 'chorus/message-is-fixed-when-sent',
    fault: 'an annex of any length is taken',
    mechanisms: { compose: (world, thread, from, sending, transaction) => ({ ...compose(world, thread, from, sending, transaction), annex: sending.annex }) },
  },
  'every-message-comes-from-the-default-port': {
    rule: 'chorus/message-is-fixed-when-sent',
    fault: 'the source of a message is always the default port',
    mechanisms: {
      compose: (world, thread, from, sending, transaction) => {
        const { state } = world;
        return { ...compose(world, thread, from, sending, transaction), source: state.ports[state.actors[actorAt(state, thread)]!.defaultPort]!.ui };
      },
    },
  },
  'source-of-another-actor': {
    rule: 'chorus/source-is-an-own-port',
    fault: 'a source that is no own port is taken for the default port',
    operations: misread('ipcSend', (state, call) => (call.source !== null && portAt(state, actorAt(state, call.thread), call.source) === null ? { ...call, source: null } : call)),
  },
  'send-waits-for-room': {
    rule: 'chorus/send-never-waits',
    fault: 'a sender waits where there is no room',
    operations: around('ipcSend', (world, call, step) => {
      const verdict = step(world, call);
      if (verdict.tag !== 'raised' || verdict.error !== 'K_EFULL') return verdict;
      change(world.state.threads[call.thread]!).run = { tag: 'delaying', timed: true };
      return blocked as never;
    }),
  },
  'full-queue-drops-in-silence': {
    rule: 'chorus/full-queue-refuses-the-send',
    fault: 'a message for a full queue is dropped, and the sender is not told',
    operations: around('ipcSend', (world, call, step) => {
      const verdict = step(world, call);
      return verdict.tag === 'raised' && verdict.error === 'K_EFULL' ? answered(null) : verdict;
    }),
  },
  'queue-has-one-place-less': {
    rule: 'chorus/full-queue-refuses-the-send',
    fault: 'a queue with one free place is taken for full',
    mechanisms: { hasRoom: (world, thread, port) => hasRoom(world, thread, port) && world.state.ports[port]!.queue.length < world.state.limits.queue - 1 },
  },
  'tagged-port-is-a-port': {
    rule: 'chorus/bad-target-refuses-the-send',
    fault: 'the mode of a destination that is no group is overlooked',
    mechanisms: {
      routeTo: (world, site, destination) => routeTo(world, site, world.state.groups.some(({ ui }) => ui === destination.ui) ? destination : { ...destination, mode: null }),
    },
  },
  'long-bodies-are-cut': {
    rule: 'chorus/too-long-bodies-are-refused',
    fault: 'a body that is too long is cut',
    operations: misread('ipcSend', (state, call) => ({ ...call, body: call.body.slice(0, 2 * state.limits.body) })),
  },
  'long-replies-are-cut': {
    rule: 'chorus/too-long-bodies-are-refused',
    fault: 'a reply that is too long is cut',
    operations: misread('ipcReply', (state, call) => ({ ...call, body: call.body.slice(0, 2 * state.limits.body) })),
  },
  'message-for-nobody-finds-somebody': {
    rule: 'chorus/unknown-destination',
    fault: 'a message for a port that is gone goes to the default port of its last actor',
    mechanisms: {
      routeTo: (world, site, destination) => {
        const route = routeTo(world, site, destination);
        const gone = world.state.ports.find(({ life, ui }) => life === 'dead' && ui === destination.ui);
        const heir = gone === undefined ? undefined : world.state.actors[gone.actor];
        return route.tag === 'unknown' && heir?.life === 'live' && heir.site === site ? { tag: 'one of', ports: [heir.defaultPort] } : route;
      },
    },
  },
  'local-message-is-lost': {
    rule: 'chorus/local-sends-arrive',
    fault: 'a message for a port of another actor on the same site is lost when its queue is empty and nobody waits',
    mechanisms: {
      transmit: (world, from, port, message) => {
        const { queue, actor } = world.state.ports[port]!;
        const { waiting, site } = world.state.actors[actor]!;
        if (site === from && queue.length === 0 && waiting.length === 0 && message.transaction === null && actorAt(world.state, message.sender as never) !== actor) return;
        transmit(world, from, port, message);
      },
    },
  },
  'local-message-goes-by-the-network': {
    rule: 'chorus/local-sends-arrive',
    fault: 'a message between two actors of one site may be lost on the way',
    mechanisms: {
      transmit: (world, from, port, message) => {
        const to = siteOfPort(world.state, port);
        if (to !== from || actorAt(world.state, message.sender as never) === world.state.ports[port]!.actor) transmit(world, from, port, message);
        else change(world.state.network).push({ tag: 'packet', from, to, cargo: { tag: 'message', message, port: world.state.ports[port]!.ui } });
      },
    },
  },
  'new-message-goes-first': {
    rule: 'chorus/queue-keeps-the-order-of-sends',
    fault: 'a message is queued before those that are there',
    mechanisms: {
      enqueue: (world, port, message) => {
        enqueue(world, port, message);
        const row = change(world.state.ports[port]!);
        const last = row.queue.at(-1);
        if (last?.serial === message.serial) row.queue = [last, ...row.queue.slice(0, -1)];
      },
    },
  },
  'arriving-message-stays-under-way': {
    rule: 'chorus/request-is-received-at-most-once',
    fault: 'a message that has arrived is still under way, and may arrive again',
    mechanisms: {
      arrive: (world, place) => {
        const packet = world.state.network[place]!;
        arrive(world, place);
        if (packet.cargo.tag === 'message') change(world.state).network = [...world.state.network, packet];
      },
    },
  },
  'arriving-message-vanishes': {
    rule: 'chorus/remote-sends-promise-nothing',
    fault: 'a message for an empty queue vanishes when it arrives, although that is where it is lost only if its port is full',
    mechanisms: {
      arrive: (world, place) => {
        const { cargo } = world.state.network[place]!;
        const port = cargo.tag === 'message' ? portBy(world.state, cargo.port) : null;
        if (port === null || world.state.ports[port]!.queue.length > 0 || cargo.tag !== 'message' || cargo.message.transaction !== null) return arrive(world, place);
        change(world.state).network = world.state.network.filter((_, at) => at !== place);
      },
    },
  },
  'arriving-message-goes-to-the-default-port': {
    rule: 'chorus/remote-sends-promise-nothing',
    fault: 'a message from another site is queued at the default port of the actor it is for',
    mechanisms: {
      arrive: (world, place) => {
        const packet = world.state.network[place]!;
        const { cargo } = packet;
        const port = cargo.tag === 'message' ? portBy(world.state, cargo.port) : null;
        if (port === null || cargo.tag !== 'message') return arrive(world, place);
        const { defaultPort } = world.state.actors[world.state.ports[port]!.actor]!;
        change(world.state).network = world.state.network.map((other, at) => (at === place ? { ...packet, cargo: { ...cargo, port: world.state.ports[defaultPort]!.ui } } : other));
        arrive(world, place);
      },
    },
  },
  'information-about-the-wrong-end': {
    rule: 'chorus/message-says-where-it-comes-from',
    fault: 'ipcSysInfo gives the target for the source',
    operations: around('ipcSysInfo', (world, call, step) => {
      const verdict = step(world, call);
      return verdict.tag === 'returned' ? answered({ ...verdict.value, source: verdict.value.target }) as typeof verdict : verdict;
    }),
  },
};

