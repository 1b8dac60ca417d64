import type { Signal } from '#spec/qnx/vocabulary';
import type { QnxState } from '#model/qnx/state';
import type { QnxLaws, QnxStep } from '#properties/qnx/obligation';
import { effectOn, isBeyondSay, masks, permitted, placeIn, postingIn, whenFor, type Posting } from '#properties/qnx/laws/signal-facts';
import {
  answerOf, callerOf, ended, errorOf, eventOf, isCall, isMessage, live, ownerOf, processName, returnedTo, same, signalNames,
} from '#properties/qnx/facts';

/** Signals that could take effect on a process that is at rest, and have not. */
function overdue(state: QnxState): readonly string[] {
  const wrong: string[] = [];
  for (const [id, process] of live(state)) {
    const { run, held, pending } = process;
    for (const signal of signalNames) {
      if (pending[placeIn(signal)] === 0 || masks(process, signal)) continue;
      const waits = (held && !(signal === 'SIGKILL' && isBeyondSay(process, signal))) || (run.tag === 'replying' && run.signalled);
      if (!waits) wrong.push(`${signal} waits for ${processName(id)}, and nothing keeps it`);
    }
  }
  return wrong;
}

/** Signals that a process ignores do not wait for it. */
function ignoredPending(state: QnxState): readonly string[] {
  const wrong: string[] = [];
  for (const [id, process] of live(state)) {
    signalNames.forEach((signal, place) => {
      if (process.pending[place]! > 0 && ['nothing', 'continue', 'stop'].includes(effectOn(process, signal))) wrong.push(`${signal}, which ${processName(id)} ignores, waits for it`);
    });
  }
  return wrong;
}

function killErrors(step: QnxStep): readonly string[] {
  if (!isCall(step, 'kill')) return [];
  const { before, call: { pid, signal } } = step;
  const owner = ownerOf(before, pid);
  const errors: string[] = [];
  if (signal === 'other') errors.push('EINVAL');
  if (owner === null || owner.tag === 'proxy') errors.push('ESRCH');
  else if (!permitted(step, owner.id)) errors.push('EPERM');
  const perhaps = owner?.tag === 'zombie' ? ['ESRCH'] : [];
  const error = errorOf(step);
  if (error === null) return errors.length === 0 || (owner?.tag === 'zombie' && same(errors, ['ESRCH'])) ? [] : [`kill should have failed with ${errors.join(' or ')}`];
  return [
    ...([...errors, ...perhaps].includes(error) ? [] : [`kill failed with ${error}, not ${errors.join(' or ') || 'at all'}`]),
    ...(same(step.before, step.after) ? [] : ['a kill that failed changes something']),
  ];
}

/** A signal that cannot take effect waits, and changes nothing else of the process. */
function keptAsDue(step: QnxStep): readonly string[] {
  const posting = postingIn(step);
  if (posting === null || errorOf(step) !== null) return [];
  const { target, signal } = posting;
  const was = step.before.processes[target]!;
  const when = whenFor(step.before, target, signal);
  if ((when !== 'masked' && when !== 'held') || effectOn(was, signal) !== 'handler' && effectOn(was, signal) !== 'end') return [];
  const now = step.after.processes[target]!;
  const place = placeIn(signal);
  const counts = [was.pending[place]! + 1, ...(was.pending[place]! > 0 ? [was.pending[place]!] : [])];
  const continues = signal === 'SIGCONT' && was.held;
  if (continues && now.life !== 'live') return [];
  return [
    ...(counts.includes(now.pending[place]!) ? [] : [`${signal} is to wait for ${processName(target)}, and does so ${now.pending[place]!} times`]),
    ...(continues || target === posting.by || same({ ...was, pending: [] }, { ...now, pending: [] }) ? [] : [`a signal that waits changes ${processName(target)}`]),
  ];
}

