import type { TaskId, ThreadId } from '#spec/mach/vocabulary';
import { killTask } from '#model/mach/tasks/kill-task';
import { killThread } from '#model/mach/threads/kill-thread';
import { taskTerminate } from '#model/mach/tasks/task';
import { destroyEntry } from '#model/mach/names/destroy-entry';
import { hasRoom } from '#model/mach/messages/send';
import { killPort } from '#model/mach/ports/destroy-port';
import type { Carried } from '#model/mach/state';
import { change, returned } from '#model/operation';
import { altered, decided } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

type KillTask = typeof killTask;
type World = Parameters<KillTask>[0];

/** Whether a task is being ended. */
const isDying = ({ state }: World, task: TaskId): boolean => state.tasks[task]!.life === 'dead';

export const taskDeathMutants: MachMutants = {
  'waiting-threads-outlive-their-task': {
    rule: 'mach/terminated-task-releases-everything',
    fault: 'a thread that waits stays in line when its task ends',
    mechanisms: {
      killThread: (world, id) => {
        const { run } = world.state.threads[id]!;
        killThread(world, id);
        if (run.tag !== 'receiving' || run.from.tag !== 'port') return;
        const port = change(world.state.ports[run.from.port]!);
        if (port.life === 'live') port.receivers = [...port.receivers, id];
      },
    },
  },
  'termination-ends-threads-alone': {
    rule: 'mach/terminated-task-releases-everything',
    fault: 'task_terminate ends the threads of the task, which lives on',
    mechanisms: {
      killTask: (world, id) => {
        world.state.threads.forEach((thread, index) => {
          if (thread.task === id && thread.life === 'live') world.mechanisms.killThread(world, index as ThreadId);
        });
      },
    },
  },
  'dead-task-keeps-its-names': {
    rule: 'mach/terminated-task-releases-everything',
    fault: 'the dead names of a task stay when it ends',
    mechanisms: {
      destroyEntry: (world, task, name) => {
        const entry = world.state.tasks[task]!.names[name]!;
        if (entry?.tag !== 'dead' || !isDying(world as never, task)) destroyEntry(world, task, name);
      },
    },
  },
  'kernel-keeps-the-special-ports': {
    rule: 'mach/terminated-task-releases-everything',
    fault: 'the registered ports of a task stay held when it ends',
    mechanisms: {
      killTask: (world, id) => {
        const registered: readonly (Carried | null)[] = world.state.tasks[id]!.registered;
        change(world.state.tasks[id]!).registered = [];
        killTask(world, id);
        change(world.state.tasks[id]!).registered = [...registered];
      },
    },
  },
  'suicide-returns': {
    rule: 'mach/terminated-task-releases-everything',
    fault: 'a task that ends itself gets an answer',
    operations: {
      task_terminate: {
        ...taskTerminate,
        step: (world, call) => {
          const verdict = taskTerminate.step(world, call);
          return verdict.tag === 'ended' ? returned(null) : verdict;
        },
      },
    },
  },
  'dying-task-keeps-its-senders-counted': {
    rule: 'mach/cleaning-a-name-depends-on-its-kind',
    fault: 'the send rights of a task that ends still count',
    mechanisms: {
      destroyEntry: (world, task, name) => {
        const entry = world.state.tasks[task]!.names[name]!;
        destroyEntry(world, task, name);
        if (entry?.tag === 'port' && entry.sends > 0 && !entry.receive && isDying(world as never, task)) change(world.state.ports[entry.port]!).sendRights += 1;
      },
    },
  },
  'dying-task-drops-send-once-rights': {
    rule: 'mach/cleaning-a-name-depends-on-its-kind',
    fault: 'the send-once rights of a task that ends go in silence',
    mechanisms: {
      destroyEntry: (world, task, name) => destroyEntry(isDying(world as never, task)
        ? altered(world, { releaseSendOnce: (inner, id) => inner.mechanisms.dropSendOnce(inner, id) }) : world, task, name),
    },
  },
  'dying-task-tells-of-no-names': {
    rule: 'mach/cleaning-a-name-depends-on-its-kind',
    fault: 'the watched names of a task that ends are freed in silence',
    mechanisms: {
      destroyEntry: (world, task, name) => destroyEntry(isDying(world as never, task)
        ? altered(world, { notifyPortDeleted: (inner, to) => inner.mechanisms.dropSendOnce(inner, to) }) : world, task, name),
    },
  },
  'dying-task-has-no-backups': {
    rule: 'mach/cleaning-a-name-depends-on-its-kind',
    fault: 'the ports of a task that ends die whoever is registered for them',
    mechanisms: {
      destroyEntry: (world, task, name) => destroyEntry(isDying(world as never, task) ? altered(world, {
        destroyPort: (inner, id) => {
          const port = change(inner.state.ports[id]!);
          if (port.portDestroyed !== null) inner.mechanisms.dropSendOnce(inner, port.portDestroyed);
          port.portDestroyed = null;
          killPort(inner, id);
        },
      }) : world, task, name),
    },
  },
  'dying-task-leaves-its-sets': {
    rule: 'mach/cleaning-a-name-depends-on-its-kind',
    fault: 'the port sets of a task that ends are not destroyed',
    mechanisms: {
      destroyEntry: (world, task, name) => destroyEntry(isDying(world as never, task) ? altered(world, { destroySet: () => undefined }) : world, task, name),
    },
  },
  'names-go-before-held-rights': {
    rule: 'mach/task-death-starts-with-kernel-held-rights',
    fault: 'a task that ends gives up what the kernel holds for it after its names',
    mechanisms: {
      killTask: (world, id) => {
        const held: Carried[] = [];
        killTask(altered(world, { releaseHeld: (_inner, right) => { if (right !== null) held.push(right); } }), id);
        for (const right of held) world.mechanisms.destroyRight(world, right);
      },
    },
  },
  'task-port-goes-first': {
    rule: 'mach/task-death-starts-with-kernel-held-rights',
    fault: 'the port of a task that ends dies before its names are cleaned',
    mechanisms: {
      killTask: (world, id) => {
        world.mechanisms.killPort(world, world.state.tasks[id]!.port);
        killTask(altered(world, { killPort: (inner, port) => { if (inner.state.ports[port]!.life === 'live') killPort(inner, port); } }), id);
      },
    },
  },
  'dead-task-leaves-senders-waiting': {
    rule: 'mach/task-death-releases-blocked-senders',
    fault: 'senders blocked at a port that dies with its task are never woken',
    mechanisms: {
      killTask: (world, id) => killTask(altered(world, {
        killPort: (inner, port) => {
          const blocked = inner.state.ports[port]!.senders.map((thread) => [thread, inner.state.threads[thread]!.run] as const);
          killPort(inner, port);
          for (const [thread, run] of blocked) change(inner.state.threads[thread]!).run = run;
        },
      }), id),
    },
  },
  'senders-to-the-dead-fail': {
    rule: 'mach/task-death-releases-blocked-senders',
    fault: 'a sender blocked at a port that dies gets its message back as timed out',
    mechanisms: {
      queueOrWait: (world, thread, message, patience) => {
        const dead = world.state.ports[message.destination.port]!.life === 'dead';
        if (!dead && !hasRoom(world, message)) return world.mechanisms.waitForRoom(world, thread, message, patience) ?? { tag: 'waiting' };
        if (dead) return { tag: 'given back', error: 'MACH_SEND_TIMED_OUT', message: world.mechanisms.pseudoReceive(world, world.state.threads[thread]!.task, message) };
        world.mechanisms.enqueue(world, message);
        return { tag: 'sent' };
      },
    },
  },
  'names-are-cleaned-in-order': {
    rule: 'mach/dying-task-may-clean-any-name-first',
    fault: 'the names of a task that ends are always cleaned from the lowest up',
    mechanisms: { killTask: (world, id) => killTask(decided(world, 'cleaning order'), id) },
  },
};
