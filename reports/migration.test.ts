import { expect, test } from 'vitest';
import { measureMigration } from '#properties/network/movable';
import { migrationTables } from '#reports/migration';

test('what is measured of migration is the same each time, and moving does level the load', () => {
  const measures = measureMigration(20);
  expect(migrationTables(measures)).toBe(migrationTables(measureMigration(20)));
  for (const { still, balanced, moves } of measures) {
    expect(still.busiest).toBe(1);
    expect(balanced.busiest).toBeLessThan(1);
    expect(moves.every(({ move, messageAfter }) => move['calls']! > 0 && messageAfter['packet']! > 0)).toBe(true);
  }
});
