import type { MachLaws, MachMutants, MachStep } from '#properties/mach/obligation';
import {
  countSendRights, entryAt, isLive, livePorts, messagesIn, namesOf, portName, rightsIn, taskName,
} from '#properties/mach/facts';
import { entryOf, freshName, setEntry } from '#model/mach/entries';
import { allocate as mach_port_allocate } from '#model/mach/names/allocate';
import { copyin } from '#model/mach/rights/copyin';
import { copyout } from '#model/mach/rights/copyout';
import { clearReceiver, destroySet } from '#model/mach/ports/clear-receiver';
import { buryNames, killPort } from '#model/mach/ports/destroy-port';
import { change } from '#model/operation';
import type { MachState, PortId } from '#model/mach/state';
import type { Name, TaskId } from '#spec/mach/vocabulary';

/** Ports whose names one variant makes dead although they live: it never counts that sender out. */
const miscounted = ({ variant }: MachState): boolean => variant === 'gnumach';

/** A name of another task's than the caller's or the one the call is about: it changes by itself only if its port dies. */
function* bystanders({ before, call }: MachStep): Generator<readonly [TaskId, Name]> {
  const caller = 'thread' in call ? before.threads[call.thread]!.task : null;
  if (call.operation === 'mach_msg' || !('task' in call) || call.task.tag === 'name') return;
  for (const [task, name] of namesOf(before)) if (task !== caller && task !== call.task.identity) yield [task, name];
}

/** Where the receive right of a port in transit is headed. A message marked circular will be destroyed, not queued. */
function heading(state: MachState, port: PortId): PortId | null {
  for (const [message] of messagesIn(state)) {
    if (message.circular) continue;
    for (const right of rightsIn(message)) if (right.kind === 'receive' && right.port === port) return message.destination.port;
  }
  return null;
}

function isInLoop(state: MachState, port: PortId): boolean {
  const seen = new Set<PortId>();
  for (let at: PortId | null = heading(state, port); at !== null && !seen.has(at); at = heading(state, at)) {
    if (at === port) return true;
    seen.add(at);
  }
  return false;
}

