import { cite, rules } from '#spec/rule';

/** Sites and links that fail. */
export const failuresRules = rules({
  'chorus/crash-ends-all-on-the-site': {
    number: 'CHO-FLT-03a',
    states:
      'When a site crashes all on it is gone: actors, threads and ports. Elsewhere nothing goes, nobody ' +
      'is told at once, and no queue loses a message.',
    source: cite('ARCH5: 109'),
    standing: 'stated',
  },
  'chorus/rebooted-site-begins-anew': {
    number: 'CHO-FLT-03b',
    states: 'A site that is started again has one more start, and nothing of what it had.',
    source: cite('OVW: site'),
    standing: 'inferred',
  },
  'chorus/partition-hides-sites-from-each-other': {
    number: 'CHO-FLT-04a',
    states:
      'While a link is down nothing passes between its sites, and each cannot reach what is on the other; ' +
      'otherwise nothing changes.',
    source: cite('ARCH5: 109'),
    standing: 'inferred',
  },
  'chorus/healing-revives-nothing': {
    number: 'CHO-FLT-04b',
    states:
      'When a link comes up again identifiers of the other site can be reached again, and nothing that ' +
      'was lost comes back.',
    source: cite('ARCH5: 109'),
    standing: 'inferred',
  },
});
