import type { Pid, ProcessId } from '#spec/qnx/vocabulary';
import { lookup } from '#model/qnx/entries';
import { exchangeWithProc } from '#model/qnx/messages/send';
import { queueForNet, tell } from '#model/qnx/network/circuit';
import { ask, downErrors, farErrors, isHere, type FarError } from '#model/qnx/network/question';
import type { ProxyId, QnxState } from '#model/qnx/state';
import type { Qnx, QnxOperation } from '#model/qnx/world';
import { change, raised, returned } from '#model/operation';

/** Makes a stand-in for a proxy on another node: to trigger it there is to trigger the proxy. */
export const remAttach: QnxOperation<'qnx_proxy_rem_attach'> = {
  implements: ['qnx/own-node-needs-no-circuit', 'qnx/node-without-net-is-alone'],

  step(world, { thread, nid, proxy }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { state } = world;
    // Guards.
    const errors: ('ESRCH' | 'EPERM' | FarError)[] = [];
    const denoted = lookup(state, proxy);
    if (denoted?.tag !== 'proxy') errors.push('ESRCH');
    else if (state.proxies[denoted.proxy]!.owner !== thread) errors.push('EPERM');
    if (!isHere(state, nid)) errors.push(...farErrors(state, nid));
    if (errors.length > 0) return raised(world.choose('error', errors, (error) => error));
    if (isHere(state, nid)) return returned({ proxy });
    // Effect.
    return ask(world, thread, [nid], 'proxy', { vid: proxy }, (serial) => ({ tag: 'stand', serial, proxy }));
  },
};

/** Takes such a stand-in away. */
export const remDetach: QnxOperation<'qnx_proxy_rem_detach'> = {
  implements: ['qnx/own-node-needs-no-circuit', 'qnx/node-without-net-is-alone'],

  step(world, { thread, nid, proxy }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { state } = world;
    // Guards.
    if (isHere(state, nid)) return ownProxy(state, thread, proxy) ? returned(null) : raised('ESRCH');
    const home = state.proxies.findIndex(({ life, owner, standIns }) =>
      life === 'live' && owner === thread && standIns.some((place) => place.nid === nid && place.pid === proxy));
    const errors: ('ESRCH' | FarError)[] = [...farErrors(state, nid)];
    if (home < 0) errors.push('ESRCH');
    if (errors.length > 0) return raised(world.choose('error', errors, (error) => error));
    // Effect.
    const { standIns, pid } = state.proxies[home]!;
    change(state.proxies[home]!).standIns = standIns.filter((place) => place.nid !== nid || place.pid !== proxy);
    tell(world, nid, { tag: 'unstand', proxy, from: pid });
    return returned(null);
  },
};

function ownProxy(state: QnxState, thread: ProcessId, proxy: Pid): boolean {
  const denoted = lookup(state, proxy);
  return denoted?.tag === 'proxy' && state.proxies[denoted.proxy]!.owner === thread;
}

/** Why a stand-in cannot be triggered now. */
export function standInErrors(state: QnxState, id: ProxyId): readonly (FarError | 'EAGAIN')[] {
  if (state.proxies[id]!.standsFor === null) return [];
  return state.net && state.outgoing.length >= state.limits.outgoing ? ['EAGAIN'] : downErrors(state);
}

/** To trigger a stand-in is to have the proxy it stands for triggered. */
export function triggerAfar(world: Qnx, id: ProxyId): void {
  const { nid, pid } = world.state.proxies[id]!.standsFor!;
  queueForNet(world, { tag: 'trigger', nid, proxy: pid });
}

/** A proxy that is no more needs no stand-ins. */
export function dropStandIns(world: Qnx, id: ProxyId): void {
  const { pid, standIns } = world.state.proxies[id]!;
  for (const place of standIns) tell(world, place.nid, { tag: 'unstand', proxy: place.pid, from: pid });
  if (standIns.length > 0) change(world.state.proxies[id]!).standIns = [];
}
