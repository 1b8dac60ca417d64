import { cite, rules } from '#spec/rule';

/** Groups of ports, and how they are addressed. */
export const groupsRules = rules({
  'chorus/dynamic-groups-are-new': {
    number: 'CHO-GRP-01a',
    states:
      'grpAllocate of a dynamic group makes a capability that nothing had before, whatever the stamp. The ' +
      'group is empty.',
    source: cite('MAN: grpAllocate'),
    standing: 'stated',
  },
  'chorus/static-groups-follow-from-their-stamp': {
    number: 'CHO-GRP-01b',
    states:
      'grpAllocate of a static group gives the capability that belongs to its kind and stamp: always the ' +
      'same, on every site, and to no other stamp the same. What is in the group stays.',
    source: cite('MAN: grpAllocate'),
    standing: 'stated',
  },
  'chorus/system-groups-are-privileged': {
    number: 'CHO-GRP-01c',
    states:
      'Allocating static system groups, and inserting ports into them or removing them, takes a ' +
      'privileged thread: K_EPRIV.',
    source: cite('MAN: grpAllocate; MAN: grpPortInsert'),
    standing: 'stated',
  },
  'chorus/group-membership-needs-the-key': {
    number: 'CHO-GRP-02a',
    states:
      'grpPortInsert and grpPortRemove take the whole capability of a group; the identifier alone is ' +
      'refused with K_EINVAL.',
    source: cite('MAN: grpPortInsert; ARCH5: 108'),
    standing: 'stated',
  },
  'chorus/group-gains-the-port': {
    number: 'CHO-GRP-02b',
    states:
      'grpPortInsert adds the port to the group, and nothing else. A port that is there already is there ' +
      'once, and the call succeeds.',
    source: cite('MAN: grpPortInsert'),
    standing: 'stated',
  },
  'chorus/group-members-are-local-when-inserted': {
    number: 'CHO-GRP-02c',
    states:
      'Who inserts or removes a port is on its site (K_ESITE); a port that is not there, or not to be ' +
      'reached, is refused with K_EUNKNOWN.',
    source: cite('MAN: grpPortInsert'),
    standing: 'inferred',
  },
  'chorus/group-loses-the-port': {
    number: 'CHO-GRP-03',
    states:
      'grpPortRemove takes the port out of the group, and nothing else. A port that is not in it is ' +
      'refused with K_EINVAL.',
    source: cite('MAN: grpPortRemove'),
    standing: 'inferred',
  },
  'chorus/only-groups-are-tagged': {
    number: 'CHO-GRP-04a',
    states:
      'ipcTarget takes the identifier of a group and one of the four modes; others are refused with ' +
      'K_EINVAL.',
    source: cite('MAN: ipcTarget'),
    standing: 'stated',
  },
  'chorus/functional-mode-picks-one-member': {
    number: 'CHO-GRP-04b',
    states:
      'In functional mode a message goes to exactly one member of the group that can be reached, ' +
      'whichever.',
    source: cite('MAN: ipcTarget; MAN: ipcSend'),
    standing: 'stated',
  },
  'chorus/funcu-picks-a-member-on-the-site': {
    number: 'CHO-GRP-04c',
    states: 'With a co-target for uniqueness a message goes to one member on the site of the co-target.',
    source: cite('MAN: ipcTarget'),
    standing: 'stated',
  },
  'chorus/funcx-avoids-the-co-target': {
    number: 'CHO-GRP-05',
    states: 'With a co-target for exclusion a message goes to one member other than the co-target.',
    source: cite('MAN: ipcTarget; ARCH5: 108'),
    standing: 'silent',
    readings: {
      identifier: 'the member has another identifier than the co-target',
      site: 'the member is on another site than the co-target; where such a member is chosen both agree',
    },
  },
  'chorus/broadcast-reaches-members-once': {
    number: 'CHO-GRP-06',
    states:
      'In broadcast mode, which is that of an identifier that was never tagged, every member that can be ' +
      'reached and has room gets one copy, and nobody else. Those that cannot, or have none, miss it in ' +
      'silence, and the call succeeds.',
    source: cite('MAN: ipcSend'),
    standing: 'inferred',
  },
  'chorus/empty-group-is-unknown': {
    number: 'CHO-GRP-07',
    states: 'Where no member can be had, the destination is unknown.',
    source: cite('ACE: error map'),
    standing: 'inferred',
  },
  'chorus/groups-hold-live-ports': {
    number: 'CHO-GRP-08',
    states:
      'The members of a group are live ports, each once: a port leaves its groups when it goes, and only ' +
      'then or when it is removed.',
    source: cite('ARCH5: 108'),
    standing: 'stated',
  },
});
