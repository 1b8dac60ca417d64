import type { Pid, ProcessId } from '#spec/qnx/vocabulary';
import { qnxVocabulary } from '#spec/qnx/vocabulary';

import type { QnxCall } from '#model/qnx/world';
import { areApart, mayArrive, type NodeId } from '#model/network/wire';
import type { QnxNetworkCall } from '#model/qnx-network/kernel';
import type { QnxNetworkState } from '#model/qnx-network/state';
import { callInNetwork } from '#properties/network/lift';
import { callers, Draw } from '#properties/qnx/draw';
import { drawCall, type Shares } from '#properties/qnx/draw-call';
import { endsOn } from '#properties/qnx-network/facts';
import { Weighted, type Random } from '#properties/random';

const onNode = callInNetwork<QnxCall>(qnxVocabulary('model'));

/** Whether something could happen to a network manager, or a process makes such a call at all. */
export function isEnabledHere({ nodes }: QnxNetworkState, call: QnxNetworkCall): boolean {
  const { node } = call;
  switch (call.operation) {
    case 'net_runs': return nodes[node]?.up === true && nodes[node].kernel.net && nodes[node].kernel.outgoing.length > 0;
    case 'poll': return nodes[node]?.up === true;
    case 'net_stops': return nodes[node]?.up === true && nodes[node].kernel.net;
    case 'net_starts': return nodes[node]?.up === true && !nodes[node].kernel.net;
    default: return true;
  }
}

/** What a run is about: how often something goes wrong, and which calls about other nodes are frequent in it. */
export interface Character { readonly trouble: number; readonly far: Weighted<FarCall>; readonly shares: Shares }

export type FarCall = 'send' | 'serve' | 'attach' | 'detach' | 'name' | 'proxy' | 'signal' | 'local';

const happens = (operation: string, facts: object): QnxNetworkCall => ({ operation, ...facts }) as unknown as QnxNetworkCall;

/** The next thing that happens. */
export function drawStep(state: QnxNetworkState, random: Random, character: Character): QnxNetworkCall | null {
  return drawRepair(state, random) ?? drawTrouble(state, random, character) ?? drawWire(state, random)
    ?? drawNodeCall(state, random, character) ?? drawAnyWire(state) ?? drawPoll(state, random);
}

const upNodes = ({ nodes }: QnxNetworkState): readonly NodeId[] => nodes.flatMap(({ up }, node) => (up ? [node] : []));

/** What is down comes up again after a while. */
function drawRepair({ nodes, wire }: QnxNetworkState, random: Random): QnxNetworkCall | null {
  const down = nodes.findIndex(({ up }) => !up);
  if (down >= 0 && random.once(12)) return happens('node_reboots', { node: down });
  const still = nodes.findIndex(({ up, kernel }) => up && !kernel.net);
  if (still >= 0 && random.once(10)) return happens('net_starts', { node: still });
  const [cut] = wire.apart;
  return cut !== undefined && random.once(12) ? happens('link_heals', { one: cut.one, other: cut.other }) : null;
}

const troubles = new Weighted([
  [12, 'poll'], [2, 'link_fails'], [3, 'node_crashes'], [3, 'net_stops'], [5, 'packet_is_lost'],
] as const);

function drawTrouble(state: QnxNetworkState, random: Random, { trouble }: Character): QnxNetworkCall | null {
  if (!random.once(trouble)) return null;
  const { nodes, wire } = state;
  const up = upNodes(state);
  const kind = troubles.draw(random);
  const node = up.length === 0 ? 0 : random.pick(up);
  if (kind === 'packet_is_lost') return wire.packets.length > 0 ? happens(kind, { packet: random.below(wire.packets.length) }) : null;
  if (kind === 'link_fails') {
    const [one, other] = [random.below(nodes.length), random.below(nodes.length)];
    return one === other || areApart(wire, one, other) ? null : happens(kind, { one, other });
  }
  if (up.length === 0 || (kind === 'node_crashes' && up.length < nodes.length)) return null;
  const call = happens(kind, { node });
  return isEnabledHere(state, call) ? call : null;
}

/** What is under way arrives, and what waits is carried off, sooner or later. */
function drawWire(state: QnxNetworkState, random: Random): QnxNetworkCall | null {
  const { nodes, wire } = state;
  const waiting = nodes.flatMap(({ up, kernel }, node) => (up && kernel.net && kernel.outgoing.length > 0 ? [node] : []));
  if (waiting.length > 0 && random.once(2)) return happens('net_runs', { node: random.pick(waiting) });
  if (wire.packets.length === 0 || random.once(3)) return null;
  const arriving = wire.packets.flatMap((_, packet) => (mayArrive(wire, packet) ? [packet] : []));
  return arriving.length > 0 ? happens('packet_arrives', { packet: random.pick(arriving) }) : null;
}

