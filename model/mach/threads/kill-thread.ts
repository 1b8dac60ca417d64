import type { ThreadId } from '#spec/mach/vocabulary';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import type { SendChoices } from '#model/mach/messages/send';
import type { Carried, Run } from '#model/mach/state';
import { change } from '#model/operation';

/** A thread is no more: what it waited for is called off, and its port dies. */
export const killThread = implementing(
  ['mach/terminated-task-releases-everything', 'mach/waiting-receiver-is-served-in-two-steps'],
  (world: Mach<SendChoices | 'sender'>, id: ThreadId): void => {
    const { state, mechanisms } = world;
    const thread = change(state.threads[id]!);
    const { run } = thread;
    thread.life = 'dead';
    thread.run = { tag: 'ready' };
    callOff(world, id, run);
    mechanisms.releaseHeld(world, thread.self);
    mechanisms.releaseHeld(world, thread.exception);
    thread.self = null;
    thread.exception = null;
    mechanisms.killPort(world, thread.port);
  },
);

function callOff(world: Mach<SendChoices | 'sender'>, id: ThreadId, run: Run): void {
  const { state, mechanisms } = world;
  switch (run.tag) {
    case 'sending': {
      const port = change(state.ports[run.to]!);
      port.senders = port.senders.filter((other) => other !== id);
      if (run.woken && mechanisms.hasRoom(world, run.message)) mechanisms.enqueue(world, run.message);
      else mechanisms.pseudoReceive(world, state.threads[id]!.task, run.message);
      return;
    }
    case 'receiving': {
      const queue = change(run.from.tag === 'port' ? state.ports[run.from.port]! : state.sets[run.from.set]!);
      queue.receivers = queue.receivers.filter((other) => other !== id);
      return;
    }
    case 'raising': return mechanisms.killPort(world, run.reply);
    case 'handed':
      mechanisms.destroyMessage(world, run.message);
      return mechanisms.wakeSender(world, run.message.destination.port);
    default:
  }
}

/** A send right that the kernel held for a task or thread. */
export const releaseHeld = implementing(
  ['mach/task-death-starts-with-kernel-held-rights'],
  (world: Mach<Cascade>, right: Carried | null): void => {
    if (right !== null) world.mechanisms.destroyRight(world, right);
  },
);