function maskedAsAsked(step: QnxStep): readonly string[] {
  const { before, after } = step;
  if (isCall(step, 'sigpending')) {
    const { pending } = before.processes[step.call.thread]!;
    const due = signalNames.filter((_, place) => pending[place]! > 0);
    return same([...returnedTo<{ pending: readonly Signal[] }>(step, step.call.thread)!.pending], due) ? [] : ['sigpending does not give what is pending'];
  }
  if (!isCall(step, 'sigprocmask')) return [];
  const { thread, how, signals } = step.call;
  const was = before.processes[thread]!;
  const now = after.processes[thread]!;
  if (how === 'other') return errorOf(step) === 'EINVAL' && same(before, after) ? [] : ['sigprocmask takes what it does not know'];
  if (now.life !== 'live') return [];
  const due = signalNames.map((signal, place) => {
    const named = signals.includes(signal);
    return how === 'set' ? named : how === 'block' ? named || was.mask[place]! : !named && was.mask[place]!;
  });
  const old = signalNames.filter((_, place) => was.mask[place]);
  return [
    ...(same([...now.mask], due) ? [] : [`${processName(thread)} has another mask than it asked for`]),
    ...(now.held
      || same([...returnedTo<{ mask: readonly Signal[] }>(step, thread)?.mask ?? []], old) ? [] : ['sigprocmask does not give the old mask']),
  ];
}

/** A signal that takes effect at once does just what it is to do. */
function doneAsDue(step: QnxStep): readonly string[] {
  const posting = postingIn(step);
  if (posting === null || errorOf(step) !== null || whenFor(step.before, posting.target, posting.signal) !== 'now') return [];
  const { target, signal } = posting;
  const was = step.before.processes[target]!;
  const now = step.after.processes[target]!;
  const name = processName(target);
  switch (effectOn(was, signal)) {
    case 'end': return now.life === 'live' ? [`${signal} does not end ${name}`] : [];
    case 'stop': return now.held && same({ ...was, held: true }, stopped(step, posting)) ? [] : [`SIGSTOP does not just hold ${name}`];
    case 'continue': return now.held ? [`SIGCONT leaves ${name} held`] : [];
    case 'nothing': return same(was, now) ? [] : [`${signal} changes ${name}, which it means nothing to`];
    case 'handler': return handlerRan(step, posting);
  }
}

/** A process that stops itself keeps the answer to its call. */
function stopped(step: QnxStep, { by, target }: Posting) {
  const now = step.after.processes[target]!;
  return by === target ? { ...now, run: step.before.processes[target]!.run } : now;
}

function handlerRan({ before, after }: QnxStep, { target, signal }: Posting): readonly string[] {
  const was = before.processes[target]!;
  const now = after.processes[target]!;
  if (now.life !== 'live') return was.held ? [] : [`${signal}, which ${processName(target)} catches, ends it`];
  const more = now.handled.slice(was.handled.length);
  if (was.held) return now.held || more.includes(signal) ? [] : [`${processName(target)} goes on, and its handler for ${signal} does not run`];
  return same(more, [signal]) ? [] : [`the handlers of ${processName(target)} run for [${more.join(' ')}] instead of ${signal}`];
}

/** Handlers run for what the process catches and for nothing else, and what they note stays until it is looked at. */
function notedAsDue(step: QnxStep): readonly string[] {
  const { before, after, call } = step;
  const wrong: string[] = [];
  for (const [id, { handled }] of live(before)) {
    const now = after.processes[id]!;
    if (now.life !== 'live' || now.handled === handled) continue;
    if (call.operation === 'exec' && call.thread === id) continue;
    if (call.operation === 'handled' && call.thread === id) {
      const value = returnedTo<{ signals: readonly Signal[] }>(step, id);
      if (now.handled.length > 0 || !same([...value!.signals], [...handled])) wrong.push(`${processName(id)} is not told what its handlers noted`);
      continue;
    }
    const more = now.handled.slice(handled.length);
    if (!same(now.handled.slice(0, handled.length), handled)) wrong.push(`the notes of ${processName(id)} change`);
    for (const signal of more) if (effectOn(now, signal) !== 'handler') wrong.push(`a handler of ${processName(id)} runs for ${signal}, which it does not catch`);
  }
  return wrong;
}

/** Saying what is to be done about a signal, and with which signals that can be said. */
function actionAsSaid(step: QnxStep): readonly string[] {
  if (!isCall(step, 'sigaction')) return [];
  const { before, after, call: { thread, signal, action } } = step;
  const was = before.processes[thread]!;
  if (signal === 'other' || isBeyondSay(was, signal)) return errorOf(step) === 'EINVAL' && same(before, after) ? [] : [`${processName(thread)} has a say about ${signal}`];
  const now = after.processes[thread]!;
  if (now.life !== 'live') return was.pending.some((count) => count > 0) ? [] : [`sigaction ends ${processName(thread)}`];
  const due = was.actions.map((old, place) => (place === placeIn(signal) ? action : old));
  return [
    ...(same([...now.actions], due) ? [] : [`${processName(thread)} has another action for ${signal} than it said`]),
    ...(returnedTo<{ action: string }>(step, thread)?.action === was.actions[placeIn(signal)] ? [] : ['sigaction does not give the old action']),
  ];
}

