import { measureMigration } from '#properties/network/movable';
import { migrationTables } from '#reports/migration';
import { exitCodes } from '#cli/exit';

/** Prints what moving a process costs where it can be done, and what it gains. */
export function migration(options: { readonly programs: number; readonly json?: boolean }): Promise<number> {
  const measures = measureMigration(options.programs);
  const text = options.json === true ? JSON.stringify({ format: 'portcullis-migration/1', measures }, null, 2) : migrationTables(measures);
  process.stdout.write(`${text}\n`);
  return Promise.resolve(exitCodes.holds);
}
