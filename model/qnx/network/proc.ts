import type { Pid } from '#spec/qnx/vocabulary';
import { lookup, newPid, pidOf } from '#model/qnx/entries';
import { ownerOfName } from '#model/qnx/network/attach';
import type { Cargoes } from '#model/qnx/network/arrivals';
import { circuitOf, setCircuit, tell } from '#model/qnx/network/circuit';
import { askerOf, setQuestion } from '#model/qnx/network/question';
import { OWNERS_PRIORITY, PROC } from '#model/qnx/state';
import type { Qnx } from '#model/qnx/world';
import { BeyondScope, change } from '#model/operation';

/** Another node wants a circuit to a process of this one. */
export function createComes(world: Qnx, from: number, { serial, other, from: pid, to, length }: Cargoes['create']): void {
  const { state, mechanisms } = world;
  const denoted = lookup(state, to);
  const errors: string[] = denoted?.tag === 'process' && denoted.process !== PROC ? [] : ['ESRCH'];
  errors.push(...mechanisms.endErrors(world, length));
  if (denoted?.tag !== 'process' || errors.length > 0) {
    return tell(world, from, { tag: 'refused', serial, error: world.choose('error', errors, (error) => error) });
  }
  const end = mechanisms.makeEnd(world, denoted.process, { tag: 'place', nid: from, pid }, other, length, false);
  tell(world, from, { tag: 'created', serial, end: other, other: pidOf(state, end) });
}

/** The circuit that was asked for is there; if nobody waits for it any more it is taken apart. */
export function createdComes(world: Qnx, from: number, { serial, end: vid, other }: Cargoes['created']): void {
  const { state, mechanisms } = world;
  const asked = askerOf(state, serial);
  const end = state.processes.findIndex(({ pid, circuit, life }) => pid === vid && circuit !== null && life === 'live');
  if (asked === null || end < 0 || asked.question.vid !== vid) return tell(world, from, { tag: 'ends', end: other, other: vid });
  setCircuit(state, end as never, { vid: other, silent: 0 });
  const { counts, found } = asked.question;
  mechanisms.wake(world, asked.asker, { tag: 'found', pid: vid, copies: counts ? found.length : 0 });
}

/** Another node wants to know who goes by a name here. */
export function locateComes(world: Qnx, from: number, { serial, name }: Cargoes['locate']): void {
  const { state } = world;
  const owner = ownerOfName(state, name);
  tell(world, from, { tag: 'located', serial, pid: owner === null ? 0 as Pid : pidOf(state, owner) });
}

/** A node has said who goes by a name there. */
export function locatedComes(world: Qnx, from: number, { serial, pid }: Cargoes['located']): void {
  const { state, mechanisms } = world;
  const asked = askerOf(state, serial);
  if (asked === null || !asked.question.nodes.includes(from)) return;
  const { asker, question } = asked;
  const nodes = question.nodes.filter((nid) => nid !== from);
  const found = pid === 0 ? question.found : [...question.found, { tag: 'place', nid: from, pid } as const];
  setQuestion(state, asker, { ...question, nodes, found });
  if (nodes.length === 0) mechanisms.conclude(world, asker, { ...question, nodes, found });
}

/** Another node wants a stand-in here for a proxy of its own. */
export function standComes(world: Qnx, from: number, { serial, proxy }: Cargoes['stand']): void {
  const { state } = world;
  if (state.proxies.filter(({ life }) => life === 'live').length >= state.limits.processTable) {
    return tell(world, from, { tag: 'refused', serial, error: 'EAGAIN' });
  }
  if (state.proxies.length >= state.limits.proxies) throw new BeyondScope('too many proxies');
  const pid = newPid(world);
  change(state).proxies.push({
    life: 'live', pid, owner: PROC, data: [], priority: OWNERS_PRIORITY, count: 0, standsFor: { tag: 'place', nid: from, pid: proxy }, standIns: [],
  });
  tell(world, from, { tag: 'stands', serial, proxy: pid });
}

/** The stand-in that was asked for is there. */
export function standsComes(world: Qnx, from: number, { serial, proxy }: Cargoes['stands']): void {
  const { state, mechanisms } = world;
  const asked = askerOf(state, serial);
  const home = asked === null ? null : lookup(state, asked.question.vid);
  if (asked === null || home?.tag !== 'proxy') {
    if (asked !== null) mechanisms.failQuestion(world, asked.asker, asked.question, 'ESRCH');
    return tell(world, from, { tag: 'unstand', proxy, from: asked?.question.vid ?? 0 as Pid });
  }
  const row = change(state.proxies[home.proxy]!);
  row.standIns = [...row.standIns, { tag: 'place', nid: from, pid: proxy }];
  mechanisms.wake(world, asked.asker, { tag: 'stands', proxy });
}

/** A stand-in is no longer wanted. */
export function unstandComes(world: Qnx, from: number, { proxy, from: home }: Cargoes['unstand']): void {
  const { state, mechanisms } = world;
  const denoted = lookup(state, proxy);
  if (denoted?.tag !== 'proxy') return;
  const { standsFor } = state.proxies[denoted.proxy]!;
  if (standsFor?.nid === from && (home === 0 || standsFor.pid === home)) mechanisms.endProxy(world, denoted.proxy);
}

/** A stand-in of a proxy was triggered on another node. */
export function triggerComes(world: Qnx, from: number, { proxy }: Cargoes['trigger']): void {
  const { state, mechanisms } = world;
  const denoted = lookup(state, proxy);
  if (denoted?.tag !== 'proxy' || !state.proxies[denoted.proxy]!.standIns.some(({ nid }) => nid === from)) return;
  mechanisms.trigger(world, denoted.proxy);
}

/** A signal comes by a circuit for the process at this end. Proc looks at who sends it, and answers. */
export function signalComes(world: Qnx, from: number, cargo: Cargoes['signal']): void {
  const { state, mechanisms } = world;
  const { serial, signal, user } = cargo;
  const end = mechanisms.endFor(state, from, cargo);
  if (end === null) return tell(world, from, { tag: 'refused', serial, error: 'ESRCH' });
  const { owner } = circuitOf(state, end);
  if (user !== 0 && user !== state.processes[owner]!.uid) return tell(world, from, { tag: 'refused', serial, error: 'EPERM' });
  tell(world, from, { tag: 'signalled', serial });
  if (signal !== null) mechanisms.post(world, owner, signal);
}

/** Proc of another node has done as it was asked. */
export function signalledComes(world: Qnx, _from: number, { serial }: Cargoes['signalled']): void {
  const asked = askerOf(world.state, serial);
  if (asked !== null) world.mechanisms.wake(world, asked.asker, { tag: 'done' });
}

/** Proc of another node will not do as it was asked. */
export function refusalComes(world: Qnx, _from: number, { serial, error }: Cargoes['refused']): void {
  const asked = askerOf(world.state, serial);
  if (asked !== null) world.mechanisms.failQuestion(world, asked.asker, asked.question, error);
}
