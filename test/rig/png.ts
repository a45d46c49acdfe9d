import { inflateSync } from 'node:zlib';

/** How many pixels of a PNG (8 bits a channel, not interlaced) have a colour such as `0969da`. */
export function pixelsOf(png: Buffer, colour: string): number {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const channels = png[25] === 6 ? 4 : 3;
  const data = inflateSync(Buffer.concat(chunks(png, 'IDAT')));
  const stride = width * channels;
  const wanted = Buffer.from(colour, 'hex');
  let above = new Uint8Array(stride);
  let count = 0;
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1);
    const row = unfiltered(data[start] ?? 0, data.subarray(start + 1, start + 1 + stride));
    for (let x = 0; x < stride; x += channels) {
      if (row[x] === wanted[0] && row[x + 1] === wanted[1] && row[x + 2] === wanted[2]) count++;
    }
    above = row;
  }
  return count;

  function unfiltered(filter: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const row = new Uint8Array(stride);
    for (let index = 0; index < stride; index++) {
      const left = row[index - channels] ?? 0;
      const up = above[index] ?? 0;
      const corner = above[index - channels] ?? 0;
      const guess = [0, left, up, Math.floor((left + up) / 2), paeth(left, up, corner)][filter];
      row[index] = (bytes[index] ?? 0) + (guess ?? 0);
    }
    return row;
  }
}

function chunks(png: Buffer, type: string): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const name = png.toString('latin1', at + 4, at + 8);
    if (name === type) found.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  return found;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [up - corner, left - corner, left + up - 2 * corner].map(Math.abs);
  if (a === undefined || b === undefined || c === undefined) return 0;
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
