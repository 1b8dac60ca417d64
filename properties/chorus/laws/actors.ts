import type { ThreadId, Ui } from '#spec/chorus/vocabulary';
import type { ActorId, ChorusState, PortId } from '#model/chorus/state';
import { actorFor, actorName, callerEvent, callerOf, isCall, portName, returned, siteAt, threadName, valueOf, wentThrough } from '#properties/chorus/facts';
import { besides, same } from '#properties/chorus/laws/changes';
import { actorIs, marksOfFailure, messagesOf, owed, threadIs } from '#properties/chorus/laws/marks';
import { refusing } from '#properties/chorus/laws/refusals';
import type { ChorusLaws, ChorusStep } from '#properties/chorus/obligation';

/** The actor that an actor operation was about, if it went through. */
function target(step: ChorusStep): ActorId | null {
  const { call, before } = step;
  if (!('actor' in call) || !wentThrough(step)) return null;
  return actorFor(before, call.thread, call.actor);
}

/** Whether a thread may run, by the rules: active, not suspended, in an actor that is not stopped. */
function mayRun(state: ChorusState, thread: ThreadId): boolean {
  const { life, active, suspends, actor } = state.threads[thread]!;
  return life === 'live' && active && suspends === 0 && !state.actors[actor]!.stopped;
}

const portsOf = (state: ChorusState, actor: ActorId): readonly PortId[] =>
  state.ports.flatMap((port, id) => (port.life === 'live' && port.actor === actor ? [id as PortId] : []));

/** What is left of an actor after its end. */
function remains(after: ChorusState, actor: ActorId, before: ChorusState): readonly string[] {
  const ports = portsOf(before, actor);
  return [
    ...(after.actors[actor]!.life === 'dead' ? [] : [`${actorName(actor)} lives on`]),
    ...after.threads.flatMap(({ life, actor: home }, id) => (life === 'live' && home === actor ? [`${threadName(id)} outlives ${actorName(actor)}`] : [])),
    ...ports.flatMap((port) => (after.ports[port]!.life === 'dead' && after.ports[port]!.queue.length === 0 ? []
      : [`${portName(port)} outlives ${actorName(actor)}`])),
    ...ports.flatMap((port) => (after.groups.some(({ members }) => members.includes(port)) ? [`${portName(port)} is still in a group`] : [])),
    ...(after.actors[actor]!.saved.some((kept) => kept !== null) ? [`${actorName(actor)} keeps saved messages`] : []),
    ...(after.actors[actor]!.waiting.length > 0 ? [`threads still wait in ${actorName(actor)}`] : []),
  ];
}

/** What goes when an actor goes: everything in it, and groups lose its ports. */
function marksOfEnd(before: ChorusState, actor: ActorId): readonly (string | RegExp)[] {
  return [
    'memory', new RegExp(`^A${actor + 1}\\.`),
    ...before.threads.flatMap(({ actor: home }, id) => (home === actor ? [new RegExp(`^t${id + 1}\\.`)] : [])),
    ...portsOf(before, actor).map((port) => new RegExp(`^p${port + 1}\\.`)),
    ...before.groups.flatMap(({ members }, id) => (members.some((port) => before.ports[port]!.actor === actor) ? [`g${id + 1}.members`] : [])),
    ...before.threads.flatMap(({ actor: home, run }) => (home === actor && (run.tag === 'calling' || run.tag === 'flushing') ? [`x${run.transaction + 1}.life`] : [])),
    ...marksOfFailure(before, messagesOf(before, actor)),
  ];
}

