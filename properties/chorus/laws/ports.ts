import type { Ui } from '#spec/chorus/vocabulary';
import type { ChorusState, PortId } from '#model/chorus/state';
import { actorFor, actorName, isCall, outcomeOf, portAt, portName, returned, siteOfPort, threadName, valueOf } from '#properties/chorus/facts';
import { besides } from '#properties/chorus/laws/changes';
import { actorIs, marksOfArrival, marksOfFailure, owed, portIs, threadIs } from '#properties/chorus/laws/marks';
import { refusing } from '#properties/chorus/laws/refusals';
import { together, type CallOf, type ChorusLaws, type ChorusStep } from '#properties/chorus/obligation';

/** The port that a port operation was about, if it went through. */
export function portOf(step: ChorusStep): PortId | null {
  const { call, before } = step;
  if (!isCall(step, 'portEnable', 'portDisable', 'portDelete', 'portMigrate', 'portPi') || !returned(step)) return null;
  const { actor, thread, port } = call as typeof step.call;
  const id = actorFor(before, thread, actor);
  return id === null ? null : portAt(before, id, port);
}

/** Threads that wait for a message of this very port. */
export const waitingOn = (state: ChorusState, port: PortId) => state.threads.flatMap(({ life, run }, id) =>
  (life === 'live' && run.tag === 'receiving' && run.from.tag === 'port' && run.from.port === port ? [id] : []));

/** What a new port is to be, and that nothing else is new. */
function newPortIs(step: ChorusStep, ui: Ui | null, li: number): readonly string[] {
  const { before, after, call } = step;
  const id = before.ports.length as PortId;
  const port = after.ports[id];
  if (port === undefined || after.ports.length !== id + 1) return [`${call.operation} did not make one port`];
  const { thread, actor: capability } = call as CallOf<'portCreate'>;
  const actor = actorFor(before, thread, capability);
  if (actor === null) return [`${call.operation} made a port for an actor that is not there`];
  const fits = port.life === 'live' && port.actor === actor && port.li === li && after.actors[actor]!.ports[li] === id
    && port.priority === null && port.received === 0 && port.queue.length === 0 && (ui === null || port.ui === ui)
    && (before.actors[actor]!.ports[li] ?? null) === null;
  return [
    ...(fits ? [] : [`the new port ${portName(id)} is not as it is to be`]),
    ...besides(step, `new p${id + 1}`, actorIs(actor, 'ports'), ...(ui === null ? [`S${after.actors[actor]!.site + 1}.made`] : [])),
  ];
}

const deletes = (step: ChorusStep): PortId | null => (isCall(step, 'portDelete') ? portOf(step) : null);

