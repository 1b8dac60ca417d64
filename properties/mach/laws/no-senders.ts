import { requestNotification } from '#model/mach/notifications/request-notification';
import { setMscount } from '#model/mach/ports/receive-status';
import { clearReceiver } from '#model/mach/ports/clear-receiver';
import { destroyPort } from '#model/mach/ports/destroy-port';
import { copyin } from '#model/mach/rights/copyin';
import { releaseSend, releaseSendOnce } from '#model/mach/rights/release';
import { notifyNoSenders } from '#model/mach/notifications/notify';
import { change } from '#model/operation';
import type { PortId } from '#model/mach/state';
import type { MachLaws, MachMutants, MachStep } from '#properties/mach/obligation';
import { livePorts, messagesIn, portName, rightsIn, succeeded } from '#properties/mach/facts';
import { casualties, holding, inTransit, isCall, made, once, onceRights, senders, survivors } from '#properties/mach/laws/ledger';
import { audit, heard, isHeard, type Notice } from '#properties/mach/laws/notices';
import { firesAtOnce, isGranted, portAsked } from '#properties/mach/laws/request-slots';
import { notifyOf } from '#properties/mach/laws/watched';

/** Whether the receive right of a port left its holder in a step, even if it came back in the same one. */
export const isMoved = (step: MachStep, port: PortId): boolean => {
  if (made(step, 'move-receive')(port).atLeast > 0) return true;
  const { before, after } = holding(step);
  const was = before.get(port);
  const now = after.get(port);
  if (was?.task !== now?.task) return true;
  return was === undefined && inTransit(step).before.get(port)?.serial !== inTransit(step).after.get(port)?.serial;
};

/** Whether a call that failed half-way may have moved the receive right of a port. */
const mayMove = (step: MachStep, port: PortId): boolean => made(step, 'move-receive')(port).atMost > 0;

/** One send right too many that a known defect of one variant counts for ever. */
const leak = ({ before }: MachStep, port: PortId, count: number): number =>
  (before.variant === 'gnumach' ? before.ports[port]!.sendRights - count : 0);

/** What becomes of a no-senders request in a step: it must fire, it must stay, or either is right. */
type Lot = 'fires' | 'stays' | 'open';

function lotOf(step: MachStep, port: PortId): Lot {
  const { before, after } = senders(step);
  const { variant, ports } = step.after;
  if (variant === 'gnumach' && ports[port]!.sendRights > after[port]!) return 'stays';
  if (after[port]! > 0) return 'stays';
  if (before[port]! > 0) return 'fires';
  const { atLeast, atMost } = made(step, 'make-send')(port);
  return atLeast > 0 ? 'fires' : atMost > 0 ? 'open' : 'stays';
}

/** The no-senders notifications a step owes, and those it may send, with the send-once ones of dying ports. */
const account = once((step): { readonly due: readonly Notice[]; readonly perhaps: readonly Notice[] } => {
  const due: Notice[] = [];
  const perhaps: Notice[] = [];
  for (const port of survivors(step)) {
    const { noSenders, makeSend } = step.before.ports[port]!;
    if (noSenders === null) continue;
    const lot = lotOf(step, port);
    const counts = isMoved(step, port) || mayMove(step, port) ? [0, makeSend, step.after.ports[port]!.makeSend] : [step.after.ports[port]!.makeSend];
    const told = [...new Set(counts)].map((count): Notice => ({ kind: 'no-senders', to: noSenders, about: String(count) }));
    if (lot === 'fires' && told.length === 1) due.push(...told);
    else if (lot !== 'stays') perhaps.push(...told);
  }
  for (const port of casualties(step)) {
    const { noSenders, makeSend } = step.before.ports[port]!;
    if (noSenders === null) continue;
    const end = endsExactly(step, port);
    const told = (count: number): Notice => ({ kind: 'no-senders', to: noSenders, about: String(count) });
    if (end === 'no-senders') due.push(told(makeSend));
    if (end === 'open') perhaps.push(told(makeSend), told(0));
  }
  if (isGranted(step) && step.call.kind === 'no-senders' && firesAtOnce(step)) {
    const port = portAsked(step)!;
    due.push({ kind: 'no-senders', to: notifyOf(step) as PortId, about: String(step.before.ports[port]!.makeSend) });
  }
  return { due, perhaps };
});

/** How the request of a port that dies is settled, where the call says so. */
export function endsExactly(step: MachStep, port: PortId): 'no-senders' | 'send-once' | 'open' {
  const holder = holding(step).before.get(port);
  const count = senders(step).before[port]! + leak(step, port, senders(step).before[port]!);
  if (holder === undefined || !isCall(step, 'mach_port_destroy', 'mach_port_mod_refs') || !succeeded(step)) return 'open';
  if (step.call.name !== holder.name) return 'open';
  const entry = step.before.tasks[holder.task]!.names[holder.name]!;
  const combined = entry.tag === 'port' && entry.sends > 0;
  return isCall(step, 'mach_port_destroy') && combined && count === 1 ? 'no-senders' : 'send-once';
}

