import { expect, test } from '@jest/globals';
import { TransferRate } from '../../src/transfer/rate.ts';

test('says nothing as long as there is nothing to do', () => {
  const progress = { files: 0, ofFiles: 0, bytes: 0, ofBytes: 0 };
  expect(new TransferRate('sent').text(progress, 0)).toBeUndefined();
});

test('gives rate and remaining time only when they are known', () => {
  const rate = new TransferRate('sent');
  const at = (bytes: number, now: number) =>
    rate.text({ files: bytes / 1_000_000, ofFiles: 2_000, bytes, ofBytes: 2_000_000_000 }, now);
  expect(at(0, 0)).toBe('sent 0 of 2,000 files, 0 B of 2.0 GB');
  expect(at(10_000_000, 900)).toBe('sent 10 of 2,000 files, 10.0 MB of 2.0 GB');
  expect(at(20_000_000, 2_000)).toBe(
    'sent 20 of 2,000 files, 20.0 MB of 2.0 GB, 10.0 MB/s, about 3 min left',
  );
});

test('without the sum of bytes there is no remaining time', () => {
  const rate = new TransferRate('fetched');
  rate.text({ files: 0, ofFiles: 1, bytes: 0 }, 0);
  expect(rate.text({ files: 0, ofFiles: 1, bytes: 4_000_000 }, 2_000)).toBe(
    'fetched 0 of 1 file, 4.0 MB, 2.0 MB/s',
  );
});

test('the rate is that of the last ten seconds', () => {
  const rate = new TransferRate('sent');
  const at = (bytes: number, now: number) =>
    rate.text({ files: 0, ofFiles: 1, bytes, ofBytes: 1_000_000_000 }, now);
  at(0, 0);
  at(500_000_000, 5_000);
  at(500_000_000, 12_000);
  expect(at(500_000_000, 15_100)).toBe('sent 0 of 1 file, 500 MB of 1.0 GB');
  expect(at(520_000_000, 20_000)).toContain(' 2.5 MB/s, about 3 min left');
});
