import { deflateRawSync } from 'node:zlib';

/** A ZIP archive of a single file (PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16). */
export function zipFile(name: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const path = Buffer.from(name);
  const packed = deflateRawSync(content);
  /** What the local header and the directory say alike: from the version on. */
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(0x0800, 2); // the name is UTF-8
  facts.writeUInt16LE(8, 4); // deflated
  facts.writeUInt16LE(0x21, 8); // 1 January 1980
  facts.writeUInt32LE(crc32(content), 10);
  facts.writeUInt32LE(packed.length, 14);
  facts.writeUInt32LE(content.length, 18);
  facts.writeUInt16LE(path.length, 22);
  const local = Buffer.concat([signature(0x04034b50), facts, path, packed]);
  const madeBy = Buffer.from([20, 0]);
  const directory = Buffer.concat([signature(0x02014b50), madeBy, facts, Buffer.alloc(14), path]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(local.length, 12);
  return new Uint8Array(Buffer.concat([local, directory, signature(0x06054b50), end]));
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Node has it only since 20.15. */
function crc32(content: Uint8Array): number {
  let crc = -1;
  for (const byte of content) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
