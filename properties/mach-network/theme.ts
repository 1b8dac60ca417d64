import type { MachNetworkScope } from '#spec/mach-network/scope';
import type { AnyCall } from '#model/kernel';
import type { MachScope } from '#model/mach/kernel';
import type { MachNetworkState } from '#model/mach-network/state';
import { mayBeDuplicated } from '#model/network/wire';
import { drawCall, shares } from '#properties/mach-network/draw';
import { drawProgress, inNetwork } from '#properties/mach-network/progress';
import { Scene } from '#properties/mach-network/scenes';
import type { Random } from '#properties/random';
import type { Theme } from '#properties/suite';

const limits: readonly MachScope['limits'][] = [{}, { queueLimit: 1 }, { queueLimit: 1 }, { queueLimit: 2 }];

/** What goes wrong in a run by itself: how often each thing happens, out of a thousand. */
interface Faults { readonly checkups: number; readonly losses: number; readonly copies: number; readonly cuts: number; readonly crashes: number; readonly restarts: number }

const faults: readonly Faults[] = [
  { checkups: 20, losses: 0, copies: 0, cuts: 0, crashes: 0, restarts: 0 },
  { checkups: 150, losses: 0, copies: 0, cuts: 0, crashes: 0, restarts: 0 },
  { checkups: 80, losses: 60, copies: 60, cuts: 0, crashes: 0, restarts: 0 },
  { checkups: 120, losses: 0, copies: 20, cuts: 40, crashes: 0, restarts: 0 },
  { checkups: 150, losses: 0, copies: 0, cuts: 0, crashes: 25, restarts: 15 },
  { checkups: 100, losses: 30, copies: 30, cuts: 20, crashes: 10, restarts: 10 },
];

function drawScope(random: Random): MachNetworkScope {
  const count = random.once(2) ? 2 : 3;
  const memory = random.once(5) ? { memory: { pageSize: 4, pageCount: 6 } } : {};
  const nodes = Array.from({ length: count }, () => ({ threads: random.pick([[1], [1], [1], [2], [1, 1]]), limits: random.pick(limits)!, ...memory }));
  const party = (node: number) => ({ node, task: random.below(nodes[node]!.threads.length) });
  const introduced = Array.from({ length: 1 + random.below(3) }, () => {
    const home = random.below(count);
    const senders = nodes.flatMap((_, node) => (node !== home && !random.once(4) ? [party(node)] : random.once(5) ? [party(node)] : []));
    return { receiver: party(home), senders };
  });
  return { nodes, introduced, ...(random.once(3) ? { bigEndian: [random.below(count)] } : {}) };
}

/** A run on a few machines that know each other from the start: in some of them things go wrong, in some nothing does. */
export function machNetworkTheme(random: Random): Theme<MachNetworkState, AnyCall> {
  const scene = random.once(2) ? null : new Scene(random);
  const scope = scene?.scope ?? drawScope(random);
  const table = shares(random);
  const wrong = random.pick(faults);
  const busy = random.pick([40, 60, 75]);
  let last = 100;
  const number = () => (last += 1);
  return {
    scope: { ...scope },
    draw(state, draws) {
      const line = scene?.next(state, draws, number) ?? null;
      if (line !== null) return line;
      const mishap = drawMishap(state, draws, wrong);
      if (mishap !== null) return mishap;
      const progress = draws.below(100) < busy ? drawProgress(state, draws) : null;
      if (progress !== null) return progress;
      const drawn = drawCall(state, draws, table, number);
      return drawn === null ? drawProgress(state, draws) ?? drawWaking(state, draws) : inNetwork(drawn.node, drawn.call);
    },
  };
}

const upNodes = ({ nodes }: MachNetworkState): readonly number[] => nodes.flatMap(({ up }, node) => (up ? [node] : []));

/** What happens by itself, and what servers do from time to time. */
function drawMishap(state: MachNetworkState, random: Random, { checkups, losses, copies, cuts, crashes, restarts }: Faults): AnyCall | null {
  const { wire: { packets, apart } } = state;
  let at = random.below(1000);
  const happens = (share: number): boolean => (at -= share) < 0 && at >= -share;
  const up = upNodes(state);
  if (happens(checkups)) return up.length === 0 ? null : { operation: 'checkup', node: random.pick(up) } as AnyCall;
  if (happens(losses)) return packets.length === 0 ? null : { operation: 'packet_is_lost', packet: random.below(packets.length) } as AnyCall;
  if (happens(copies)) {
    const may = packets.flatMap((_, packet) => (mayBeDuplicated(state.wire, packet) ? [packet] : []));
    return may.length === 0 ? null : { operation: 'packet_is_duplicated', packet: random.pick(may) } as AnyCall;
  }
  if (happens(cuts)) {
    if (apart.length > 0) return { operation: 'link_heals', one: apart[0]!.one, other: apart[0]!.other } as AnyCall;
    const one = random.below(state.nodes.length);
    return { operation: 'link_fails', one, other: (one + 1) % state.nodes.length } as AnyCall;
  }
  if (happens(crashes)) {
    const down = state.nodes.findIndex(({ up: isUp }) => !isUp);
    if (down >= 0) return { operation: 'node_reboots', node: down } as AnyCall;
    return { operation: 'node_crashes', node: random.pick(up) } as AnyCall;
  }
  if (happens(restarts)) return up.length === 0 ? null : { operation: 'netmsgserver_restarts', node: random.pick(up) } as AnyCall;
  return null;
}

/** Everybody waits: a machine that is down comes up, or there is a checkup. */
function drawWaking(state: MachNetworkState, random: Random): AnyCall | null {
  const down = state.nodes.findIndex(({ up }) => !up);
  if (down >= 0) return { operation: 'node_reboots', node: down } as AnyCall;
  const up = upNodes(state);
  return up.length === 0 ? null : { operation: 'checkup', node: random.pick(up) } as AnyCall;
}
