import type { Name, TaskId } from '#spec/mach/vocabulary';
import { cancelAccepted } from '#model/mach/notifications/accepted';
import { entryOf, setEntry } from '#model/mach/entries';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import type { Entry, PortEntry } from '#model/mach/state';
import { change } from '#model/operation';

/** Everything a name denotes goes, and the name with it. */
export const destroyEntry = implementing(
  [
    'mach/destroy-frees-the-name-at-once', 'mach/cleaning-a-name-depends-on-its-kind',
    'mach/port-death-has-an-order', 'mach/freed-name-yields-port-deleted',
  ],
  (world: Mach<Cascade>, task: TaskId, name: Name): void => {
    const { state, mechanisms } = world;
    const entry = entryOf(state, task, name)!;
    if (entry.tag === 'port' && entry.accepted) cancelAccepted(state, task, name);
    setEntry(state, task, name, null);
    if (entry.tag === 'set') mechanisms.destroySet(world, entry.set);
    else if (entry.tag === 'send-once') mechanisms.releaseSendOnce(world, entry.port);
    else if (entry.tag === 'port') destroyRights(world, entry);
    const request = requestOf(entry);
    if (request !== null) mechanisms.notifyPortDeleted(world, request, { task, name });
  },
);

/** The last send right counts as gone before the receive right does, and its notification comes after. */
function destroyRights(world: Mach<Cascade>, { port: id, sends, receive }: PortEntry): void {
  const { state, mechanisms } = world;
  const port = change(state.ports[id]!);
  const { makeSend } = port;
  let noSenders = null;
  if (sends > 0) {
    port.sendRights -= 1;
    if (port.sendRights === 0 && port.noSenders !== null) {
      noSenders = port.noSenders;
      port.noSenders = null;
    }
  }
  if (receive) {
    mechanisms.clearReceiver(world, id);
    mechanisms.destroyPort(world, id);
  }
  if (noSenders !== null) mechanisms.notifyNoSenders(world, noSenders, makeSend);
}

const requestOf = (entry: Entry) => (entry.tag === 'port' || entry.tag === 'send-once' ? entry.request : null);
