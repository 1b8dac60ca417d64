import { killActor, killThread } from '#model/chorus/actors/kill';
import { failRequest } from '#model/chorus/messages/call';
import { answer } from '#model/chorus/threads/waits';
import { change, returned as answered } from '#model/operation';
import { actorFor } from '#properties/chorus/facts';
import { afterwards, altered, anySite, around } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

export const actorMutants: ChorusMutants = {
  'new-actor-has-no-protection-identifier': {
    rule: 'chorus/new-actor-has-a-default-port',
    fault: 'a new actor does not take the protection identifier of its pattern',
    operations: afterwards('actorCreate', ({ state }) => { change(state.actors.at(-1)!).pi = 0; }),
  },
  'new-actor-runs-although-stopped': {
    rule: 'chorus/new-actor-has-a-default-port',
    fault: 'an actor that is made stopped is active',
    operations: afterwards('actorCreate', ({ state }) => { change(state.actors.at(-1)!).stopped = false; }),
  },
  'default-port-is-enabled': {
    rule: 'chorus/new-actor-has-a-default-port',
    fault: 'the default port of a new actor is enabled',
    operations: afterwards('actorCreate', ({ state }) => { change(state.ports.at(-1)!).priority = 0; }),
  },
  'actor-is-made-where-its-pattern-is': {
    rule: 'chorus/actors-are-made-on-their-own-site',
    fault: 'a new actor is made on the site of its pattern',
    operations: afterwards('actorCreate', ({ state }, { thread, initial }) => {
      change(state.actors.at(-1)!).site = state.actors[actorFor(state, thread, initial)!]!.site;
    }),
  },
  'threads-outlive-their-actor': {
    rule: 'chorus/deleted-actor-leaves-nothing',
    fault: 'the threads of a deleted actor live on',
    mechanisms: { killActor: (world, id) => killActor(altered(world, { killThread: () => undefined }), id) },
  },
  'ports-outlive-their-actor': {
    rule: 'chorus/deleted-actor-leaves-nothing',
    fault: 'ports but the first of a deleted actor live on',
    mechanisms: {
      killActor: (world, id) => killActor(altered(world, {
        destroyPort: (inner, port) => { if (inner.state.actors[id]!.defaultPort === port) world.mechanisms.destroyPort(inner, port); },
      }), id),
    },
  },
  'saved-messages-outlive-their-actor': {
    rule: 'chorus/deleted-actor-leaves-nothing',
    fault: 'what a deleted actor had saved stays',
    mechanisms: {
      killActor: (world, id) => {
        const saved = [...world.state.actors[id]!.saved];
        killActor(world, id);
        change(world.state.actors[id]!).saved = saved;
      },
    },
  },
  'deletion-stops-the-neighbour': {
    rule: 'chorus/deleted-actor-leaves-nothing',
    fault: 'deleting an actor stops another',
    operations: afterwards('actorDelete', ({ state }) => {
      const other = state.actors.findLast(({ life }) => life === 'live');
      if (other !== undefined) change(other).stopped = true;
    }),
  },
  'clients-of-a-deleted-actor-hang': {
    rule: 'chorus/deleted-actor-frees-its-clients',
    fault: 'nobody is told when an actor goes that has requests',
    mechanisms: { killActor: (world, id) => killActor(altered(world, { failRequest: () => undefined }), id) },
  },
  'clients-of-saved-requests-hang': {
    rule: 'chorus/deleted-actor-frees-its-clients',
    fault: 'nobody is told when an actor goes that has saved requests',
    mechanisms: {
      killActor: (world, id) => {
        const saved = new Set(world.state.actors[id]!.saved.map((kept) => kept?.message.serial));
        killActor(altered(world, {
          failRequest: (inner, message, at) => { if (!saved.has(message.serial)) failRequest(inner, message, at); },
        }), id);
      },
    },
  },
  'clients-of-held-requests-hang': {
    rule: 'chorus/deleted-actor-frees-its-clients',
    fault: 'nobody is told when an actor goes whose threads hold requests',
    mechanisms: {
      killActor: (world, id) => killActor(altered(world, {
        killThread: (inner, thread) => killThread(altered(inner, { failRequest: () => undefined }), thread),
      }), id),
    },
  },
  'actors-are-deleted-across-sites': {
    rule: 'chorus/actors-are-deleted-on-their-own-site',
    fault: 'actorDelete takes an actor of another site',
    operations: anySite('actorDelete'),
  },
  'actors-are-stopped-across-sites': {
    rule: 'chorus/actors-are-deleted-on-their-own-site',
    fault: 'actorStop takes an actor of another site',
    operations: anySite('actorStop'),
  },
  'stopped-thread-takes-its-message': {
    rule: 'chorus/stopped-actors-run-nothing',
    fault: 'a thread of a stopped actor goes on when a message comes for it',
    mechanisms: {
      answer: (world, id, error, value) => {
        answer(world, id, error, value);
        const { state } = world;
        const actor = state.actors[state.threads[id]!.actor]!;
        if (!actor.stopped || value?.tag !== 'received') return;
        change(state.threads[id]!).run = { tag: 'ready' };
        (world as unknown as { report?: (event: object) => void }).report?.({ tag: 'returned', thread: id, value: null });
      },
    },
  },
  'started-actor-stays-stopped': {
    rule: 'chorus/stopped-actors-run-nothing',
    fault: 'actorStart does nothing for an actor that has waiting threads',
    operations: around('actorStart', (world, call, step) => {
      const actor = actorFor(world.state, call.thread, call.actor);
      const idle = actor === null || world.state.threads.every(({ actor: home, run }) => home !== actor || run.tag === 'ready');
      return idle ? step(world, call) : answered(null);
    }),
  },
  'thread-follows-its-port': {
    rule: 'chorus/actors-and-threads-stay',
    fault: 'threads that waited for a port move with it',
    operations: around('portMigrate', (world, call, step) => {
      const { state } = world;
      const source = actorFor(state, call.thread, call.actor);
      const port = source === null ? null : state.actors[source]!.ports[call.port] ?? null;
      const waiting = state.threads.findIndex(({ run }) => run.tag === 'receiving' && run.from.tag === 'port' && run.from.port === port);
      const verdict = step(world, call);
      if (verdict.tag === 'returned' && waiting >= 0) change(state.threads[waiting]!).actor = state.ports[port!]!.actor;
      return verdict;
    }),
  },
  'actor-follows-its-port': {
    rule: 'chorus/actors-and-threads-stay',
    fault: 'an actor moves to the site that its port goes to',
    operations: around('portMigrate', (world, call, step) => {
      const { state } = world;
      const source = actorFor(state, call.thread, call.actor);
      const verdict = step(world, call);
      if (verdict.tag === 'returned') change(state.actors[source!]!).site = state.actors[actorFor(state, call.thread, call.to) ?? source!]!.site;
      return verdict;
    }),
  },
};

