import type { SiteId } from '#spec/chorus/vocabulary';
import type { ActorId, ChorusState, Message, PortId } from '#model/chorus/state';
import { actorAt, actorFor, isCall, outcomeOf, portBy, portName, siteOfPort, threadName, traffic, valueOf } from '#properties/chorus/facts';
import { besides, same } from '#properties/chorus/laws/changes';
import { actorIs, marksOfFailure, owed, portIs, threadIs } from '#properties/chorus/laws/marks';
import { refusing } from '#properties/chorus/laws/refusals';
import { portOf, waitingOn } from '#properties/chorus/laws/ports';
import type { CallOf, ChorusLaws, ChorusStep } from '#properties/chorus/obligation';

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

/** A message but for where its body is: one that leaves its site takes that along. */
const unpacked = (message: Message): Message => ({ ...message, parcel: null });

/** A message goes where its port is, unless it was left to what the site remembers; what that may be, another law says. */
const mayBeSoughtAt = ({ before, choices }: ChorusStep, port: PortId, site: SiteId): boolean =>
  site === siteOfPort(before, port) || choices.some(({ kind, taken }) => kind === 'location' && taken === 'as remembered');

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
      (!messages || same(before.ports[port]!.queue.map(unpacked), after.ports[port]!.queue.map(unpacked)) ? []
        : [`the queue of ${portName(port)} is another after it migrated with its messages`])),
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
      'a request is destroyed on the way': moving(({ before }, { port, messages }) => !messages
        && before.ports[port]!.queue.some(({ transaction }) => isOpen(before, transaction))),
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
          : place.at === 'network' && mayBeSoughtAt(step, port, step.after.network[place.index]!.to);
        return there ? [] : [`message ${message.serial} does not go where ${portName(port)} is now`];
      });
    },
    sometimes: {
      'a message is sent to a port that has migrated': (step) => isCall(step, 'ipcSend', 'ipcCall')
        && hasMoved(step.before, portBy(step.before, step.call.destination.ui)),
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
        const another = place.at === 'network' && step.before.network.some(({ cargo }) => cargo.tag === 'second message' && cargo.message.serial === message.serial);
        return there || another ? [] : [`message ${message.serial} was sent after its port, and is elsewhere`];
      }
      const failed = !isOpen(step.before, message.transaction) || step.after.transactions[message.transaction!]!.life === 'failed';
      return failed ? [] : [`the request ${message.serial} is lost on the way to a port that has moved, and its client will not notice`];
    },
    sometimes: {
      'a message is sent after its port': (step) => strayed(step) !== null && traffic(step).after.has(strayed(step)!.message.serial),
      'a request is lost on the way to a port that has moved': (step) => strayed(step) !== null && strayed(step)!.message.transaction !== null
        && !traffic(step).after.has(strayed(step)!.message.serial),
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
      return same(held, [li]) && after.ports[port]!.priority === null && after.ports[port]!.received === 0 ? []
        : [`${portName(port)} is not as one that has migrated to its own actor`];
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
