import { migrate } from '#model/chorus/ports/migrate';
import { leaveGroups } from '#model/chorus/ports/destroy-port';
import { arriveAtPort } from '#model/chorus/network/network';
import { answer } from '#model/chorus/threads/waits';
import { change, raised, returned as answered } from '#model/operation';
import { actorFor, portAt, siteOfPort } from '#properties/chorus/facts';
import { afterwards, altered, around, misread } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

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