/** A caught signal of a process that waits in one of these ways, and is not to wait with it. */
const breaksOff = (tags: readonly string[]) => (step: QnxStep): Posting | null => {
  const posting = postingIn(step);
  if (posting === null || errorOf(step) !== null) return null;
  const was = step.before.processes[posting.target]!;
  const due = tags.includes(was.run.tag) && effectOn(was, posting.signal) === 'handler'
    && whenFor(step.before, posting.target, posting.signal) === 'now' && !was.held;
  return due ? posting : null;
};

const brokenOff = (step: QnxStep, { target }: Posting): readonly string[] => {
  const event = eventOf(step, target);
  const { run } = step.after.processes[target]!;
  return event?.tag === 'raised' && event.error === 'EINTR' && run.tag === 'ready'
    ? []
    : [`${processName(target)} is ${run.tag} after a signal that it caught, and its call did not end with EINTR`];
};

const endsSendOrReceive = breaksOff(['sending', 'receiving']);
const endsReplyWait = breaksOff(['replying']);

/** Handlers run for blocked processes only where their wait is broken off: nobody handles a signal and goes on waiting. */
const handledWhileWaiting = ({ before, after }: QnxStep): readonly string[] => {
  const wrong: string[] = [];
  for (const [id, { handled, run }] of live(before)) {
    const now = after.processes[id]!;
    const waited = run.tag === 'sending' || run.tag === 'receiving' || run.tag === 'replying';
    if (!waited || now.life !== 'live' || !same(run, now.run)) continue;
    if (now.handled.length > handled.length) wrong.push(`${processName(id)} handled a signal, and waits on`);
  }
  return wrong;
};

function interruptedForNothing(step: QnxStep, tags: readonly string[]): readonly string[] {
  return step.events.flatMap((event) => {
    if (event.tag !== 'raised' || event.error !== 'EINTR' || !tags.includes(step.before.processes[event.thread]!.run.tag)) return [];
    const { handled } = step.before.processes[event.thread]!;
    return step.after.processes[event.thread]!.handled.length > handled.length || ended(step).includes(event.thread as never) ? []
      : [`${processName(event.thread)} is interrupted, and no handler of it ran`];
  });
}

/** Nothing of a signal's sender changes, and no bytes go anywhere but in a message of the system to a server. */
function nothingCarried(step: QnxStep): readonly string[] {
  if (!isCall(step, 'kill')) return [];
  const { before, after, call: { thread } } = step;
  const target = postingIn(step)?.target;
  const wrong: string[] = [];
  if (target !== thread && (answerOf(step)?.tag === 'blocked' || answerOf(step)?.tag === 'ended')) wrong.push(`${processName(thread)} waits for a signal to have its effect`);
  const child = before.processes[target ?? 0]!.parent === thread;
  const apart = (state: QnxState) => ({ ...state.processes[thread]!, queue: [], parent: 0 });
  if (target !== thread && !child && !same(apart(before), apart(after))) wrong.push(`sending a signal changes ${processName(thread)}`);
  for (const [id, { memory }] of live(before)) {
    const now = after.processes[id]!;
    const told = returnedTo<{ buffer?: unknown }>(step, id)?.buffer !== undefined || now.run.tag === 'answered';
    if (now.life === 'live' && now.memory !== memory && !same(now.memory, memory) && !told) wrong.push(`a signal writes to the memory of ${processName(id)}`);
  }
  return wrong;
}

const at = (when: string, effect: string) => (step: QnxStep): boolean => {
  const posting = postingIn(step);
  return posting !== null && errorOf(step) === null && whenFor(step.before, posting.target, posting.signal) === when
    && effectOn(step.before.processes[posting.target]!, posting.signal) === effect;
};

