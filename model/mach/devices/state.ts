import { id, integer, list, nullable, struct, text, type Schema } from '#model/schema';
import type { PortId } from '#model/mach/state';

/** A device: a sequence of records of so many bytes each, in hex. */
export interface Device {
  readonly name: string;
  readonly recordSize: number;
  readonly bytes: string;
  /** How often it has been opened and not closed, how, and the port that stands for it meanwhile. */
  readonly opens: number;
  readonly mode: number;
  readonly port: PortId | null;
}

/** The devices of a host, and the port through which they are opened. */
export interface Devices { readonly master: PortId; readonly all: readonly Device[] }

const port = id<PortId>('port');

export const devicesSchema: Schema<Devices> = struct({
  master: port,
  all: list(struct({ name: text(), recordSize: integer(), bytes: text(), opens: integer(), mode: integer(), port: nullable(port) })),
});
