import type { Device } from '#model/mach/devices/state';
import { newPort } from '#model/mach/ports/new-port';
import { characters, integer, sendRight, type Form } from '#model/mach/requests/forms';
import { makeSend } from '#model/mach/tasks/new-task';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import type { Carried, PortId } from '#model/mach/state';
import { change } from '#model/operation';

/** What came of a request: a code, and with success what the reply gives. */
export type DeviceAnswer = { readonly code: string; readonly value: Readonly<Record<string, unknown>> };

const failed = (code: string): DeviceAnswer => ({ code, value: {} });
const done = (value: DeviceAnswer['value'] = {}): DeviceAnswer => ({ code: 'D_SUCCESS', value });

/** Opens a device by its name, or once more: a device that is open has one port, whoever opens it. */
export const openDevice = implementing(
  ['mach/device-opens-through-the-master-port'],
  (world: Mach, port: PortId, { mode, name }: { readonly mode: number; readonly name: string }): DeviceAnswer => {
    const { state } = world;
    const { master, all } = state.devices!;
    if (port !== master) return failed('D_INVALID_OPERATION');
    const device = all.find((one) => one.name === name);
    if (device === undefined) return failed('D_NO_SUCH_DEVICE');
    if (device.opens > 0 && device.mode !== mode) return failed('D_ALREADY_OPEN');
    const opened = change(device);
    opened.port ??= newPort(state, 'device');
    opened.mode = mode;
    opened.opens += 1;
    const right: Carried = makeSend(state, opened.port);
    return done({ device: right });
  },
);

/** A device is closed as often as it was opened: then its port dies. */
export const closeDevice = implementing(
  ['mach/device-port-stands-for-the-device'],
  (world: Mach<Cascade>, port: PortId): DeviceAnswer => {
    const device = deviceAt(world, port);
    if (device === null) return failed('D_NO_SUCH_DEVICE');
    const closed = change(device);
    closed.opens -= 1;
    if (closed.opens === 0) {
      closed.port = null;
      world.mechanisms.killPort(world, port);
    }
    return done();
  },
);

/** Reads from a record on, up to as many bytes as are wanted or the device has. */
export const readDevice = implementing(
  ['mach/device-port-stands-for-the-device'],
  (world: Mach, port: PortId, { record, wanted }: { readonly record: number; readonly wanted: number }): DeviceAnswer => {
    const device = deviceAt(world, port);
    if (device === null) return failed('D_NO_SUCH_DEVICE');
    const from = 2 * record * device.recordSize;
    if (from >= device.bytes.length) return failed('D_INVALID_RECNUM');
    return done({ data: device.bytes.slice(from, from + 2 * wanted) });
  },
);

/** Writes from a record on, as much as there is room for. */
export const writeDevice = implementing(
  ['mach/device-port-stands-for-the-device'],
  (world: Mach, port: PortId, { record, data }: { readonly record: number; readonly data: string }): DeviceAnswer => {
    const device = deviceAt(world, port);
    if (device === null) return failed('D_NO_SUCH_DEVICE');
    const from = 2 * record * device.recordSize;
    if (from >= device.bytes.length) return failed('D_INVALID_RECNUM');
    const written = data.slice(0, device.bytes.length - from);
    change(device).bytes = device.bytes.slice(0, from) + written + device.bytes.slice(from + written.length);
    return done({ written: written.length / 2 });
  },
);

const deviceAt = ({ state }: Mach, port: PortId): Device | null => state.devices!.all.find((device) => device.port === port) ?? null;

/** How a device is asked for something: by which mechanism, with which items, and with what in the reply. */
export interface DeviceRequest {
  readonly by: 'openDevice' | 'closeDevice' | 'readDevice' | 'writeDevice';
  readonly takes: Readonly<Record<string, Form>>;
  readonly gives: Readonly<Record<string, Form>>;
}

/** By the number of the message. Data travels in the messages themselves. */
const deviceRequests: Readonly<Record<number, DeviceRequest>> = {
  2800: { by: 'openDevice', takes: { mode: integer, name: characters('text') }, gives: { device: sendRight } },
  2801: { by: 'closeDevice', takes: {}, gives: {} },
  2803: { by: 'writeDevice', takes: { mode: integer, record: integer, data: characters('hex') }, gives: { written: integer } },
  2805: { by: 'readDevice', takes: { mode: integer, record: integer, wanted: integer }, gives: { data: characters('hex') } },
};

/** What a number asks of a device, where there are any. */
export const deviceRequestOf = ({ state }: Mach, number: number): DeviceRequest | undefined =>
  (state.devices === null ? undefined : deviceRequests[number]);
