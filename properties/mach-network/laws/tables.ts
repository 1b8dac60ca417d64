import type { Cargo, Entry, MachNetworkState, NetworkRight, Proxy, Real } from '#model/mach-network/state';
import type { NodeId } from '#model/network/wire';
import { arrived, entriesOf, entryIn, isMachCall, isReceiveEntry, nodeOf, posted, serverEntry, serverSet } from '#properties/mach-network/facts';
import { ledgerAfter } from '#properties/mach-network/ledger';
import { isIdeal, type MachNetworkLaws, type MachNetworkStep } from '#properties/mach-network/obligation';
import type { Violations } from '#properties/obligation';

/** One proxy for each remote port, from which the server receives; one right for each port that lives here. */
function tablesMatch(state: MachNetworkState): Violations {
  return state.nodes.flatMap(({ up, manager }, node) => {
    if (!up) return [];
    const { proxies, reals } = entriesOf(manager);
    const held = [...proxies, ...reals];
    return [
      ...repeated(manager.entries.map(({ id }) => id.public)).map((port) => `node ${node} has two entries for ${port}`),
      ...repeated(held.map(({ local }) => local.name)).map((name) => `node ${node} has two entries for its name ${name}`),
      ...proxies.flatMap((proxy) => wrongProxy(state, node, proxy)),
      ...reals.flatMap((real) => wrongReal(state, node, real)),
    ];
  });
}

const repeated = (values: readonly number[]): readonly number[] => values.filter((value, at) => values.indexOf(value) < at);

function wrongProxy(state: MachNetworkState, node: NodeId, { id, local, suspended, leaving }: Proxy): Violations {
  const entry = serverEntry(state, node, local.name);
  if (!isReceiveEntry(entry)) return [`the server of node ${node} does not receive from its proxy for ${id.public}`];
  const { set } = state.nodes[node]!.kernel.ports[entry.port]!;
  const wrong: string[] = [];
  if (entry.sends !== kept(state, node, local.name)) wrong.push(`the server of node ${node} has ${entry.sends} references to its own proxy for ${id.public}`);
  if (set !== (suspended ? null : serverSet(state, node))) wrong.push(`the proxy for ${id.public} on node ${node} is ${suspended ? '' : 'not '}in the set`);
  if (leaving && !suspended) wrong.push(`messages are taken from ${id.public} while it is moved from node ${node}`);
  return wrong;
}

function wrongReal(state: MachNetworkState, node: NodeId, { id, local, kind }: Real): Violations {
  const entry = serverEntry(state, node, local.name);
  if (entry?.tag === 'dead') return [];
  if (kind === 'once') return entry?.tag === 'send-once' ? [] : [`the server of node ${node} has no send-once right for ${id.public}`];
  const sends = entry?.tag === 'port' ? entry.sends : 0;
  return sends === 1 + kept(state, node, local.name) ? [] : [`the server of node ${node} has ${sends} references to a send right for ${id.public}`];
}

/** The references that a server has to a right for those who may ask for it by name, and for those it owes an answer. */
function kept({ nodes }: MachNetworkState, node: NodeId, name: number): number {
  const { services, lookups } = nodes[node]!.manager;
  const named = services.flatMap(({ port, signature }) => [port, signature]).filter((held) => held?.name === name).length;
  return named + lookups.filter(({ reply, kind }) => kind === 'send' && reply.name === name).length;
}

/** A port lives in one place only. */
function livesOnce(state: MachNetworkState): Violations {
  const homes = state.nodes.flatMap(({ up, manager }) => (up ? entriesOf(manager).reals.map(({ id }) => id.public) : []));
  return repeated(homes).map((port) => `${port} lives on two nodes`);
}

const known = (entry: Entry): entry is Proxy | Real => entry.tag !== 'gone';

/** New identifiers have numbers that nothing had before, secrets go with receive rights only. */
function identifiersAreNew(step: MachNetworkStep): Violations {
  const { before, after } = step;
  const node = nodeOf(step);
  if (node === null || !after.nodes[node]!.up || before.nodes[node]!.manager === after.nodes[node]!.manager) return [];
  const numbers = numbersOf(before);
  const old = before.nodes[node]!.manager;
  const fresh = after.nodes[node]!.manager.entries.filter((entry) => known(entry) && entry.id.owner === node && entryIn(old, entry.id.public) === null);
  const comes = arrived(step, 'message')?.cargo ?? null;
  const made = fresh.filter(({ id }) => !(comes !== null && rightsIn(comes).some((right) => 'id' in right && right.id.public === id.public)) && !isFromAnswer(step, id.public));
  return [
    ...made.flatMap(({ id }) => [id.public, id.secret ?? -1].filter((number) => numbers.has(number)).map((number) => `node ${node} makes the number ${number} again`)),
    ...repeated(made.flatMap(({ id }) => [id.public, id.secret ?? -1])).map((number) => `node ${node} makes the number ${number} twice`),
    ...posted(step).flatMap(({ cargo }) => leaks(cargo)),
    ...boasts(step, node),
  ];
}

