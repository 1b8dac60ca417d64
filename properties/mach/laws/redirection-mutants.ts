import type { TaskId } from '#spec/mach/vocabulary';
import { clearReceiver } from '#model/mach/ports/clear-receiver';
import { destroyPort, killPort } from '#model/mach/ports/destroy-port';
import { extractRight } from '#model/mach/rights/extract-right';
import { requestNotification } from '#model/mach/notifications/request-notification';
import { notifyPortDestroyed } from '#model/mach/notifications/notify';
import { taskSuspend } from '#model/mach/tasks/task';
import { killTask } from '#model/mach/tasks/kill-task';
import { haltThread } from '#model/mach/threads/halt-thread';
import { copyout } from '#model/mach/rights/copyout';
import { setEntry } from '#model/mach/entries';
import type { Mach } from '#model/mach/world';
import type { MachState, PortId } from '#model/mach/state';
import { change } from '#model/operation';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

type Death = Parameters<typeof killTask>[0];

/** The death of a task, with what a fault does to each port that is handed over in it. */
const atFailure = (spoil: (world: Mach, id: PortId) => void) => (world: Death, task: TaskId): void => killTask(altered(world, {
  destroyPort: (inner, id) => {
    const backup = inner.state.ports[id]!.portDestroyed;
    destroyPort(inner, id);
    if (backup !== null && inner.state.ports[id]!.life === 'live') spoil(inner, id);
  },
}), task);

/** The names of a port that only send to it are made dead, as if it had died. */
function severSenders(state: MachState, id: PortId): void {
  state.tasks.forEach(({ names }, task) => names.forEach((entry, name) => {
    if (entry?.tag !== 'port' || entry.port !== id || entry.receive) return;
    setEntry(state, task as TaskId, name as never, { tag: 'dead', refs: entry.sends, untouched: null });
    change(state.ports[id]!).sendRights -= 1;
  }));
}

const dropQueue = (world: Mach, id: PortId): void => {
  const port = change(world.state.ports[id]!);
  const { queue } = port;
  port.queue = [];
  for (const message of queue) world.mechanisms.destroyMessage(world as never, message);
};

