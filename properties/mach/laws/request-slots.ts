import type { MachState, PortId } from '#model/mach/state';
import type { CallOf, MachStep } from '#properties/mach/obligation';
import { countSendRights, entryAt, messagesIn, namesOf, portName, succeeded } from '#properties/mach/facts';
import { isCall, once, targetTask } from '#properties/mach/laws/ledger';
import { nameText } from '#properties/mach/laws/notices';
import { notifyOf } from '#properties/mach/laws/watched';

/** Every request there is, by the slot it is in, such as `no-senders on p3` and `dead-name on n2 of T1`. */
export function slotsOf(state: MachState): ReadonlyMap<string, PortId> {
  const slots = new Map<string, PortId>();
  for (const [task, name, entry] of namesOf(state)) {
    if ((entry.tag === 'port' || entry.tag === 'send-once') && entry.request !== null) {
      slots.set(`dead-name on ${nameText({ task, name })}`, entry.request);
    }
  }
  state.ports.forEach(({ noSenders, portDestroyed }, port) => {
    if (noSenders !== null) slots.set(`no-senders on ${portName(port as PortId)}`, noSenders);
    if (portDestroyed !== null) slots.set(`port-destroyed on ${portName(port as PortId)}`, portDestroyed);
  });
  for (const [{ accepted }] of messagesIn(state)) {
    if (accepted !== null && accepted.name.name > 0) slots.set(`msg-accepted on ${nameText(accepted.name)}`, accepted.notify);
  }
  return slots;
}

export const slots = once(({ before, after }) => ({ before: slotsOf(before), after: slotsOf(after) }));

export type Requesting = MachStep & { readonly call: CallOf<'mach_port_request_notification'> };

export const isRequest = (step: MachStep): step is Requesting => isCall(step, 'mach_port_request_notification');

export const isGranted = (step: MachStep): step is Requesting => isRequest(step) && succeeded(step);

/** The slot that a request is for; null where it denotes none. */
export function slotAsked(step: Requesting): string | null {
  const { before, call } = step;
  const task = targetTask(step);
  const entry = task === null ? null : entryAt(before, task, call.name);
  if (call.kind === 'dead-name') return task === null ? null : `dead-name on ${nameText({ task, name: call.name })}`;
  return entry?.tag === 'port' && entry.receive && call.kind !== 'other' ? `${call.kind} on ${portName(entry.port)}` : null;
}

/** The port a request is about. */
export function portAsked(step: Requesting): PortId | null {
  const task = targetTask(step);
  const entry = task === null ? null : entryAt(step.before, task, step.call.name);
  return entry?.tag === 'port' || entry?.tag === 'send-once' ? entry.port : null;
}

/** Whether a port has senders, the one that a known defect of one variant counts for ever among them. */
export const hasSenders = (state: MachState, port: PortId): boolean =>
  countSendRights(state)[port]! > 0 || (state.variant === 'gnumach' && state.ports[port]!.sendRights > 0);

/** Whether a granted request fires at once, because what it asks about has come to pass already. */
export function firesAtOnce(step: Requesting): boolean {
  const { before, call } = step;
  const notify = notifyOf(step);
  if (call.kind === 'dead-name') return entryAt(before, targetTask(step)!, call.name)?.tag === 'dead';
  const port = portAsked(step)!;
  return call.kind === 'no-senders' && typeof notify === 'number' && !hasSenders(before, port)
    && before.ports[port]!.makeSend >= call.sync;
}