const isFromAnswer = (step: MachNetworkStep, port: number): boolean => {
  const right = arrived(step, 'looked up')?.cargo.right;
  return right !== undefined && right !== null && 'id' in right && right.id.public === port;
};

function numbersOf({ nodes, wire }: MachNetworkState): ReadonlySet<number> {
  const numbers = new Set<number>();
  const add = ({ id }: { readonly id: Entry['id'] }): void => {
    numbers.add(id.public);
    if (id.secret !== null) numbers.add(id.secret);
  };
  for (const { manager } of nodes) manager.entries.forEach(add);
  for (const { cargo } of wire.packets) if (cargo.tag === 'message') rightsIn(cargo).forEach((right) => { if ('id' in right) add(right); });
  return numbers;
}

const rightsIn = ({ content: { reply, body } }: Extract<Cargo, { tag: 'message' }>): readonly NetworkRight[] =>
  [reply, ...body.flatMap((item) => (item.tag === 'rights' ? item.rights : []))];

/** Secrets that go where no receive right goes, and receive rights without theirs. */
function leaks(cargo: Cargo): Violations {
  const rights = cargo.tag === 'message' ? rightsIn(cargo) : cargo.tag === 'looked up' && cargo.right !== null ? [cargo.right] : [];
  return rights.flatMap((right) => {
    if (!('id' in right)) return [];
    if (right.tag === 'receive') return right.id.secret === null ? [`the receive right of ${right.id.public} goes without its secret`] : [];
    return right.id.secret === null ? [] : [`the secret of ${right.id.public} goes with a ${right.tag} right`];
  });
}

/** A server that knows a secret has, or had, the receive right. */
function boasts({ before, after }: MachNetworkStep, node: NodeId): Violations {
  return after.nodes[node]!.manager.entries.flatMap((entry) => {
    if (entry.tag !== 'proxy' || entry.id.secret === null || entry.leaving) return [];
    const old = entryIn(before.nodes[node]!.manager, entry.id.public);
    return old === null || old.id.secret === null ? [`node ${node} knows the secret of ${entry.id.public}`] : [];
  });
}

/** Nothing changes but the node where something happens, and what it puts on the wire. */
function nothingElseChanges(step: MachNetworkStep): Violations {
  const { before, after, call } = step;
  const here = nodeOf(step);
  const wrong = after.nodes.flatMap((node, at) => {
    const old = before.nodes[at]!;
    if (node === old || at === here) return [];
    const isSame = node.manager === old.manager && node.up === old.up && node.epoch === old.epoch && isSameKernel(old.kernel, node.kernel);
    return isSame ? [] : [`node ${at} changes`];
  });
  if (isMachCall(step) && after.wire !== before.wire) wrong.push('a call puts something on the wire');
  if (isMachCall(step) && after.nodes[here ?? 0]!.manager !== before.nodes[here ?? 0]!.manager) wrong.push('a call changes what the server has in mind');
  if (call.operation === 'node_crashes' && after.wire !== before.wire) wrong.push('a crash is told to somebody');
  wrong.push(...posted(step).filter(({ from }) => from !== here).map(({ from }) => `a packet comes from node ${from}`));
  return wrong;
}

/** What counts calls alone may differ. */
function isSameKernel(before: MachNetworkState['nodes'][number]['kernel'], after: typeof before): boolean {
  return before === after || (Object.keys(after) as (keyof typeof after)[]).every((key) => key === 'moment' || after[key] === before[key]);
}

export const tableLaws: MachNetworkLaws = {
  'mach-network/kernel-knows-no-network': {
    step: nothingElseChanges,
    sometimes: {
      'a program makes a call': isMachCall,
      'a server takes a message': ({ call }) => call.operation === 'netmsgserver_runs',
    },
  },
  'mach-network/remote-port-has-one-proxy': {
    always: (state) => [...tablesMatch(state), ...livesOnce(state)],
    step: (step) => !isIdeal(step) ? [] : ledgerAfter(step).findings.filter(({ topic }) => topic === 'proxy').map(({ says }) => says),
    sometimes: {
      'a second right for one remote port comes': (step) => {
        const message = arrived(step, 'message');
        return message !== null && rightsIn(message.cargo).some((right) => right.tag === 'send' && entryIn(step.before.nodes[message.to]!.manager, right.id.public)?.tag === 'proxy');
      },
      'a proxy is made': (step) => {
        const node = nodeOf(step);
        return node !== null && entriesOf(step.after.nodes[node]!.manager).proxies.some(({ id }) => entryIn(step.before.nodes[node]!.manager, id.public) === null);
      },
    },
  },
  'mach-network/identifier-is-made-on-demand': {
    step: identifiersAreNew,
    sometimes: {
      'an identifier is made': (step) => {
        const node = nodeOf(step);
        return node !== null && step.call.operation === 'netmsgserver_runs'
          && step.after.nodes[node]!.manager.entries.some(({ id }) => id.owner === node && entryIn(step.before.nodes[node]!.manager, id.public) === null);
      },
      'a receive right goes with its secret': (step) => posted(step).some(({ cargo }) => cargo.tag === 'message' && rightsIn(cargo).some(({ tag }) => tag === 'receive')),
    },
  },
};

