import type { ProcessId, Signal } from '#spec/qnx/vocabulary';
import { pidOf } from '#model/qnx/entries';
import { circuitOf } from '#model/qnx/network/circuit';
import { ask } from '#model/qnx/network/question';
import type { Qnx } from '#model/qnx/world';

/** Has Proc of another node give a signal to the process at the other end, or say whether it would. */
export function killAfar(world: Qnx, thread: ProcessId, end: ProcessId, signal: Signal | 'none') {
  const { state } = world;
  const { nid, vid } = circuitOf(state, end);
  const { uid } = state.processes[thread]!;
  return ask(world, thread, [nid], 'signal', {}, (serial) => ({
    tag: 'signal', serial, end: vid, other: pidOf(state, end), signal: signal === 'none' ? null : signal, user: uid,
  }));
}
