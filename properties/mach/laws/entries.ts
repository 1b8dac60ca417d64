import type { Disposition } from '#spec/mach/vocabulary';
import type { Entry } from '#model/mach/state';
import { callerTask, entryAt, isLive, namesOf, taskName } from '#properties/mach/facts';
import { casualties, dequeued, isCall, once, targetTask } from '#properties/mach/laws/ledger';
import { missing, nameText } from '#properties/mach/laws/notices';
import { acquires, amiss, arrivals, soundWhere, subjectOf, takes, takings, type Taking } from '#properties/mach/laws/name-steps';
import { watched, type Watched } from '#properties/mach/laws/watched';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

const isPort = (entry: Entry | null | undefined): entry is Extract<Entry, { tag: 'port' }> => entry?.tag === 'port';

/** Whether a step changes the references of a right of one kind, as it may. */
const changesRefs = (step: MachStep, right: string, fits: (entry: Entry, delta: number) => boolean = () => true): boolean => {
  if (!isCall(step, 'mach_port_mod_refs') || step.call.right !== right) return false;
  const subject = subjectOf(step);
  return subject !== null && fits(subject.entry, step.call.delta);
};

/** The receive right of a name goes by `mach_port_mod_refs`. */
const dropsReceive = (step: MachStep, fits: (entry: Extract<Entry, { tag: 'port' }>) => boolean = () => true): boolean =>
  changesRefs(step, 'receive', (entry, delta) => delta === -1 && isPort(entry) && fits(entry));

const leaves = (disposition: Disposition, fits: (taking: Taking) => boolean) => (step: MachStep): boolean => takes(step, disposition, fits);

const isDead = ({ entry }: Taking): boolean => entry.tag === 'dead';

const isRequested = ({ entry }: Taking): boolean => 'request' in entry && entry.request !== null;

/** Names of spaces that nobody had to do with, and that a port's death made other than it should have. */
const misburied = once((step): readonly string[] => {
  if (casualties(step).length === 0) return [];
  const { before, after, call } = step;
  const busy = new Set<number | null>(['thread' in call ? callerTask(step) : null, targetTask(step)]);
  if (step.events.some(({ tag }) => tag !== 'returned') || dequeued(step).length > 0 || call.operation === 'mach_msg') {
    for (const { thread } of step.events) busy.add(before.threads[thread]!.task);
  }
  return [...namesOf(before)].flatMap(([task, name, entry]) => {
    if ((!isPort(entry) && entry.tag !== 'send-once') || isLive(after, entry.port)) return [];
    if (busy.has(task) || after.tasks[task]!.life === 'dead') return [];
    const refs = (isPort(entry) ? entry.sends : 1) + (entry.request === null ? 0 : 1);
    const now = entryAt(after, task, name);
    return now?.tag === 'dead' && now.refs === refs ? [] : [`n${name} of ${taskName(task)} is not dead with ${refs} references`];
  });
});

/** Names that a step let die without having been about them. */
const buries = (step: MachStep, fits: (entry: Extract<Entry, { request: unknown }>) => boolean): boolean =>
  casualties(step).length > 0 && [...namesOf(step.before)].some(([task, name, entry]) =>
    (entry.tag === 'port' || entry.tag === 'send-once') && !isLive(step.after, entry.port) && fits(entry)
    && entryAt(step.after, task, name)?.tag === 'dead');

const freed = (step: MachStep): readonly Watched[] => watched(step).filter(({ fate }) => fate === 'deleted');

/** Watched names that a step frees while their port lives, and who was not told. */
const untold = (step: MachStep): readonly string[] => missing(step, freed(step).map(({ task, name, to }) =>
  ({ kind: 'port-deleted', to, about: nameText({ task, name }) })));

/** A watched name that goes on, with one of its two rights. */
const keepsRequest = (step: MachStep, lost: 'send' | 'receive'): boolean => watched(step).some(({ task, name, fate }) => {
  const [was, is] = [entryAt(step.before, task, name), entryAt(step.after, task, name)];
  if (fate !== 'watched' || !isPort(was) || !isPort(is)) return false;
  return lost === 'send' ? was.sends > 0 && is.sends === 0 : was.receive && !is.receive;
});

