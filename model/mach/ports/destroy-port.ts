import type { Name, ReportedName, TaskId } from '#spec/mach/vocabulary';
import { setEntry } from '#model/mach/entries';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import type { MachState, PortId } from '#model/mach/state';
import { change } from '#model/operation';

/** The receive right is gone: a registered backup gets it, or else the port dies. */
export const destroyPort = implementing(
  [
    'mach/port-dies-with-its-receive-right', 'mach/port-death-has-an-order',
    'mach/circular-hand-over-lets-the-port-die', 'mach/port-destroyed-hands-the-right-over',
    'mach/hand-over-keeps-queue-and-senders', 'mach/hand-over-needs-a-live-backup',
    'mach/backup-receives-the-right-on-failure',
  ],
  (world: Mach<Cascade>, id: PortId): void => {
    const port = world.state.ports[id]!;
    const { mechanisms } = world;
    change(port).makeSend = 0;
    change(port).sequence = 0;
    const backup = port.portDestroyed;
    if (backup !== null) {
      change(port).portDestroyed = null;
      if (!mechanisms.isCircular(world, id, backup)) {
        mechanisms.notifyPortDestroyed(world, backup, id);
        return;
      }
      mechanisms.dropSendOnce(world, backup);
    }
    mechanisms.killPort(world, id);
  },
);

/** The death of a port, in the reference implementation's order of effects. */
export const killPort = implementing(
  [
    'mach/port-death-destroys-queue-and-names', 'mach/port-death-has-an-order',
    'mach/dead-name-inherits-references', 'mach/send-to-a-dying-port-succeeds',
    'mach/dead-name-notification-adds-a-reference', 'mach/send-once-right-yields-one-message',
  ],
  (world: Mach<Cascade>, id: PortId): void => {
    const { state, mechanisms } = world;
    const port = change(state.ports[id]!);
    releaseSenders(world, id);
    port.life = 'dead';
    if (port.noSenders !== null) {
      const notify = port.noSenders;
      port.noSenders = null;
      mechanisms.notifySendOnce(world, notify);
    }
    const orphans = port.queue;
    port.queue = [];
    for (const message of orphans) mechanisms.destroyMessage(world, message);
    for (const { name, notify } of port.stray) mechanisms.notifyDeadName(world, notify, name);
    port.stray = [];
    for (const { name, notify } of mechanisms.buryNames(world, id)) mechanisms.notifyDeadName(world, notify, name);
    if (state.memory !== null) mechanisms.loseObject(world, id);
  },
);

/** Waiting senders may run again; they will find the port dead. */
function releaseSenders({ state }: Mach, id: PortId): void {
  const port = change(state.ports[id]!);
  for (const thread of port.senders) {
    const { run } = state.threads[thread]!;
    if (run.tag === 'sending') change(state.threads[thread]!).run = { ...run, woken: true };
  }
  port.senders = [];
}

export interface Request { readonly name: ReportedName; readonly notify: PortId }

/** Turns every name for a dead port into a dead name, and says which of them had asked to be told. */
export const buryNames = implementing(
  [
    'mach/port-death-destroys-queue-and-names', 'mach/dead-name-inherits-references',
    'mach/dead-names-appear-when-touched', 'mach/dead-name-notification-adds-a-reference',
  ],
  ({ state }: Mach, port: PortId): readonly Request[] => {
    const requests: Request[] = [];
    state.tasks.forEach(({ names }, owner) => names.forEach((entry, index) => {
      if (entry === null || (entry.tag !== 'port' && entry.tag !== 'send-once') || entry.port !== port) return;
      const task = owner as TaskId;
      const name = index as Name;
      const refs = entry.tag === 'port' ? entry.sends : 1;
      if (entry.request !== null) requests.push({ name: { task, name }, notify: entry.request });
      setEntry(state, task, name, {
        tag: 'dead',
        refs: refs + (entry.request === null ? 0 : 1),
        untouched: untouched(state, entry.tag === 'port' ? 'send' : 'send-once', refs),
      });
    }));
    return requests;
  },
);

/** One variant goes on judging a name by what it was until it is looked at. */
const untouched = ({ variant }: MachState, kind: 'send' | 'send-once', refs: number) =>
  variant === 'gnumach' ? { kind, refs } : null;
