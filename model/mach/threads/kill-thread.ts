import type { ThreadId } from '#spec/mach/vocabulary';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import type { SettleChoices } from '#model/mach/threads/settle';
import type { Carried } from '#model/mach/state';
import { change } from '#model/operation';

/** A thread is no more: its call is brought to an end of which nobody hears, and its port dies. */
export const killThread = implementing(
  ['mach/terminated-task-releases-everything', 'mach/waiting-receiver-is-served-in-two-steps'],
  (world: Mach<SettleChoices>, id: ThreadId): void => {
    const { state, mechanisms } = world;
    const thread = change(state.threads[id]!);
    mechanisms.haltThread(world, id);
    const { run } = thread;
    thread.life = 'dead';
    thread.run = { tag: 'ready' };
    if (run.tag === 'raising' && world.choose('orphaned reply port', [true, false], (yes) => (yes ? 'dies' : 'stays'))) {
      mechanisms.killPort(world, run.reply);
    }
    mechanisms.releaseHeld(world, thread.self);
    mechanisms.releaseHeld(world, thread.exception);
    thread.self = null;
    thread.exception = null;
    mechanisms.killPort(world, thread.port);
  },
);

/** A send right that the kernel held for a task or thread. */
export const releaseHeld = implementing(
  ['mach/task-death-starts-with-kernel-held-rights'],
  (world: Mach<Cascade>, right: Carried | null): void => {
    if (right !== null) world.mechanisms.destroyRight(world, right);
  },
);