export const signalLaws = {
  'qnx/kill-makes-a-signal-pending': {
    always: overdue,
    step: (step) => [...killErrors(step), ...keptAsDue(step), ...maskedAsAsked(step)],
    sometimes: {
      'a signal waits that is masked': at('masked', 'handler'),
      'a signal waits for a held process': at('held', 'handler'),
      'a signal that waited takes effect': (step) =>
        isCall(step, 'sigprocmask')
          && step.after.processes[step.call.thread]!.handled.length > step.before.processes[step.call.thread]!.handled.length,
      ...Object.fromEntries(['ESRCH', 'EINVAL', 'EPERM'].map((error) => [`it fails with ${error}`, (step: QnxStep) => isCall(step, 'kill') && errorOf(step) === error])),
    },
  },

  'qnx/signal-does-its-action': {
    step: (step) => [...doneAsDue(step), ...notedAsDue(step), ...actionAsSaid(step)],
    sometimes: {
      'it runs a handler': at('now', 'handler'),
      'it ends a process': at('now', 'end'),
      'it stops a process': at('now', 'stop'),
      'it continues a process': (step) => at('now', 'continue')(step) && step.before.processes[postingIn(step)!.target]!.held,
      'it does nothing': at('now', 'nothing'),
      'an immortal process catches SIGKILL': (step) =>
        postingIn(step)?.signal === 'SIGKILL' && effectOn(step.before.processes[postingIn(step)!.target]!, 'SIGKILL') === 'handler',
      'a process tries to catch what nobody can': (step) => isCall(step, 'sigaction') && errorOf(step) === 'EINVAL' && step.call.signal !== 'other',
    },
  },

  'qnx/signal-ends-a-send-or-receive': {
    step: (step) => {
      const posting = endsSendOrReceive(step);
      if (posting === null) return interruptedForNothing(step, ['sending', 'receiving']);
      const queued = step.after.processes.some(({ queue }) => queue.some((item) => isMessage(item) && item.from === posting.target));
      return [...brokenOff(step, posting), ...(queued ? [`the message of ${processName(posting.target)} stays in a queue`] : []), ...handledWhileWaiting(step)];
    },
    sometimes: {
      'it ends a Send': (step) => breaksOff(['sending'])(step) !== null,
      'it ends a Receive': (step) => breaksOff(['receiving'])(step) !== null,
    },
  },

  'qnx/signal-ends-a-reply-wait': {
    step: (step) => {
      const posting = endsReplyWait(step);
      return posting === null ? interruptedForNothing(step, ['replying']) : [...brokenOff(step, posting), ...handledWhileWaiting(step)];
    },
    sometimes: {
      'it ends the wait for a reply': (step) => endsReplyWait(step) !== null,
      'a Reply comes too late': (step) =>
        isCall(step, 'Reply') && errorOf(step) === 'ESRCH' && ownerOf(step.before, step.call.pid)?.tag === 'process',
    },
  },

  'qnx/ignoring-discards-pending-signals': {
    always: ignoredPending,
    step: (step) => {
      const caller = callerOf(step);
      if (caller === null || !isCall(step, 'sigaction') || errorOf(step) !== null) return [];
      const { handled, life } = step.before.processes[caller]!;
      return step.call.action === 'ignore' && life === 'live' && step.after.processes[caller]!.life === 'live'
        && step.after.processes[caller]!.handled.length > handled.length
        ? ['a signal that is ignored is handled'] : [];
    },
    sometimes: {
      'a pending signal is discarded': (step) => isCall(step, 'sigaction') && errorOf(step) === null && step.call.signal !== 'other'
        && step.before.processes[step.call.thread]!.pending[placeIn(step.call.signal)]! > 0 && step.call.action === 'ignore',
      'an ignored signal is sent': (step) => postingIn(step) !== null && errorOf(step) === null
        && step.before.processes[postingIn(step)!.target]!.actions[placeIn(postingIn(step)!.signal)] === 'ignore',
    },
  },

  'qnx/signals-carry-no-data': {
    on: ['kill'],
    step: nothingCarried,
    sometimes: {
      'a process signals another': (step) => postingIn(step) !== null && postingIn(step)!.target !== postingIn(step)!.by && errorOf(step) === null,
      'a process stops itself': (step) => answerOf(step)?.tag === 'blocked',
      'a process ends itself': (step) => answerOf(step)?.tag === 'ended',
    },
  },
} satisfies QnxLaws;

