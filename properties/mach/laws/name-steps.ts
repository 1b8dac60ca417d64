import type { Disposition, Name, TaskId } from '#spec/mach/vocabulary';
import type { Carried, Entry, PortId } from '#model/mach/state';
import { callerTask, entryAt, isLive, succeeded } from '#properties/mach/facts';
import { misanswered, registeredBefore } from '#properties/mach/laws/answers';
import { deviations } from '#properties/mach/laws/deviations';
import { misnamed } from '#properties/mach/laws/expected-spaces';
import { argumentIn, argumentOf, judged, misjudged } from '#properties/mach/laws/judged';
import { isCall, once, targetTask } from '#properties/mach/laws/ledger';
import { expectedOf, givenBackIn, sendsIn, takenIn } from '#properties/mach/laws/message-steps';
import type { CallOf, MachStep } from '#properties/mach/obligation';

/** All that is wrong with what a step did to names and ports, and with what it answered. */
export const amiss = once((step): readonly string[] =>
  [...misjudged(step), ...misanswered(step), ...deviations(step), ...(isExchange(step) ? misnamed(step) : [])]);

/** Messages are told by who took them: not by threads that take theirs later, or name a port by a name used again. */
const isExchange = (step: MachStep): boolean =>
  isCall(step, 'mach_msg', 'timeout') && step.choices.every(({ kind }) => kind !== 'reused name');

/** A law that speaks of the steps of one kind: what they make of names, ports and sets is as it should be. */
export const soundWhere = (applies: (step: MachStep) => boolean) =>
  (step: MachStep): readonly string[] => (applies(step) ? amiss(step) : []);

/** A right that a step takes out of a space by its disposition. */
export interface Taking {
  readonly task: TaskId;
  readonly name: Name;
  readonly disposition: Disposition;
  /** What the name denoted before the step. */
  readonly entry: Entry;
  readonly as: 'destination' | 'reply' | 'item' | 'argument' | 'extraction';
}

export const takings = once((step): readonly Taking[] => {
  const found: Taking[] = [];
  const add = (task: TaskId, name: Name, disposition: Disposition | 'other' | null, as: Taking['as']): void => {
    const entry = entryAt(step.before, task, name);
    if (entry !== null && disposition !== null && disposition !== 'other') found.push({ task, name, disposition, entry, as });
  };
  const send = sendsIn(step)?.send;
  const expected = expectedOf(step);
  if (send !== undefined && expected !== null) {
    const task = callerTask(step);
    add(task, send.remote.name, send.remote.disposition, 'destination');
    add(task, send.local.name, send.local.disposition, 'reply');
    expected.message.body.forEach((item, at) => {
      const sent = send.body[at];
      if (item.tag !== 'rights' || sent?.tag !== 'rights') return;
      sent.names.slice(0, item.rights.length).forEach((name) => add(task, name, sent.disposition, 'item'));
    });
  }
  const argument = argumentIn(step);
  const gate = judged(step)?.gate;
  if (argument !== null && (gate === undefined || gate === 'operation')) add(callerTask(step), argument.name, argument.disposition, 'argument');
  if (isExtraction(step)) add(targetTask(step)!, step.call.name, step.call.disposition, 'extraction');
  return found;
});

const isExtraction = (step: MachStep): step is MachStep & { readonly call: CallOf<'mach_port_extract_right'> } =>
  isCall(step, 'mach_port_extract_right') && judged(step) === null;

/** Whether a step takes a right with a disposition out of an entry as described. */
export const takes = (step: MachStep, disposition: Disposition, fits: (taking: Taking) => boolean = () => true): boolean =>
  takings(step).some((taking) => taking.disposition === disposition && fits(taking));

/** A right that came to a space. */
export interface Arrival {
  readonly task: TaskId;
  readonly right: Carried;
  readonly how: 'message' | 'extraction' | 'insertion' | 'exchange' | 'given back';
}

export const arrivals = once((step): readonly Arrival[] => {
  const found: Arrival[] = [];
  for (const { task, source, body } of takenIn(step)) {
    if (source === null || body === null) continue;
    const rights = source.body.flatMap((item) => (item.tag === 'rights' ? item.rights : []));
    for (const right of [source.reply, ...rights]) found.push({ task, right, how: 'message' });
  }
  for (const { task, source: { destination, reply, body } } of givenBackIn(step)) {
    const rights = body.flatMap((item) => (item.tag === 'rights' ? item.rights : []));
    for (const right of [{ tag: 'right', ...destination } as const, reply, ...rights]) found.push({ task, right, how: 'given back' });
  }
  const caller = succeeded(step) && judged(step) === null && 'task' in step.call ? callerTask(step) : null;
  if (caller === null) return found;
  if (isCall(step, 'mach_port_extract_right')) {
    const { name, disposition } = step.call;
    found.push({ task: caller, right: argumentOf(step, { name, disposition }, targetTask(step)!)!, how: 'extraction' });
  }
  if (isCall(step, 'mach_port_insert_right')) found.push({ task: targetTask(step)!, right: argumentOf(step, step.call.right)!, how: 'insertion' });
  if (isCall(step, 'mach_port_request_notification')) {
    const port = registeredBefore(step);
    if (port !== null) found.push({ task: caller, right: { tag: 'right', port, kind: 'send-once' }, how: 'exchange' });
  }
  return found;
});

/** What a space had for a port before a step; null if nothing that sends or receives. */
export function knownBefore({ before }: MachStep, task: TaskId, port: PortId): Extract<Entry, { tag: 'port' }> | null {
  for (const entry of before.tasks[task]!.names) if (entry?.tag === 'port' && entry.port === port) return entry;
  return null;
}

/** Whether a live right of a kind came to a space that knew its port as described. */
export const acquires = (
  step: MachStep, kind: Carried['kind'], fits: (known: Extract<Entry, { tag: 'port' }> | null, arrival: Arrival) => boolean = () => true,
): boolean => arrivals(step).some((arrival) => {
  const { task, right } = arrival;
  return right.tag === 'right' && right.kind === kind && isLive(step.after, right.port) && fits(knownBefore(step, task, right.port), arrival);
});

/** The name a call on names is about, what it denoted, and that it must succeed. */
export function subjectOf(step: MachStep): { readonly task: TaskId; readonly name: Name; readonly entry: Entry } | null {
  if (!('name' in step.call) || judged(step) !== null) return null;
  const task = targetTask(step);
  const entry = task === null ? null : entryAt(step.before, task, step.call.name);
  return task === null || entry === null ? null : { task, name: step.call.name, entry };
}
