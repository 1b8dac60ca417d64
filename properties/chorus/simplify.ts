import type { Li } from '#spec/chorus/vocabulary';
import type { ChorusCall } from '#model/chorus/world';

/** Simpler calls to try in the place of one, the simplest first. Identifiers are opaque here. */
export function simplifyChorus(call: ChorusCall): readonly ChorusCall[] {
  switch (call.operation) {
    case 'packetIsDuplicated':
    case 'packetArrives':
    case 'packetIsLost': return call.packet === 0 ? [] : [{ ...call, packet: 0 }, { ...call, packet: call.packet - 1 }];
    case 'ipcSend': return simplerMessages(call);
    case 'ipcCall': return [justSent(call), ...simplerMessages(call), ...without(call, 'abortable', false), ...without(call, 'delay', null)];
    case 'ipcReply': return [...without(call, 'annex', null), ...without(call, 'body', '')];
    case 'ipcReceive': return [...fromDefault(call), ...without(call, 'abortable', false), ...without(call, 'delay', null), ...without(call, 'room', 8)];
    case 'portEnable': return [...without(call, 'actor', null), ...without(call, 'priority', 0), ...(isKnown(call.port) ? []
      : [{ ...call, port: denoting<Li>(1) }])];
    case 'portMigrate': return [...without(call, 'actor', null), ...without(call, 'to', null)];
    case 'threadCreate': return [...without(call, 'status', 'active'), ...without(call, 'privilege', 'user'), ...without(call, 'priority', null)];
    case 'memoryRead': return without(call, 'size', 1);
    case 'memoryWrite': return without(call, 'bytes', call.bytes.slice(0, 2));
    case 'sgRead': return [...without(call, 'size', 1), ...without(call, 'offset', 0)];
    case 'sgWrite': return [...without(call, 'bytes', call.bytes.slice(0, 2)), ...without(call, 'offset', 0)];
    case 'grpAllocate': return [...without(call, 'kind', 'dynamic'), ...without(call, 'stamp', 0)];
    case 'actorCreate': return [...without(call, 'initial', null), ...without(call, 'privilege', 'user'), ...without(call, 'status', 'active')];
    default: return 'actor' in call ? without(call as ChorusCall & { actor: unknown }, 'actor', null) : [];
  }
}

function without<C extends ChorusCall, K extends keyof C>(call: C, argument: K, plain: C[K]): readonly C[] {
  return call[argument] === plain ? [] : [{ ...call, [argument]: plain }];
}

type Sends = Extract<ChorusCall, { operation: 'ipcSend' | 'ipcCall' }>;

/** A leaf of a template that stands for itself, and not for what an earlier call gave. */
const denoting = <Leaf>(value: number): Leaf => ({ tag: 'value', value }) as Leaf;

/** Identifiers of default ports that are there at the start, in the settings that runs are drawn with. */
const KNOWN = [3, 4, 5, 6, 7, 8, 9];

function simplerMessages<C extends Sends>(call: C): readonly C[] {
  const { destination } = call;
  const group = destination.mode !== null;
  return [
    ...without(call, 'source', null), ...without(call, 'annex', null), ...without(call, 'body', ''),
    ...(group || isKnown(destination.ui) ? [] : KNOWN.map((ui) => ({ ...call, destination: { ...destination, ui: denoting(ui) } }))),
  ];
}

const isKnown = (slot: unknown): boolean => (slot as { tag?: string }).tag === 'value';

/** A message may do in the place of a call. */
const justSent = ({ thread, source, destination, annex, body }: Extract<ChorusCall, { operation: 'ipcCall' }>): ChorusCall =>
  ({ operation: 'ipcSend', thread, source, destination, annex, body });

const fromDefault = (call: Extract<ChorusCall, { operation: 'ipcReceive' }>): readonly ChorusCall[] =>
  (call.from.tag === 'default' ? [] : [{ ...call, from: { tag: 'default' } }]);
