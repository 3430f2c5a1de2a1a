import { hkdfSync } from 'node:crypto'
import { concatBytes, EXPORT_LANE, fromHex, IMPORT_LANE, type Slot, toHex, u8, u32, u64, utf8 } from '@hushgrid/primitives'
import { encodeScalar, reduceToScalar } from '@hushgrid/primitives/group'
import { describe, expect, it } from 'vitest'
import { ReadingKey, readingSecrets } from '../../src/commitments/secrets.ts'
import { FIRST, household, SLOT_SECONDS } from '../support/household.ts'

const { identity, key } = household()
const names = (secrets: ReturnType<typeof readingSecrets>): string[] => [
  toHex(secrets.pad),
  toHex(encodeScalar(secrets.opening)),
  toHex(secrets.index)
]

describe('secrets of a reading', () => {
  it('are HKDF-SHA-256 of the key with a label each', () => {
    const secrets = readingSecrets(key, identity.id, SLOT_SECONDS, FIRST, IMPORT_LANE)
    const derive = (label: string, length: number): Uint8Array => {
      const place = concatBytes(fromHex(identity.id), u32(SLOT_SECONDS), u64(FIRST), u8(IMPORT_LANE.length), utf8(IMPORT_LANE))
      const info = concatBytes(utf8(`hushgrid/v1/billing/${label}`), u8(0), place)
      return new Uint8Array(hkdfSync('sha256', key, utf8('hushgrid/v1/billing'), info, length))
    }
    expect(secrets.pad).toEqual(derive('pad', 8))
    expect(secrets.opening).toBe(reduceToScalar(derive('opening', 64)))
    expect(secrets.index).toEqual(derive('index', 16))
  })

  it('differ in all three wherever key, meter, length of slot, slot or lane differ', () => {
    const other = household(8)
    const all = [
      readingSecrets(key, identity.id, SLOT_SECONDS, FIRST, IMPORT_LANE),
      readingSecrets(other.key, identity.id, SLOT_SECONDS, FIRST, IMPORT_LANE),
      readingSecrets(key, other.identity.id, SLOT_SECONDS, FIRST, IMPORT_LANE),
      readingSecrets(key, identity.id, 900, FIRST, IMPORT_LANE),
      readingSecrets(key, identity.id, SLOT_SECONDS, (FIRST + 1) as Slot, IMPORT_LANE),
      readingSecrets(key, identity.id, SLOT_SECONDS, FIRST, EXPORT_LANE)
    ].map(names)
    for (const which of [0, 1, 2]) expect(new Set(all.map(each => each[which])).size).toBe(all.length)
  })

  it('stay inside when the key is printed or serialised, and the key is 32 bytes', () => {
    const ready = new ReadingKey(key, identity.id, SLOT_SECONDS)
    expect(JSON.stringify(ready)).toBe('{}')
    expect(() => new ReadingKey(new Uint8Array(31), identity.id, SLOT_SECONDS)).toThrow(/reading key: expected 32 bytes, got 31/)
  })
})
