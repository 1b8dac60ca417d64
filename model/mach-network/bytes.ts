/** A 32-bit number as the bytes of a machine, in lowercase hex. */
export function hexOfNumber(value: number, bigEndian: boolean): string {
  const hex = (value >>> 0).toString(16).padStart(8, '0');
  return bigEndian ? hex : swapped(hex, 32);
}

/** The number that four bytes of a machine are. */
export const numberOfHex = (hex: string, bigEndian: boolean): number => Number.parseInt(bigEndian ? hex : swapped(hex, 32), 16) | 0;

/** The elements of typed data, each `bits` wide, with their bytes the other way round. Elements that are no whole bytes stay. */
export function swapped(hex: string, bits: number): string {
  const width = bits / 4;
  if (bits % 8 !== 0 || width <= 2) return hex;
  let turned = '';
  for (let at = 0; at < hex.length; at += width) {
    const element = hex.slice(at, at + width);
    turned += element.length < width ? element : element.match(/../g)!.reverse().join('');
  }
  return turned;
}

/** Text as the bytes of its characters. */
export const hexOfText = (text: string): string =>
  [...text].map((character) => character.charCodeAt(0).toString(16).padStart(2, '0')).join('');

export const textOfHex = (hex: string): string => (hex.match(/../g) ?? []).map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join('');