export function drawAnyWire({ nodes, wire }: QnxNetworkState): QnxNetworkCall | null {
  const node = nodes.findIndex(({ up, kernel }) => up && kernel.net && kernel.outgoing.length > 0);
  if (node >= 0) return happens('net_runs', { node });
  const packet = wire.packets.findIndex((_, at) => mayArrive(wire, at));
  return packet >= 0 ? happens('packet_arrives', { packet }) : null;
}

function drawPoll(state: QnxNetworkState, random: Random): QnxNetworkCall | null {
  const up = upNodes(state);
  return up.length > 0 ? happens('poll', { node: random.pick(up) }) : null;
}

/** A call of a process on some node. */
function drawNodeCall(state: QnxNetworkState, random: Random, { far, shares }: Character): QnxNetworkCall | null {
  const able = upNodes(state).filter((node) => callers(state.nodes[node]!.kernel).length > 0);
  if (able.length === 0) return null;
  const node = random.pick(able);
  const { kernel } = state.nodes[node]!;
  const call = new FarDraw(state, node, random).call(far.draw(random)) ?? drawCall(kernel, random, shares);
  return call === null ? null : onNode(node, call);
}

/** Draws calls about other nodes. */
class FarDraw extends Draw {
  readonly #network: QnxNetworkState;
  readonly #node: NodeId;
  readonly #able: readonly ProcessId[];

  constructor(network: QnxNetworkState, node: NodeId, random: Random) {
    super(network.nodes[node]!.kernel, random);
    this.#network = network;
    this.#node = node;
    this.#able = callers(this.state);
  }

  call(kind: FarCall): QnxCall | null {
    switch (kind) {
      case 'send': return this.#send();
      case 'serve': return this.#serve();
      case 'attach': return this.#attach();
      case 'detach': return this.#detach();
      case 'name': return this.#name();
      case 'proxy': return this.#proxy();
      case 'signal': return this.#signal();
      case 'local': return null;
    }
  }

  /** A live end of a process that can call, or now and then of another. */
  #end(): { readonly thread: ProcessId; readonly pid: Pid; readonly row: number } | null {
    const { random } = this;
    const ends = endsOn(this.state).filter(({ circuit }) => random.once(12) || this.#able.includes(circuit.owner));
    if (ends.length === 0) return null;
    const { circuit: { owner }, process: { pid }, row } = random.pick(ends);
    const thread = this.#able.includes(owner) && !random.once(20) ? owner : random.pick(this.#able);
    this.caller = thread;
    return { thread, pid, row };
  }

