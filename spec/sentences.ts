/** A sentence of the paper, by its section and its place there: `7.1:2`. */
export type SentenceId = `${string}:${number}`;

/** A sentence, found by the words it opens with, and whether it says something that could be so or not. */
export interface Sentence {
  readonly id: SentenceId;
  readonly section: string;
  readonly opens: string;
  /** Why it claims nothing; null for a sentence that does. */
  readonly claimsNothing: string | null;
}

const sentences = (section: string, all: readonly (string | readonly [opens: string, claimsNothing: string])[]): readonly Sentence[] =>
  all.map((one, at) => ({
    id: `${section}:${at + 1}`, section,
    ...(typeof one === 'string' ? { opens: one, claimsNothing: null } : { opens: one[0], claimsNothing: one[1] }),
  }));

/** Every sentence of the sections on distributed processing, on a typical microkernel, and of the comparison. */
export const paperSentences: readonly Sentence[] = [
  ...sentences('2', [
    ['Distributed processing attempts', 'It says what is meant by a word.'],
    'This technique can speedup',
    'However, these benefits also come',
    'These include increased communication',
    ['We explain these problems', 'It says what follows in the text.'],
    'Tasks that run in parallel',
    'This communication can be',
    'It is possible to simplify',
    'This requires a uniform',
    ['It is desirable to have', 'It says what is wanted, not what is.'],
    'Distributed systems need to',
    'This provides concurrency',
    'Since distributed systems have',
    'Therefore, it is important',
  ]),
  ...sentences('3', [
    'Microkernels are an operating',
    'While there is no single',
    'Fine-grained control of processes',
    'Processes may have multiple',
    'Messages provide a way',
    'Message passing is often',
    'Abstract memory objects are',
    'Virtual memory management may',
    'Since device I/O is',
    'Higher-level features such as',
    'By including only core',
    'The drawback of providing',
    'This can lead to',
  ]),
  ...sentences('7', [
    ['In this section we draw', 'It says what follows in the text.'],
    'For certain problems',
    'More generally, we found',
  ]),
  ...sentences('7.1', [
    'All three microkernels examined',
    'This service is implemented',
    'The flexibility of this scheme',
    'The addition of the network',
    'The only necessary addition',
    'Network paging is not',
  ]),
  ...sentences('7.2', [
    'Distributed applications on',
    'The efficient message passing',
    'All three microkernels include',
    'For example, both Chorus',
    'QNX, however, performs',
    'Although we lack',
  ]),
  ...sentences('7.3', [
    'We found no properties',
    'While all three systems',
    'Additionally, we found that',
    'Since microkernels have a',
    ['We would like to', 'It says what its authors wish to do.'],
  ]),
  ...sentences('7.4', [
    'Since many of the services',
    'This minimizes the number',
    'Furthermore, it is possible',
    'The port abstraction can',
    ['Consider a set of', 'It supposes what the next sentence speaks of.'],
    'It is easy to add',
    'Even though both Mach',
    'It is interesting to note',
    'Its small memory footprint',
  ]),
  ...sentences('7.5', [
    'Microkernel design offers',
    'Because most operating system',
    'Additionally, because these',
    'Finally, the simplicity of',
    'The port abstraction of',
    'In the event of',
    'QNX lacks this ability',
  ]),
];