export const rightsCountedLaws = {
  'mach/port-counts-entries-as-senders': {
    always: (state) => {
      const counts = countSendRights(state);
      return livePorts(state).flatMap((port) => {
        const { sendRights } = state.ports[port]!;
        const wrong = miscounted(state) ? sendRights < counts[port]! : sendRights !== counts[port];
        return wrong ? [`${portName(port)} counts ${sendRights} send rights, and there are ${counts[port]}`] : [];
      });
    },
    sometimes: {
      'a name has several references': ({ after }) =>
        [...namesOf(after)].some(([, , entry]) => entry.tag === 'port' && entry.sends > 1),
      'a message carries a send right': ({ after }) =>
        [...messagesIn(after)].some(([message]) => [...rightsIn(message)].some(({ kind }) => kind === 'send')),
    },
  },

  'mach/send-rights-coalesce-under-one-name': {
    always: (state) => state.tasks.flatMap(({ names }, task) => {
      const ports = names.flatMap((entry) => (entry?.tag === 'port' ? [entry.port] : []));
      return ports.filter((port, at) => ports.indexOf(port) !== at)
        .map((port) => `${taskName(task as TaskId)} has two names for ${portName(port)}`);
    }),
    sometimes: {
      'a task receives from a port it can send to': ({ after }) =>
        [...namesOf(after)].some(([, , entry]) => entry.tag === 'port' && entry.receive && entry.sends > 0),
    },
  },

  'mach/reference-counts-have-ceilings': {
    always: (state) => [...namesOf(state)].flatMap(([task, name, entry]) => {
      const { references } = state.limits;
      const refs = entry.tag === 'port' ? entry.sends : entry.tag === 'dead' ? entry.refs : 1;
      const least = entry.tag === 'port' && entry.receive ? 0 : 1;
      const most = entry.tag === 'dead' ? references : references - 1;
      return refs < least || refs > Math.max(most, 1) ? [`n${name} of ${taskName(task)} has ${refs} references`] : [];
    }),
    sometimes: {
      'a count is at its ceiling': ({ after }) => [...namesOf(after)].some(([, , entry]) =>
        entry.tag === 'port' && entry.sends === after.limits.references - 1),
    },
  },

  'mach/port-death-destroys-queue-and-names': {
    always: (state) => [
      ...state.ports.flatMap(({ life, queue, senders, receivers, noSenders, portDestroyed }, port) =>
        (life === 'dead' && (queue.length + senders.length + receivers.length > 0 || noSenders !== null || portDestroyed !== null)
          ? [`${portName(port as PortId)} is dead, and something still waits at it`] : [])),
      ...[...namesOf(state)].flatMap(([task, name, entry]) =>
        ((entry.tag === 'port' || entry.tag === 'send-once') && !isLive(state, entry.port)
          ? [`n${name} of ${taskName(task)} still denotes ${portName(entry.port)}, which is dead`] : [])),
    ],
    sometimes: {
      'a port dies with messages queued': ({ before, after }) =>
        livePorts(before).some((port) => before.ports[port]!.queue.length > 0 && !isLive(after, port)),
    },
  },

  'mach/dead-name-inherits-references': {
    step: (step) => [...bystanders(step)].flatMap(([task, name]) => {
      const was = entryAt(step.before, task, name)!;
      const is = entryAt(step.after, task, name);
      if ((was.tag !== 'port' && was.tag !== 'send-once') || isLive(step.after, was.port) || is?.tag !== 'dead') return [];
      const refs = (was.tag === 'port' ? was.sends : 1) + (was.request === null ? 0 : 1);
      return is.refs === refs ? [] : [`n${name} of ${taskName(task)} has ${is.refs} dead references, and should have ${refs}`];
    }),
    sometimes: {
      'a watched name dies': (step) => [...bystanders(step)].some(([task, name]) => {
        const was = entryAt(step.before, task, name)!;
        return (was.tag === 'port' || was.tag === 'send-once') && was.request !== null && !isLive(step.after, was.port);
      }),
    },
  },

  'mach/port-set-holds-own-receive-rights': {
    always: (state) => livePorts(state).flatMap((port) => {
      const { set } = state.ports[port]!;
      if (set === null) return [];
      const inOneSpace = state.tasks.some(({ names }) =>
        names.some((entry) => entry?.tag === 'port' && entry.receive && entry.port === port)
        && names.some((entry) => entry?.tag === 'set' && entry.set === set));
      return state.sets[set]!.life === 'live' && inOneSpace ? [] : [`${portName(port)} is in a set that its receiver does not have`];
    }),
    sometimes: { 'a set has two members': ({ after }) => after.sets.some((_, set) => after.ports.filter((port) => port.set === set).length > 1) },
  },

  'mach/set-destruction-frees-live-members': {
    step: ({ before, after, call }) => (call.operation === 'task_terminate' ? [] : before.sets).flatMap(({ life }, set) => {
      if (life === 'dead' || after.sets[set]!.life === 'live') return [];
      return before.ports.flatMap((port, id) => {
        if (port.set !== set) return [];
        const now = after.ports[id]!;
        const kept = now.life === 'live' && now.set === null && port.queue.every(({ serial }, at) => now.queue[at]?.serial === serial);
        return kept ? [] : [`${portName(id as PortId)} did not come out of its destroyed set as it was`];
      });
    }),
    sometimes: {
      'a set with members is destroyed': ({ before, after }) => before.ports.some(({ set }) =>
        set !== null && before.sets[set]!.life === 'live' && after.sets[set]!.life === 'dead'),
    },
  },

  'mach/circular-send-succeeds-and-destroys': {
    always: (state) => livePorts(state).flatMap((port) =>
      (isInLoop(state, port) ? [`the receive right of ${portName(port)} is on its way to its own queue`] : [])),
    sometimes: {
      'a receive right is sent to its own port': ({ call, events }) => call.operation === 'mach_msg' && call.send !== null && call.send.complex
        && events[0]?.tag === 'returned' && call.send.body.some((item) =>
        item.tag === 'rights' && item.disposition === 'move-receive' && item.names.includes(call.send!.remote.name)),
    },
  },

  'mach/new-port-is-empty': {
    on: ['mach_port_allocate', 'mach_port_allocate_name', 'mach_reply_port'],
    step: ({ before, after }) => after.ports.slice(before.ports.length).flatMap((port, at) => {
      const { queueLimit, sequence, makeSend, sendRights, sendOnceRights, set, queue, senders, receivers, noSenders, portDestroyed, life } = port;
      const empty = queueLimit === after.limits.queueLimit && set === null && life === 'live'
        && sequence + makeSend + sendRights + sendOnceRights + queue.length + senders.length + receivers.length === 0
        && noSenders === null && portDestroyed === null;
      return empty ? [] : [`${portName(before.ports.length + at as PortId)} is new, and not empty`];
    }),
    sometimes: { 'a port is made': ({ before, after }) => after.ports.length > before.ports.length },
  },
} satisfies MachLaws;

