import type { Name, TaskId } from '#spec/mach/vocabulary';
import type { Entry, PortId } from '#model/mach/state';
import type { CallOf, MachStep } from '#properties/mach/obligation';
import { callerTask, entryAt, errorOf, isLive, namesOf, succeeded } from '#properties/mach/facts';
import { canTake, isCall, once, targetFault, targetTask } from '#properties/mach/laws/ledger';
import { nameText, type Notice } from '#properties/mach/laws/notices';

/** What a step made of a name with a dead-name request. */
export type Fate =
  /** It is as it was, perhaps under another name. */
  | 'watched'
  /** Its request was swapped for another. */
  | 'swapped'
  /** Its port died, and the name is dead. */
  | 'dead'
  /** It was freed while its port lived. */
  | 'deleted'
  /** It went with its task, which took its port along: which came first is open. */
  | 'dead or deleted'
  /** It was freed by a send that asked not to be told. */
  | 'cancelled'
  /** It was made dead although its port lives: one variant tells of that when the port really dies. */
  | 'stray';

export interface Watched {
  readonly task: TaskId;
  readonly name: Name;
  readonly port: PortId;
  readonly to: PortId;
  readonly fate: Fate;
}

export const requestOf = (entry: Entry | null): PortId | null =>
  (entry?.tag === 'port' || entry?.tag === 'send-once' ? entry.request : null);

/** Every name that had a dead-name request before a step, and what became of it. */
export const watched = once((step): readonly Watched[] => {
  const found: Watched[] = [];
  for (const [task, name, entry] of namesOf(step.before)) {
    if ((entry.tag !== 'port' && entry.tag !== 'send-once') || entry.request === null) continue;
    const { port, request: to } = entry;
    found.push({ task, name, port, to, fate: fateOf(step, task, name, port, to) });
  }
  return found;
});

function fateOf(step: MachStep, task: TaskId, name: Name, port: PortId, to: PortId): Fate {
  const lives = isLive(step.after, port);
  if (newName(step, task, name) !== name) return 'watched';
  const now = entryAt(step.after, task, name);
  if (now?.tag === 'dead') return lives ? 'stray' : 'dead';
  if (step.after.tasks[task]!.life === 'dead') return lives ? 'deleted' : 'dead or deleted';
  if (isSwap(step, task, name)) return 'swapped';
  if (now === null) return suppresses(step, task, name, to) ? 'cancelled' : 'deleted';
  return refills(step, task, name) ? 'deleted' : 'watched';
}

/** The name under which what a name denoted is to be found after a step. */
export const newName = (step: MachStep, task: TaskId, name: Name): Name =>
  (isCall(step, 'mach_port_rename') && succeeded(step) && targetTask(step) === task && step.call.name === name
    ? step.call.to : name);

const isSwap = (step: MachStep, task: TaskId, name: Name): boolean =>
  isCall(step, 'mach_port_request_notification') && step.call.kind === 'dead-name' && succeeded(step)
  && targetTask(step) === task && step.call.name === name;

/** An insertion may free the very name that it then fills. */
const refills = (step: MachStep, task: TaskId, name: Name): boolean =>
  isCall(step, 'mach_port_insert_right') && succeeded(step) && callerTask(step) === task
  && targetTask(step) === task && step.call.name === name && step.call.right.name === name
  && !(step.call.right.disposition === 'copy-send' || step.call.right.disposition.startsWith('make'))
  && leavesNothing(entryAt(step.before, task, name)!, step.call.right.disposition);

const leavesNothing = (entry: Entry, disposition: string): boolean =>
  entry.tag === 'send-once' || (entry.tag === 'port' && (disposition === 'move-receive' ? entry.sends === 0
    : entry.sends === 1 && !entry.receive));

/** Whether a send uses up the name it is sent through, and asks not to be told of it at a port. */
function suppresses(step: MachStep, task: TaskId, name: Name, to: PortId): boolean {
  if (!isCall(step, 'mach_msg') || callerTask(step) !== task || step.call.send?.remote.name !== name) return false;
  const used = entryAt(step.before, task, name);
  if (!step.call.send.remote.disposition?.startsWith('move') || (used?.tag === 'port' && used.sends > 1)) return false;
  const entry = entryAt(step.before, task, step.call.notify);
  return step.call.options.includes('send-cancel') && entry?.tag === 'port' && entry.receive && entry.port === to;
}

