import type { MachReturns, Name, TypeFlag } from '#spec/mach/vocabulary';
import type { Carried, Entry, MachState, PortId } from '#model/mach/state';
import { callerEvent, callerTask, countSendOnceRights, entryAt } from '#properties/mach/facts';
import { argumentOf, countOf, judged, nameOperations } from '#properties/mach/laws/judged';
import { once, targetTask } from '#properties/mach/laws/ledger';
import { countAt, denotes } from '#properties/mach/laws/message-steps';
import { hasSenders } from '#properties/mach/laws/request-slots';
import type { CallOf, MachStep } from '#properties/mach/obligation';

type Operation = MachStep['call']['operation'];
type Answer<Op extends Operation> = (step: MachStep & { readonly call: CallOf<Op> }, value: MachReturns<Op>) => boolean;

const flagOrder = ['send', 'receive', 'send-once', 'port-set', 'dead-name'] as const;

/** What a name is reported to be. */
export function flagsOf(entry: Entry): readonly TypeFlag[] {
  const flags: TypeFlag[] = flagOrder.filter((right) => countOf(entry, right) !== null);
  if ((entry.tag === 'port' || entry.tag === 'send-once') && entry.request !== null) flags.push('dead-name-request');
  if (entry.tag === 'port' && entry.accepted) flags.push('msg-accepted-request');
  return flags;
}

const alike = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const subject = (step: MachStep): Entry => entryAt(step.before, targetTask(step)!, (step.call as { readonly name: Name }).name)!;

/** The same names, each once, in whatever order. */
export const sameNames = (a: readonly number[], b: readonly number[]): boolean =>
  alike([...a].sort((x, y) => x - y), [...b].sort((x, y) => x - y));

const names: Answer<'mach_port_names'> = (step, { names: listed }) => {
  const entries = step.before.tasks[targetTask(step)!]!.names;
  const known = entries.flatMap((entry, name) => (entry === null ? [] : [name]));
  return sameNames(listed.map(({ name }) => name), known)
    && listed.every(({ name, type }) => alike(type, flagsOf(entries[name]!)));
};

const receiveStatus: Answer<'mach_port_get_receive_status'> = (step, status) => {
  const { before } = step;
  const { port: id } = subject(step) as Extract<Entry, { tag: 'port' }>;
  const port = before.ports[id]!;
  const set = before.tasks[targetTask(step)!]!.names.findIndex((entry) => entry?.tag === 'set' && entry.set === port.set);
  return alike(status, {
    set: port.set === null ? 0 : set,
    sequence: port.sequence,
    makeSend: port.makeSend,
    queueLimit: port.queueLimit,
    messages: countAt(before, id),
    sendOnceRights: countSendOnceRights(before)[id],
    sendRights: hasSenders(before, id),
    portDestroyedRequest: port.portDestroyed !== null,
    noSendersRequest: port.noSenders !== null,
  });
};

const setStatus: Answer<'mach_port_get_set_status'> = (step, { members }) => {
  const { set } = subject(step) as Extract<Entry, { tag: 'set' }>;
  const inside = step.before.tasks[targetTask(step)!]!.names.flatMap((entry, name) =>
    (entry?.tag === 'port' && entry.receive && step.before.ports[entry.port]!.set === set ? [name] : []));
  return sameNames(members, inside);
};

/** Whether a name is one that the kernel may pick: it denoted nothing, or was freed by the very call. */
function isFree({ before, after }: MachStep, task: number, name: Name, freed: Name | null): boolean {
  return name > 0 && (before.tasks[task]!.names[name] ?? null) === null ? after.tasks[task]!.names[name] !== null : name === freed;
}

/** Whether a right that came to a space is under the name it should be under. */
export function arrivedAs(step: MachStep, task: number, name: Name, right: Carried, freed: Name | null = null): boolean {
  const { before, after } = step;
  if (!denotes(after, task as never, name, right)) return false;
  if (right.tag !== 'right' || after.ports[right.port]!.life === 'dead') return true;
  if (right.kind === 'send-once') return isFree(step, task, name, freed);
  const known = before.tasks[task]!.names.findIndex((entry) => entry?.tag === 'port' && entry.port === right.port);
  return known > 0 ? name === known || known === freed : isFree(step, task, name, freed);
}

const extractRight: Answer<'mach_port_extract_right'> = (step, { name, kind }) => {
  const target = targetTask(step)!;
  const right = argumentOf(step, step.call, target)!;
  const freed = target === callerTask(step) ? step.call.name : null;
  return kind === right.kind && arrivedAs(step, callerTask(step), name, right, freed);
};

const requestNotification: Answer<'mach_port_request_notification'> = (step, { previous }) => {
  const registered = registeredBefore(step);
  const right: Carried = registered === null ? { tag: 'null', kind: null } : { tag: 'right', port: registered, kind: 'send-once' };
  return arrivedAs(step, callerTask(step), previous, right, step.call.notify.name);
};

/** The right that a request takes the place of. */
export function registeredBefore(step: MachStep & { readonly call: CallOf<'mach_port_request_notification'> }): PortId | null {
  const entry = subject(step);
  const { kind } = step.call;
  if (kind === 'dead-name') return entry.tag === 'port' || entry.tag === 'send-once' ? entry.request : null;
  const { port } = entry as Extract<Entry, { tag: 'port' }>;
  return step.before.ports[port]![kind === 'no-senders' ? 'noSenders' : 'portDestroyed'];
}

const allocated = (state: MachState, task: number, name: Name): string | undefined => {
  const entry = entryAt(state, task as never, name);
  return entry?.tag === 'port' ? 'receive' : entry?.tag === 'set' ? 'port-set' : entry?.tag === 'dead' ? 'dead-name' : undefined;
};

/** Whether the answer of each operation on names is the right one, once it has succeeded. The rest give none. */
const answers: { readonly [Op in Operation]?: Answer<Op> } = {
  mach_port_allocate: (step, { name }) => {
    const task = targetTask(step)!;
    return isFree(step, task, name, null) && allocated(step.after, task, name) === step.call.right;
  },
  mach_port_get_refs: (step, { refs }) => refs === (countOf(subject(step), step.call.right as never) ?? 0),
  mach_port_type: (step, { type }) => alike(type, flagsOf(subject(step))),
  mach_port_names: names,
  mach_port_extract_right: extractRight,
  mach_port_get_set_status: setStatus,
  mach_port_get_receive_status: receiveStatus,
  mach_port_request_notification: requestNotification,
};

/** Whether the answer to a call on names that had to succeed is another than it should be. */
export const misanswered = once((step): readonly string[] => {
  const { call } = step;
  if (!nameOperations.includes(call.operation) || judged(step) !== null) return [];
  const event = callerEvent(step);
  if (event?.tag !== 'returned') return [];
  const answer = answers[call.operation] as Answer<never> | undefined;
  const isRight = answer === undefined ? event.value === null : answer(step as never, event.value as never);
  return isRight ? [] : [`${call.operation} answered ${JSON.stringify(event.value)}`];
});