export const entryLaws = {
  'mach/acquired-send-right-adds-a-reference': {
    step: soundWhere((step) => acquires(step, 'send')),
    sometimes: {
      'a receive name gets its first reference': (step) => acquires(step, 'send', (known) => known?.sends === 0),
      'a send name gets one more': (step) => acquires(step, 'send', (known) => known !== null && known.sends > 0 && !known.receive),
      'a task learns of a port': (step) => acquires(step, 'send', (known, { how }) => known === null && how !== 'insertion'),
    },
  },

  'mach/acquired-receive-right-joins-the-send-name': {
    step: soundWhere((step) => acquires(step, 'receive')),
    sometimes: {
      'it joins a send name with several references': (step) => acquires(step, 'receive', (known) => known !== null && known.sends > 1),
      'it gets a new name': (step) => acquires(step, 'receive', (known, { how }) => known === null && how === 'message'),
    },
  },

  'mach/acquired-send-once-right-is-fresh': {
    step: soundWhere((step) => acquires(step, 'send-once')),
    sometimes: {
      'the task sends to the port already': (step) => acquires(step, 'send-once', (known) => known !== null && known.sends > 0),
      'the task receives from the port': (step) => acquires(step, 'send-once', (known) => known?.receive === true),
      'the task has another send-once right to it': (step) => arrivals(step).some(({ task, right }) => right.tag === 'right'
        && right.kind === 'send-once' && step.before.tasks[task]!.names.some((entry) => entry?.tag === 'send-once' && entry.port === right.port)),
    },
  },

  'mach/mod-refs-moves-send-references': {
    on: ['mach_port_mod_refs'],
    step: soundWhere((step) => changesRefs(step, 'send')),
    sometimes: {
      'references are added': (step) => changesRefs(step, 'send', (_, delta) => delta > 0),
      'several go, and some stay': (step) => changesRefs(step, 'send', (entry, delta) => isPort(entry) && delta < -1 && entry.sends + delta > 0),
      'the last goes, and the name with it': (step) => changesRefs(step, 'send', (entry, delta) => isPort(entry) && !entry.receive && entry.sends + delta === 0),
      'the last goes, and the name still receives': (step) => changesRefs(step, 'send', (entry, delta) => isPort(entry) && entry.receive && entry.sends + delta === 0),
    },
  },

  'mach/mod-refs-destroys-the-receive-right': {
    on: ['mach_port_mod_refs'],
    step: (step) => (dropsReceive(step) ? [...amiss(step), ...misburied(step)] : []),
    sometimes: {
      'the name has nothing else': (step) => dropsReceive(step, ({ sends }) => sends === 0),
      'send references become dead ones': (step) => dropsReceive(step, ({ sends, port }) => sends > 0 && !isLive(step.after, port)),
      'so does a request on the name': (step) => dropsReceive(step, ({ sends, request, port }) =>
        sends > 0 && request !== null && !isLive(step.after, port)),
      'the port is handed over': (step) => dropsReceive(step, ({ port }) => isLive(step.after, port)),
    },
  },

  'mach/mod-refs-destroys-the-send-once-right': {
    on: ['mach_port_mod_refs'],
    step: soundWhere((step) => changesRefs(step, 'send-once')),
    sometimes: {
      'it goes': (step) => changesRefs(step, 'send-once', (_, delta) => delta === -1),
      'it stays, by a delta of 0': (step) => changesRefs(step, 'send-once', (_, delta) => delta === 0),
    },
  },

  'mach/mod-refs-destroys-the-port-set': {
    on: ['mach_port_mod_refs'],
    step: soundWhere((step) => changesRefs(step, 'port-set')),
    sometimes: {
      'a set with members goes': (step) => changesRefs(step, 'port-set', (entry, delta) =>
        delta === -1 && step.before.ports.some(({ set }) => entry.tag === 'set' && set === entry.set)),
      'it stays, by a delta of 0': (step) => changesRefs(step, 'port-set', (_, delta) => delta === 0),
    },
  },

  'mach/mod-refs-moves-dead-references': {
    on: ['mach_port_mod_refs'],
    step: soundWhere((step) => changesRefs(step, 'dead-name')),
    sometimes: {
      'references are added': (step) => changesRefs(step, 'dead-name', (_, delta) => delta > 0),
      'some go, and some stay': (step) => changesRefs(step, 'dead-name', (entry, delta) => entry.tag === 'dead' && delta < 0 && entry.refs + delta > 0),
      'all go': (step) => changesRefs(step, 'dead-name', (entry, delta) => entry.tag === 'dead' && entry.refs + delta === 0),
    },
  },

  'mach/move-receive-leaves-send-references': {
    step: soundWhere((step) => takes(step, 'move-receive')),
    sometimes: {
      'several send references stay': leaves('move-receive', ({ entry }) => isPort(entry) && entry.sends > 1),
      'the name is freed': leaves('move-receive', ({ entry }) => isPort(entry) && entry.sends === 0),
    },
  },

  'mach/move-send-takes-one-reference': {
    step: soundWhere((step) => takes(step, 'move-send')),
    sometimes: {
      'others stay': leaves('move-send', ({ entry }) => isPort(entry) && entry.sends > 1),
      'it was the last, and the name is freed': leaves('move-send', ({ entry }) => isPort(entry) && entry.sends === 1 && !entry.receive),
      'it was the last, and the name still receives': leaves('move-send', ({ entry }) => isPort(entry) && entry.sends === 1 && entry.receive),
      'a dead name keeps some references': leaves('move-send', ({ entry }) => entry.tag === 'dead' && entry.refs > 1),
      'a dead name loses its last': leaves('move-send', ({ entry }) => entry.tag === 'dead' && entry.refs === 1),
    },
  },

  'mach/copy-send-leaves-the-entry': {
    step: soundWhere((step) => takes(step, 'copy-send')),
    sometimes: {
      'a send right is copied': leaves('copy-send', ({ entry }) => isPort(entry)),
      'a dead name is copied': leaves('copy-send', isDead),
    },
  },

  'mach/making-a-right-leaves-the-entry': {
    step: soundWhere((step) => takes(step, 'make-send') || takes(step, 'make-send-once')),
    sometimes: {
      'the name has send references too': leaves('make-send', ({ entry }) => isPort(entry) && entry.sends > 0),
      'the name receives alone': leaves('make-send', ({ entry }) => isPort(entry) && entry.sends === 0),
      'a send-once right is made': leaves('make-send-once', ({ entry }) => isPort(entry)),
    },
  },

  'mach/move-send-once-frees-the-name': {
    step: soundWhere((step) => takes(step, 'move-send-once')),
    sometimes: {
      'a send-once right goes': leaves('move-send-once', ({ entry }) => entry.tag === 'send-once'),
      'a watched one goes': leaves('move-send-once', isRequested),
      'a dead name is given instead': leaves('move-send-once', isDead),
    },
  },

  'mach/port-death-leaves-dead-names': {
    step: (step) => (casualties(step).length === 0 ? [] : [...misburied(step), ...amiss(step)]),
    sometimes: {
      'a name with several references dies': (step) => buries(step, (entry) => isPort(entry) && entry.sends > 1 && entry.request === null),
      'a watched send name dies': (step) => buries(step, (entry) => isPort(entry) && entry.request !== null),
      'a send-once name dies': (step) => buries(step, (entry) => entry.tag === 'send-once' && entry.request === null),
      'a watched send-once name dies': (step) => buries(step, (entry) => entry.tag === 'send-once' && entry.request !== null),
    },
  },

  'mach/freed-name-yields-port-deleted': {
    step: (step) => (watched(step).length === 0 ? [] : [...untold(step), ...amiss(step)]),
    sometimes: {
      'a watched name is given up': (step) => isCall(step, 'mach_port_deallocate', 'mach_port_destroy') && freed(step).length > 0,
      'the port dies of it': (step) => isCall(step, 'mach_port_destroy', 'mach_port_mod_refs')
        && freed(step).some(({ port }) => !isLive(step.after, port)),
      'a watched name is used up in a message': (step) => isCall(step, 'mach_msg') && freed(step).length > 0,
      'a receive right leaves a watched name': (step) => takings(step).some((taking) =>
        taking.disposition === 'move-receive' && isPort(taking.entry) && taking.entry.sends === 0 && isRequested(taking)),
      'the last send reference goes, and the request stays': (step) => keepsRequest(step, 'send'),
      'the receive right goes, and the request stays': (step) => keepsRequest(step, 'receive'),
    },
  },
} satisfies MachLaws;
