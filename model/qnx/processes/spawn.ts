import { newPid } from '#model/qnx/entries';
import { exchangeWithProc } from '#model/qnx/messages/send';
import { loadError, withoutHandlers } from '#model/qnx/processes/exec';
import { fresh } from '#model/qnx/processes/process';
import type { Process } from '#model/qnx/state';
import type { QnxArguments, Pid } from '#spec/qnx/vocabulary';
import type { Qnx, QnxOperation } from '#model/qnx/world';
import { BeyondScope, change, ModelError, raised, returned } from '#model/operation';

/** Makes a child with an image of its own, in one step. */
export const spawn: QnxOperation<'spawn'> = {
  implements: ['qnx/spawn-makes-a-child-with-its-image', 'qnx/child-inherits-by-the-table', 'qnx/proc-serves-by-messages'],

  step(world, call) {
    world.charge('trap');
    exchangeWithProc(world);
    const { state, mechanisms } = world;
    const { thread, child, image, priority } = call;
    // Guards.
    if (child !== state.processes.length) throw new ModelError('the next process has another number');
    const errors: ('ENOENT' | 'ENOEXEC' | 'ENOMEM' | 'EAGAIN' | 'EPERM')[] = [];
    const error = loadError(image);
    if (error !== null) errors.push(error);
    if (mechanisms.isTableFull(state)) errors.push('EAGAIN');
    if (priority !== null && !mechanisms.mayRaise(state, thread, priority)) errors.push('EPERM');
    if (errors.length > 0) return raised(world.choose('error', errors, (option) => option));
    if (state.processes.length >= state.limits.processes) throw new BeyondScope('too many processes');
    // Effect.
    const pid = newPid(world);
    change(state).processes.push(change(mechanisms.spawned(world, call, pid)));
    return returned({ pid });
  },
};

/** A child as it begins: what it inherits, and what it is given instead. */
export function spawned({ state }: Qnx, call: QnxArguments<'spawn'>, pid: Pid): Process {
  const parent = state.processes[call.thread]!;
  const plain = fresh();
  return {
    ...plain,
    pid, parent: call.thread, uid: parent.uid, umask: parent.umask,
    memory: Array.from({ length: state.limits.memory }, () => 0),
    priority: call.priority ?? parent.priority,
    base: call.priority ?? parent.base,
    own: call.priority ?? parent.own,
    policy: parent.policy,
    slice: state.limits.slice,
    environment: call.environment ?? parent.environment,
    directory: call.directory ?? parent.directory,
    group: call.newGroup || call.newSession ? pid : parent.group,
    session: call.newSession ? pid : parent.session,
    files: call.closeFiles ? [] : [...parent.files],
    mask: call.clearMask ? plain.mask : [...parent.mask],
    actions: call.defaultSignals ? plain.actions : withoutHandlers(parent.actions),
    flags: call.noZombie ? ['NOZOMBIE'] : [],
  };
}
