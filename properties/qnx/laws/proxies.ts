import type { QnxState } from '#model/qnx/state';
import type { QnxLaws, QnxStep } from '#properties/qnx/obligation';
import {
  answerOf, bytesAt, chosen, ended, errorOf, eventOf, fitsIn, isCall, isLive, isPlain, laidOut, ownerOf, processName, receiveIn, receives, replyIn,
  returnedTo, same, waitsFor,
} from '#properties/qnx/facts';

/** What attaching a proxy has to come to. */
function attaching(step: QnxStep): { readonly owner: number; readonly errors: readonly string[] } | null {
  if (!isCall(step, 'qnx_proxy_attach')) return null;
  const { before, call: { thread, pid, data } } = step;
  const named = ownerOf(before, pid);
  const owner = pid === 0 ? thread : named?.tag === 'process' && named.id > 0 ? named.id : -1;
  const errors = [
    ...(owner < 0 ? ['ESRCH'] : []),
    ...(data.length > before.limits.proxyData ? ['EINVAL'] : []),
    ...(fitsIn(before, thread, [data]) ? [] : ['EFAULT']),
    ...(before.proxies.filter(({ life }) => life === 'live').length >= before.limits.processTable ? ['EAGAIN'] : []),
  ];
  return { owner, errors };
}

function attachedAsDue(step: QnxStep): readonly string[] {
  if (!isCall(step, 'qnx_proxy_attach')) return [];
  const { owner, errors } = attaching(step)!;
  const { before, after, call: { thread, data, priority } } = step;
  const error = errorOf(step);
  if (error !== null) return errors.includes(error) ? [] : [`attaching a proxy failed with ${error}, not ${errors.join(' or ') || 'at all'}`];
  if (errors.length > 0) return [`attaching a proxy should have failed with ${errors.join(' or ')}`];
  const pid = returnedTo<{ proxy: number }>(step, thread)?.proxy;
  const made = after.proxies[before.proxies.length];
  const due = { life: 'live', pid, owner, data: bytesAt(before, thread, laidOut([data])), priority, count: 0, standsFor: null, standIns: [] };
  return [
    ...(same(made, due) ? [] : [`the proxy made is ${JSON.stringify(made)} instead of ${JSON.stringify(due)}`]),
    ...(ownerOf(before, pid as never) === null ? [] : [`p${pid} was in use when it was given to a proxy`]),
    ...(same(before.processes, after.processes) ? [] : ['attaching a proxy changed a process']),
  ];
}

/** The proxy that a step triggers, by whatever call. */
function triggered(step: QnxStep): number | null {
  const { before, call } = step;
  if (call.operation !== 'Trigger' && call.operation !== 'interrupt') return null;
  const owner = ownerOf(before, call.proxy);
  return owner?.tag === 'proxy' ? owner.id : null;
}

const isFull = ({ before }: QnxStep, id: number): boolean => before.proxies[id]!.count >= before.limits.triggers;

/** What the caller of Trigger is answered, and that it is not changed. */
function triggerAnswered(step: QnxStep): readonly string[] {
  if (!isCall(step, 'Trigger')) return [];
  const id = triggered(step);
  const { before, after, call: { thread } } = step;
  const error = errorOf(step);
  const wrong: string[] = [];
  if (answerOf(step)?.tag === 'blocked' || after.processes[thread]!.run.tag !== 'ready') wrong.push(`${processName(thread)} waits in a Trigger`);
  if (id === null) return error === 'ESRCH' ? wrong : [...wrong, `a Trigger of what is no proxy gives ${error ?? 'no error'}`];
  const owner = before.processes[before.proxies[id]!.owner]!;
  if (error !== null && !(error === 'EAGAIN' && isFull(step, id))) wrong.push(`a Trigger fails with ${error}`);
  if (error === null && returnedTo<{ pid: number }>(step, thread)?.pid !== owner.pid) wrong.push(`a Trigger does not give p${owner.pid}, the owner of the proxy`);
  return wrong;
}

/** An owner that waits for the proxy, or for any, goes on. */
function ownerServed(step: QnxStep): readonly string[] {
  const id = triggered(step);
  if (id === null) return [];
  const { before, after } = step;
  const { owner, pid, data } = before.proxies[id]!;
  if (!waitsFor(before, owner, pid)) return [];
  const { held, run } = before.processes[owner]!;
  const { buffer } = run as { readonly buffer: readonly { readonly at: number; readonly length: number }[] };
  const faulty = laidOut(buffer).slice(0, data.length).length > bytesAt(before, owner, laidOut(buffer).slice(0, data.length)).length;
  if (held) return after.processes[owner]!.run.tag === 'answered' ? [] : [`${processName(owner)} is held, and the proxy's message is not kept for it`];
  if (faulty) return eventOf(step, owner)?.tag === 'raised' ? [] : [`${processName(owner)} is not told that its buffer faults`];
  return returnedTo<{ pid: number }>(step, owner)?.pid === pid ? [] : [`${processName(owner)} waits for p${pid}, which was triggered, and does not get it`];
}

