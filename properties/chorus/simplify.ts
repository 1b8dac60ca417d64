import type { ChorusCall } from '#model/chorus/world';

/** Simpler calls to try in the place of one, the simplest first. Identifiers are opaque here. */
export function simplifyChorus(call: ChorusCall): readonly ChorusCall[] {
  switch (call.operation) {
    case 'packetArrives':
    case 'packetIsLost': return call.packet === 0 ? [] : [{ ...call, packet: 0 }, { ...call, packet: call.packet - 1 }];
    case 'ipcSend': return simplerMessages(call);
    case 'ipcCall': return [...simplerMessages(call), ...without(call, 'abortable', false), ...without(call, 'delay', null)];
    case 'ipcReply': return [...without(call, 'annex', null), ...without(call, 'body', '')];
    case 'ipcReceive': return [...without(call, 'abortable', false), ...without(call, 'delay', null), ...without(call, 'room', 8)];
    case 'portEnable': return without(call, 'priority', 0);
    case 'threadCreate': return [...without(call, 'status', 'active'), ...without(call, 'privilege', 'user'), ...without(call, 'priority', null)];
    case 'grpAllocate': return [...without(call, 'kind', 'dynamic'), ...without(call, 'stamp', 0)];
    case 'actorCreate': return [...without(call, 'initial', null), ...without(call, 'privilege', 'user'), ...without(call, 'status', 'active')];
    default: return 'actor' in call ? without(call as ChorusCall & { actor: unknown }, 'actor', null) : [];
  }
}

function without<C extends ChorusCall, K extends keyof C>(call: C, argument: K, plain: C[K]): readonly C[] {
  return call[argument] === plain ? [] : [{ ...call, [argument]: plain }];
}

function simplerMessages<C extends Extract<ChorusCall, { operation: 'ipcSend' | 'ipcCall' }>>(call: C): readonly C[] {
  return [...without(call, 'source', null), ...without(call, 'annex', null), ...without(call, 'body', '')];
}
