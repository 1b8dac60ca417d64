import type { Pid, ProcessId } from '#spec/qnx/vocabulary';
import { lookup, pidOf } from '#model/qnx/entries';
import { exchangeWithProc } from '#model/qnx/messages/send';
import { bufferErrors, circuitOf, endsOf, setCircuit, type EndError } from '#model/qnx/network/circuit';
import { ask, farErrors, isHere, type FarError } from '#model/qnx/network/question';
import type { Place, QnxState, Question } from '#model/qnx/state';
import type { Qnx, QnxOperation } from '#model/qnx/world';
import { change, raised, returned } from '#model/operation';

/** Makes a circuit to a process of another node: an end here, once there is one there. A process of this node needs none. */
export const vcAttach: QnxOperation<'qnx_vc_attach'> = {
  implements: ['qnx/own-node-needs-no-circuit', 'qnx/node-without-net-is-alone'],

  step(world, { thread, nid, pid, length, share, remZombie }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { state, mechanisms } = world;
    // Guards.
    if (isHere(state, nid)) return ownProcess(state, pid);
    const shared = share ? mechanisms.sharedEnd(state, thread, { tag: 'place', nid, pid }) : null;
    if (shared !== null) return shareEnd(world, shared, length, remZombie);
    const errors: (FarError | EndError)[] = [...farErrors(state, nid), ...mechanisms.endErrors(world, length)];
    if (errors.length > 0) return raised(world.choose('error', errors, (error) => error));
    // Effect.
    return mechanisms.create(world, thread, { tag: 'place', nid, pid }, length, remZombie);
  },
};

function ownProcess(state: QnxState, pid: Pid) {
  const denoted = lookup(state, pid);
  return denoted?.tag === 'process' ? returned({ pid }) : raised('ESRCH');
}

/** An end that a process has already to what is called so on another node, if there is one. */
export function sharedEnd(state: QnxState, owner: ProcessId, far: Place): ProcessId | null {
  return endsOf(state).find((end) => {
    const circuit = circuitOf(state, end);
    return circuit.owner === owner && circuit.nid === far.nid && circuit.pid === far.pid && circuit.vid !== 0;
  }) ?? null;
}

/** One more user of an end, whose buffer is as large as the largest that was asked for. */
function shareEnd(world: Qnx, end: ProcessId, length: number, remZombie: boolean) {
  const { state } = world;
  const { memory } = state.processes[end]!;
  const errors = bufferErrors(state, length, length - memory.length);
  if (errors.length > 0) return raised(world.choose('error', errors, (error) => error));
  growTo(state, end, length);
  const { users, remains } = circuitOf(state, end);
  setCircuit(state, end, { users: users + 1, remains: remains || remZombie });
  return returned({ pid: pidOf(state, end) });
}

/** A buffer holds so many bytes from now on, if it did not already. */
export function growTo(state: QnxState, end: ProcessId, length: number): void {
  const { memory } = state.processes[end]!;
  const more = length - memory.length;
  if (more > 0) change(state.processes[end]!).memory = [...memory, ...Array.from({ length: more }, () => 0)];
}

/** Makes the end of this node, and has Proc ask for the other one. */
export function create(world: Qnx, thread: ProcessId, far: Place, length: number, remains: boolean) {
  const { state, mechanisms } = world;
  const vid = pidOf(state, mechanisms.makeEnd(world, thread, far, 0 as Pid, length, remains));
  const from = pidOf(state, thread);
  return ask(world, thread, [far.nid], 'circuit', { vid, length }, (serial) => ({ tag: 'create', serial, other: vid, from, to: far.pid, length }));
}

/** Takes a circuit apart, once nobody uses it. */
export const vcDetach: QnxOperation<'qnx_vc_detach'> = {
  implements: ['qnx/own-node-needs-no-circuit'],

  step(world, { thread, vid }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { state, mechanisms } = world;
    // Guards.
    const end = state.processes.findIndex(({ pid, circuit, life }) => pid === vid && life !== 'gone' && circuit?.owner === thread) as ProcessId;
    if (end < 0) return raised('ESRCH');
    // Effect.
    const { users } = circuitOf(state, end);
    if (state.processes[end]!.life === 'zombie') change(state.processes[end]!).life = 'gone';
    else if (users > 1) setCircuit(state, end, { users: users - 1 });
    else mechanisms.tearDown(world, end, 'ESRCH');
    return returned(null);
  },
};

/** Makes a circuit to whoever goes by a name on a node. */
export const nameVcAttach: QnxOperation<'qnx_vc_name_attach'> = {
  implements: ['qnx/own-node-needs-no-circuit', 'qnx/node-without-net-is-alone'],

  step(world, { thread, nid, name, length }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { state } = world;
    if (isHere(state, nid)) {
      const owner = ownerOfName(state, name);
      return owner === null ? raised('ENOENT') : returned({ pid: pidOf(state, owner) });
    }
    const errors = farErrors(state, nid);
    if (errors.length > 0) return raised(world.choose('error', errors, (error) => error));
    return find(world, thread, 'name on a node', [nid], name, length, false);
  },
};

/** Who goes by a name on this node. */
export const ownerOfName = ({ names }: QnxState, name: string): ProcessId | null => names.find((entry) => entry?.name === name)?.owner ?? null;

/** Asks nodes whether anybody goes by a name there. */
export const find = (
  world: Qnx, thread: ProcessId, about: 'name on a node' | 'name on all nodes', nodes: readonly number[], name: string, length: number, counts: boolean,
) => ask(world, thread, nodes, about, { length, counts }, (serial) => ({ tag: 'locate', serial, name }));

/** All nodes that a name was looked for on have answered, or will not: one that has it is chosen, and a circuit made to it. */
export function conclude(world: Qnx, asker: ProcessId, question: Question): void {
  const { state, mechanisms } = world;
  const { found, length, counts, serial } = question;
  if (found.length === 0) return mechanisms.failQuestion(world, asker, question, 'ENOENT');
  const errors = mechanisms.endErrors(world, length);
  if (errors.length > 0) return mechanisms.failQuestion(world, asker, question, world.choose('error', errors, (error) => error));
  const far = world.choose('which copy', found, ({ nid, pid }) => `p${pid} of node ${nid}`);
  mechanisms.create(world, asker, far, length, false);
  const { run } = state.processes[asker]!;
  if (run.tag === 'asking' && run.question.serial !== serial) {
    change(state.processes[asker]!).run = { tag: 'asking', question: { ...run.question, counts, found } };
  }
}
