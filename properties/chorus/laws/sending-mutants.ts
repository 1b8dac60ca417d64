import { compose, enqueue, hasRoom, routeTo, transmit } from '#model/chorus/messages/send';
import { arrive } from '#model/chorus/network/network';
import { blocked, change, returned as answered } from '#model/operation';
import { actorAt, portAt, portBy, siteOfPort } from '#properties/chorus/facts';
import { around, misread } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

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
    operations: misread('ipcSend', (state, call) => (call.source !== null && portAt(state, actorAt(state, call.thread), call.source) === null
      ? { ...call, source: null } : call)),
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
    mechanisms: { hasRoom: (world, from, port) => hasRoom(world, from, port) && world.state.ports[port]!.queue.length < world.state.limits.queue - 1 },
  },
  'tagged-port-is-a-port': {
    rule: 'chorus/bad-target-refuses-the-send',
    fault: 'the mode of a destination that is no group is overlooked',
    mechanisms: {
      routeTo: (world, site, destination) => routeTo(world, site, world.state.groups.some(({ ui }) => ui === destination.ui) ? destination
        : { ...destination, mode: null }),
    },
  },
  'long-bodies-are-cut': {
    rule: 'chorus/too-long-bodies-are-refused',
    fault: 'a body that is too long is cut',
    operations: misread('ipcSend', (state, call) => ({ ...call, body: typeof call.body === 'string' ? call.body.slice(0, 2 * state.limits.body) : call.body })),
  },
  'long-replies-are-cut': {
    rule: 'chorus/too-long-bodies-are-refused',
    fault: 'a reply that is too long is cut',
    operations: misread('ipcReply', (state, call) => ({ ...call, body: typeof call.body === 'string' ? call.body.slice(0, 2 * state.limits.body) : call.body })),
  },
  'message-for-nobody-finds-somebody': {
    rule: 'chorus/message-for-nobody-is-lost',
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
        if (site === from && queue.length === 0 && waiting.length === 0 && message.transaction === null
          && actorAt(world.state, message.sender as never) !== actor) return;
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
        change(world.state).network = world.state.network.map((other, at) => (at === place
          ? { ...packet, cargo: { ...cargo, port: world.state.ports[defaultPort]!.ui } } : other));
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