/** The slot of a request that has fired is empty, and that of one that has not is as it was. */
function slotFaults(step: MachStep): string[] {
  return survivors(step).flatMap((port) => {
    const was = step.before.ports[port]!.noSenders;
    const now = step.after.ports[port]!.noSenders;
    if (isGranted(step) && step.call.kind === 'no-senders' && portAsked(step) === port) return [];
    if (was === null) return now === null ? [] : [`a no-senders request on ${portName(port)} appeared`];
    const lot = lotOf(step, port);
    if (lot === 'open' || (lot === 'fires' ? now === null : now === was)) return [];
    return [lot === 'fires' ? `${portName(port)} has no senders, and its request has not fired`
      : `the no-senders request on ${portName(port)} is gone, and ${senders(step).after[port]} send rights are left`];
  });
}

/** How the make-send count of each port should have changed. */
function countFaults(step: MachStep): string[] {
  return survivors(step).flatMap((port) => {
    // Every request to a pager carries a right to the control port, which the kernel makes.
    if (step.before.ports[port]!.kernel === 'control') return [];
    const was = step.before.ports[port]!.makeSend;
    const now = step.after.ports[port]!.makeSend;
    if (isMoved(step, port)) return now === 0 ? [] : [`${portName(port)} moved, and its make-send count is ${now}`];
    if (isCall(step, 'mach_port_set_mscount') && succeeded(step) && subjectOf(step) === port) {
      return now === step.call.makeSend ? [] : [`the make-send count of ${portName(port)} was set to ${step.call.makeSend}, and is ${now}`];
    }
    const { atLeast, atMost } = made(step, 'make-send')(port);
    const zeroed = now === 0 && (mayMove(step, port)
      || step.before.ports[port]!.portDestroyed !== step.after.ports[port]!.portDestroyed);
    return (now >= was + atLeast && now <= was + atMost) || zeroed ? []
      : [`the make-send count of ${portName(port)} went from ${was} to ${now}, and ${atLeast} send rights were made`];
  });
}

/** The port a call about a receive right is about. */
function subjectOf(step: MachStep & { readonly call: { readonly name: number } }): PortId | null {
  const reference = (step.call as unknown as { task: { tag: string; identity: number } }).task;
  for (const [port, { task, name }] of holding(step).before) {
    if (name === step.call.name && (reference.tag !== 'identity' || reference.identity === task)) return port;
  }
  return null;
}

const requested = (step: MachStep, port: PortId): boolean => step.before.ports[port]!.noSenders !== null;

