import { cite, rules } from '#spec/rule';

/** What becomes of messages for a server that fails. */
export const redirectRules = rules({
  'chorus/planned-redirect-by-migration': {
    number: 'CHO-RED-01',
    states:
      'A port that migrates before its actor goes redirects all its messages, those queued if asked for, ' +
      'and its senders see no error. It takes the capability of a live actor, and not a default port.',
    source: cite('MAN: portMigrate; PAP: 7.5'),
    standing: 'stated',
  },
  'chorus/unplanned-redirect-by-groups': {
    number: 'CHO-RED-02',
    states:
      'A message to a group in functional mode goes to a member that is there, after another member has ' +
      'gone as before. What was queued at the one that went is lost, and calls held there fail.',
    source: cite('ARCH5: 108; PAP: 7.5'),
    standing: 'stated',
  },
  'chorus/takeover-of-a-name': {
    number: 'CHO-RED-03',
    states:
      'After a port has gone, a privileged thread may declare another under its identifier, and messages ' +
      'sent from then on go there; those sent in between are lost.',
    source: cite('MAN: portDeclare'),
    standing: 'inferred',
  },
  'chorus/other-threads-go-on-serving': {
    number: 'CHO-RED-04',
    states:
      'When a thread that serves a port goes, the port and its queue stay, and other threads of its actor ' +
      'receive from it.',
    source: cite('ARCH5: 107'),
    standing: 'inferred',
  },
  'chorus/nothing-else-redirects': {
    number: 'CHO-RED-05',
    states:
      'A message to the identifier of a port is queued at the port under that identifier or nowhere: the ' +
      'nucleus never picks a substitute.',
    source: cite('ARCH5: 107; PAP: 7.5'),
    standing: 'inferred',
  },
});