const received = (step: QnxStep, pid: number): number => step.events.filter((event) =>
  event.tag === 'returned' && (event.value as { pid?: number; buffer?: unknown } | null)?.buffer !== undefined
  && (event.value as { pid?: number }).pid === pid && isReceiver(step, event.thread)).length
  + step.after.processes.filter(({ run }, id) => run.tag === 'answered' && run.answer.tag === 'received' && run.answer.pid === pid
    && step.before.processes[id]?.run.tag === 'receiving').length;

const isReceiver = (step: QnxStep, thread: number): boolean =>
  receiveIn(step)?.thread === thread || step.before.processes[thread]?.run.tag === 'receiving';

/** Each trigger makes one message more, each receipt one fewer, and nothing else changes the count. */
function countedAsDue(step: QnxStep): readonly string[] {
  const { before, after } = step;
  return before.proxies.flatMap((proxy, id) => {
    if (proxy.life !== 'live' || after.proxies[id]!.life !== 'live') return [];
    const bySend = (step.call.operation === 'Send' || step.call.operation === 'Sendmx' || step.call.operation === 'Relay') && errorOf(step) === null
      && ownerOf(before, step.call.operation === 'Relay' ? step.call.to : step.call.pid)?.id === id
      && ownerOf(before, step.call.operation === 'Relay' ? step.call.to : step.call.pid)?.tag === 'proxy';
    const more = (triggered(step) === id || bySend) && !isFull(step, id) ? 1 : 0;
    const due = proxy.count + more - received(step, proxy.pid);
    return after.proxies[id]!.count === due ? [] : [`p${proxy.pid} has ${after.proxies[id]!.count} messages pending instead of ${due}`];
  });
}

/** A proxy with messages pending stands in its owner's queue once, and one without does not. */
const misqueued = (state: QnxState): readonly string[] => state.proxies.flatMap(({ life, owner, pid, count }, id) => {
  const places = state.processes.map(({ queue }) => queue.filter((item) => item.tag === 'proxy' && item.proxy === id).length);
  const due = state.processes.map((_, process) => (process === owner && life === 'live' && count > 0 ? 1 : 0));
  return same(places, due) ? [] : [`p${pid} with ${count} messages pending stands in queues [${places.join(' ')}] times`];
});

/** What is shown of a proxy's message: its pid and its data. */
function shownAsAttached(step: QnxStep): readonly string[] {
  const receive = receiveIn(step);
  if (receive === null) return [];
  const value = returnedTo<{ pid: number; buffer: readonly number[] }>(step, receive.thread);
  const id = value === null ? -1 : step.before.proxies.findIndex(({ pid, life }) => pid === value.pid && life === 'live');
  if (value === null || id < 0) return [];
  const { data, owner } = step.before.proxies[id]!;
  const { limits } = step.before;
  const shown = !isPlain(step.before, receive.thread, receive.buffer) ? [] : value.buffer.slice(0, Math.min(data.length, limits.proxyData));
  return [
    ...(owner === receive.thread ? [] : [`${processName(receive.thread)} receives from the proxy of ${processName(owner)}`]),
    ...(same(shown, data.slice(0, shown.length)) ? [] : [`p${value.pid} gives [${shown.join(' ')}] instead of [${data.join(' ')}]`]),
  ];
}

/** A Reply to a proxy changes nothing at all. */
function replyIsNothing(step: QnxStep): readonly string[] {
  const reply = replyIn(step);
  if (reply === null || ownerOf(step.before, reply.pid)?.tag !== 'proxy') return [];
  return [
    ...(same(step.before.processes, step.after.processes)
      && same(step.before.proxies, step.after.proxies) ? [] : ['a Reply to a proxy changes something']),
    ...([null, 'ESRCH', 'EINVAL'].includes(errorOf(step)) ? [] : [`a Reply to a proxy fails with ${errorOf(step)}`]),
  ];
}

