import type { Image } from '#spec/qnx/vocabulary';
import { exchangeWithProc } from '#model/qnx/messages/send';
import { endedCaller } from '#model/qnx/processes/caller';
import type { Process, ProxyId } from '#model/qnx/state';
import type { Qnx, QnxOperation } from '#model/qnx/world';
import { change, raised, returned } from '#model/operation';

/** Why an image cannot be loaded; null if it can. */
export function loadError(image: Image): 'ENOENT' | 'ENOEXEC' | 'ENOMEM' | null {
  switch (image) {
    case 'program': return null;
    case 'missing': return 'ENOENT';
    case 'no program': return 'ENOEXEC';
    case 'too large': return 'ENOMEM';
  }
}

/** A new image knows none of the handlers of the old. */
export const withoutHandlers = (actions: Process['actions']): Process['actions'] =>
  actions.map((action) => (action === 'catch' ? 'default' : action));

/** Replaces the image of the caller, which stays the same process. */
export const exec: QnxOperation<'exec'> = {
  implements: ['qnx/exec-replaces-the-image', 'qnx/child-inherits-by-the-table', 'qnx/proc-serves-by-messages'],

  step(world, { thread, image, environment, closes }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { state, mechanisms } = world;
    // Guards.
    const error = loadError(image);
    if (error !== null) return raised(error);
    // Effect.
    mechanisms.leaveImage(world, thread);
    if (state.processes[thread]!.life !== 'live') return endedCaller(world, thread);
    const process = change(state.processes[thread]!);
    process.environment = environment ?? process.environment;
    process.files = process.files.map((pid, fd) => (closes.includes(fd) ? 0 as never : pid));
    return returned(null);
  },
};

/** What a process does not keep when its image is replaced: memory, handlers, names and proxies. */
export function leaveImage(world: Qnx, thread: Parameters<typeof world.mechanisms.release>[1]): void {
  const { state, mechanisms } = world;
  const process = change(state.processes[thread]!);
  state.proxies.forEach(({ life, owner }, proxy) => {
    if (life === 'live' && owner === thread) mechanisms.endProxy(world, proxy as ProxyId);
  });
  mechanisms.dropNames(world, thread);
  mechanisms.endCircuits(world, thread);
  process.memory = Array.from({ length: state.limits.memory }, () => 0);
  process.actions = change(withoutHandlers(process.actions));
  process.shared = [];
  process.windows = [];
  mechanisms.dropUnused(world);
  process.handled = [];
  process.flags = [];
  mechanisms.discardIgnored(world, thread);
  mechanisms.notice(world, thread);
}
