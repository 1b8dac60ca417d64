import type { Name, TaskId } from '#spec/mach/vocabulary';
import { entryOf, freshName, nameOfPort, setEntry } from '#model/mach/entries';
import { implementing, type Mach } from '#model/mach/world';
import { DEAD, NULL, type Carried, type PortEntry } from '#model/mach/state';
import { change } from '#model/operation';

/** Gives a right to a space: under the name the space has for the port, or a fresh one. */
export const copyout = implementing(
  [
    'mach/send-rights-coalesce-under-one-name', 'mach/send-once-rights-have-separate-names',
    'mach/received-right-pegs-at-the-ceiling', 'mach/arriving-right-finds-its-name',
    'mach/null-and-dead-may-replace-rights', 'mach/right-to-a-dead-port-arrives-dead',
  ],
  (world: Mach, task: TaskId, right: Carried): Name => {
    const { state } = world;
    if (right.tag !== 'right') return right.tag === 'dead' ? DEAD : NULL;
    world.charge('right');
    const { port, kind } = right;
    if (state.ports[port]!.life === 'dead') return DEAD;
    if (kind === 'send-once') return freshName(state, task, { tag: 'send-once', port, request: null });
    const known = nameOfPort(state, task, port);
    const received = kind === 'receive';
    if (known === null) {
      const sends = received ? 0 : 1;
      return freshName(state, task, { tag: 'port', port, receive: received, sends, request: null, accepted: false });
    }
    const entry = entryOf(state, task, known) as PortEntry;
    if (received) setEntry(state, task, known, { ...entry, receive: true });
    else addSend(world, task, known, entry);
    return known;
  },
);

/** One more reference to a known send right; at the ceiling the count stays where it is. */
function addSend({ state }: Mach, task: TaskId, name: Name, entry: PortEntry): void {
  if (entry.sends > 0) change(state.ports[entry.port]!).sendRights -= 1;
  const sends = Math.min(entry.sends + 1, state.limits.references - 1);
  setEntry(state, task, name, { ...entry, sends });
}
