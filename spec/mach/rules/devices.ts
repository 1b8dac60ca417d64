import { cite, rules } from '#spec/rule';

/** Devices as ports: what is asked of them by messages. */
export const deviceRules = rules({
  'mach/device-opens-through-the-master-port': {
    number: 'MACH-DEV-01',
    states:
      'A device is opened by its name, by a message to the device master port and to no other; whoever holds that ' +
      'port can use every device. The reply gives a send right to the port that stands for the device, the same one ' +
      'each time as long as it is open. Another port gives D_INVALID_OPERATION, an unknown name D_NO_SUCH_DEVICE, ' +
      'a mode unlike that in which it is open D_ALREADY_OPEN.',
    source: cite('GM: Device Interface; GM: Device Open; SRC: device/ds_routines.c ds_device_open'),
    standing: 'stated',
  },
  'mach/device-port-stands-for-the-device': {
    number: 'MACH-DEV-02',
    states:
      'What is asked by a message to the port of a device is done to that device and to no other, whoever sends it: ' +
      'records are read and written, up to the end of the device, and the device is closed when it has been closed as ' +
      'often as it was opened; then its port dies. A port that stands for no open device gives D_NO_SUCH_DEVICE, a ' +
      'record beyond the end D_INVALID_RECNUM.',
    source: cite('KP: 2 "Elements"; GM: Device Interface; GM: Device Close; GM: Device Read; GM: Device Write; PAP: 4.2'),
    standing: 'inferred',
  },
});
