import { migrate } from '#model/chorus/ports/migrate';
import { leaveGroups } from '#model/chorus/ports/destroy-port';
import { arriveAtPort } from '#model/chorus/network/network';
import { answer } from '#model/chorus/threads/waits';
import type { ActorId, ChorusState, PortId } from '#model/chorus/state';
import { change, raised, returned as answered } from '#model/operation';
import { actorAt, actorFor, isCall, outcomeOf, portAt, portBy, portName, siteOfPort, threadName, traffic, valueOf } from '#properties/chorus/facts';
import { besides, same } from '#properties/chorus/laws/changes';
import { afterwards, altered, around, misread } from '#properties/chorus/laws/faults';
import { actorIs, marksOfFailure, owed, portIs, threadIs } from '#properties/chorus/laws/marks';
import { refusing } from '#properties/chorus/laws/refusals';
import { portOf, waitingOn } from '#properties/chorus/laws/ports';
import type { CallOf, ChorusLaws, ChorusMutants, ChorusStep } from '#properties/chorus/obligation';

interface Move { readonly port: PortId; readonly from: ActorId; readonly to: ActorId; readonly messages: boolean; readonly li: number; readonly sequence: number }

/** A migration that went through. */
function moved(step: ChorusStep): Move | null {
  const port = isCall(step, 'portMigrate') ? portOf(step) : null;
  if (port === null) return null;
  const { thread, to, messages } = step.call as CallOf<'portMigrate'>;
  const { port: li, sequence } = valueOf<{ port: number; sequence: number }>(step);
  return { port, from: step.before.ports[port]!.actor, to: actorFor(step.before, thread, to)!, messages, li, sequence };
}

const moves = (wrong: (step: ChorusStep, move: Move) => readonly string[]) => (step: ChorusStep): readonly string[] => {
  const move = moved(step);
  return move === null ? [] : wrong(step, move);
};

const moving = (met: (step: ChorusStep, move: Move) => boolean) => (step: ChorusStep): boolean => {
  const move = moved(step);
  return move !== null && met(step, move);
};

const isOpen = (state: ChorusState, transaction: number | null): boolean => transaction !== null && state.transactions[transaction]!.life === 'open';

/** The message that a packet brings to another site than its port is on, if that is what a step does. */
function strayed({ before, call }: ChorusStep) {
  if (call.operation !== 'packetArrives') return null;
  const { cargo, to } = before.network[call.packet]!;
  if (cargo.tag !== 'message') return null;
  const port = portBy(before, cargo.port);
  return port === null || siteOfPort(before, port) === to ? null : { message: cargo.message, port };
}

