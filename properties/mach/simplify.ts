import type { MachCall } from '#model/mach/world';

/** Simpler calls to try in the place of one, the simplest first. Names are opaque here. */
export function simplifyMach(call: MachCall): readonly MachCall[] {
  return call.operation === 'mach_msg' ? simplerMessages(call) : [];
}

type MachMsg = Extract<MachCall, { operation: 'mach_msg' }>;

function simplerMessages(call: MachMsg): readonly MachMsg[] {
  const simpler: MachMsg[] = [];
  const { send, receive, options } = call;
  if (send !== null && receive !== null) simpler.push({ ...call, receive: null }, { ...call, send: null });
  for (const option of options) simpler.push({ ...call, options: options.filter((other) => other !== option) });
  if (receive !== null && receive.size !== 1024) simpler.push({ ...call, receive: { ...receive, size: 1024 } });
  if (send === null) return simpler;
  const none = { name: { tag: 'value', value: 0 } as never, disposition: null };
  if (send.local.disposition !== null) simpler.push({ ...call, send: { ...send, local: none } });
  if (send.size !== null) simpler.push({ ...call, send: { ...send, size: null } });
  if (send.body.length > 0) {
    const complex = send.body.length > 1 && send.complex;
    for (let i = 0; i < send.body.length; i += 1) {
      simpler.push({ ...call, send: { ...send, complex, body: send.body.filter((_, at) => at !== i) } });
    }
  }
  send.body.forEach((item, at) => {
    if (item.tag !== 'rights' || item.names.length < 2) return;
    for (let i = 0; i < item.names.length; i += 1) {
      const fewer = { ...item, names: item.names.filter((_, place) => place !== i) };
      simpler.push({ ...call, send: { ...send, body: send.body.map((other, place) => (place === at ? fewer : other)) } });
    }
  });
  return simpler;
}
