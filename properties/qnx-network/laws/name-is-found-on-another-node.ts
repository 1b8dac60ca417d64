import type { Pid } from '#spec/qnx/vocabulary';
import type { Place } from '#model/qnx/state';
import { mechanisms } from '#model/qnx-network/net';
import { monitor } from '#properties/obligation';
import { same } from '#properties/qnx/facts';
import { arrival, errorOf, eventOn, localCall, posted, postedOf, valueTo } from '#properties/qnx-network/facts';
import { added, asking, endErrorsDue } from '#properties/qnx-network/laws/attach';
import { hears } from '#properties/qnx-network/laws/hearing';
import type { NetLaws, NetMutants, NetStep } from '#properties/qnx-network/obligation';
import type { QnxNetworkState } from '#model/qnx-network/state';
import type { QnxNetworkCall } from '#model/qnx-network/kernel';

/** A name that is looked for, and the nodes on which it has to be. */
function search(step: NetStep) {
  const local = localCall(step, 'qnx_name_locate', 'qnx_vc_name_attach');
  if (local === null) return null;
  const { before, call } = local;
  const nid = call.nid ?? 0;
  const here = nid === 0 || nid === before.nid;
  const own = here ? before.names.find((entry) => entry?.name === call.name) ?? null : null;
  const others = Array.from({ length: before.nodes }, (_, place) => place + 1).filter((other) => other !== before.nid);
  const everywhere = call.operation === 'qnx_name_locate' && nid === 0 && call.name.startsWith('/') && before.net;
  return { ...local, nid, own, nodes: !here ? [nid] : own === null && everywhere ? others : [] };
}

function askedAsDue(step: NetStep): readonly string[] {
  const found = search(step);
  if (found === null) return [...saidAsDue(step), ...answeredAsDue(step)];
  const { node, thread, before, after, own, nodes, nid, call } = found;
  const error = errorOf(step);
  const still = same(before, after) && posted(step).length === 0;
  if (own !== null) {
    const value = valueTo<{ pid: Pid; copies?: number }>(step, node, thread);
    return still && value?.pid === before.processes[own.owner]!.pid && (call.operation === 'qnx_vc_name_attach' || value.copies === 1) ? [] : ['a name of the own node is not found there'];
  }
  const errors = nodes.length === 0 ? ['ENOENT'] : !before.net ? ['ENOSYS'] : nid > before.nodes ? ['EHOSTUNREACH'] : [];
  if (errors.length > 0) return errors.includes(error ?? '') && still ? [] : [`a name is looked for, which comes to ${error ?? 'no error'} instead of ${errors.join(' or ')}`];
  const asked = postedOf(step, 'locate');
  const right = same(asked.map(({ to }) => to + 1), nodes) && asked.every(({ cargo }) => cargo.name === call.name) && posted(step).length === asked.length;
  return right && eventOn(step, node, thread)?.tag === 'blocked' ? [] : [`a name is not looked for on node ${nodes.map((other) => other - 1).join(', ')}`];
}

/** A node says who goes by a name there. */
function saidAsDue(step: NetStep): readonly string[] {
  const comes = arrival(step, 'locate');
  if (comes === null) return [];
  const { before, after, from, cargo: { name, serial } } = comes;
  const entry = before.names.find((other) => other?.name === name);
  const [located] = postedOf(step, 'located');
  const right = located?.to === from && located.cargo.serial === serial && located.cargo.pid === (entry ? before.processes[entry.owner]!.pid : 0);
  return right && same(before.processes, after.processes) ? [] : ['a node does not say who goes by a name there'];
}

/** All have answered: a circuit to one that has the name is made, or there is none. */
function answeredAsDue(step: NetStep): readonly string[] {
  const comes = arrival(step, 'located');
  if (comes === null) return [];
  const { to: node, nid, before, after, cargo } = comes;
  const asked = asking(before, cargo.serial);
  if (asked === null || !asked.question.nodes.includes(nid)) return same(before.processes, after.processes) ? [] : ['an answer that nobody waits for changes a process'];
  const { asker, question } = asked;
  const found: readonly Place[] = cargo.pid === 0 ? question.found : [...question.found, { tag: 'place', nid, pid: cargo.pid }];
  const { run } = after.processes[asker]!;
  if (question.nodes.length > 1) {
    const waits = run.tag === 'asking' && run.question.serial === question.serial && same(run.question.found, found) && run.question.nodes.length === question.nodes.length - 1;
    return waits && posted(step).length === 0 ? [] : ['not all nodes are waited for on which a name is looked for'];
  }
  if (found.length === 0) return hears(step, node, asker, ['ENOENT']);
  const errors = endErrorsDue(before, question.length);
  if (errors.length > 0) return hears(step, node, asker, errors);
  const [create] = postedOf(step, 'create');
  const [end] = added(before, after);
  const chosen = found.find((place) => create?.to === place.nid - 1 && create.cargo.to === place.pid);
  const right = chosen !== undefined && end?.circuit?.nid === chosen.nid && end.circuit.pid === chosen.pid && end.circuit.owner === asker
    && run.tag === 'asking' && run.question.vid === end.pid;
  return right ? [] : ['no circuit is made to a process that goes by the name'];
}

