import type { Scope } from '#model/kernel';
import type { MachScope } from '#model/mach/kernel';

/** Scopes to try in the place of one: without its last task, with a thread less in one, with room for one message. */
export function simplerScopes(scope: Scope): readonly Scope[] {
  const { threads, limits = {} } = scope as unknown as MachScope;
  const simpler: MachScope[] = [];
  if (threads.length > 1) simpler.push({ threads: threads.slice(0, -1), limits });
  for (let task = threads.length - 1; task >= 0; task -= 1) {
    if (threads[task]! > 1) simpler.push({ threads: threads.map((count, at) => (at === task ? count - 1 : count)), limits });
  }
  if (limits.queueLimit === undefined || limits.queueLimit > 1) simpler.push({ threads, limits: { ...limits, queueLimit: 1 } });
  return simpler.map((each) => ({ ...each }));
}