export const noSendersLaws = {
  'mach/no-senders-request-fires-once': {
    step: (step) => [
      ...slotFaults(step),
      ...audit(step, ['no-senders'], account(step).due, account(step).perhaps),
      ...(isGranted(step) && step.call.kind === 'no-senders' && (firesAtOnce(step) || notifyOf(step) === 'null')
        && step.after.ports[portAsked(step)!]!.noSenders !== null ? [`${portName(portAsked(step)!)} keeps a request that has fired`] : []),
    ],
    sometimes: {
      'it fires at once': (step) => isGranted(step) && step.call.kind === 'no-senders' && firesAtOnce(step),
      'it is stored for want of make-sends': (step) => isGranted(step) && step.call.kind === 'no-senders'
        && !firesAtOnce(step) && senders(step).before[portAsked(step)!] === 0 && typeof notifyOf(step) === 'number',
      'a stored one fires': (step) => survivors(step).some((port) => requested(step, port) && lotOf(step, port) === 'fires'),
    },
  },

  'mach/only-send-rights-are-senders': {
    always: (state) => {
      const counts = countsOf(state);
      return livePorts(state).flatMap((port) => {
        const { sendRights } = state.ports[port]!;
        const exact = state.variant === 'documented' ? sendRights === counts[port] : sendRights >= counts[port]!;
        return exact ? [] : [`${portName(port)} counts ${sendRights} senders, and there are ${counts[port]} send rights`];
      });
    },
    step: (step) => survivors(step).flatMap((port) => (requested(step, port) && step.after.ports[port]!.noSenders === null
      && !(isGranted(step) && portAsked(step) === port) && senders(step).after[port]! > 0
      ? [`${portName(port)} still has senders, and its request is gone`] : [])),
    sometimes: {
      'the last send right goes while a send-once right is left': (step) => survivors(step).some((port) =>
        senders(step).before[port]! > 0 && senders(step).after[port] === 0 && onceRights(step).after[port]! > 0),
      'it fires at once while there is a send-once right': (step) => isGranted(step) && step.call.kind === 'no-senders'
        && firesAtOnce(step) && onceRights(step).before[portAsked(step)!]! > 0,
    },
  },

  'mach/make-send-count-grows-by-make-send': {
    step: countFaults,
    sometimes: {
      'a message makes a send right': (step) => isCall(step, 'mach_msg') && survivors(step).some((port) => made(step, 'make-send')(port).atLeast > 0),
      'a failed request makes one': (step) => !succeeded(step) && survivors(step).some((port) => made(step, 'make-send')(port).atLeast > 0),
      'it is set': (step) => isCall(step, 'mach_port_set_mscount') && succeeded(step),
      'the receive right moves': (step) => survivors(step).some((port) => step.before.ports[port]!.makeSend > 0 && isMoved(step, port)),
    },
  },

  'mach/moved-receive-keeps-no-senders-request': {
    step: (step) => survivors(step).flatMap((port) => {
      const was = step.before.ports[port]!.noSenders;
      if (was === null || !isMoved(step, port) || lotOf(step, port) !== 'stays') return [];
      return step.after.ports[port]!.noSenders === was ? [] : [`${portName(port)} moved, and its no-senders request is gone`];
    }),
    sometimes: {
      'a port moves with its request': (step) => survivors(step).some((port) => requested(step, port) && isMoved(step, port)),
    },
  },

  'mach/last-send-right-fires-no-senders': {
    step: (step) => [...slotFaults(step), ...audit(step, ['no-senders'], account(step).due, account(step).perhaps), ...endFaults(step)],
    sometimes: {
      'a name was the last': (step) => isCall(step, 'mach_port_deallocate', 'mach_port_mod_refs', 'mach_port_destroy')
        && survivors(step).some((port) => requested(step, port) && lotOf(step, port) === 'fires'),
      'a message was the last': (step) => isCall(step, 'mach_msg')
        && survivors(step).some((port) => requested(step, port) && lotOf(step, port) === 'fires'),
      'a message keeps the last': ({ before, after }) => [...messagesIn(after)].some(([message]) =>
        [message.destination, ...rightsIn(message)].some(({ port, kind }) => kind === 'send'
          && (before.ports[port]?.noSenders ?? null) !== null && after.ports[port]!.sendRights === 1)),
      'a dying port was waited for': (step) => casualties(step).some((port) => requested(step, port)),
    },
  },
} satisfies MachLaws;

/** The request of a port that dies is settled by a send-once notification, or by its own kind. */
const endFaults = (step: MachStep): string[] => casualties(step).flatMap((port) => {
  const to = step.before.ports[port]!.noSenders;
  if (to === null || endsExactly(step, port) !== 'send-once' || !isHeard(step, to)) return [];
  return heard(step).notices.some((notice) => notice.to === to && notice.kind === 'send-once') ? []
    : [`${portName(port)} died, and ${portName(to)} was not told of its request`];
});

function countsOf(state: MachStep['after']): readonly number[] {
  const counts = state.ports.map(() => 0);
  const add = (port: PortId) => { counts[port] = counts[port]! + 1; };
  for (const { names, self, exception, bootstrap, registered } of state.tasks) {
    for (const entry of names) if (entry?.tag === 'port' && entry.sends > 0) add(entry.port);
    for (const held of [self, exception, bootstrap, ...registered]) if (held?.tag === 'right') add(held.port);
  }
  for (const { life, pager } of state.memory?.objects ?? []) {
    if (life === 'live' && pager !== null && pager.status !== 'gone') add(pager.port);
  }
  if (state.memory !== null && state.memory.manager !== null) add(state.memory.manager.port);
  for (const { self, exception } of state.threads) {
    for (const held of [self, exception]) if (held?.tag === 'right') add(held.port);
  }
  for (const [message] of messagesIn(state)) {
    for (const { port, kind } of [message.destination, ...rightsIn(message)]) if (kind === 'send') add(port);
  }
  return counts;
}

