import { placeIn, effectOn, isBeyondSay, isWatched, postingIn, whenFor } from '#properties/qnx/laws/signal-facts';
import type { QnxState } from '#model/qnx/state';
import type { QnxLaws, QnxStep } from '#properties/qnx/obligation';
import {
  ended, errorOf, eventOf, flagged, isCall, isClientOf, isPlain, live, processName, receiveIn, replyIn, returnedTo, same, waitsFor,
} from '#properties/qnx/facts';

/** Clients that became SIGNAL-blocked in a step. */
function newlySignalled({ before, after }: QnxStep): readonly number[] {
  const found: number[] = [];
  for (const [id, { run }] of live(after)) {
    const was = before.processes[id]?.run;
    if (run.tag === 'replying' && run.signalled && !(was?.tag === 'replying' && was.signalled)) found.push(id);
  }
  return found;
}

/** A signal that came to a client whose server is to hear of it first. */
function watchedPosting(step: QnxStep): { readonly client: number; readonly server: number; readonly first: boolean; readonly place: number } | null {
  const posting = postingIn(step);
  if (posting === null || errorOf(step) !== null || whenFor(step.before, posting.target, posting.signal) !== 'watched') return null;
  const was = step.before.processes[posting.target]!;
  if (!['handler', 'end'].includes(effectOn(was, posting.signal)) || was.run.tag !== 'replying' || was.held) return null;
  return { client: posting.target, server: was.run.on, first: !was.run.signalled, place: placeIn(posting.signal) };
}

/** The client waits on, its signal with it, and the server is told once. */
function heldAsDue(step: QnxStep): readonly string[] {
  const found = watchedPosting(step);
  if (found === null) return [];
  const { client, server, first, place } = found;
  const { before, after } = step;
  const now = after.processes[client]!;
  const name = processName(client);
  if (now.life !== 'live') return [`${name} ends of a signal that its server was to hear of first`];
  const wrong: string[] = [];
  if (now.run.tag !== 'replying' || !now.run.signalled || now.run.on !== server) wrong.push(`${name} is not SIGNAL-blocked on ${processName(server)}`);
  if (eventOf(step, client) !== undefined) wrong.push(`the Send of ${name} ends of a signal that its server was to hear of first`);
  if ((now.pending[place] ?? 0) === 0) wrong.push(`the signal does not wait with ${name}`);
  const notices = after.processes[server]!.queue.filter((item) => item.tag === 'signal' && item.client === client).length
    - before.processes[server]!.queue.filter((item) => item.tag === 'signal' && item.client === client).length;
  const told = toldAtOnce(step, server, client);
  if (notices + (told ? 1 : 0) !== (first ? 1 : 0)) wrong.push(`${processName(server)} is told ${notices + (told ? 1 : 0)} times of the signal of ${name}`);
  return wrong;
}

/** A server that waited for it is given the message of the system, from the client. */
function toldAtOnce(step: QnxStep, server: number, client: number): boolean {
  const { pid } = step.before.processes[client]!;
  if (!waitsFor(step.before, server, pid)) return false;
  const { run, held } = step.after.processes[server]!;
  return held ? run.tag === 'answered' : eventOf(step, server)?.tag === 'raised' || returnedTo<{ pid: number }>(step, server)?.pid === pid;
}

/** When the server has replied, the Send returns and the signal takes effect. */
function releasedAsDue(step: QnxStep): readonly string[] {
  const reply = replyIn(step);
  if (reply === null || errorOf(step) !== null) return [];
  return step.before.processes.flatMap((was, id) => {
    if (was.pid !== reply.pid || was.life !== 'live' || was.run.tag !== 'replying' || !was.run.signalled
      || !isClientOf(step.before, reply.thread, id)) return [];
    const now = step.after.processes[id]!;
    const due = was.pending.flatMap((count, place) => (count > 0 && !was.mask[place] ? [place] : []));
    if (now.life !== 'live' || was.held || due.length === 0) return [];
    return now.handled.length > was.handled.length ? [] : [`${processName(id)} has its reply, and its signal does nothing`];
  });
}

const unannounced = (step: QnxStep): readonly string[] => newlySignalled(step).flatMap((id) => {
  const { run } = step.after.processes[id]!;
  const watched = run.tag === 'replying' && flagged(step.before, run.on, 'SIGCATCH');
  return watched ? [] : [`${processName(id)} is SIGNAL-blocked on a server that did not ask to hear of signals`];
});

const signalBlockedWithout = (state: QnxState): readonly string[] => {
  const wrong: string[] = [];
  for (const [id, { run, pending }] of live(state)) {
    if (run.tag === 'replying' && run.signalled && pending.every((count) => count === 0)) wrong.push(`${processName(id)} is SIGNAL-blocked, and no signal waits with it`);
  }
  return wrong;
};

