import type { ThreadId } from '#spec/mach/vocabulary';
import { isFree, proceed, type SettleWorld } from '#model/mach/threads/settle';
import { implementing } from '#model/mach/world';
import type { Event } from '#model/kernel';
import type { Run } from '#model/mach/state';
import { change } from '#model/operation';

/**
 * Brings a thread that is kept from running to the end of its call: waits are broken off, and what it was
 * set free for, such as a message handed to it, is carried out. Null: it was in no wait.
 */
export const haltThread = implementing(
  ['mach/thread-abort-breaks-waits', 'mach/abort-spares-a-woken-sender', 'mach/waiting-receiver-is-served-in-two-steps'],
  (world: SettleWorld, thread: ThreadId): Event | null => {
    for (;;) {
      const halted = change(world.state.threads[thread]!);
      if (halted.run.tag === 'ready' || halted.run.tag === 'answered') return null;
      halted.run = interrupted(halted.run);
      if (halted.run.tag === 'raising' || halted.run.tag === 'faulting' || !isFree(halted.run)) return null;
      const event = proceed(world, thread);
      if (event !== null) return event;
    }
  },
);

/** A sender whose time is up, or that may try again, is not waiting any more. */
export function interrupted(run: Run): Run {
  switch (run.tag) {
    case 'sending': return run.woken || run.broken !== null ? run : { ...run, broken: 'interrupted' };
    case 'raising': return run.verdict === null ? { ...run, broken: 'interrupted' } : run;
    case 'faulting':
    case 'receiving':
    case 'pausing': return { ...run, broken: 'interrupted' };
    default: return run;
  }
}