export const redirectionMutants: MachMutants = {
  'moved-port-leaves-its-senders-behind': {
    rule: 'mach/senders-name-ports-not-processes',
    fault: 'when a receive right moves, the names of those who send there become dead',
    mechanisms: {
      clearReceiver: (world, id) => {
        clearReceiver(world, id);
        severSenders(world.state, id);
      },
    },
  },
  'moved-port-leaves-its-queue-behind': {
    rule: 'mach/senders-name-ports-not-processes',
    fault: 'when a receive right moves, the messages that wait are destroyed',
    mechanisms: {
      clearReceiver: (world, id) => {
        clearReceiver(world, id);
        dropQueue(world, id);
      },
    },
  },
  'extracted-port-stays-with-the-server': {
    rule: 'mach/server-may-hand-over-by-plan',
    fault: 'a receive right that is extracted arrives as a send right',
    operations: {
      mach_port_extract_right: {
        ...extractRight,
        step: (world, call) => extractRight.step(world, call.disposition === 'move-receive' ? { ...call, disposition: 'make-send' } : call),
      },
    },
  },
  'extracted-port-comes-empty': {
    rule: 'mach/server-may-hand-over-by-plan',
    fault: 'a receive right that is extracted leaves the queue of its port behind',
    operations: {
      mach_port_extract_right: {
        ...extractRight,
        step: (world, call) => extractRight.step(altered(world, {
          copyout: (inner, task, right) => {
            if (right.tag === 'right' && right.kind === 'receive') dropQueue(inner, right.port);
            return copyout(inner, task, right);
          },
        }), call),
      },
    },
  },
  'failed-servers-port-dies': {
    rule: 'mach/backup-receives-the-right-on-failure',
    fault: 'the port of a task that ends dies whoever is registered for it',
    mechanisms: {
      killTask: (world, task) => killTask(altered(world, {
        destroyPort: (inner, id) => {
          const port = change(inner.state.ports[id]!);
          if (port.portDestroyed !== null) inner.mechanisms.dropSendOnce(inner, port.portDestroyed);
          port.portDestroyed = null;
          killPort(inner, id);
        },
      }), task),
    },
  },
  'failed-servers-port-comes-without-its-senders': {
    rule: 'mach/backup-receives-the-right-on-failure',
    fault: 'senders that wait at the port of a task that ends are told that they have sent',
    mechanisms: {
      killTask: atFailure(({ state }, id) => {
        const port = change(state.ports[id]!);
        for (const thread of port.senders) change(state.threads[thread]!).run = { tag: 'answered', error: null, size: 0, given: null };
        port.senders = [];
      }),
    },
  },
  'suspension-counts-as-failure': {
    rule: 'mach/redirection-needs-six-conditions',
    fault: 'a port is handed over when the task that holds it is suspended',
    operations: {
      task_suspend: {
        ...taskSuspend,
        step: (world, call) => {
          const verdict = taskSuspend.step(world, call);
          const { state } = world;
          if (verdict.tag === 'raised' || call.task.tag !== 'identity') return verdict;
          const { names } = state.tasks[call.task.identity]!;
          const name = names.findIndex((entry) => entry?.tag === 'port' && entry.receive && state.ports[entry.port]!.portDestroyed !== null);
          if (name > 0) world.mechanisms.destroyEntry(world as never, call.task.identity, name as never);
          return verdict;
        },
      },
    },
  },
  'first-backup-stays': {
    rule: 'mach/redirection-needs-six-conditions',
    fault: 'a port-destroyed request is fired when it is swapped for another',
    operations: {
      mach_port_request_notification: {
        ...requestNotification,
        step: (world, call) => {
          const verdict = requestNotification.step(world, call);
          if (call.kind !== 'no-senders' || verdict.tag !== 'returned') return verdict;
          for (const port of world.state.ports) {
            if (port.portDestroyed === null || port.life === 'dead') continue;
            world.mechanisms.dropSendOnce(world, port.portDestroyed);
            change(port).portDestroyed = null;
          }
          return verdict;
        },
      },
    },
  },
  'loops-are-closed': {
    rule: 'mach/redirection-needs-six-conditions',
    fault: 'a hand-over that would close a loop is done all the same',
    mechanisms: { destroyPort: (world, id) => destroyPort(altered(world, { isCircular: () => false }), id) },
  },
  'failure-shows-in-the-names-of-clients': {
    rule: 'mach/redirection-keeps-names-and-order',
    fault: 'the names of clients become dead when their server ends, although the port is handed over',
    mechanisms: { killTask: atFailure(({ state }, id) => severSenders(state, id)) },
  },
  'failure-reverses-the-queue': {
    rule: 'mach/redirection-keeps-names-and-order',
    fault: 'the messages of a port that is handed over on failure come out last first',
    mechanisms: { killTask: atFailure(({ state }, id) => { change(state.ports[id]!).queue = state.ports[id]!.queue.toReversed(); }) },
  },
  'handed-request-is-delivered-again': {
    rule: 'mach/redirection-loses-received-requests',
    fault: 'a message handed to a thread that ends goes back to the head of its queue',
    mechanisms: {
      haltThread: (world, id) => {
        const { run } = world.state.threads[id]!;
        if (run.tag !== 'handed' || world.state.ports[run.message.destination.port]!.life === 'dead') return haltThread(world, id);
        const port = change(world.state.ports[run.message.destination.port]!);
        port.queue = [run.message, ...port.queue];
        change(world.state.threads[id]!).run = { tag: 'ready' };
        return null;
      },
    },
  },
  'dead-servers-clients-wait-for-ever': {
    rule: 'mach/redirection-loses-received-requests',
    fault: 'the reply rights that a dead server held go in silence',
    mechanisms: {
      killTask: (world, task) => killTask(altered(world, { releaseSendOnce: (inner, id) => inner.mechanisms.dropSendOnce(inner, id) }), task),
    },
  },
  'backup-is-its-own-backup': {
    rule: 'mach/redirection-loses-received-requests',
    fault: 'a request that has fired on failure stands again at the port',
    mechanisms: {
      notifyPortDestroyed: (world, to, id) => {
        notifyPortDestroyed(world, to, id);
        if (world.state.ports[id]!.life === 'dead' || world.state.ports[to]!.life === 'dead') return;
        change(world.state.ports[id]!).portDestroyed = to;
        change(world.state.ports[to]!).sendOnceRights += 1;
      },
    },
  },
  'requests-outlive-their-server': {
    rule: 'mach/unregistered-death-redirects-nothing',
    fault: 'a port with requests in its queue lives on when its server ends',
    mechanisms: {
      killTask: (world, task) => killTask(altered(world, {
        destroyPort: (inner, id) => { if (inner.state.ports[id]!.queue.length === 0 || inner.state.ports[id]!.portDestroyed !== null) destroyPort(inner, id); },
      }), task),
    },
  },
  'clients-are-not-told-of-their-servers-end': {
    rule: 'mach/unregistered-death-redirects-nothing',
    fault: 'the reply rights of requests that nobody took go in silence',
    mechanisms: {
      killPort: (world, id) => killPort(altered(world, { releaseSendOnce: (inner, port) => inner.mechanisms.dropSendOnce(inner, port) }), id),
    },
  },
  'old-holder-goes-on-receiving': {
    rule: 'mach/one-task-receives-on-a-port',
    fault: 'threads that wait on a port stay in line when the right goes to another task',
    mechanisms: {
      clearReceiver: (world, id) => {
        const { receivers } = world.state.ports[id]!;
        const runs = receivers.map((thread) => world.state.threads[thread]!.run);
        clearReceiver(world, id);
        change(world.state.ports[id]!).receivers = [...receivers];
        receivers.forEach((thread, at) => { change(world.state.threads[thread]!).run = runs[at]!; });
      },
    },
  },
  'failed-server-takes-its-queue-along': {
    rule: 'mach/failed-server-hands-over-to-backup',
    fault: 'the messages that wait at a port are destroyed when its server ends and its backup gets it',
    mechanisms: { killTask: atFailure(dropQueue) },
  },
  'failed-server-has-no-backup': {
    rule: 'mach/failed-server-hands-over-to-backup',
    fault: 'a port dies with its server although a backup is registered',
    mechanisms: {
      killTask: (world, task) => {
        for (const entry of world.state.tasks[task]!.names) {
          if (entry?.tag !== 'port' || !entry.receive) continue;
          const port = change(world.state.ports[entry.port]!);
          if (port.portDestroyed !== null) world.mechanisms.dropSendOnce(world, port.portDestroyed);
          port.portDestroyed = null;
        }
        killTask(world, task);
      },
    },
  },
  'orphaned-port-refuses-messages': {
    rule: 'mach/failed-server-hands-over-to-backup',
    fault: 'a message sent while a port is on its way to the backup is destroyed',
    mechanisms: {
      enqueue: (world, message) => {
        const port = message.destination.port;
        const onItsWay = world.state.ports.some(({ queue }) => queue.some(({ id, sender, body }) => id === 69 && sender === -1
          && body.some((item) => item.tag === 'rights' && item.rights.some((right) => right.tag === 'right' && right.port === port))));
        if (onItsWay) dropQueue(world, port);
        world.mechanisms.deliver(world, message);
      },
    },
  },
  'backup-serves-the-latest-first': {
    rule: 'mach/failed-server-hands-over-to-backup',
    fault: 'the backup receives what a failed server left last first',
    mechanisms: { killTask: atFailure(({ state }, id) => { change(state.ports[id]!).queue = state.ports[id]!.queue.toReversed(); }) },
  },
  'another-task-takes-over': {
    rule: 'mach/failed-server-hands-over-to-backup',
    fault: 'a port goes to a task other than its backup when its server ends',
    mechanisms: {
      killTask: (world, task) => killTask(altered(world, {
        notifyPortDestroyed: (inner, to, id) => {
          const other = inner.state.ports.findIndex(({ life, kernel, sendOnceRights }, port) =>
            life === 'live' && kernel === null && port !== to && port !== id && sendOnceRights > 0);
          if (other < 0) return notifyPortDestroyed(inner, to, id);
          inner.mechanisms.dropSendOnce(inner, to);
          change(inner.state.ports[other]!).sendOnceRights += 1;
          return notifyPortDestroyed(inner, other as PortId, id);
        },
      }), task),
    },
  },
};