export const rightsCountedMutants: MachMutants = {
  'copy-send-is-not-counted': {
    rule: 'mach/port-counts-entries-as-senders',
    fault: 'a send right that is copied into a message is not counted',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const copied = copyin(world, task, name, disposition);
        if (disposition === 'copy-send' && copied.right.tag === 'right') change(world.state.ports[copied.right.port]!).sendRights -= 1;
        return copied;
      },
    },
  },
  'released-send-right-stays-counted': {
    rule: 'mach/port-counts-entries-as-senders',
    fault: 'a send right that goes is still counted as a sender',
    mechanisms: { releaseSend: () => {} },
  },
  'received-send-right-gets-a-second-name': {
    rule: 'mach/send-rights-coalesce-under-one-name',
    fault: 'a send right that arrives gets a new name although the space has one for the port',
    mechanisms: {
      copyout: (world, task, right) => (right.tag === 'right' && right.kind === 'send' && world.state.ports[right.port]!.life === 'live'
        ? freshName(world.state, task, { tag: 'port', port: right.port, receive: false, sends: 1, request: null, accepted: false })
        : copyout(world, task, right)),
    },
  },
  'received-send-right-goes-over-the-ceiling': {
    rule: 'mach/reference-counts-have-ceilings',
    fault: 'receiving one more send right takes the count over its ceiling',
    mechanisms: {
      copyout: (world, task, right) => {
        const name = copyout(world, task, right);
        const entry = entryOf(world.state, task, name);
        const { references } = world.state.limits;
        if (right.tag === 'right' && right.kind === 'send' && entry?.tag === 'port' && entry.sends === references - 1) {
          setEntry(world.state, task, name, { ...entry, sends: references });
        }
        return name;
      },
    },
  },
  'port-death-leaves-the-names': {
    rule: 'mach/port-death-destroys-queue-and-names',
    fault: 'names go on denoting a port that has died',
    mechanisms: { buryNames: () => [] },
  },
  'port-death-leaves-the-queue': {
    rule: 'mach/port-death-destroys-queue-and-names',
    fault: 'messages stay queued at a port that has died',
    mechanisms: {
      killPort: (world, id) => {
        const { queue } = world.state.ports[id]!;
        killPort(world, id);
        change(world.state.ports[id]!).queue = [...queue];
      },
    },
  },
  'dead-name-forgets-the-request': {
    rule: 'mach/dead-name-inherits-references',
    fault: 'a dead name gets no reference for the request that was registered on it',
    mechanisms: {
      buryNames: (world, port) => {
        const requests = buryNames(world, port);
        for (const { name: { task, name } } of requests) {
          const entry = entryOf(world.state, task, name);
          if (entry?.tag === 'dead') setEntry(world.state, task, name, { ...entry, refs: entry.refs - 1 });
        }
        return requests;
      },
    },
  },
  'moved-port-stays-in-its-set': {
    rule: 'mach/port-set-holds-own-receive-rights',
    fault: 'a receive right that leaves its task stays in the set it was in',
    mechanisms: {
      clearReceiver: (world, id) => {
        const { set } = world.state.ports[id]!;
        clearReceiver(world, id);
        change(world.state.ports[id]!).set = set;
      },
    },
  },
  'destroyed-set-keeps-its-members': {
    rule: 'mach/set-destruction-frees-live-members',
    fault: 'members of a destroyed set stay in it',
    mechanisms: {
      destroySet: (world, id) => {
        const members = world.state.ports.flatMap(({ set }, port) => (set === id ? [port] : []));
        destroySet(world, id);
        for (const port of members) change(world.state.ports[port]!).set = id;
      },
    },
  },
  'destroyed-set-drops-its-messages': {
    rule: 'mach/set-destruction-frees-live-members',
    fault: 'destroying a set empties the queues of its members',
    mechanisms: {
      destroySet: (world, id) => {
        for (const port of world.state.ports) if (port.set === id) change(port).queue = [];
        destroySet(world, id);
      },
    },
  },
  'circularity-is-not-seen': {
    rule: 'mach/circular-send-succeeds-and-destroys',
    fault: 'a receive right may be queued at its own port',
    mechanisms: { isCircular: () => false },
  },
  'new-port-counts-a-make-send': {
    rule: 'mach/new-port-is-empty',
    fault: 'a port that is allocated begins as if a send right had been made from it',
    operations: {
      mach_port_allocate: {
        ...mach_port_allocate,
        step: (world, call) => {
          const known = world.state.ports.length;
          const verdict = mach_port_allocate.step(world, call);
          for (const port of world.state.ports.slice(known)) change(port).makeSend = 1;
          return verdict;
        },
      },
    },
  },
};
