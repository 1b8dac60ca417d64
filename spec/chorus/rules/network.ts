import { cite, rules } from '#spec/rule';

/** What the network changes, and what it does not. */
export const networkRules = rules({
  'chorus/network-changes-no-arguments': {
    number: 'CHO-NET-01',
    states:
      'Sending, receiving and calling take the same arguments and give the same answers for ports on the ' +
      'same site and on others; only K_EFULL, K_EUNKNOWN, delay and loss differ.',
    source: cite('PAP: 7.1; INT4: IPC_REMOTE'),
    standing: 'stated',
  },
});
