import type { ReportedName } from '#spec/mach/vocabulary';
import type { Item, MachState, Message, PortId } from '#model/mach/state';
import type { MachStep } from '#properties/mach/obligation';
import { entryAt, isLive, messagesIn, portName, taskName } from '#properties/mach/facts';
import { dequeued, once, receivesUnheard, type Dequeued } from '#properties/mach/laws/ledger';

export const noticeKinds = {
  65: 'port-deleted', 66: 'msg-accepted', 69: 'port-destroyed', 70: 'no-senders', 71: 'send-once', 72: 'dead-name',
} as const;
export type NoticeKind = (typeof noticeKinds)[keyof typeof noticeKinds];

/** A notification: where it was sent, of which kind, and what it says, in words. */
export interface Notice { readonly to: PortId; readonly kind: NoticeKind; readonly about: string }

/** The notifications that a step sent, as far as they can be told from what is there after it. */
export interface Heard {
  readonly notices: readonly Notice[];
  /** Ports where a header was all that was seen, so that it cannot be told what was sent there. */
  readonly blurred: ReadonlySet<PortId>;
  /** False if somebody received from a port nobody can tell any more, or without anybody's hearing of it. */
  readonly clear: boolean;
}

export const kindOf = (id: number): NoticeKind | undefined => (noticeKinds as Record<number, NoticeKind>)[id];

export const nameText = ({ task, name }: ReportedName): string => (name > 0 ? `n${name} of ${taskName(task)}` : 'no name');

/**
 * Notifications that are there after a step and were not there before, in queues, with receivers that have
 * not run, and received in the step itself. Those that went to ports now dead have left no trace.
 */
export const heard = once((step): Heard => {
  const { before, after } = step;
  const notices: Notice[] = [];
  const blurred = new Set<PortId>();
  let clear = !receivesUnheard(step);
  for (const [message, { at }] of messagesIn(after)) {
    const notice = at === 'sender' ? null : noticeOf(message);
    if (notice !== null && message.serial >= before.serial) notices.push(notice);
  }
  const old = consumed(step);
  for (const taken of dequeued(step)) {
    const to = portOf(after, taken);
    if (to === null) clear = false;
    else if (kindOf(taken.header.id) !== undefined) {
      if (taken.body === null) blurred.add(to);
      else {
        const notice = { to, kind: kindOf(taken.header.id)!, about: textOf(after, taken) };
        const was = old.findIndex(({ key, seen }) => key === keyOf(notice) || (seen.kind === 'port-destroyed' && keyOf({ ...seen, about: '' }) === keyOf({ ...notice, about: '' })));
        if (was < 0) notices.push(notice);
        else old.splice(was, 1);
      }
    }
  }
  return { notices, blurred, clear };
});

const keyOf = ({ to, kind, about }: Notice): string => `${to} ${kind} ${about}`;

/** Notifications that were there before a step and are not there after it. */
function consumed({ before, after }: MachStep): { key: string; seen: Notice }[] {
  const left = new Set<number>();
  for (const [message] of messagesIn(after)) left.add(message.serial);
  const gone: { key: string; seen: Notice }[] = [];
  for (const [message, { at }] of messagesIn(before)) {
    const seen = at === 'sender' || left.has(message.serial) ? null : noticeOf(message);
    if (seen !== null) gone.push({ key: keyOf(seen), seen });
  }
  return gone;
}

function noticeOf(message: Message): Notice | null {
  const kind = message.sender === -1 ? kindOf(message.id) : undefined;
  return kind === undefined ? null : { to: message.destination.port, kind, about: bodyText(message.body) };
}

function bodyText(body: readonly Item[]): string {
  return body.map((item) => {
    switch (item.tag) {
      case 'name': return nameText(item.name);
      case 'count': return String(item.count);
      case 'rights': return item.rights.map((right) => (right.tag === 'right' ? portName(right.port) : right.tag)).join(' ');
      default: return item.tag;
    }
  }).join(' ');
}

function textOf(after: MachState, { task, body }: Dequeued): string {
  return body!.map((item) => {
    switch (item.tag) {
      case 'name': return nameText(item.name);
      case 'count': return String(item.count);
      case 'rights': return item.names.map((name) => {
        const entry = entryAt(after, task, name);
        return entry?.tag === 'port' ? portName(entry.port) : 'dead';
      }).join(' ');
      default: return item.tag;
    }
  }).join(' ');
}

/** The port a message was received from. */
export function portOf(after: MachState, { task, header }: Dequeued): PortId | null {
  const entry = entryAt(after, task, header.local.name);
  return entry?.tag === 'port' ? entry.port : null;
}

/** Whether everything sent to a port in a step can be seen. */
export const isHeard = (step: MachStep, port: PortId): boolean =>
  heard(step).clear && isLive(step.after, port) && !heard(step).blurred.has(port);

/** The notifications of some kinds that a step owed, held against those it sent. `optional` ones may be sent. */
export function audit(
  step: MachStep, kinds: readonly NoticeKind[], due: readonly Notice[], optional: readonly Notice[] = [],
): string[] {
  const spare = [...optional];
  const sent = heard(step).notices.filter(({ to, kind }) => kinds.includes(kind) && isHeard(step, to));
  const violations: string[] = [];
  for (const notice of due) {
    if (!isHeard(step, notice.to)) continue;
    const at = sent.findIndex((one) => keyOf(one) === keyOf(notice));
    if (at < 0) violations.push(`${portName(notice.to)} was not sent ${words(notice)}`);
    else sent.splice(at, 1);
  }
  for (const notice of sent) {
    const at = spare.findIndex((one) => keyOf(one) === keyOf(notice));
    if (at < 0) violations.push(`${portName(notice.to)} was sent ${words(notice)} for no reason`);
    else spare.splice(at, 1);
  }
  return violations;
}

const words = ({ kind, about }: Notice): string => (about === '' ? kind : `${kind} (${about})`);

/** Notifications that a step owed, of which at least these must have been sent. */
export function missing(step: MachStep, due: readonly Notice[]): string[] {
  const kinds = [...new Set(due.map(({ kind }) => kind))];
  return audit(step, kinds, due, heard(step).notices);
}

/** Whether a step sent any notification of a kind. */
export const sends = (step: MachStep, kind: NoticeKind): boolean => heard(step).notices.some((notice) => notice.kind === kind);
