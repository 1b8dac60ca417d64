import type { Scope } from '#spec/protocol';
import type { SeenEvent, WireCall } from '#traces/wire';

/** Something that programs can be run on, one call after the other. */
export interface Subject {
  readonly name: string;
  reset(name: string, scope: Scope): Promise<void>;
  step(call: WireCall): Promise<readonly SeenEvent[]>;
  close(): Promise<void>;
}
