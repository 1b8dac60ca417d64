import type { Balance, Counted } from '#properties/network/migration-measures';
import type { MigrationMeasures } from '#properties/network/movable';
import { markdownTable, table, type Cell } from '#reports/table';

const moveColumns = ['kernel', 'waiting', 'calls', 'packets', 'messages', 'copies', 'packets per message before', 'and after'] as const;
const balanceColumns = ['kernel', 'balancer', 'moves', 'busiest node', 'packets per act', 'copies per act'] as const;

const of = (counted: Counted, event: string): number => counted[event] ?? 0;

const moveCells = (measures: readonly MigrationMeasures[]): readonly (readonly Cell[])[] => measures.flatMap(({ kernel, moves }) =>
  moves.map(({ waiting, move, messageBefore, messageAfter }) => [
    kernel, waiting, of(move, 'calls'), of(move, 'packet'), of(move, 'message'), of(move, 'copy'), of(messageBefore, 'packet'), of(messageAfter, 'packet'),
  ]));

const PLACES = 2;
const perAct = ({ counted, acts }: Balance, event: string): string => (of(counted, event) / acts).toFixed(PLACES);

const balanceCells = (measures: readonly MigrationMeasures[]): readonly (readonly Cell[])[] => measures.flatMap(({ kernel, still, balanced }) =>
  ([['none', still], ['moves the busiest', balanced]] as const).map(([balancer, balance]) => [
    kernel, balancer, balance.moves, `${Math.round(balance.busiest * 100)} % of all acts`, perAct(balance, 'packet'), perAct(balance, 'copy'),
  ]));

/** The same tables for a terminal. */
export const migrationTables = (measures: readonly MigrationMeasures[]): string =>
  `${table(moveColumns, moveCells(measures))}\n\n${table(balanceColumns, balanceCells(measures))}`;

/** The page that is kept in the repository. */
export const migrationPage = (measures: readonly MigrationMeasures[], programs: number): string => `${[
  '# What moving a process costs, and what it gains',
  '',
  'None of the three kernels moves processes; the paper leaves it as a question. On Mach and Chorus a process can be moved by',
  'nothing but calls that the kernels have: a mover on each node, which is a task or an actor like any other, holds the',
  'process still, makes another where it is to go, gives it what the first one has, and ends the first. Programs see nothing',
  'of it, which the same relation checks as for distribution itself, but for what the rules named in',
  '`properties/mach-network/migration.ts` and `properties/chorus/migration.ts` say. Nothing is left behind on either that has',
  'to go on for the process to be reached: Mach\'s servers follow the receive right, Chorus\'s nuclei the identifier.',
  'On QNX there is nothing to move: a process is known by a pid of its node, a circuit leads to one process for as long as',
  'it is there, and Relay passes nothing over a circuit. A process that seemed to have moved would need another in its old',
  'place for ever, which answers for it.',
  '',
  '## One move',
  '',
  'A process with so many messages waiting goes to another node. *Calls* are those of the movers: for so many steps it does',
  'nothing. The last columns are what a message to it costs from a process that stays: one more packet each way for an answer.',
  'Chorus\'s documents give no price for a queue that goes with its port, so none is charged. Neither process has memory of',
  'its own here: what a page costs to move is what it costs to send, which [the comparison](compare/README.md) has.',
  '',
  markdownTable(moveColumns, moveCells(measures)),
  '',
  '## A load that is levelled',
  '',
  `${programs} generated programs, the same for both rows of a kernel, all of whose processes begin on one node of three. The`,
  'balancer looks after every sixth act and takes the busiest process of the busiest node to the idlest.',
  '',
  markdownTable(balanceColumns, balanceCells(measures)),
  '',
].join('\n')}`;
