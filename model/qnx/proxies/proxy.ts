import { lookup, newPid, pidOf, processUnder } from '#model/qnx/entries';
import { contentsOf, faults, toParts } from '#model/qnx/memory/bytes';
import { dequeue, nextArrival } from '#model/qnx/messages/queue';
import { standInErrors } from '#model/qnx/network/stand-in';
import { ANY, OWNERS_PRIORITY, type Item, type ProxyId, type Receiving } from '#model/qnx/state';
import type { Qnx, QnxOperation } from '#model/qnx/world';
import { BeyondScope, change, raised, returned } from '#model/operation';
import type { ProcessId } from '#spec/qnx/vocabulary';

/** Makes a proxy: a message of fixed content that is there to be triggered. */
export const proxyAttach: QnxOperation<'qnx_proxy_attach'> = {
  implements: ['qnx/proxy-attach-makes-a-proxy', 'qnx/ids-share-one-space'],

  step(world, { thread, pid, data, priority }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const owner = pid === ANY ? thread : processUnder(state, pid);
    const content = toParts([data]);
    const errors: ('EAGAIN' | 'EINVAL' | 'ESRCH' | 'EFAULT')[] = [];
    if (owner === null || owner === 0) errors.push('ESRCH');
    if (data.length > state.limits.proxyData) errors.push('EINVAL');
    if (faults(state, thread, content)) errors.push('EFAULT');
    const live = state.proxies.filter(({ life }) => life === 'live').length;
    if (live >= state.limits.processTable) errors.push('EAGAIN');
    if (owner === null || errors.length > 0) return raised(world.choose('error', errors, (error) => error));
    if (state.proxies.length >= state.limits.proxies) throw new BeyondScope('too many proxies');
    // Effect.
    const bytes = contentsOf(state, thread, content);
    const made = newPid(world);
    change(state).proxies.push({ life: 'live', pid: made, owner, data: bytes, priority, count: 0, standsFor: null, standIns: [] });
    return returned({ proxy: made });
  },
};

/** Ends a proxy, and what of it was not received. */
export const proxyDetach: QnxOperation<'qnx_proxy_detach'> = {
  implements: ['qnx/proxy-ends-with-its-owner'],

  step(world, { thread, proxy }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const denoted = lookup(state, proxy);
    if (denoted?.tag !== 'proxy') return raised('ESRCH');
    if (state.proxies[denoted.proxy]!.owner !== thread) return raised('EPERM');
    // Effect.
    mechanisms.endProxy(world, denoted.proxy);
    return returned(null);
  },
};

/** Sends a proxy's message to its owner, without waiting and without any data. */
export const triggerProxy: QnxOperation<'Trigger'> = {
  implements: ['qnx/trigger-never-blocks', 'qnx/triggers-are-counted'],

  step(world, { proxy }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const denoted = lookup(state, proxy);
    if (denoted?.tag !== 'proxy') return raised('ESRCH');
    const errors = standInErrors(state, denoted.proxy);
    if (errors.length > 0) return raised(world.choose('error', errors, (error) => error));
    // Effect.
    if (mechanisms.trigger(world, denoted.proxy) === 'refused') return raised('EAGAIN');
    const { owner, standsFor } = state.proxies[denoted.proxy]!;
    return returned({ pid: standsFor === null ? pidOf(state, owner) : ANY });
  },
};

/** An interrupt handler returns a proxy: the kernel triggers it. */
export const interrupt: QnxOperation<'interrupt'> = {
  implements: ['qnx/trigger-never-blocks'],

  step(world, { proxy }) {
    const denoted = lookup(world.state, proxy);
    if (denoted?.tag === 'proxy' && standInErrors(world.state, denoted.proxy).length === 0) world.mechanisms.trigger(world, denoted.proxy);
    return returned(null);
  },
};

/** One more message of a proxy: at once for an owner that waits for it, counted for one that does not. */
export function trigger(world: Qnx, id: ProxyId): 'counted' | 'refused' {
  const { state, mechanisms } = world;
  const proxy = change(state.proxies[id]!);
  if (proxy.standsFor !== null) {
    mechanisms.triggerAfar(world, id);
    return 'counted';
  }
  if (proxy.count >= state.limits.triggers) {
    return world.choose('trigger beyond the limit', ['counted', 'refused'] as const, (option) => (option === 'counted' ? 'dropped' : option));
  }
  proxy.count += 1;
  if (proxy.count === 1) {
    const priority = proxy.priority === OWNERS_PRIORITY ? state.processes[proxy.owner]!.priority : proxy.priority;
    mechanisms.enqueue(world, proxy.owner, { tag: 'proxy', proxy: id, priority, arrival: nextArrival(world) });
  }
  mechanisms.serve(world, proxy.owner);
  return 'counted';
}

/** A process that waits to receive gets what has come for it. */
export function serve(world: Qnx, receiver: ProcessId): void {
  const { state, mechanisms } = world;
  const { run } = state.processes[receiver]!;
  if (run.tag !== 'receiving') return;
  const { from, buffer }: Receiving = run;
  const taken = mechanisms.takeNext(world, receiver, from, buffer);
  if (taken === 'none') return;
  mechanisms.wake(world, receiver, taken === 'faults' ? { tag: 'error', error: 'EFAULT' } : { tag: 'received', pid: taken, buffer });
}

/** A proxy is no more: nobody receives from it any longer. */
export function endProxy(world: Qnx, id: ProxyId): void {
  const { state, mechanisms } = world;
  const proxy = change(state.proxies[id]!);
  proxy.life = 'gone';
  proxy.count = 0;
  mechanisms.dropStandIns(world, id);
  dequeue(state, proxy.owner, (item: Item) => item.tag === 'proxy' && item.proxy === id);
  mechanisms.releaseReceivers(world, proxy.pid);
}

