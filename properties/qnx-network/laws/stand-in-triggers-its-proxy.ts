import type { Pid } from '#spec/qnx/vocabulary';
import type { Proxy, QnxState } from '#model/qnx/state';
import { mechanisms } from '#model/qnx-network/net';
import { change } from '#model/operation';
import { same } from '#properties/qnx/facts';
import { arrival, errorOf, eventOn, happening, localCall, nodesUp, posted, postedOf, valueTo } from '#properties/qnx-network/facts';
import { asking } from '#properties/qnx-network/laws/attach';
import { hears } from '#properties/qnx-network/laws/hearing';
import type { NetLaws, NetMutants, NetStep } from '#properties/qnx-network/obligation';

const proxyUnder = ({ proxies }: QnxState, pid: Pid): { readonly id: number; readonly proxy: Proxy } | null => {
  const id = proxies.findIndex((proxy) => proxy.pid === pid && proxy.life === 'live');
  return id < 0 ? null : { id, proxy: proxies[id]! };
};

/** A stand-in is asked for, or one is no longer wanted. */
function calledAsDue(step: NetStep): readonly string[] {
  const local = localCall(step, 'qnx_proxy_rem_attach', 'qnx_proxy_rem_detach');
  if (local === null || local.call.nid === 0 || local.call.nid === local.before.nid) return [];
  const { node, thread, before, after, call } = local;
  const far = !before.net ? ['ENOSYS'] : call.nid > before.nodes ? ['EHOSTUNREACH'] : [];
  const error = errorOf(step);
  if (call.operation === 'qnx_proxy_rem_attach') {
    const home = proxyUnder(before, call.proxy);
    const errors = [...far, ...(home === null ? ['ESRCH'] : home.proxy.owner === thread ? [] : ['EPERM'])];
    if (errors.length > 0) return errors.includes(error ?? '') && same(before, after) ? [] : [`a stand-in is asked for, which comes to ${error ?? 'no error'} instead of ${errors.join(' or ')}`];
    const [stand] = postedOf(step, 'stand');
    return stand?.to === call.nid - 1 && stand.cargo.proxy === call.proxy && eventOn(step, node, thread)?.tag === 'blocked' ? [] : ['Proc of the other node is not asked for a stand-in'];
  }
  const home = before.proxies.find(({ life, owner, standIns }) => life === 'live' && owner === thread && standIns.some(({ nid, pid }) => nid === call.nid && pid === call.proxy));
  const errors = [...far, ...(home === undefined ? ['ESRCH'] : [])];
  if (errors.length > 0) return errors.includes(error ?? '') && same(before, after) ? [] : [`a stand-in is taken away, which comes to ${error ?? 'no error'} instead of ${errors.join(' or ')}`];
  const [unstand] = postedOf(step, 'unstand');
  const others = home!.standIns.filter(({ nid, pid }) => nid !== call.nid || pid !== call.proxy);
  const kept = same(others, proxyUnder(after, home!.pid)!.proxy.standIns);
  return unstand?.to === call.nid - 1 && unstand.cargo.proxy === call.proxy && kept && error === null ? [] : ['a stand-in that is not wanted stays, or others go'];
}

