import type { Name, TaskId } from '#spec/mach/vocabulary';
import type { Introduction } from '#spec/mach-network/scope';
import { addSend } from '#model/mach-network/arriving';
import { entryFor } from '#model/mach-network/entries';
import type { ServerMechanisms } from '#model/mach-network/mechanisms';
import { enterReal, newPortOf } from '#model/mach-network/proxies';
import type { MachNetworkState } from '#model/mach-network/state';
import { ask, type Servers } from '#model/mach-network/world';
import type { NodeId } from '#model/network/wire';

/** The world before anything happens in it: nobody watches, and what is open is decided as the documents have it first. */
const worldAtStart = (state: MachNetworkState, mechanisms: ServerMechanisms): Servers => ({
  state, mechanisms, choose: (_kind, options) => options[0]!, report: () => {}, charge: () => {}, deviate: () => {},
});

/** Gives a task the receive right of a new port, and tasks of any nodes send rights for it, as if they had been sent them. */
export function introduce(state: MachNetworkState, mechanisms: ServerMechanisms, { receiver, senders }: Introduction): void {
  const world = worldAtStart(state, mechanisms);
  const home = receiver.node;
  const name = newPortOf(world, home);
  addSend(world, home, name, false);
  const { id } = enterReal(world, home, name, 'port');
  give(world, home, receiver.task as TaskId, name, 'move-receive');
  for (const { node, task } of senders) {
    const known = entryFor(world, node, id.public) ?? mechanisms.makeProxy(world, node, id, 'port');
    if (known.tag === 'gone') continue;
    addSend(world, node, known.local.name, known.tag === 'real');
    give(world, node, task as TaskId, known.local.name, 'move-send');
  }
}

/** Gives a right of the server's to another task, under the name by which it knows the port, or a new one. */
function give(world: Servers, node: NodeId, task: TaskId, right: Name, disposition: 'move-receive' | 'move-send'): void {
  const { tasks } = world.state.nodes[node]!.kernel;
  const server = world.state.nodes[node]!.manager.task;
  const held = tasks[server]!.names[right]!;
  const { names } = tasks[task]!;
  const known = names.findIndex((entry) => entry?.tag === 'port' && held.tag === 'port' && entry.port === held.port);
  const name = (known > 0 ? known : names.length) as Name;
  ask(world, node, 'mach_port_insert_right', { task: { tag: 'identity', identity: task }, name, right: { name: right, disposition } });
}