type Asking = MachStep & { readonly call: CallOf<'mach_port_request_notification'> };

/** The name that a request is about, and what it denotes once the notify right has left its space. */
export function asked(step: Asking): Entry | null {
  const { before, call } = step;
  const task = targetTask(step)!;
  const entry = entryAt(before, task, call.name);
  const { name, disposition } = call.notify;
  if (task !== callerTask(step) || name !== call.name || entry === null) return entry;
  if (disposition !== 'move-send-once' || !canTake(entry, disposition)) return entry;
  return entry.tag === 'dead' && entry.refs > 1 ? { ...entry, refs: entry.refs - 1 } : null;
}

/** The port that the notify argument of a request stands for. */
export function notifyOf(step: Asking): PortId | 'null' | 'dead' {
  const { name } = step.call.notify;
  if (name <= 0) return name === 0 ? 'null' : 'dead';
  const entry = entryAt(step.before, callerTask(step), name);
  return entry?.tag === 'port' || entry?.tag === 'send-once' ? entry.port : 'dead';
}

/** Whether a call asks about a name that is dead already, with a notify argument that it can give. */
export const asksOfTheDead = (step: MachStep): step is Asking =>
  isCall(step, 'mach_port_request_notification') && step.call.kind === 'dead-name' && targetFault(step) === null
  && errorOf(step) !== 'MACH_SEND_INVALID_RIGHT' && asked(step)?.tag === 'dead';

/** What a request about a dead name sends, if it is granted. */
export function atOnce(step: MachStep): readonly Notice[] {
  if (!asksOfTheDead(step) || !succeeded(step)) return [];
  const to = notifyOf(step);
  if (typeof to !== 'number') return [];
  return [{ kind: 'dead-name', to, about: nameText({ task: targetTask(step)!, name: step.call.name }) }];
}

/** The notifications about watched names that a step owes, and those it may send besides. */
export interface Owed {
  readonly dead: readonly Notice[];
  readonly deleted: readonly Notice[];
  readonly perhaps: readonly Notice[];
}

export const owed = once((step): Owed => {
  const all = watched(step);
  const of = (fate: Fate, kind: Notice['kind']) => all.filter((one) => one.fate === fate).map(noticeAs(kind));
  return {
    dead: [...of('dead', 'dead-name'), ...lateNotices(step), ...atOnce(step)],
    deleted: of('deleted', 'port-deleted'),
    perhaps: [
      ...of('dead or deleted', 'dead-name'), ...of('dead or deleted', 'port-deleted'), ...of('cancelled', 'port-deleted'),
      ...watchedMeanwhile(step),
    ],
  };
});

const noticeAs = (kind: Notice['kind']) => ({ task, name, to }: Watched): Notice =>
  ({ kind, to, about: nameText({ task, name }) });

/** Names of one variant that were dead already, while their port dies only in this step. */
const lateNotices = ({ before, after }: MachStep): readonly Notice[] =>
  before.ports.flatMap(({ stray }, port) => (isLive(after, port as PortId) ? []
    : stray.map(({ name, notify }) => ({ kind: 'dead-name', to: notify, about: nameText(name) }) as const)));

/** A name that came with a request, and died, all in this step. */
const watchedMeanwhile = ({ before, after }: MachStep): readonly Notice[] =>
  [...namesOf(after)].flatMap(([task, name, entry]) =>
    (entry.tag !== 'dead' || entry.refs < 2 || entryAt(before, task, name) !== null ? []
      : before.ports.map((_, to) => ({ kind: 'dead-name', to: to as PortId, about: nameText({ task, name }) }) as const)));

/** References of a name besides those that a request adds. */
export const refsOf = (entry: Entry): number =>
  entry.tag === 'port' ? entry.sends : entry.tag === 'dead' ? entry.refs : 1;
