import type { Cargo } from '#model/qnx/state';
import type { QnxNetworkState } from '#model/qnx-network/state';

/** What is on the wire, and what waits for the network managers, in lines for people. */
export function showWire({ nodes, wire }: QnxNetworkState): readonly string[] {
  return [
    ...nodes.flatMap(({ up, kernel: { net, outgoing } }, node) => {
      if (!up) return [];
      if (!net) return [`node ${node} has no network manager`];
      return outgoing.length === 0 ? [] : [`node ${node} has yet to send [${outgoing.map(({ tag }) => tag).join(' ')}]`];
    }),
    ...wire.apart.map(({ one, other }) => `node ${one} and node ${other} cannot reach each other`),
    ...wire.packets.map(({ from, to, cargo }, at) => `packet ${at}  from node ${from} to node ${to}  ${showCargo(cargo)}`),
  ];
}

/** What something on its way is, and whom it is for. */
function showCargo(cargo: Cargo): string {
  const facts = Object.entries(cargo).filter(([key]) => key !== 'tag')
    .map(([key, value]) => `${key} ${Array.isArray(value) ? `[${value.join(' ')}]` : String(value)}`);
  return [cargo.tag, ...facts].join(' ');
}
