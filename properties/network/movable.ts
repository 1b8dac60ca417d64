import { chorus } from '#model/chorus/kernel';
import type { AnyCall, Kernel } from '#model/kernel';
import { machNetwork } from '#model/mach-network/kernel';
import { chorusMigration } from '#properties/chorus/migration';
import { machMigration } from '#properties/mach-network/migration';
import type { Migrating } from '#properties/network/migration';
import { balanceOf, costOfMove, type Balance, type MoveCost } from '#properties/network/migration-measures';
import type { Act } from '#properties/network/stage';

/** What moving processes costs on one kernel, and what it gains. */
export interface MigrationMeasures {
  readonly kernel: string;
  readonly moves: readonly MoveCost[];
  readonly still: Balance;
  readonly balanced: Balance;
}

/** Messages that wait for the process when it goes. */
const WAITING = [0, 1, 2, 4];

interface Movable {
  readonly name: string;
  readonly migrating: Migrating<unknown, AnyCall, unknown, unknown>;
  readonly kernel: Kernel<unknown, AnyCall>;
  readonly send: Act<unknown>;
  readonly receive: Act<unknown>;
}

/** The kernels whose processes can be moved by calls of their own, with a message to the process that moves. */
const movable = [
  {
    name: 'mach', migrating: machMigration, kernel: machNetwork,
    send: { process: 0, deed: { tag: 'send', to: { tag: 'of', process: 1 }, id: 7, carries: null } },
    receive: { process: 1, deed: { tag: 'receive', from: 'own', waits: false } },
  },
  {
    name: 'chorus', migrating: chorusMigration, kernel: chorus,
    send: { process: 0, deed: { tag: 'send', to: { of: 1, port: 'own' }, body: '07' } },
    receive: { process: 1, deed: { tag: 'receive', from: 'own', waits: false } },
  },
] as unknown as readonly Movable[];

/** Measures every kernel on the same number of generated programs. */
export const measureMigration = (programs: number): readonly MigrationMeasures[] => movable.map(({ name, migrating, kernel, send, receive }) => ({
  kernel: name,
  moves: WAITING.map((waiting) => costOfMove(migrating, kernel, send, receive, waiting)),
  still: balanceOf(migrating, kernel, programs, false),
  balanced: balanceOf(migrating, kernel, programs, true),
}));
