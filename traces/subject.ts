import type { WireScope } from '#spec/scope';
import type { SeenEvent, WireCall } from '#traces/wire';

/** Something that programs can be run on, one call after the other. */
export interface Subject {
  readonly name: string;
  /** What it can set up of a scope beside `threads`. */
  readonly scope: readonly string[];
  reset(name: string, scope: WireScope): Promise<void>;
  step(call: WireCall): Promise<readonly SeenEvent[]>;
  close(): Promise<void>;
}