export const actorLaws = {
  'chorus/new-actor-has-a-default-port': {
    on: ['actorCreate'],
    step: (step) => {
      if (!isCall(step, 'actorCreate') || !returned(step)) return [];
      const { before, after, call } = step;
      const id = before.actors.length as ActorId;
      const made = after.actors[id];
      if (made === undefined || after.actors.length !== id + 1) return ['actorCreate did not make one actor'];
      const pattern = before.actors[actorFor(before, call.thread, call.initial)!]!;
      const port = after.ports[made.defaultPort];
      const { ui, key } = valueOf<{ ui: Ui; key: number }>(step);
      const { site } = made;
      return [
        ...(ui === made.ui && key === made.key ? [] : ['actorCreate gave a capability of something else']),
        ...(made.life === 'live' && made.privilege === call.privilege ? [] : ['the new actor has another privilege']),
        ...(made.stopped === (call.status === 'stopped') ? [] : ['the new actor has another status']),
        ...(made.pi === pattern.pi ? [] : ['the new actor has another protection identifier than its pattern']),
        ...(port !== undefined && made.defaultPort >= before.ports.length && port.life === 'live' && port.actor === id
          && port.priority === null && port.queue.length === 0 && port.received === 0 && port.pi === made.pi
          && made.ports[port.li] === made.defaultPort && made.ports.filter((other) => other !== null).length === 1 ? []
            : ['the new actor has no proper default port']),
        ...(same(made.saved.filter((kept) => kept !== null), []) && made.waiting.length === 0 ? [] : ['the new actor is not empty']),
        ...besides(step, `new A${id + 1}`, `new p${made.defaultPort + 1}`, `S${site + 1}.made`),
      ];
    },
    sometimes: {
      'a stopped actor is made': (step) => isCall(step, 'actorCreate') && returned(step) && step.call.status === 'stopped',
      'an actor is made after another': (step) => isCall(step, 'actorCreate') && returned(step) && step.call.initial !== null,
    },
  },

  'chorus/actors-are-made-on-their-own-site': {
    on: ['actorCreate'],
    step: (step) => {
      if (!isCall(step, 'actorCreate') || !returned(step)) return [];
      const made = step.after.actors[step.before.actors.length];
      return made === undefined || made.site === siteAt(step.before, step.call.thread) ? [] : ['the new actor is on another site than its creator'];
    },
    sometimes: {
      'the pattern is on another site': (step) => isCall(step, 'actorCreate') && returned(step)
        && step.before.actors[actorFor(step.before, step.call.thread, step.call.initial)!]!.site !== siteAt(step.before, step.call.thread),
    },
  },

  'chorus/deleted-actor-leaves-nothing': {
    on: ['actorDelete'],
    step: (step) => {
      const actor = isCall(step, 'actorDelete') ? target(step) : null;
      if (actor === null) return [];
      const own = step.before.threads[callerOf(step)!]!.actor === actor;
      return [
        ...(callerEvent(step)?.tag === (own ? 'ended' : 'returned') ? [] : ['actorDelete did not come to its end']),
        ...remains(step.after, actor, step.before), ...besides(step, ...marksOfEnd(step.before, actor)),
      ];
    },
    sometimes: {
      'an actor with queued messages is deleted': (step) => isCall(step, 'actorDelete') && target(step) !== null
        && portsOf(step.before, target(step)!).some((port) => step.before.ports[port]!.queue.length > 0),
      'an actor with saved messages is deleted': (step) => isCall(step, 'actorDelete') && target(step) !== null
        && step.before.actors[target(step)!]!.saved.some((kept) => kept !== null),
      'an actor with ports in a group is deleted': (step) => isCall(step, 'actorDelete') && target(step) !== null
        && step.before.groups.some(({ members }) => members.some((port) => step.before.ports[port]!.actor === target(step))),
      'an actor deletes itself': (step) => isCall(step, 'actorDelete') && callerEvent(step)?.tag === 'ended',
    },
  },

  'chorus/deleted-actor-frees-its-clients': {
    on: ['actorDelete'],
    step: (step) => {
      const actor = isCall(step, 'actorDelete') ? target(step) : null;
      return actor === null ? [] : owed(step, step, messagesOf(step.before, actor), step.before.actors[actor]!.site);
    },
    sometimes: {
      'a queued request goes with its actor': (step) => goes(step, 'queue'),
      'a request that is held goes with its actor': (step) => goes(step, 'current'),
      'a saved request goes with its actor': (step) => goes(step, 'saved'),
    },
  },

  'chorus/actors-are-deleted-on-their-own-site': refusing('chorus/actors-are-deleted-on-their-own-site'),

  'chorus/stopped-actors-run-nothing': {
    step: (step) => {
      const { before, after, events, call } = step;
      const caller = callerOf(step);
      const seen = events.flatMap(({ thread, tag }) => ((tag === 'returned' || tag === 'raised') && !mayRun(after, thread as ThreadId)
        && (thread !== caller || mayRun(before, thread as ThreadId)) && after.threads[thread]!.life === 'live'
          ? [`${threadName(thread)} goes on although it may not run`] : []));
      const kept = after.threads.flatMap(({ run }, id) => (run.tag === 'answered' && mayRun(after, id as ThreadId)
        ? [`${threadName(id)} may run, and keeps its answer`] : []));
      const actor = call.operation === 'actorStop' || call.operation === 'actorStart' ? target(step) : null;
      if (actor === null) return [...seen, ...kept];
      const stops = call.operation === 'actorStop';
      return [
        ...seen, ...kept,
        ...(after.actors[actor]!.stopped === stops ? [] : [`${actorName(actor)} is not ${stops ? 'stopped' : 'started'}`]),
        ...besides(step, actorIs(actor, 'stopped'), ...after.threads.flatMap(({ actor: home }, id) =>
          (home === actor && (!stops || id === caller) ? [threadIs(id, 'run')] : []))),
      ];
    },
    sometimes: {
      'a thread of a stopped actor gets what it waited for': ({ before, after }) => after.threads.some(({ run, actor }, id) =>
        run.tag === 'answered' && after.actors[actor]!.stopped && before.threads[id]?.run.tag === 'receiving'),
      'a thread goes on when its actor is started': ({ call, events }) => call.operation === 'actorStart' && events.length > 1,
      'a thread stops its own actor': ({ call, events }) => call.operation === 'actorStop' && events[0]?.tag === 'blocked',
      'a running actor is started': (step) => isCall(step, 'actorStart') && target(step) !== null && !step.before.actors[target(step)!]!.stopped,
    },
  },

  'chorus/actors-and-threads-stay': {
    step: ({ before, after }) => [
      ...before.actors.flatMap(({ site }, id) => (after.actors[id]!.site === site ? [] : [`${actorName(id)} is on another site`])),
      ...before.threads.flatMap(({ actor }, id) => (after.threads[id]!.actor === actor ? [] : [`${threadName(id)} is in another actor`])),
    ],
    sometimes: { 'a port leaves its site': ({ before, after }) => before.ports.some(({ actor, life }, id) =>
      life === 'live' && before.actors[actor]!.site !== after.actors[after.ports[id]!.actor]!.site) },
  },
} satisfies ChorusLaws;

/** Whether an open request goes with an actor that is deleted, and where it was. */
function goes(step: ChorusStep, where: 'queue' | 'current' | 'saved'): boolean {
  const actor = isCall(step, 'actorDelete') ? target(step) : null;
  if (actor === null) return false;
  const { before } = step;
  const messages = where === 'queue' ? portsOf(before, actor).flatMap((port) => before.ports[port]!.queue)
    : where === 'current' ? before.threads.flatMap(({ actor: home, current }) => (home === actor && current !== null ? [current.message] : []))
      : before.actors[actor]!.saved.flatMap((kept) => (kept === null ? [] : [kept.message]));
  return messages.some(({ transaction }) => transaction !== null && before.transactions[transaction]!.life === 'open'
    && before.threads[before.transactions[transaction]!.client ?? -1]?.actor !== actor);
}
