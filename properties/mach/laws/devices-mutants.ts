import { closeDevice, openDevice, readDevice, writeDevice } from '#model/mach/devices/device';
import { newPort } from '#model/mach/ports/new-port';
import { change } from '#model/operation';
import type { MachMutants } from '#properties/mach/obligation';

export const deviceMutants: MachMutants = {
  'any-port-opens-devices': {
    rule: 'mach/device-opens-through-the-master-port',
    fault: 'a device is opened through whatever port of the kernel the request goes to',
    mechanisms: { openDevice: (world, _port, request) => openDevice(world, world.state.devices!.master, request) },
  },
  'device-has-a-port-for-each-open': {
    rule: 'mach/device-opens-through-the-master-port',
    fault: 'a device that is opened again gets another port',
    mechanisms: {
      openDevice: (world, port, request) => {
        const device = world.state.devices!.all.find(({ name }) => name === request.name);
        if (device !== undefined && device.opens > 0 && device.mode === request.mode) change(device).port = newPort(world.state, 'device');
        return openDevice(world, port, request);
      },
    },
  },
  'mode-is-not-looked-at': {
    rule: 'mach/device-opens-through-the-master-port',
    fault: 'a device that is open is opened in another mode',
    mechanisms: {
      openDevice: (world, port, request) => {
        const device = world.state.devices!.all.find(({ name }) => name === request.name);
        if (device !== undefined) change(device).mode = request.mode;
        return openDevice(world, port, request);
      },
    },
  },
  'unknown-device-is-the-first': {
    rule: 'mach/device-opens-through-the-master-port',
    fault: 'whoever opens an unknown device gets the first one',
    mechanisms: {
      openDevice: (world, port, request) => {
        const answer = openDevice(world, port, request);
        return answer.code === 'D_NO_SUCH_DEVICE' ? openDevice(world, port, { ...request, name: world.state.devices!.all[0]!.name }) : answer;
      },
    },
  },
  'first-close-ends-the-device': {
    rule: 'mach/device-port-stands-for-the-device',
    fault: 'a device that is open twice is closed at once',
    mechanisms: {
      closeDevice: (world, port) => {
        const device = world.state.devices!.all.find((one) => one.port === port);
        if (device !== undefined) change(device).opens = 1;
        return closeDevice(world, port);
      },
    },
  },
  'closed-device-keeps-its-port': {
    rule: 'mach/device-port-stands-for-the-device',
    fault: 'the port of a device that is closed lives on',
    mechanisms: {
      closeDevice: (world, port) => {
        const device = world.state.devices!.all.find((one) => one.port === port);
        if (device?.opens !== 1) return closeDevice(world, port);
        change(device).opens = 0;
        return { code: 'D_SUCCESS', value: {} };
      },
    },
  },
  'record-numbers-are-bytes': {
    rule: 'mach/device-port-stands-for-the-device',
    fault: 'a device is read from a byte on, not from a record',
    mechanisms: {
      readDevice: (world, port, request) => {
        const device = world.state.devices!.all.find((one) => one.port === port);
        return readDevice(world, port, device === undefined ? request : { ...request, record: Math.floor(request.record / device.recordSize) });
      },
    },
  },
  'reading-goes-to-the-first-device': {
    rule: 'mach/device-port-stands-for-the-device',
    fault: 'what is read is read from the first device that is open, whatever its port',
    mechanisms: {
      readDevice: (world, port, request) => readDevice(world, world.state.devices!.all.find(({ opens }) => opens > 0)?.port ?? port, request),
    },
  },
  'writing-makes-a-device-longer': {
    rule: 'mach/device-port-stands-for-the-device',
    fault: 'what is written over the end of a device makes it longer',
    mechanisms: {
      writeDevice: (world, port, request) => {
        const device = world.state.devices!.all.find((one) => one.port === port);
        const end = 2 * request.record * (device?.recordSize ?? 0) + request.data.length;
        if (device !== undefined && end > device.bytes.length) change(device).bytes = device.bytes.padEnd(end, '0');
        return writeDevice(world, port, request);
      },
    },
  },
  'written-bytes-are-all-counted': {
    rule: 'mach/device-port-stands-for-the-device',
    fault: 'the number of bytes said to be written is that of the bytes sent',
    mechanisms: {
      writeDevice: (world, port, request) => {
        const answer = writeDevice(world, port, request);
        return answer.code === 'D_SUCCESS' ? { ...answer, value: { written: request.data.length / 2 } } : answer;
      },
    },
  },
};
