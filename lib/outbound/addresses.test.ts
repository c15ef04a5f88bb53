import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPublicAddress } from '#/lib/outbound/addresses.ts';

describe('machines of the public internet', () => {
  test.each([
    '1.1.1.1',
    '93.184.215.14',
    '172.15.0.1',
    '172.32.0.1',
    '192.169.0.1',
    '223.255.255.255',
    '2606:4700::1111',
  ])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));
  test.each(['::ffff:1.1.1.1', '::ffff:101:101', '64:ff9b::1.1.1.1'])(
    '%s stands for a public one',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
});

describe('what is inside, a group, or not one machine', () => {
  test.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:169.254.169.254',
    '::ffff:0:127.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1.1.1.1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
  ])('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false));
  test.each(['', 'example.com', '127.1', '0x7f.1', '2130706433', '[::1]', '1.1.1.1:80'])(
    '“%s” is no address',
    (text) => expect(isPublicAddress(text)).toBe(false),
  );
});

test('an IPv4 address is judged alike however IPv6 writes it', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(byte, byte, byte, byte, (a, b, c, d) => {
      const plain = `${a}.${b}.${c}.${d}`;
      const [high, low] = [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
      const isPublic = isPublicAddress(plain);
      for (const prefix of ['::ffff:', '0:0:0:0:0:FFFF:', '64:ff9b::', '64:FF9B:0:0:0:0:']) {
        expect(isPublicAddress(`${prefix}${plain}`)).toBe(isPublic);
        expect(isPublicAddress(`${prefix}${high}:${low}`)).toBe(isPublic);
      }
    }),
  );
});