export const migrationLaws = {
  'chorus/migrated-port-keeps-its-identifier': {
    on: ['portMigrate'],
    step: moves(({ before, after }, { port, to, li }) => {
      const { ui, life, actor, li: now, pi } = after.ports[port]!;
      const old = before.ports[port]!;
      return [
        ...(ui === old.ui && life === 'live' && pi === old.pi ? [] : [`${portName(port)} is another port after it migrated`]),
        ...(actor === to && now === li && after.actors[to]!.ports[li] === port ? [] : [`${portName(port)} is not where it was to go`]),
      ];
    }),
    sometimes: {
      'a port goes to another actor': moving((_step, { from, to }) => from !== to),
      'a port goes to another site': moving(({ before }, { from, to }) => before.actors[from]!.site !== before.actors[to]!.site),
    },
  },

  'chorus/migration-with-messages-keeps-the-queue': {
    on: ['portMigrate'],
    step: moves(({ before, after }, { port, messages }) =>
      (!messages || same(before.ports[port]!.queue, after.ports[port]!.queue) ? [] : [`the queue of ${portName(port)} is another after it migrated with its messages`])),
    sometimes: { 'a port goes with several messages': moving(({ before }, { port, messages }) => messages && before.ports[port]!.queue.length > 1) },
  },

  'chorus/migration-without-messages-destroys-the-queue': {
    on: ['portMigrate'],
    step: moves((step, { port, messages }) => {
      if (messages) return [];
      const { before, after } = step;
      return [
        ...(after.ports[port]!.queue.length === 0 ? [] : [`${portName(port)} came with messages that were to stay behind`]),
        ...owed(step, step, before.ports[port]!.queue, siteOfPort(before, port)),
      ];
    }),
    sometimes: {
      'a request is destroyed on the way': moving(({ before }, { port, messages }) => !messages && before.ports[port]!.queue.some(({ transaction }) => isOpen(before, transaction))),
    },
  },

  'chorus/migration-counts-anew': {
    on: ['portMigrate', 'portGetSeqNum'],
    step: (step) => moves(({ before, after }, { port, sequence }) => [
      ...(sequence === before.ports[port]!.received + 1 ? [] : [`portMigrate gave sequence ${sequence} after ${before.ports[port]!.received} messages`]),
      ...(after.ports[port]!.received === 0 ? [] : [`${portName(port)} counts on where it went`]),
    ])(step),
    sometimes: { 'a port goes from which messages were received': moving(({ before }, { port }) => before.ports[port]!.received > 0) },
  },

  'chorus/migration-keeps-groups': {
    on: ['portMigrate'],
    step: moves(({ before, after }) => before.groups.flatMap(({ members }, id) =>
      (same(members, after.groups[id]!.members) ? [] : [`g${id + 1} has other members after a migration`]))),
    sometimes: { 'a member of a group goes': moving(({ before }, { port }) => before.groups.some(({ members }) => members.includes(port))) },
  },

  'chorus/migrated-port-is-disabled': {
    on: ['portMigrate'],
    step: moves(({ after }, { port }) => (after.ports[port]!.priority === null ? [] : [`${portName(port)} is enabled after it migrated`])),
    sometimes: { 'an enabled port goes': moving(({ before }, { port }) => before.ports[port]!.priority !== null) },
  },

  'chorus/waiting-on-a-port-that-moves': {
    on: ['portMigrate'],
    step: moves((step, { port }) => waitingOn(step.before, port).flatMap((thread) =>
      (outcomeOf(step, thread as never)?.error === 'K_ENOPORT' ? [] : [`${threadName(thread)} is not told that ${portName(port)} has moved`]))),
    sometimes: { 'a thread waits on a port that goes': moving(({ before }, { port }) => waitingOn(before, port).length > 0) },
  },

  'chorus/senders-do-not-notice-migration': {
    on: ['ipcSend', 'ipcCall'],
    step: (step) => {
      if (!isCall(step, 'ipcSend', 'ipcCall') || step.call.destination.mode !== null) return [];
      const port = portBy(step.before, step.call.destination.ui);
      if (port === null) return [];
      const { before, after } = traffic(step);
      return [...after].flatMap(([serial, [message, place]]) => {
        if (before.has(serial)) return [];
        const there = place.at === 'queue' ? place.port === port : place.at === 'current' ? actorAt(step.after, place.thread) === step.before.ports[port]!.actor
          : place.at === 'network' && step.after.network[place.index]!.to === siteOfPort(step.before, port);
        return there ? [] : [`message ${message.serial} does not go where ${portName(port)} is now`];
      });
    },
    sometimes: {
      'a message is sent to a port that has migrated': (step) => isCall(step, 'ipcSend', 'ipcCall') && hasMoved(step.before, portBy(step.before, step.call.destination.ui)),
    },
  },

  'chorus/received-requests-stay-with-the-source': {
    on: ['portMigrate'],
    step: moves(({ before, after }) => [
      ...before.threads.flatMap(({ current }, id) => (same(current, after.threads[id]!.current) ? [] : [`${threadName(id)} has lost what it had received`])),
      ...before.actors.flatMap(({ saved }, id) => (same(saved, after.actors[id]!.saved) ? [] : [`A${id + 1} has lost what it had saved`])),
    ]),
    sometimes: {
      'a port goes while a request from it is held': moving(({ before }, { port, from }) => before.threads.some(({ actor, current }) =>
        actor === from && current?.message.target === before.ports[port]!.ui && isOpen(before, current.message.transaction))),
    },
  },

  'chorus/migration-may-cross-sites': {
    ...refusing('chorus/migration-may-cross-sites'),
    sometimes: {
      'a port is to go to another site': ({ before, call }) => {
        if (call.operation !== 'portMigrate') return false;
        const [from, to] = [call.actor, call.to].map((capability) => actorFor(before, call.thread, capability));
        return typeof from === 'number' && typeof to === 'number' && before.actors[from]!.site !== before.actors[to]!.site;
      },
    },
  },

  'chorus/messages-in-transit-to-a-moved-port': {
    on: ['packetArrives'],
    step: (step) => {
      const stray = strayed(step);
      if (stray === null) return [];
      const { message, port } = stray;
      const place = traffic(step).after.get(message.serial)?.[1];
      if (place !== undefined) {
        const there = place.at === 'queue' ? place.port === port : place.at === 'current' && actorAt(step.after, place.thread) === step.after.ports[port]!.actor;
        return there ? [] : [`message ${message.serial} was sent after its port, and is elsewhere`];
      }
      const failed = !isOpen(step.before, message.transaction) || step.after.transactions[message.transaction!]!.life === 'failed';
      return failed ? [] : [`the request ${message.serial} is lost on the way to a port that has moved, and its client will not notice`];
    },
    sometimes: {
      'a message is sent after its port': (step) => strayed(step) !== null && traffic(step).after.has(strayed(step)!.message.serial),
      'a request is lost on the way to a port that has moved': (step) => strayed(step) !== null && strayed(step)!.message.transaction !== null && !traffic(step).after.has(strayed(step)!.message.serial),
    },
  },

  'chorus/migration-moves-nothing-else': {
    on: ['portMigrate'],
    step: moves((step, { port, from, to, messages }) => besides(
      step, portIs(port, 'actor'), portIs(port, 'li'), portIs(port, 'priority'), portIs(port, 'received'), portIs(port, 'queue'),
      actorIs(from, 'ports'), actorIs(to, 'ports'), actorIs(from, 'waiting'), ...waitingOn(step.before, port).map((thread) => threadIs(thread, 'run')),
      ...(messages ? [] : marksOfFailure(step.before, step.before.ports[port]!.queue)), /^g\d+\.members$/, /^t\d+\.current$/, /^A\d+\.saved$/,
    )),
    sometimes: { 'a port goes': moving(() => true) },
  },

  'chorus/migration-to-the-same-actor': {
    on: ['portMigrate'],
    step: (step) => moves(({ after }, { port, from, to, li }) => {
      if (from !== to) return [];
      const held = after.actors[to]!.ports.flatMap((other, at) => (other === port ? [at] : []));
      return same(held, [li]) && after.ports[port]!.priority === null && after.ports[port]!.received === 0 ? [] : [`${portName(port)} is not as one that has migrated to its own actor`];
    })(step),
    sometimes: { 'a port migrates to its own actor': moving((_step, { from, to }) => from === to) },
  },

  'chorus/migration-needs-both-capabilities': refusing('chorus/migration-needs-both-capabilities'),
} satisfies ChorusLaws;

