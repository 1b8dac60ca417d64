import { destroyPort, detach, emptyQueue } from '#model/chorus/ports/destroy-port';
import { hasRoom } from '#model/chorus/messages/send';
import { answer } from '#model/chorus/threads/waits';
import { portsOn } from '#model/chorus/ports/port';
import type { PortId } from '#model/chorus/state';
import { change } from '#model/operation';
import { actorFor, portAt } from '#properties/chorus/facts';
import { afterwards, altered, anySite, around, misread, unguarded } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

export const portMutants: ChorusMutants = {
  'port-stays-with-its-old-actor-too': {
    rule: 'chorus/port-has-one-actor',
    fault: 'a port that migrates keeps its local identifier in the actor it leaves',
    mechanisms: {
      detach: (world, port) => {
        const { actor, li } = world.state.ports[port]!;
        detach(world, port);
        if (world.state.ports[port]!.life === 'live') change(world.state.actors[actor]!.ports)[li] = port;
      },
    },
  },
  'new-port-is-enabled': {
    rule: 'chorus/new-port-is-empty-and-disabled',
    fault: 'a new port is enabled',
    operations: afterwards('portCreate', ({ state }) => { change(state.ports.at(-1)!).priority = 0; }),
  },
  'new-port-counts-from-one': {
    rule: 'chorus/new-port-is-empty-and-disabled',
    fault: 'a new port counts a message that it did not receive',
    operations: afterwards('portCreate', ({ state }) => { change(state.ports.at(-1)!).received = 1; }),
  },
  'one-port-too-many': {
    rule: 'chorus/ports-are-limited',
    fault: 'a site takes one port more than it may have',
    operations: around('portCreate', (world, call, step) => {
      const { state } = world;
      const { ports } = state.limits;
      const actor = actorFor(state, call.thread, call.actor);
      const full = actor !== null && portsOn(state, state.actors[actor]!.site) === ports;
      if (full) change(state.limits).ports = ports + 1;
      const verdict = step(world, call);
      if (full) change(state.limits).ports = ports;
      return verdict;
    }),
  },
  'declared-port-gets-an-identifier-of-its-own': {
    rule: 'chorus/declared-port-takes-the-identifier',
    fault: 'portDeclare gives the port the identifier of its actor\'s default port',
    operations: afterwards('portDeclare', ({ state }) => {
      const port = state.ports.at(-1)!;
      change(port).ui = state.ports[state.actors[port.actor]!.defaultPort]!.ui;
    }),
  },
  'declared-port-is-enabled': {
    rule: 'chorus/declared-port-takes-the-identifier',
    fault: 'a declared port is enabled',
    operations: afterwards('portDeclare', ({ state }) => { change(state.ports.at(-1)!).priority = 3; }),
  },
  'anybody-declares-ports': {
    rule: 'chorus/declaring-ports-is-privileged',
    fault: 'portDeclare does not ask for privilege',
    operations: unguarded('portDeclare'),
  },
  'enabling-again-keeps-the-priority': {
    rule: 'chorus/enabling-replaces-the-priority',
    fault: 'portEnable leaves an enabled port its priority',
    operations: around('portEnable', (world, call, step) => {
      const { state } = world;
      const actor = actorFor(state, call.thread, call.actor);
      const port = actor === null ? null : portAt(state, actor, call.port);
      const old = port === null ? null : state.ports[port]!.priority;
      return step(world, old === null ? call : { ...call, priority: old });
    }),
  },
  'disabling-empties-the-queue': {
    rule: 'chorus/enabling-replaces-the-priority',
    fault: 'portDisable destroys what is queued',
    operations: afterwards('portDisable', ({ state }, { thread, actor, port }) => {
      change(state.ports[portAt(state, actorFor(state, thread, actor)!, port)!]!).queue = [];
    }),
  },
  'ports-are-enabled-across-sites': {
    rule: 'chorus/ports-are-enabled-on-their-own-site',
    fault: 'portEnable takes an actor of another site',
    operations: anySite('portEnable'),
  },
  'wrong-port-is-the-default-port': {
    rule: 'chorus/ports-are-enabled-on-their-own-site',
    fault: 'portDisable of a port that the actor has not is one of its default port',
    operations: misread('portDisable', (state, call) => {
      const actor = actorFor(state, call.thread, call.actor);
      if (actor === null || portAt(state, actor, call.port) !== null) return call;
      return { ...call, port: state.ports[state.actors[actor]!.defaultPort]!.li };
    }),
  },
  'deleted-port-keeps-its-local-identifier': {
    rule: 'chorus/deleted-port-is-gone',
    fault: 'the local identifier of a deleted port stays in use',
    mechanisms: {
      destroyPort: (world, port) => {
        const { actor, li } = world.state.ports[port]!;
        destroyPort(world, port);
        if (world.state.actors[actor]!.life === 'live') change(world.state.actors[actor]!.ports)[li] = port;
      },
    },
  },
  'deletion-takes-the-next-port-along': {
    rule: 'chorus/deleted-port-is-gone',
    fault: 'portDelete disables the other ports of the actor',
    operations: around('portDelete', (world, call, step) => {
      const actor = actorFor(world.state, call.thread, call.actor);
      const verdict = step(world, call);
      if (verdict.tag === 'returned') for (const port of world.state.actors[actor!]!.ports) if (port !== null) change(world.state.ports[port]!).priority = null;
      return verdict;
    }),
  },
  'clients-of-a-deleted-port-hang': {
    rule: 'chorus/deleted-port-aborts-queued-calls',
    fault: 'clients whose requests were queued at a deleted port are not told',
    mechanisms: { destroyPort: (world, port) => destroyPort(altered(world, { emptyQueue: (inner, id) => emptyQueue(altered(inner,
      { failRequest: () => undefined }), id) }), port) },
  },
  'only-the-first-client-is-told': {
    rule: 'chorus/deleted-port-aborts-queued-calls',
    fault: 'of several requests queued at a deleted port only the oldest is aborted',
    mechanisms: {
      destroyPort: (world, port) => {
        const first = world.state.ports[port]!.queue[0]?.serial;
        destroyPort(altered(world, { failRequest: (inner, message, at) => { if (message.serial === first) world.mechanisms.failRequest(inner, message,
          at); } }), port);
      },
    },
  },
  'waiting-threads-outlast-their-port': {
    rule: 'chorus/waiting-on-a-port-that-goes',
    fault: 'threads that wait on a deleted port are told K_EINVAL',
    mechanisms: {
      destroyPort: (world, port) => destroyPort(altered(world, { answer: (inner, id, error, value) => answer(inner, id, error === 'K_ENOPORT' ? 'K_EINVAL'
        : error, value) }), port),
    },
  },
  'ports-are-deleted-across-sites': {
    rule: 'chorus/ports-are-deleted-on-their-own-site',
    fault: 'portDelete takes an actor of another site',
    operations: anySite('portDelete'),
  },
  'default-port-can-be-deleted': {
    rule: 'chorus/default-port-stays',
    fault: 'portDelete takes the default port',
    operations: around('portDelete', (world, call, step) => {
      const { state } = world;
      const actor = actorFor(state, call.thread, call.actor);
      if (actor === null || portAt(state, actor, call.port) !== state.actors[actor]!.defaultPort) return step(world, call);
      const { defaultPort } = state.actors[actor]!;
      change(state.actors[actor]!).defaultPort = -1 as PortId;
      const verdict = step(world, call);
      change(state.actors[actor]!).defaultPort = defaultPort;
      return verdict;
    }),
  },
  'default-port-can-migrate': {
    rule: 'chorus/default-port-stays',
    fault: 'portMigrate takes the default port',
    operations: around('portMigrate', (world, call, step) => {
      const { state } = world;
      const actor = actorFor(state, call.thread, call.actor);
      if (actor === null || portAt(state, actor, call.port) !== state.actors[actor]!.defaultPort) return step(world, call);
      const { defaultPort } = state.actors[actor]!;
      change(state.actors[actor]!).defaultPort = -1 as PortId;
      const verdict = step(world, call);
      change(state.actors[actor]!).defaultPort = defaultPort;
      return verdict;
    }),
  },
  'queue-takes-one-too-many': {
    rule: 'chorus/queues-are-bounded',
    fault: 'a queue takes one message more than it may hold',
    mechanisms: {
      hasRoom: (world, from, port) => {
        const { state } = world;
        return hasRoom(world, from, port) || state.ports[port]!.queue.length === state.limits.queue;
      },
    },
  },
};