/** Who is held does nothing that can be seen but end, and goes on only when it is told to. */
function heldStill(step: QnxStep): readonly string[] {
  const { before, after } = step;
  const wrong: string[] = [];
  const continued = postingIn(step)?.signal === 'SIGCONT' && errorOf(step) === null ? postingIn(step)!.target : -1;
  for (const [id, { held, handled }] of live(before)) {
    const now = after.processes[id]!;
    if (!held) {
      const stops = postingIn(step)?.signal === 'SIGSTOP' && postingIn(step)!.target === id && errorOf(step) === null;
      if (now.held && !stops && now.life === 'live') wrong.push(`${processName(id)} is held, and nobody stopped it`);
      continue;
    }
    if (now.life !== 'live') continue;
    if (id !== continued && (!now.held || eventOf(step, id) !== undefined || now.handled !== handled && !same(now.handled, handled))) wrong.push(`${processName(id)} goes on though it is held`);
  }
  if (continued >= 0) wrong.push(...goesOn(step, continued));
  return wrong;
}

function goesOn(step: QnxStep, id: number): readonly string[] {
  const { run, held } = step.before.processes[id]!;
  if (!held || ended(step).includes(id as never)) return [];
  const now = step.after.processes[id]!;
  if (now.held) return [`${processName(id)} is still held after SIGCONT`];
  if (run.tag !== 'answered') return [];
  const tag = run.answer.tag === 'error' ? 'raised' : 'returned';
  const event = eventOf(step, id);
  const error = run.answer.tag === 'error' && event?.tag === 'raised' && event.error !== run.answer.error;
  return event?.tag === tag && !error && now.run.tag === 'ready' ? [] : [`${processName(id)} goes on, and its call does not return with what came for it`];
}

/** A message about a signal begins with code 0, says that it is one, and which. */
function systemMessageShown(step: QnxStep): readonly string[] {
  const { before, after } = step;
  return step.events.flatMap((event) => {
    const value = event.tag === 'returned' ? event.value as { pid?: number; buffer?: readonly number[] } | null : null;
    if (value?.buffer === undefined || value.pid === undefined) return [];
    const server = event.thread;
    const { run } = before.processes[server]!;
    const buffer = run.tag === 'receiving' ? run.buffer : receiveIn(step)?.buffer ?? [];
    if (!isPlain(before, server, buffer)) return [];
    const client = before.processes.findIndex(({ pid, life }) => pid === value.pid && life === 'live');
    const queued = before.processes[server]!.queue.find((item) => item.tag === 'signal' && item.client === client);
    const left = after.processes[server]!.queue.some((item) => item.tag === 'signal' && item.client === client);
    const fresh = newlySignalled(step).includes(client) && before.processes[server]!.run.tag === 'receiving';
    if (client < 0 || left || (queued === undefined && !fresh)) return [];
    const signal = queued?.tag === 'signal' ? queued.signal : null;
    const due = [0, 1, ...(signal === null ? [] : [placeIn(signal) + 1])];
    const shown = value.buffer.slice(0, Math.min(due.length, value.buffer.length));
    return same(shown, due.slice(0, shown.length)) ? [] : [`a message of the system shows [${value.buffer.join(' ')}]`];
  });
}

export const heldLaws = {
  'qnx/sigcatch-holds-the-client': {
    always: signalBlockedWithout,
    step: (step) => [...heldAsDue(step), ...releasedAsDue(step), ...unannounced(step)],
    sometimes: {
      'a client becomes SIGNAL-blocked': (step) => newlySignalled(step).length > 0,
      'its server hears of it at once': (step) =>
        watchedPosting(step) !== null
          && waitsFor(step.before, watchedPosting(step)!.server, step.before.processes[watchedPosting(step)!.client]!.pid),
      'it is signalled again': (step) => watchedPosting(step)?.first === false,
      'its server replies, and a handler runs': (step) => replyIn(step) !== null && step.before.processes.some(({ run, handled }, id) =>
        run.tag === 'replying' && run.signalled && step.after.processes[id]!.handled.length > handled.length),
      'its server replies, and it ends': (step) => replyIn(step) !== null && ended(step).length > 0,
      'SIGKILL does not wait': (step) => postingIn(step)?.signal === 'SIGKILL' && isWatched(step.before, postingIn(step)!.target)
        && isBeyondSay(step.before.processes[postingIn(step)!.target]!, 'SIGKILL') && errorOf(step) === null,
    },
  },

  'qnx/stopped-process-is-held': {
    step: heldStill,
    sometimes: {
      'a process is stopped while it waits': ({ before, after }) => after.processes.some(({ held, run }, id) => held
        && before.processes[id]?.held === false && run.tag !== 'ready' && run.tag !== 'answered'),
      'something comes for a held process': ({ before, after }) => after.processes.some(({ held, run }, id) => held && run.tag === 'answered'
        && before.processes[id]?.held === true && before.processes[id]!.run.tag !== 'answered'),
      'a held process goes on with its answer': (step) =>
        postingIn(step)?.signal === 'SIGCONT' && step.before.processes[postingIn(step)!.target]!.run.tag === 'answered',
      'a held process ends': (step) => ended(step).some((id) => step.before.processes[id]!.held),
    },
  },

  'qnx/system-messages-are-code-zero': {
    step: systemMessageShown,
    sometimes: {
      'a server is told of a signal at once': (step) =>
        watchedPosting(step) !== null && step.events.some(({ thread }) => thread === watchedPosting(step)!.server),
      'a server receives what it was told of before': (step) =>
        isCall(step, 'Receive') && step.before.processes[step.call.thread]!.queue[0]?.tag === 'signal' && step.call.pid === 0,
    },
  },
} satisfies QnxLaws;