export const portLaws = {
  'chorus/port-has-one-actor': {
    always: (state) => {
      const wrong: string[] = [];
      const held = state.ports.map(() => 0);
      state.actors.forEach(({ life, ports }, actor) => ports.forEach((port, li) => {
        if (port === null || life === 'dead') return;
        held[port]! += 1;
        const { actor: home, li: name, life: alive } = state.ports[port]!;
        if (home !== actor || name !== li || alive === 'dead') wrong.push(`${actorName(actor)} has ${portName(port)}, which is not its own`);
      }));
      state.ports.forEach(({ life, actor }, port) => {
        if (life === 'live' && (held[port] !== 1 || state.actors[actor]!.life === 'dead')) wrong.push(`${portName(port)} is attached ${held[port]} times`);
      });
      return wrong;
    },
    sometimes: { 'a port comes to another actor': ({ before, after }) => before.ports.some(({ actor }, port) => after.ports[port]!.actor !== actor) },
  },

  'chorus/new-port-is-empty-and-disabled': {
    on: ['portCreate'],
    step: (step) => {
      if (!isCall(step, 'portCreate') || !returned(step)) return [];
      const { ui, port } = valueOf<{ ui: Ui; port: number }>(step);
      return [...newPortIs(step, null, port), ...(step.after.ports.at(-1)!.ui === ui ? [] : ['portCreate gave the identifier of something else'])];
    },
    sometimes: { 'a port is made in another actor': (step) => isCall(step, 'portCreate') && returned(step) && step.call.actor !== null },
  },

  'chorus/ports-are-limited': refusing('chorus/ports-are-limited'),

  'chorus/declared-port-takes-the-identifier': together(refusing('chorus/declared-port-takes-the-identifier'), {
    on: ['portDeclare'],
    step: (step) => (isCall(step, 'portDeclare') && returned(step) ? newPortIs(step, step.call.ui, valueOf<{ port: number }>(step).port) : []),
    sometimes: { 'a port is declared': (step) => isCall(step, 'portDeclare') && returned(step) },
  }),

  'chorus/declaring-ports-is-privileged': refusing('chorus/declaring-ports-is-privileged'),

  'chorus/enabling-replaces-the-priority': {
    on: ['portEnable', 'portDisable'],
    step: (step) => {
      const port = isCall(step, 'portEnable', 'portDisable') ? portOf(step) : null;
      if (port === null) return [];
      const { before, after, call } = step;
      const priority = call.operation === 'portEnable' ? call.priority : null;
      const enabled = { ...before, ports: before.ports.map((row, id) => (id === port ? { ...row, priority } : row)) };
      return [
        ...(after.ports[port]!.priority === priority ? [] : [`${portName(port)} has another priority than it was given`]),
        ...besides(step, portIs(port, 'priority'), ...(priority !== null && before.ports[port]!.queue.length > 0 ? marksOfArrival(enabled, port) : [])),
      ];
    },
    sometimes: {
      'an enabled port is enabled': (step) => isCall(step, 'portEnable') && portOf(step) !== null && step.before.ports[portOf(step)!]!.priority !== null,
      'a port with messages is enabled': (step) => isCall(step, 'portEnable') && portOf(step) !== null && step.before.ports[portOf(step)!]!.queue.length > 0,
      'an enabled port is disabled': (step) => isCall(step, 'portDisable') && portOf(step) !== null && step.before.ports[portOf(step)!]!.priority !== null,
    },
  },

  'chorus/ports-are-enabled-on-their-own-site': refusing('chorus/ports-are-enabled-on-their-own-site'),

  'chorus/deleted-port-is-gone': {
    on: ['portDelete'],
    step: (step) => {
      const port = deletes(step);
      if (port === null) return [];
      const { before, after } = step;
      const { actor, li, queue } = before.ports[port]!;
      return [
        ...(after.ports[port]!.life === 'dead' && after.ports[port]!.queue.length === 0 && (after.actors[actor]!.ports[li] ?? null) === null ? []
          : [`${portName(port)} is still there`]),
        ...besides(
          step, new RegExp(`^p${port + 1}\\.`), actorIs(actor, 'ports'), actorIs(actor, 'waiting'),
          ...before.groups.flatMap(({ members }, id) => (members.includes(port) ? [`g${id + 1}.members`] : [])),
          ...waitingOn(before, port).map((thread) => threadIs(thread, 'run')), ...marksOfFailure(before, queue),
        ),
      ];
    },
    sometimes: {
      'a port with messages is deleted': (step) => deletes(step) !== null && step.before.ports[deletes(step)!]!.queue.length > 0,
      'a port of another actor is deleted': (step) => deletes(step) !== null && isCall(step, 'portDelete') && step.call.actor !== null,
    },
  },

  'chorus/deleted-port-aborts-queued-calls': {
    on: ['portDelete'],
    step: (step) => {
      const port = deletes(step);
      return port === null ? [] : owed(step, step, step.before.ports[port]!.queue, siteOfPort(step.before, port));
    },
    sometimes: {
      'a port with a request is deleted': (step) => deletes(step) !== null && step.before.ports[deletes(step)!]!.queue.some(({ transaction }) =>
        transaction !== null && step.before.transactions[transaction]!.life === 'open'),
    },
  },

  'chorus/waiting-on-a-port-that-goes': {
    on: ['portDelete'],
    step: (step) => {
      const port = deletes(step);
      return port === null ? [] : waitingOn(step.before, port).flatMap((thread) =>
        (outcomeOf(step, thread as never)?.error === 'K_ENOPORT' ? [] : [`${threadName(thread)} is not told that ${portName(port)} is gone`]));
    },
    sometimes: { 'a thread waits on a port that is deleted': (step) => deletes(step) !== null && waitingOn(step.before, deletes(step)!).length > 0 },
  },

  'chorus/ports-are-deleted-on-their-own-site': refusing('chorus/ports-are-deleted-on-their-own-site'),

  'chorus/default-port-stays': together(refusing('chorus/default-port-stays'), {
    step: ({ before, after }) => before.actors.flatMap(({ life, defaultPort }, id) => {
      const now = after.actors[id]!;
      if (life === 'dead' || now.life === 'dead') return [];
      const { life: alive, actor } = after.ports[now.defaultPort]!;
      return now.defaultPort === defaultPort && alive === 'live' && actor === id ? [] : [`${actorName(id)} has lost its default port`];
    }),
    sometimes: {},
  }),

  'chorus/queues-are-bounded': {
    always: ({ ports, limits }) => ports.flatMap(({ queue }, port) =>
      (queue.length > limits.queue ? [`${portName(port)} holds ${queue.length} messages of ${limits.queue}`] : [])),
    sometimes: { 'a queue is full': ({ after }) => after.ports.some(({ queue }) => queue.length === after.limits.queue) },
  },
} satisfies ChorusLaws;
