import type { Message } from '#model/chorus/state';
import {
  actorAt, callerOf, errorOf, isBlocked, isCall, portAt, portBy, portName, receipts, returned, siteAt, siteOfPort, traffic, valueOf,
} from '#properties/chorus/facts';
import { same } from '#properties/chorus/laws/changes';
import { destinationOf, isOpen } from '#properties/chorus/laws/destinations';
import { destinationsOf } from '#properties/chorus/laws/groups';
import { refusing } from '#properties/chorus/laws/refusals';
import { bytesIn, putBack } from '#properties/chorus/laws/sent';
import { together, type CallOf, type ChorusLaws, type ChorusStep } from '#properties/chorus/obligation';

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
      if (!sends(step) || putBack(step.after, step.call.thread) !== null) return changed;
      const { annex, body, destination, source, thread } = step.call;
      const { limits, actors } = step.before;
      const from = source === null ? actors[actorAt(step.before, thread)]!.defaultPort : portAt(step.before, actorAt(step.before, thread), source);
      return [...changed, ...[...after].flatMap(([serial, [message]]) => {
        if (before.has(serial)) return [];
        const fits = message.body === bytesIn(step.before, thread, body) && message.annex === (annex === null ? null : annex.slice(0, 2 * limits.annex))
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

  'chorus/messages-are-stamped-when-sent': {
    step: (step) => {
      // What is sent again was stamped before.
      if (isCall(step, 'requestIsSentAgain')) return [];
      const { before, after } = traffic(step);
      return [...after].flatMap(([serial, [{ actorPi, portPi, source, sender }]]) => {
        const old = before.get(serial)?.[0];
        if (old !== undefined) return old.actorPi === actorPi && old.portPi === portPi ? [] : [`message ${serial} has another stamp than it was sent with`];
        if (sender === -1) return actorPi === 0 && portPi === 0 ? [] : [`message ${serial} of the nucleus has a stamp`];
        const port = portBy(step.before, source);
        return actorPi === step.before.actors[actorAt(step.before, sender as never)]!.pi && portPi === step.before.ports[port ?? -1]?.pi
          ? [] : [`message ${serial} was not stamped with the identifiers of its sender`];
      });
    },
    sometimes: {
      'a message is received after its sender changed its identifier': ({ before, after }) => after.threads.some(({ current }, id) => current !== null
        && before.threads[id]?.current?.message.serial !== current.message.serial
        && after.actors[after.threads[current.message.sender]?.actor ?? -1]?.pi !== current.message.actorPi),
      'a message is sent from a port with an identifier of its own': ({ after }) => after.ports.some(({ queue }) => queue.some(({ actorPi,
        portPi }) => actorPi !== portPi)),
    },
  },

  'chorus/source-is-an-own-port': refusing('chorus/source-is-an-own-port'),

  'chorus/send-never-waits': {
    on: ['ipcSend', 'ipcReply'],
    step: (step) => {
      const thread = callerOf(step)!;
      const call = putBack(step.after, thread);
      if (call !== null) return bytesIn(step.before, thread, call.body) === null ? [] : [`${step.call.operation} waits although what it sends is there`];
      return isBlocked(step) || step.after.threads[thread]!.run.tag !== 'ready' ? [`${step.call.operation} waits`] : [];
    },
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

  'chorus/message-for-nobody-is-lost': together(refusing('chorus/message-for-nobody-is-lost'), {
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
      if (isOpen(before, call) || expected?.tag !== 'one' || expected.ports.some((port) => siteOfPort(before, port) !== siteAt(before, call.thread))) return [];
      const reached = destinationsOf(step);
      return reached.length === 1 && reached[0] !== null && expected.ports.includes(reached[0]!)
        && step.after.network.length === before.network.length ? [] : ['a message for a port on the same site did not get there'];
    },
    sometimes: { 'a message is queued on the same site': (step) => isCall(step, 'ipcSend') && returned(step)
      && destinationsOf(step).some((port) => port !== null && siteOfPort(step.before, port) === siteAt(step.before, step.call.thread)) },
  },

  'chorus/queue-keeps-the-order-of-sends': {
    step: isOrderly,
    sometimes: { 'a message is queued behind another': ({ before, after }) => before.ports.some(({ queue }, id) => queue.length > 0
      && after.ports[id]!.queue.length > queue.length) },
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
          && siteOfPort(step.before, port) !== siteAt(step.before, step.call.thread))
            && expectsRemoteOnly(step)) wrong.push(`message ${message.serial} is on another site at once`);
        if (was?.at !== 'network' || place.at === 'network') continue;
        const { cargo } = step.before.network[was.index]!;
        const port = cargo.tag === 'message' ? portBy(step.before, cargo.port) : null;
        const there = place.at === 'queue' ? place.port === port : place.at === 'current' && port !== null
          && actorAt(step.after, place.thread) === step.before.ports[port]!.actor;
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
      'a message to a group is asked about': (step) => isCall(step, 'ipcSysInfo') && returned(step)
        && step.before.groups.some(({ ui }) => ui === valueOf<{ target: number }>(step).target),
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