/** Stand-ins come and go on the node where they stand. */
function standsAsDue(step: NetStep): readonly string[] {
  const comes = arrival(step, 'stand', 'stands', 'unstand');
  if (comes === null) return [];
  const { to: node, from, nid, before, after, cargo } = comes;
  const made = after.proxies.slice(before.proxies.length);
  if (cargo.tag === 'stand') {
    const full = before.proxies.filter(({ life }) => life === 'live').length >= before.limits.processTable;
    const [answer] = posted(step);
    if (full) return made.length === 0 && answer?.cargo.tag === 'refused' && answer.cargo.error === 'EAGAIN' ? [] : ['a stand-in is made though there is no room'];
    const [proxy] = made;
    const right = made.length === 1 && proxy!.life === 'live' && proxy!.owner === 0 && same(proxy!.standsFor, { tag: 'place', nid, pid: cargo.proxy });
    const told = answer?.to === from && answer.cargo.tag === 'stands' && answer.cargo.proxy === proxy?.pid && answer.cargo.serial === cargo.serial;
    return right && told && same(before.processes, after.processes) ? [] : ['a stand-in is not made as it should be'];
  }
  if (cargo.tag === 'unstand') {
    const was = proxyUnder(before, cargo.proxy);
    const due = was?.proxy.standsFor?.nid === nid && (cargo.from === 0 || was.proxy.standsFor.pid === cargo.from);
    return due === (was !== null && proxyUnder(after, cargo.proxy) === null) ? [] : ['a stand-in that is not wanted stays, or something else goes'];
  }
  const asked = asking(before, cargo.serial);
  const home = asked === null ? null : proxyUnder(before, asked.question.vid);
  if (asked === null || home === null) {
    const [unstand] = postedOf(step, 'unstand');
    return unstand?.to === from && unstand.cargo.proxy === cargo.proxy ? asked === null ? [] : hears(step, node, asked.asker, ['ESRCH']) : ['a stand-in that nobody waits for is not taken away'];
  }
  const knows = proxyUnder(after, home.proxy.pid)!.proxy.standIns.some((place) => place.nid === nid && place.pid === cargo.proxy);
  return knows && (before.processes[asked.asker]!.held || valueTo<{ proxy: Pid }>(step, node, asked.asker)?.proxy === cargo.proxy) ? [] : ['who asked for a stand-in is not given it'];
}

/** To trigger a stand-in is to have its proxy triggered. */
function triggeredAsDue(step: NetStep): readonly string[] {
  const local = localCall(step, 'Trigger');
  const standIn = local === null ? null : proxyUnder(local.before, local.call.proxy);
  if (local !== null && standIn !== null && standIn.proxy.standsFor !== null) {
    const { before, after, node, thread } = local;
    const errors = !before.net ? ['ENOSYS', 'EHOSTUNREACH'] : before.outgoing.length >= before.limits.outgoing ? ['EAGAIN'] : [];
    const error = errorOf(step);
    if (errors.length > 0) return errors.includes(error ?? '') && same(before, after) ? [] : [`a stand-in is triggered, which comes to ${error ?? 'no error'} instead of ${errors.join(' or ')}`];
    const { nid, pid } = standIn.proxy.standsFor;
    const right = same(after.outgoing, [...before.outgoing, { tag: 'trigger', nid, proxy: pid }]) && same(before.proxies, after.proxies);
    return right && valueTo<{ pid: Pid }>(step, node, thread)?.pid === 0 ? [] : ['a stand-in that is triggered does not have its proxy triggered'];
  }
  const runs = happening(step, 'net_runs');
  const [first] = runs?.before.outgoing ?? [];
  if (first?.tag === 'trigger' && posted(step).length > 0) {
    const [packet] = postedOf(step, 'trigger');
    return packet?.to === first.nid - 1 && packet.cargo.proxy === first.proxy ? [] : ['a trigger is carried to another proxy'];
  }
  return countedAsDue(step);
}

function countedAsDue(step: NetStep): readonly string[] {
  const comes = arrival(step, 'trigger');
  if (comes === null) return [];
  const { to: node, nid, before, after, cargo } = comes;
  const home = proxyUnder(before, cargo.proxy);
  const known = home?.proxy.standIns.some((place) => place.nid === nid) === true;
  if (home === null || !known) return same(before.proxies, after.proxies) && same(before.processes, after.processes) ? [] : ['a proxy is triggered by a node where nothing stands for it'];
  const { owner, count } = home.proxy;
  const now = after.proxies[home.id]!.count;
  const { run } = before.processes[owner]!;
  const waits = run.tag === 'receiving' && (run.from === 0 || run.from === home.proxy.pid);
  if (count >= before.limits.triggers) return now === count ? [] : ['a proxy is triggered beyond its limit'];
  if (!waits) return now === count + 1 ? [] : [`a proxy was triggered ${count} times, and once more by its stand-in makes ${now}`];
  const value = valueTo<{ pid: Pid }>(step, node, owner);
  const answered = before.processes[owner]!.held || eventOn(step, node, owner)?.tag === 'raised' || value?.pid === home.proxy.pid;
  return answered && now <= count + 1 ? [] : ['the owner of a proxy that is triggered by its stand-in does not receive it'];
}