/** Whether a port is on another site than it was made on. */
function hasMoved(state: ChorusState, port: PortId | null): boolean {
  if (port === null) return false;
  const made = state.uis[state.ports[port]!.ui]!;
  return made.tag === 'made' && made.site !== siteOfPort(state, port);
}

export const migrationMutants: ChorusMutants = {
  'migrated-port-gets-a-new-identifier': {
    rule: 'chorus/migrated-port-keeps-its-identifier',
    fault: 'a port that migrates takes the identifier of the default port of the target',
    operations: afterwards('portMigrate', ({ state }, { thread, to }) => {
      const target = state.actors[actorFor(state, thread, to)!]!;
      const port = target.ports.at(-1)!;
      if (port !== null) change(state.ports[port]!).ui = state.ports[target.defaultPort]!.ui;
    }),
  },
  'port-does-not-move': {
    rule: 'chorus/migrated-port-keeps-its-identifier',
    fault: 'a port that is to migrate to another actor comes back to its own',
    mechanisms: { migrate: (world, port, _to, messages) => migrate(world, port, world.state.ports[port]!.actor, messages) },
  },
  'migration-drops-the-queue': {
    rule: 'chorus/migration-with-messages-keeps-the-queue',
    fault: 'a port that migrates with its messages arrives without them',
    mechanisms: {
      migrate: (world, port, to, messages) => {
        change(world.state.ports[port]!).queue = [];
        return migrate(world, port, to, messages);
      },
    },
  },
  'migration-turns-the-queue-round': {
    rule: 'chorus/migration-with-messages-keeps-the-queue',
    fault: 'the messages that go with a port are in another order',
    mechanisms: {
      migrate: (world, port, to, messages) => {
        const li = migrate(world, port, to, messages);
        change(world.state.ports[port]!).queue = [...world.state.ports[port]!.queue].toReversed();
        return li;
      },
    },
  },
  'migration-takes-the-queue-along': {
    rule: 'chorus/migration-without-messages-destroys-the-queue',
    fault: 'messages go with a port that was to go without them',
    mechanisms: { migrate: (world, port, to) => migrate(world, port, to, true) },
  },
  'clients-of-a-moved-port-hang': {
    rule: 'chorus/migration-without-messages-destroys-the-queue',
    fault: 'clients whose requests do not go with the port are not told',
    mechanisms: { migrate: (world, port, to, messages) => migrate(altered(world, { failRequest: () => undefined }), port, to, messages) },
  },
  'migration-gives-the-last-number': {
    rule: 'chorus/migration-counts-anew',
    fault: 'portMigrate returns the messages received, not one more',
    operations: around('portMigrate', (world, call, step) => {
      const verdict = step(world, call);
      if (verdict.tag !== 'returned') return verdict;
      const { port, sequence } = verdict.value as { port: never; sequence: number };
      return answered({ port, sequence: sequence - 1 });
    }),
  },
  'migration-counts-on': {
    rule: 'chorus/migration-counts-anew',
    fault: 'the count of a port goes on where it went',
    mechanisms: {
      migrate: (world, port, to, messages) => {
        const { received } = world.state.ports[port]!;
        const li = migrate(world, port, to, messages);
        change(world.state.ports[port]!).received = received;
        return li;
      },
    },
  },
  'migration-leaves-groups': {
    rule: 'chorus/migration-keeps-groups',
    fault: 'a port that migrates leaves its groups',
    mechanisms: {
      migrate: (world, port, to, messages) => {
        leaveGroups(world, port);
        return migrate(world, port, to, messages);
      },
    },
  },
  'migrated-port-stays-enabled': {
    rule: 'chorus/migrated-port-is-disabled',
    fault: 'a port that was enabled is enabled where it went',
    mechanisms: {
      migrate: (world, port, to, messages) => {
        const { priority } = world.state.ports[port]!;
        const li = migrate(world, port, to, messages);
        change(world.state.ports[port]!).priority = priority;
        return li;
      },
    },
  },
  'waiting-threads-do-not-notice': {
    rule: 'chorus/waiting-on-a-port-that-moves',
    fault: 'threads that wait on a port are told K_EABORT when it moves',
    mechanisms: {
      migrate: (world, port, to, messages) => migrate(altered(world, {
        answer: (inner, id, error, value) => answer(inner, id, error === 'K_ENOPORT' ? 'K_EABORT' : error, value),
      }), port, to, messages),
    },
  },
  'messages-go-where-the-port-was-made': {
    rule: 'chorus/senders-do-not-notice-migration',
    fault: 'a message for a port that has left its site is sent to the site it was made on',
    mechanisms: {
      transmit: (world, from, port, message) => {
        const { state, mechanisms } = world;
        const made = state.uis[state.ports[port]!.ui]!;
        if (made.tag !== 'made' || made.site === siteOfPort(state, port) || siteOfPort(state, port) === from) {
          const to = siteOfPort(state, port);
          if (to === from) mechanisms.enqueue(world, port, message);
          else change(state.network).push({ tag: 'packet', from, to, cargo: { tag: 'message', message, port: state.ports[port]!.ui } });
          return;
        }
        change(state.network).push({ tag: 'packet', from, to: made.site, cargo: { tag: 'message', message, port: state.ports[port]!.ui } });
      },
    },
  },
  'held-requests-are-dropped': {
    rule: 'chorus/received-requests-stay-with-the-source',
    fault: 'the threads of the source forget what they had received from a port that moves',
    operations: around('portMigrate', (world, call, step) => {
      const { state } = world;
      const source = actorFor(state, call.thread, call.actor);
      const port = source === null ? null : portAt(state, source, call.port);
      const verdict = step(world, call);
      if (verdict.tag !== 'returned') return verdict;
      for (const thread of state.threads) if (thread.actor === source && thread.current?.message.target === state.ports[port!]!.ui) change(thread).current = null;
      return verdict;
    }),
  },
  'ports-stay-on-their-site': {
    rule: 'chorus/migration-may-cross-sites',
    fault: 'ports migrate within a site only',
    operations: around('portMigrate', (world, call, step) => {
      const { state } = world;
      const from = actorFor(state, call.thread, call.actor);
      const to = actorFor(state, call.thread, call.to);
      return from !== null && to !== null && state.actors[from]!.site !== state.actors[to]!.site ? raised('K_ESITE') : step(world, call);
    }),
  },
  'message-after-a-moved-port-vanishes': {
    rule: 'chorus/messages-in-transit-to-a-moved-port',
    fault: 'a request for a port that has moved is dropped, and its client hangs',
    mechanisms: { arriveAtPort: (world, packet) => arriveAtPort(altered(world, { lose: () => undefined }), packet) },
  },
  'message-after-a-moved-port-goes-to-a-neighbour': {
    rule: 'chorus/messages-in-transit-to-a-moved-port',
    fault: 'a message for a port that has moved is queued at a port of the actor that it left',
    mechanisms: {
      arriveAtPort: (world, packet) => arriveAtPort(altered(world, {
        enqueue: (inner, port, message) => {
          const { state } = inner;
          const left = siteOfPort(state, port) === packet.to ? undefined : state.actors.find(({ life, site }) => life === 'live' && site === packet.to);
          world.mechanisms.enqueue(inner, left?.defaultPort ?? port, message);
        },
      }), packet),
    },
  },
  'migration-disables-the-neighbours': {
    rule: 'chorus/migration-moves-nothing-else',
    fault: 'the other ports of the source are disabled when one migrates',
    operations: around('portMigrate', (world, call, step) => {
      const source = actorFor(world.state, call.thread, call.actor);
      const verdict = step(world, call);
      if (verdict.tag === 'returned') for (const port of world.state.actors[source!]!.ports) if (port !== null) change(world.state.ports[port]!).priority = null;
      return verdict;
    }),
  },
  'migration-home-does-nothing': {
    rule: 'chorus/migration-to-the-same-actor',
    fault: 'a port that migrates to its own actor stays as it was',
    mechanisms: {
      migrate: (world, port, to, messages) => {
        const { actor, li } = world.state.ports[port]!;
        return actor === to && messages ? li : migrate(world, port, to, messages);
      },
    },
  },
  'missing-port-migrates-anyway': {
    rule: 'chorus/migration-needs-both-capabilities',
    fault: 'portMigrate of a port that the source has not moves another of its ports',
    operations: misread('portMigrate', (state, call) => {
      const source = actorFor(state, call.thread, call.actor);
      if (source === null || portAt(state, source, call.port) !== null) return call;
      const { ports, defaultPort } = state.actors[source]!;
      const li = ports.findIndex((port) => port !== null && port !== defaultPort);
      return li < 0 ? call : { ...call, port: li as typeof call.port };
    }),
  },
};