function endsAsDue(step: QnxStep): readonly string[] {
  const { before, after, call } = step;
  const wrong: string[] = [];
  const dead = ended(step);
  before.proxies.forEach(({ life, owner, pid }, id) => {
    if (life !== 'live') return;
    const detached = call.operation === 'qnx_proxy_detach' && call.proxy === pid && owner === call.thread && errorOf(step) === null;
    const replaced = call.operation === 'exec' && call.thread === owner && errorOf(step) === null;
    const due = !detached && !replaced && !dead.includes(owner);
    if ((after.proxies[id]!.life === 'live') !== due) wrong.push(`p${pid} is ${due ? 'gone, and nobody ended it' : 'still there'}`);
  });
  if (call.operation !== 'qnx_proxy_detach') return wrong;
  const found = ownerOf(before, call.proxy);
  const error = found?.tag !== 'proxy' ? 'ESRCH' : before.proxies[found.id]!.owner === call.thread ? null : 'EPERM';
  return errorOf(step) === error ? wrong : [...wrong, `detaching gives ${errorOf(step) ?? 'no error'} instead of ${error ?? 'none'}`];
}

/** Proxies that are there belong to processes that are there. */
const orphans = (state: QnxState): readonly string[] => state.proxies.flatMap(({ life, owner, pid }) =>
  (life === 'live' && !isLive(state, owner) ? [`p${pid} is there, and ${processName(owner)} is not`] : []));

export const proxyLaws = {
  'qnx/proxy-attach-makes-a-proxy': {
    on: ['qnx_proxy_attach'],
    step: attachedAsDue,
    sometimes: {
      'it is another process\'s': (step) => errorOf(step) === null && attaching(step)!.owner !== (step.call as { thread: number }).thread,
      'it has data': (step) => errorOf(step) === null && isCall(step, 'qnx_proxy_attach') && step.call.data.length > 0,
      ...Object.fromEntries(['EINVAL', 'ESRCH', 'EFAULT', 'EAGAIN'].map((error) => [`it fails with ${error}`, (step: QnxStep) => errorOf(step) === error])),
    },
  },

  'qnx/trigger-never-blocks': {
    on: ['Trigger', 'interrupt'],
    step: (step) => [...triggerAnswered(step), ...ownerServed(step)],
    sometimes: {
      'the owner waits for any': (step) => triggered(step) !== null && step.events.length > 0 && waitsOn(step) === 0,
      'the owner waits for the proxy': (step) => triggered(step) !== null && waitsOn(step) === step.before.proxies[triggered(step)!]!.pid,
      'the owner waits for another': (step) =>
        triggered(step) !== null && waitsOn(step) > 0 && waitsOn(step) !== step.before.proxies[triggered(step)!]!.pid,
      'there is no such proxy': (step) => errorOf(step) === 'ESRCH',
      'an interrupt triggers it': (step) => step.call.operation === 'interrupt' && triggered(step) !== null,
    },
  },

  'qnx/triggers-are-counted': {
    always: misqueued,
    step: countedAsDue,
    sometimes: {
      'several triggers are pending': ({ after }) => after.proxies.some(({ count }) => count > 1),
      'one of several is received': (step) =>
        receiveIn(step) !== null && step.before.proxies.some(({ count }, id) => count > 1 && step.after.proxies[id]!.count === count - 1),
      'a trigger comes beyond the limit': (step) => triggered(step) !== null && isFull(step, triggered(step)!),
      'such a trigger is dropped': (step) => chosen(step, 'trigger beyond the limit') === 'dropped',
      'such a trigger is refused': (step) => chosen(step, 'trigger beyond the limit') === 'refused',
    },
  },

  'qnx/proxy-message-needs-no-reply': {
    on: [...receives, 'Reply', 'Replymx'],
    step: (step) => [...shownAsAttached(step), ...replyIsNothing(step)],
    sometimes: {
      'a proxy\'s data are received': (step) =>
        receiveIn(step) !== null && step.before.proxies.some(({ pid, data, life }) => life === 'live' && data.length > 0
        && returnedTo<{ pid: number }>(step, receiveIn(step)!.thread)?.pid === pid),
      'it is replied to, which returns 0': (step) => chosen(step, 'reply to a proxy') === '0',
      'it is replied to, which fails': (step) => chosen(step, 'reply to a proxy') === 'ESRCH',
    },
  },

  'qnx/proxy-ends-with-its-owner': {
    always: orphans,
    step: endsAsDue,
    sometimes: {
      'it is detached with messages pending': (step) =>
        isCall(step, 'qnx_proxy_detach') && errorOf(step) === null
          && step.before.proxies.some(({ pid, count }) => pid === (step.call as { proxy: number }).proxy && count > 0),
      'others try to detach it': (step) => errorOf(step) === 'EPERM' && step.call.operation === 'qnx_proxy_detach',
      'its owner ends': (step) => ended(step).some((process) => step.before.proxies.some(({ owner, life }) => life === 'live' && owner === process)),
    },
  },
} satisfies QnxLaws;

const waitsOn = (step: QnxStep): number => {
  const { run } = step.before.processes[step.before.proxies[triggered(step)!]!.owner]!;
  return run.tag === 'receiving' ? run.from : -1;
};