export const noSendersMutants: MachMutants = {
  'sync-value-is-ignored': {
    rule: 'mach/no-senders-request-fires-once',
    fault: 'a no-senders request fires at once whatever the make-send count',
    operations: {
      mach_port_request_notification: {
        ...requestNotification,
        step: (world, call) => requestNotification.step(world, call.kind === 'no-senders' ? { ...call, sync: 0 } : call),
      },
    },
  },
  'fired-request-stays': {
    rule: 'mach/no-senders-request-fires-once',
    fault: 'a no-senders request that has fired stays registered',
    mechanisms: {
      releaseSend: (world, id) => {
        const { noSenders } = world.state.ports[id]!;
        releaseSend(world, id);
        const port = change(world.state.ports[id]!);
        if (noSenders !== null && port.life === 'live' && port.noSenders === null) {
          port.noSenders = noSenders;
          change(world.state.ports[noSenders]!).sendOnceRights += 1;
        }
      },
    },
  },
  'no-senders-carries-zero': {
    rule: 'mach/no-senders-request-fires-once',
    fault: 'a no-senders notification carries 0 in place of the make-send count',
    mechanisms: { notifyNoSenders: (world, to) => notifyNoSenders(world, to, 0) },
  },
  'send-once-rights-count-as-senders': {
    rule: 'mach/only-send-rights-are-senders',
    fault: 'a send-once right that is made counts as a sender',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const copied = copyin(world, task, name, disposition);
        if (disposition === 'make-send-once' && copied.right.tag === 'right') change(world.state.ports[copied.right.port]!).sendRights += 1;
        return copied;
      },
    },
  },
  'dropped-send-once-takes-a-sender-along': {
    rule: 'mach/only-send-rights-are-senders',
    fault: 'a send-once right destroyed unused is counted off the senders',
    mechanisms: {
      releaseSendOnce: (world, id) => {
        const port = change(world.state.ports[id]!);
        if (port.sendRights > 0) port.sendRights -= 1;
        releaseSendOnce(world, id);
      },
    },
  },
  'copy-send-counts-as-make-send': {
    rule: 'mach/make-send-count-grows-by-make-send',
    fault: 'a copied send right advances the make-send count',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const copied = copyin(world, task, name, disposition);
        if (disposition === 'copy-send' && copied.right.tag === 'right') change(world.state.ports[copied.right.port]!).makeSend += 1;
        return copied;
      },
    },
  },
  'moved-port-keeps-its-make-send-count': {
    rule: 'mach/make-send-count-grows-by-make-send',
    fault: 'the make-send count survives a move of the receive right',
    mechanisms: {
      clearReceiver: (world, id) => {
        const { makeSend } = world.state.ports[id]!;
        clearReceiver(world, id);
        change(world.state.ports[id]!).makeSend = makeSend;
      },
    },
  },
  'make-send-count-cannot-be-lowered': {
    rule: 'mach/make-send-count-grows-by-make-send',
    fault: 'setting the make-send count only ever raises it',
    operations: {
      mach_port_set_mscount: {
        ...setMscount,
        step: (world, call) => {
          const counts = world.state.ports.map(({ makeSend }) => makeSend);
          const verdict = setMscount.step(world, call);
          world.state.ports.forEach((port, id) => { change(port).makeSend = Math.max(port.makeSend, counts[id]!); });
          return verdict;
        },
      },
    },
  },
  'move-cancels-the-no-senders-request': {
    rule: 'mach/moved-receive-keeps-no-senders-request',
    fault: 'a move of the receive right cancels the no-senders request with a send-once notification',
    mechanisms: {
      clearReceiver: (world, id) => {
        clearReceiver(world, id);
        const port = change(world.state.ports[id]!);
        const { noSenders } = port;
        port.noSenders = null;
        if (noSenders !== null) world.mechanisms.releaseSendOnce(world as never, noSenders);
      },
    },
  },
  'messages-are-no-senders': {
    rule: 'mach/last-send-right-fires-no-senders',
    fault: 'no-senders is told while send rights are still in messages',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const copied = copyin(world, task, name, disposition);
        if (disposition !== 'move-send' || copied.right.tag !== 'right') return copied;
        const port = change(world.state.ports[copied.right.port]!);
        const { noSenders } = port;
        if (noSenders === null || port.sendRights > 1) return copied;
        port.noSenders = null;
        world.mechanisms.notifyNoSenders(world, noSenders, port.makeSend);
        return copied;
      },
    },
  },
  'last-sender-goes-unnoticed': {
    rule: 'mach/last-send-right-fires-no-senders',
    fault: 'the loss of the last send right is told when only one is left before it',
    mechanisms: {
      releaseSend: (world, id) => {
        const port = change(world.state.ports[id]!);
        const { noSenders } = port;
        const several = port.makeSend > 1;
        if (several) port.noSenders = null;
        releaseSend(world, id);
        if (several) port.noSenders = noSenders;
      },
    },
  },
  'dying-port-drops-its-no-senders-request': {
    rule: 'mach/last-send-right-fires-no-senders',
    fault: 'the no-senders right of a port that dies is dropped in silence',
    mechanisms: {
      destroyPort: (world, id) => {
        const port = change(world.state.ports[id]!);
        const { noSenders, portDestroyed } = port;
        if (noSenders !== null && portDestroyed === null) {
          port.noSenders = null;
          world.mechanisms.dropSendOnce(world, noSenders);
        }
        destroyPort(world, id);
      },
    },
  },
};