/** What a caller was told is how many had answered that they have the name. */
interface Counts { readonly found: Map<string, number> }

const countsAsDue = monitor<QnxNetworkState, QnxNetworkCall, Counts>({
  start: () => ({ found: new Map() }),
  next: ({ found }, step) => {
    const local = localCall(step);
    if (local !== null) found.delete(`${local.node}/${local.thread}`);
    if (local?.call.operation === 'qnx_name_locate') found.set(`${local.node}/${local.thread}`, 0);
    const comes = arrival(step, 'located', 'created');
    if (comes === null) return [];
    const asked = asking(comes.before, comes.cargo.serial);
    if (asked === null) return [];
    const key = `${comes.to}/${asked.asker}`;
    if (comes.cargo.tag === 'located') {
      const known = found.get(key);
      if (comes.cargo.pid !== 0 && known !== undefined) found.set(key, known + 1);
      return [];
    }
    const value = valueTo<{ pid: Pid; copies?: number }>(step, comes.to, asked.asker);
    const due = found.get(key);
    return value === null || value.copies === due ? [] : [`${value.copies ?? 'no'} copies of a name are counted instead of ${due ?? 'none'}`];
  },
});

export const nameLaws = {
  'qnx-network/name-is-found-on-another-node': {
    monitor: countsAsDue,
    step: askedAsDue,
    sometimes: {
      'it is looked for on a node that is given': (step) => search(step)?.nodes.length === 1 && search(step)!.nid > 0 && postedOf(step, 'locate').length > 0,
      'it is looked for everywhere': (step) => postedOf(step, 'locate').length > 0 && search(step)?.nid === 0,
      'it is preferred at home': (step) => (search(step)?.own ?? null) !== null && search(step)!.call.name.startsWith('/'),
      'it is there': (step) => postedOf(step, 'located').some(({ cargo }) => cargo.pid !== 0),
      'nobody goes by it': (step) => arrival(step, 'located') !== null && step.events.some((event) => event.tag === 'raised' && event.error === 'ENOENT'),
      'several go by it': (step) => {
        const comes = arrival(step, 'located');
        const asked = comes === null ? null : asking(comes.before, comes.cargo.serial);
        return asked !== null && asked.question.found.length > 0 && comes!.cargo.pid !== 0;
      },
      'a circuit to it is given': (step) => arrival(step, 'created') !== null && step.events.some((event) => event.tag === 'returned' && 'copies' in (event.value as object)),
    },
  },
} satisfies NetLaws;

export const nameMutants: NetMutants = {
  'local-names-are-looked-for-everywhere': {
    rule: 'qnx-network/name-is-found-on-another-node',
    fault: 'every name is looked for on all nodes',
    mechanisms: { searched: (state, name, nid) => mechanisms.searched(state, name.startsWith('/') ? name : `/${name}`, nid) },
  },
  'global-names-are-not-looked-for': {
    rule: 'qnx-network/name-is-found-on-another-node',
    fault: 'no name is looked for on other nodes unless one is given',
    mechanisms: { searched: () => [] },
  },
  'first-answer-decides': {
    rule: 'qnx-network/name-is-found-on-another-node',
    fault: 'a name is not found if the first node to answer has it not',
    mechanisms: {
      locatedComes: (world, from, cargo) => {
        for (const [asker, { run, life }] of world.state.processes.entries()) {
          if (life === 'live' && run.tag === 'asking' && run.question.serial === cargo.serial && run.question.nodes.includes(from)) {
            mechanisms.conclude(world, asker as never, { ...run.question, found: cargo.pid === 0 ? [] : [{ tag: 'place', nid: from, pid: cargo.pid }] });
          }
        }
      },
    },
  },
  'name-is-that-of-the-first-process': {
    rule: 'qnx-network/name-is-found-on-another-node',
    fault: 'a node that is asked for a name gives its first process',
    mechanisms: {
      locateComes: (world, from, cargo) => {
        mechanisms.locateComes(world, from, cargo);
        const note = world.state.notes.at(-1)!;
        if (note.cargo.tag === 'located' && note.cargo.pid !== 0) (note.cargo as { pid: number }).pid = world.state.processes[1]!.pid;
      },
    },
  },
  'copies-are-not-counted': {
    rule: 'qnx-network/name-is-found-on-another-node',
    fault: 'the caller is told that there is one, however many there are',
    mechanisms: { conclude: (world, asker, question) => mechanisms.conclude(world, asker, { ...question, found: question.found.slice(0, 1) }) },
  },
};