/** Stand-ins go with what they stand for: their nodes are told. */
function droppedAsDue(step: NetStep): readonly string[] {
  if (step.call.operation === 'node_reboots') return [];
  return nodesUp(step.before).flatMap(([node, before]) => {
    const after = step.after.nodes[node]!.kernel;
    if (after === before || !after.net) return [];
    return before.proxies.flatMap(({ life, pid, standIns }, id) => (life !== 'live' || after.proxies[id]!.life === 'live' ? []
      : standIns.filter((place) => !postedOf(step, 'unstand').some((packet) => packet.to === place.nid - 1 && packet.cargo.proxy === place.pid && packet.cargo.from === pid))
        .map(() => `the stand-in of p${pid} of node ${node} stays`)));
  });
}

export const standInLaws = {
  'qnx-network/stand-in-triggers-its-proxy': {
    step: (step) => [...calledAsDue(step), ...standsAsDue(step), ...triggeredAsDue(step), ...droppedAsDue(step)],
    sometimes: {
      'one is asked for': (step) => postedOf(step, 'stand').length > 0,
      'one is asked for the proxy of another': (step) => localCall(step, 'qnx_proxy_rem_attach') !== null && errorOf(step) === 'EPERM',
      'one is given': (step) => arrival(step, 'stands') !== null && step.events.length > 0,
      'one is triggered': (step) => localCall(step, 'Trigger') !== null && step.after.nodes.some(({ kernel: { outgoing } }) => outgoing.at(-1)?.tag === 'trigger'),
      'its proxy is counted': (step) => arrival(step, 'trigger') !== null && step.events.length === 0,
      'its proxy is received': (step) => arrival(step, 'trigger') !== null && step.events.some(({ tag }) => tag === 'returned'),
      'one is taken away': (step) => localCall(step, 'qnx_proxy_rem_detach') !== null && postedOf(step, 'unstand').length > 0,
      'its proxy goes': (step) => localCall(step, 'qnx_proxy_rem_detach') === null && postedOf(step, 'unstand').length > 0,
      'it goes': (step) => {
        const comes = arrival(step, 'unstand');
        return comes !== null && proxyUnder(comes.before, comes.cargo.proxy) !== null;
      },
    },
  },
} satisfies NetLaws;

export const standInMutants: NetMutants = {
  'stand-in-is-a-proxy-of-its-own': {
    rule: 'qnx-network/stand-in-triggers-its-proxy',
    fault: 'to trigger a stand-in triggers nothing elsewhere',
    mechanisms: { triggerAfar: () => {} },
  },
  'stand-in-triggers-twice': {
    rule: 'qnx-network/stand-in-triggers-its-proxy',
    fault: 'a proxy is triggered twice each time its stand-in is',
    mechanisms: {
      triggerComes: (world, from, cargo) => {
        mechanisms.triggerComes(world, from, cargo);
        mechanisms.triggerComes(world, from, cargo);
      },
    },
  },
  'anyone-triggers-from-afar': {
    rule: 'qnx-network/stand-in-triggers-its-proxy',
    fault: 'a proxy is triggered by a stand-in that was taken away',
    mechanisms: {
      triggerComes: (world, _from, cargo) => {
        const home = proxyUnder(world.state, cargo.proxy);
        if (home !== null) mechanisms.trigger(world, home.id as never);
      },
    },
  },
  'stand-in-stays-behind': {
    rule: 'qnx-network/stand-in-triggers-its-proxy',
    fault: 'the stand-ins of a proxy stay when it goes',
    mechanisms: { dropStandIns: () => {} },
  },
  'stand-in-is-not-known-at-home': {
    rule: 'qnx-network/stand-in-triggers-its-proxy',
    fault: 'who asked for a stand-in is given it, and its proxy does not know of it',
    mechanisms: {
      standsComes: (world, from, cargo) => {
        mechanisms.standsComes(world, from, cargo);
        for (const proxy of world.state.proxies) change(proxy).standIns = [];
      },
    },
  },
};
