// Bech32m addresses (rule of docs/glossary.md): a person's typing error is found before anything is asked.

const LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const CONSTANT = 0x2bc830a3;
export const PREFIX = "nrg";

function polymod(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (let bit = 0; bit < 5; bit++) if ((top >>> bit) & 1) sum ^= GENERATOR[bit] as number;
  }
  return sum;
}

const expanded = (prefix: string): number[] => [
  ...[...prefix].map((each) => each.charCodeAt(0) >> 5),
  0,
  ...[...prefix].map((each) => each.charCodeAt(0) & 31),
];

/** The 20 bytes of an address, or null where the text is none. */
export function addressBytes(text: string): Uint8Array | null {
  const lower = text.trim();
  if (!lower.startsWith(`${PREFIX}1`) || lower !== lower.toLowerCase()) return null;
  const values = [...lower.slice(PREFIX.length + 1)].map((each) => LETTERS.indexOf(each));
  if (values.includes(-1) || values.length < 6 || polymod([...expanded(PREFIX), ...values]) !== CONSTANT)
    return null;
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const value of values.slice(0, -6)) {
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
      held &= (1 << bits) - 1;
    }
  }
  return bytes.length === 20 && bits < 5 && held === 0 ? Uint8Array.from(bytes) : null;
}

/** The text of 20 bytes. */
export function addressText(bytes: Uint8Array): string {
  const values: number[] = [];
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      values.push((held >> bits) & 31);
      held &= (1 << bits) - 1;
    }
  }
  const sum = polymod([...expanded(PREFIX), ...values, 0, 0, 0, 0, 0, 0]) ^ CONSTANT;
  const checksum = Array.from({ length: 6 }, (_, place) => (sum >>> (5 * (5 - place))) & 31);
  return `${PREFIX}1${[...values, ...checksum].map((value) => LETTERS[value]).join("")}`;
}
