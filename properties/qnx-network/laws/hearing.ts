import type { NodeId } from '#model/network/wire';
import { eventOn } from '#properties/qnx-network/facts';
import type { NetStep } from '#properties/qnx-network/obligation';

/** Whether a process goes on with one of some errors; one that is held will once it is continued. */
export function hears(step: NetStep, node: NodeId, thread: number, errors: readonly string[]): readonly string[] {
  const { held } = step.before.nodes[node]!.kernel.processes[thread]!;
  const event = eventOn(step, node, thread);
  if (event?.tag === 'raised' && errors.includes(event.error)) return [];
  const { run } = step.after.nodes[node]!.kernel.processes[thread]!;
  if (held && run.tag === 'answered' && run.answer.tag === 'error' && errors.includes(run.answer.error)) return [];
  return [`P${thread} of node ${node} should hear ${errors.join(' or ')}, and ${event === undefined ? 'hears nothing' : `is ${event.tag} ${'error' in event ? event.error : ''}`}`];
}

/** Nobody on a node is seen to do anything but some processes. */
export const silent = (step: NetStep, node: NodeId, except: readonly number[] = []): readonly string[] =>
  step.before.nodes[node]!.kernel.processes.flatMap((_, thread) =>
    (!except.includes(thread) && eventOn(step, node, thread) !== undefined ? [`P${thread} of node ${node} is seen to do something`] : []));
