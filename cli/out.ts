import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A report beside what is printed; its folder is made if need be. */
export function writeReport(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