  #send(): QnxCall | null {
    const end = this.#end();
    if (end === null) return null;
    const { thread, pid } = end;
    if (this.random.once(4)) return { operation: 'Sendmx', thread, pid, message: this.parts(), reply: this.parts() };
    if (this.random.once(6)) return { operation: 'store', thread, at: this.random.below(8), bytes: this.bytes() };
    return { operation: 'Send', thread, pid, message: this.part(), reply: this.part() };
  }

  /** Receives from circuits, answers them, and what else a server does. */
  #serve(): QnxCall | null {
    const { state, random } = this;
    const clients = endsOn(state).filter(({ process: { run } }) => run.tag === 'replying' && this.#able.includes(run.on));
    if (clients.length === 0 || random.once(3)) {
      const wanted = this.#able.filter((id) => endsOn(state).some(({ circuit }) => circuit.owner === id));
      if (wanted.length === 0) return null;
      const thread = this.caller = random.pick(wanted);
      return { operation: 'Receive', thread, pid: random.once(4) ? this.#end()?.pid ?? 0 as Pid : 0 as Pid, buffer: this.part() };
    }
    const { process: { pid, run } } = random.pick(clients);
    const thread = this.caller = (run as { readonly on: ProcessId }).on;
    switch (random.below(8)) {
      case 0: return { operation: 'Readmsg', thread, pid, offset: random.below(4), buffer: this.part() };
      case 1: return { operation: 'Writemsg', thread, pid, offset: random.below(4), message: this.part() };
      case 2: return { operation: 'Relay', thread, pid, to: this.pid(thread) };
      case 3: return { operation: 'Replymx', thread, pid, message: this.parts() };
      case 4: return { operation: 'store', thread, at: random.below(8), bytes: this.bytes() };
      default: return { operation: 'Reply', thread, pid, message: this.part() };
    }
  }

  /** Another node, or now and then one that is not in the network. */
  #elsewhere(): NodeId {
    const others = this.#network.nodes.flatMap((_, node) => (node === this.#node ? [] : [node]));
    return this.random.once(20) ? this.#network.nodes.length : this.random.pick(others);
  }

  #farPid(node: NodeId): Pid {
    const far = this.#network.nodes[node]?.kernel;
    const live = far?.processes.filter(({ life }, id) => id > 0 && life === 'live') ?? [];
    return live.length === 0 || this.random.once(10) ? this.anyPid() : this.random.pick(live).pid;
  }

  #attach(): QnxCall {
    const { random } = this;
    const node = this.#elsewhere();
    const thread = random.pick(this.#able);
    const known = endsOn(this.state).filter(({ circuit }) => circuit.owner === thread);
    const share = random.once(2);
    const length = random.once(8) ? 5000 : random.below(6);
    const remZombie = random.once(3);
    if (known.length > 0 && random.once(2)) {
      const { circuit: { nid, pid } } = random.pick(known);
      return { operation: 'qnx_vc_attach', thread, nid, pid, length, share, remZombie };
    }
    return { operation: 'qnx_vc_attach', thread, nid: node + 1, pid: this.#farPid(node), length, share, remZombie };
  }

  #detach(): QnxCall | null {
    const end = this.#end();
    const zombies = this.state.processes.filter(({ circuit, life }) => circuit !== null && life === 'zombie' && this.#able.includes(circuit.owner));
    if (zombies.length > 0) {
      const { circuit, pid } = this.random.pick(zombies);
      if (this.random.once(2)) return { operation: 'Send', thread: circuit!.owner, pid, message: this.part(), reply: this.part() };
      return { operation: 'qnx_vc_detach', thread: circuit!.owner, vid: pid };
    }
    return end === null ? null : { operation: 'qnx_vc_detach', thread: end.thread, vid: end.pid };
  }

  #name(): QnxCall {
    const { random } = this;
    const thread = random.pick(this.#able);
    const name = random.pick(['/g', '/g', '/h', 'a']);
    const nid = this.#elsewhere() + 1;
    switch (random.below(4)) {
      case 0: return { operation: 'qnx_vc_name_attach', thread, nid, length: random.below(6), name };
      case 1: return { operation: 'qnx_name_locate', thread, name, ...(random.once(2) ? { nid } : {}) };
      case 2: return { operation: 'qnx_name_locate', thread, name };
      default: return { operation: 'qnx_name_attach', thread, name };
    }
  }

  #proxy(): QnxCall {
    const { state, random } = this;
    const thread = this.caller = random.pick(this.#able);
    const own = state.proxies.filter(({ owner, life, standsFor }) => life === 'live' && owner === thread && standsFor === null);
    const standIns = state.proxies.filter(({ standsFor, life }) => life === 'live' && standsFor !== null);
    if (standIns.length > 0 && random.once(2)) return { operation: 'Trigger', thread, proxy: random.pick(standIns).pid };
    const kept = own.flatMap(({ standIns: places }) => places);
    if (kept.length > 0 && random.once(4)) {
      const { nid, pid } = random.pick(kept);
      return { operation: 'qnx_proxy_rem_detach', thread, nid, proxy: pid };
    }
    if (own.length === 0) return { operation: 'qnx_proxy_attach', thread, pid: 0 as Pid, data: this.part(), priority: -1 };
    if (random.once(3)) return { operation: 'Receive', thread, pid: 0 as Pid, buffer: this.part() };
    return { operation: 'qnx_proxy_rem_attach', thread, nid: this.#elsewhere() + 1, proxy: random.once(8) ? this.proxy() : random.pick(own).pid };
  }

  #signal(): QnxCall | null {
    const { random } = this;
    if (random.once(3)) return { operation: 'sigaction', thread: random.pick(this.#able), signal: 'SIGUSR1', action: 'catch' };
    const blocked = this.state.processes.filter(({ run, life, circuit }) => life === 'live' && circuit === null
      && (run.tag === 'sending' || run.tag === 'replying' || run.tag === 'asking'));
    if (blocked.length > 0 && random.once(3)) {
      return { operation: 'kill', thread: random.pick(this.#able), pid: random.pick(blocked).pid, signal: random.once(4) ? 'SIGKILL' : 'SIGUSR1' };
    }
    const end = this.#end();
    if (end === null) return null;
    return { operation: 'kill', thread: end.thread, pid: end.pid, signal: random.pick(['SIGUSR1', 'SIGUSR1', 'SIGTERM', 'none', 'other', 'SIGCHLD'] as const) };
  }
}

