import { cite, rules } from '#spec/rule';

/** What a port is, how it lives and how it dies. */
export const portRules = rules({
  'mach/new-port-is-empty': {
    number: 'MACH-IPC-01',
    states:
      'A new port is in no set, has no send or send-once rights, make-send count 0, sequence number 0, the default ' +
      'queue limit, an empty queue and no requests; its creator holds the receive right and nothing else.',
    source: cite('GM: Port Creation'),
    standing: 'stated',
  },
  'mach/receive-right-is-exclusive': {
    number: 'MACH-IPC-02',
    states:
      'The receive right of a live port is in exactly one place: one name of one task, one message, or the kernel.',
    source: cite('GM: Major Concepts; PAP: 4.2'),
    standing: 'stated',
  },
});
