// Batches sealed by a meter and opened by its customer, with known answers.
import { createHash, hkdfSync } from 'node:crypto'
import { concatBytes, EXPORT_LANE, fromHex, IMPORT_LANE, type MeterId, type Slot, toHex, u8, u32, u64, utf8 } from '@hushgrid/primitives'
import { ed25519, ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js'
import { bytesToNumberLE } from '@noble/curves/utils.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openBatch, type ReadingBatch, sealBatch } from '../../src/batch/batch.ts'
import { decodeBatch, encodeBatch } from '../../src/batch/encoding.ts'
import { keyEpoch } from '../../src/batch/key-epoch.ts'
import { type BatchFault, BatchRejectedError } from '../../src/errors.ts'
import { BOTH, FIRST, household, readingsOf, SLOT_SECONDS, seal } from '../support/household.ts'

const home = household()

/** Runs what must be rejected, and gives the fault and the message. */
function rejected(run: () => unknown): { fault: BatchFault; message: string } {
  try {
    run()
  } catch (error) {
    if (error instanceof BatchRejectedError) return { fault: error.fault, message: error.message }
    throw error
  }
  throw new Error('expected a BatchRejectedError, got none')
}

/** With the bit flipped. */
function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
}

describe('sealBatch and openBatch', () => {
  it('give the customer what was measured, with gaps and several lanes', () => {
    const readings = readingsOf('round trip', 21, 2, [0, 7, 8, 20])
    const { batch, commitments } = sealBatch({ ...home, slotSeconds: SLOT_SECONDS, firstSlot: FIRST, lanes: BOTH, readings })
    const opened = openBatch(decodeBatch(encodeBatch(batch)), home.key)
    expect(opened.readings).toEqual(readings)
    expect(opened.commitments.map(c => toHex(c.encode()))).toEqual(commitments.map(c => toHex(c.encode())))
    expect(opened.openings.map(({ value }) => value)).toEqual(readings.flatMap(values => values ?? []))
    expect(batch.ciphertexts.byteLength).toBe(17 * 2 * 8)
  })

  it('take readings up to 2^47 − 1, a batch of gaps only, and none else', () => {
    const most = (1n << 47n) - 1n
    expect(openBatch(seal(home, [[most], [0n]]), home.key).readings).toEqual([[most], [0n]])
    expect(openBatch(seal(home, [undefined, undefined]), home.key).readings).toEqual([undefined, undefined])
    expect(() => seal(home, [[1n], [most + 1n]])).toThrow(/reading of slot 754273, lane 1-0:1\.29\.0: expected whole Wh/)
    expect(() => seal(home, [[-1n]])).toThrow(/reading of slot 754272/)
    expect(() => seal(home, [])).toThrow(/slots: expected 1 to/)
    expect(() => seal(home, [[1n, 2n]])).toThrow(/readings of slot 754272: expected one for each of 1 lanes, got 2/)
    expect(() => seal(home, [[1n, 2n]], FIRST, [IMPORT_LANE, IMPORT_LANE])).toThrow(/lanes: expected 1 to 64 different OBIS codes/)
  })

  it('encrypt: equal readings have unrelated ciphertexts and commitments in another slot, lane and household', () => {
    const same = Array.from({ length: 40 }, () => [500n, 500n])
    const all = [home, household(9)].map(each =>
      sealBatch({ ...each, slotSeconds: SLOT_SECONDS, firstSlot: FIRST, lanes: BOTH, readings: same })
    )
    const ciphertexts = all.flatMap(({ batch }) => Array.from({ length: 80 }, (_, i) => toHex(batch.ciphertexts.slice(8 * i, 8 * i + 8))))
    const commitments = all.flatMap(each => each.commitments.map(c => toHex(c.encode())))
    expect(new Set(ciphertexts).size).toBe(160)
    expect(new Set(commitments).size).toBe(160)
    // Of 80 × 64 bits of two ciphertexts of the same plaintext about half differ, as of 80 × 248 bits of two commitments.
    const differing = (a: string[], b: string[], bits: bigint): number =>
      a
        .map((x, i) => BigInt(`0x${x}`) ^ BigInt(`0x${b[i]}`))
        .reduce((sum, x) => sum + (x & ((1n << bits) - 1n)).toString(2).replaceAll('0', '').length, 0)
    expect(Math.abs(differing(ciphertexts.slice(0, 80), ciphertexts.slice(80), 64n) / (80 * 64) - 0.5)).toBeLessThan(0.05)
    expect(Math.abs(differing(commitments.slice(0, 80), commitments.slice(80), 248n) / (80 * 248) - 0.5)).toBeLessThan(0.03)
  })
})

describe('a batch of fixed keys', () => {
  const readings = [[310n, 0n], undefined, [4210n, 55n]]
  const { batch } = sealBatch({ ...home, keyEpoch: keyEpoch(3), slotSeconds: SLOT_SECONDS, firstSlot: FIRST, lanes: BOTH, readings })

  /** What the documentation says, by other implementations: HKDF of OpenSSL, group and signature of noble. */
  function byTheBook(): { ciphertexts: Uint8Array; transcript: Uint8Array } {
    const id = fromHex(home.identity.id)
    const h = ristretto255_hasher.hashToCurve(utf8('hushgrid/v1/billing/H'), {
      DST: 'hushgrid/v1/billing-with-ristretto255_XMD:SHA-512_R255MAP_RO_'
    })
    const hashed = createHash('sha256')
    const ciphertexts: Uint8Array[] = []
    const readings = [
      { slot: FIRST, lane: IMPORT_LANE, value: 310n },
      { slot: FIRST, lane: EXPORT_LANE, value: 0n },
      { slot: FIRST + 2, lane: IMPORT_LANE, value: 4210n },
      { slot: FIRST + 2, lane: EXPORT_LANE, value: 55n }
    ]
    for (const { slot, lane, value } of readings) {
      const derive = (label: string, length: number): Uint8Array => {
        const info = concatBytes(utf8(`hushgrid/v1/billing/${label}\0`), id, u32(1800), u64(slot), u8(10), utf8(lane))
        return new Uint8Array(hkdfSync('sha256', home.key, 'hushgrid/v1/billing', info, length))
      }
      const pad = derive('pad', 8)
      ciphertexts.push(u64(value).map((byte, i) => byte ^ (pad[i] as number)))
      const r = bytesToNumberLE(derive('opening', 64)) % ristretto255.Point.Fn.ORDER
      hashed.update(ristretto255.Point.BASE.multiplyUnsafe(value).add(h.multiplyUnsafe(r)).toBytes())
    }
    const lanes = concatBytes(u8(2), u8(10), utf8('1-0:1.29.0'), u8(10), utf8('1-0:2.29.0'))
    const header = concatBytes(id, u32(3), u32(1800), u64(FIRST), u32(3), lanes, u8(0b101))
    return {
      ciphertexts: concatBytes(...ciphertexts),
      transcript: concatBytes(utf8('hushgrid/v2/billing/batch\0'), header, hashed.digest())
    }
  }

  it('has the ciphertexts and the signature that the documentation says', () => {
    const { ciphertexts, transcript } = byTheBook()
    expect(batch.ciphertexts).toEqual(ciphertexts)
    expect(toHex(batch.signature)).toBe(toHex(ed25519.sign(transcript, new Uint8Array(32).fill(7))))
  })

  it('has known bytes', () => {
    expect(toHex(encodeBatch(batch))).toBe(KNOWN_BATCH)
    expect(toHex(batch.signature)).toBe(KNOWN_BATCH.slice(-128))
  })
})

describe('what is not the meter’s', () => {
  const readings = readingsOf('tampered', 12, 1, [5])
  const batch = seal(home, readings)
  const open = (changes: Partial<ReadingBatch>) => rejected(() => openBatch({ ...batch, ...changes }, home.key))
  const signature = "expected the meter's signature over what the batch opens to, it does not hold"

  it('one reading changed: the signature does not hold, or the value is none', () => {
    const low = open({ ciphertexts: flipped(batch.ciphertexts, 8 * 8 * 3) })
    expect(low.fault).toBe('signature')
    expect(low.message).toContain(`slots 754272 to 754283: ${signature}`)
    const high = open({ ciphertexts: flipped(batch.ciphertexts, 8 * 8 * 3 + 60) })
    expect(high.fault).toBe('reading')
    expect(high.message).toContain('slot 754275, lane 1-0:1.29.0: expected a reading below 2^47 Wh, got one beyond')
  })

  it('another key', () => {
    expect(rejected(() => openBatch(batch, household(8).key)).fault).toBe('reading')
    // The batch of gaps opens under any key, as there is nothing in it.
    expect(openBatch(seal(home, [undefined]), household(8).key).openings).toEqual([])
  })

  it('a forged and a missing signature, and one by another meter', () => {
    expect(open({ signature: flipped(batch.signature, 77) }).fault).toBe('signature')
    expect(open({ signature: new Uint8Array(0) }).fault).toBe('signature')
    expect(open({ signature: seal({ ...home, identity: household(8).identity }, readings).signature }).fault).toBe('signature')
  })

  it('another header: key epoch, slot, length of slot, lane, gaps', () => {
    const moved = (changes: Partial<ReadingBatch>) => {
      const { fault } = open(changes)
      expect(['reading', 'signature']).toContain(fault)
    }
    moved({ firstSlot: (FIRST + 1) as Slot })
    moved({ slotSeconds: 900 })
    // The same key, so that the readings are the same: only what is signed tells.
    expect(open({ keyEpoch: keyEpoch(1) }).fault).toBe('signature')
    moved({ lanes: [EXPORT_LANE] })
    moved({ meterId: household(8).identity.id })
    // A gap that was not signed as one, with its reading taken out, and one that is claimed to be elsewhere.
    const without = concatBytes(batch.ciphertexts.slice(0, 16), batch.ciphertexts.slice(24))
    expect(open({ present: flipped(batch.present, 2), ciphertexts: without }).fault).toBe('signature')
    moved({ present: flipped(flipped(batch.present, 5), 6) })
    // Longer by a gap at its end, which changes no reading.
    expect(open({ slots: 13 }).fault).toBe('signature')
  })

  it('readings left out, repeated, reordered', () => {
    const [first, second] = [batch.ciphertexts.slice(0, 8), batch.ciphertexts.slice(8, 16)]
    const { fault, message } = open({ ciphertexts: batch.ciphertexts.slice(8) })
    expect(fault).toBe('encoding')
    expect(message).toContain('expected 11 readings of 8 bytes, got 80 bytes')
    for (const ciphertexts of [concatBytes(first, first), concatBytes(second, first)])
      expect(['reading', 'signature']).toContain(open({ ciphertexts: concatBytes(ciphertexts, batch.ciphertexts.slice(16)) }).fault)
  })

  it('a key that anybody can sign under', () => {
    const weak = { ...batch, meterId: `01${'00'.repeat(31)}` as MeterId }
    expect(() => openBatch(weak, home.key)).toThrow(/expected a point of large order/)
  })
})

describe('the encoding', () => {
  const anyBatch = fc
    .record({
      presence: fc.oneof(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 70 }),
        fc
          .record({ slots: fc.integer({ min: 1, max: 1500 }), gap: fc.nat(1499) })
          .map(({ slots, gap }) => Array.from({ length: slots }, (_, i) => i !== gap))
      ),
      lanes: fc.constantFrom(BOTH, [IMPORT_LANE], [EXPORT_LANE, IMPORT_LANE]),
      firstSlot: fc.integer({ min: 0, max: 2 ** 47 }),
      epoch: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
      fill: fc.integer({ min: 0, max: 255 })
    })
    .map(({ presence, lanes, firstSlot, epoch, fill }): ReadingBatch => {
      const present = new Uint8Array(Math.ceil(presence.length / 8))
      presence.forEach((there, i) => {
        if (there) present[i >> 3] = (present[i >> 3] as number) | (1 << (i & 7))
      })
      const count = presence.filter(Boolean).length * lanes.length
      return {
        meterId: home.identity.id,
        keyEpoch: keyEpoch(epoch),
        slotSeconds: 1800,
        firstSlot: firstSlot as Slot,
        slots: presence.length,
        lanes,
        present,
        ciphertexts: new Uint8Array(count * 8).fill(fill),
        signature: new Uint8Array(64).fill(fill ^ 1)
      }
    })

  it('decodes to what was encoded', () => {
    fc.assert(
      fc.property(anyBatch, batch => {
        expect(decodeBatch(encodeBatch(batch))).toEqual(batch)
      }),
      { numRuns: 150 }
    )
  })

  it('is the only one: whatever decodes encodes to the same bytes', () => {
    fc.assert(
      fc.property(anyBatch, fc.nat(), fc.integer({ min: 1, max: 255 }), (batch, at, change) => {
        const bytes = encodeBatch(batch)
        const changed = Uint8Array.from(bytes)
        const place = at % Math.min(bytes.byteLength, 90)
        changed[place] = (changed[place] as number) ^ change
        try {
          expect(encodeBatch(decodeBatch(changed))).toEqual(changed)
        } catch (error) {
          expect(error).toBeInstanceOf(BatchRejectedError)
          expect((error as BatchRejectedError).fault).toBe('encoding')
        }
      }),
      { numRuns: 300 }
    )
  })

  it('is refused where it is cut off, goes on, or says the same in another way', () => {
    const batch = seal(home, readingsOf('strict', 20, 1, [3, 4]))
    const bytes = encodeBatch(batch)
    for (let length = 0; length < bytes.byteLength; length++)
      expect(rejected(() => decodeBatch(bytes.slice(0, length))).fault).toBe('encoding')
    expect(rejected(() => decodeBatch(concatBytes(bytes, u8(0)))).message).toContain('expected no more bytes, got 1')
    expect(rejected(() => decodeBatch(concatBytes(u8(1), bytes.slice(1)))).message).toBe('batch, encoding: version: expected 2, got 1')
    // 20 slots with one gap are a bitmap of 3 bytes; as a list of gaps they take 10.
    const at = 1 + 32 + 4 + 4 + 8 + 4 + 1 + 11
    const kept = [bytes.slice(0, at), bytes.slice(at + 4)] as const
    expect(toHex(bytes.slice(at, at + 4))).toBe('01e7ff0f')
    const gaps = (...list: readonly (readonly [number, number])[]): Uint8Array =>
      concatBytes(kept[0], new Uint8Array([0, list.length, 0]), ...list.flatMap(([start, length]) => [u32(start), u32(length)]), kept[1])
    expect(rejected(() => decodeBatch(gaps([3, 2]))).message).toContain('expected the canonical encoding, got another one')
    // Gaps that touch, overlap or come in another order are looked at no further: there could be 65,535 of them.
    for (const [other, before, got] of [
      [gaps([3, 1], [4, 1]), 4, 4],
      [gaps([3, 2], [3, 2]), 5, 3],
      [gaps([9, 2], [3, 2]), 11, 3]
    ] as const)
      expect(rejected(() => decodeBatch(other)).message).toContain(`gap: expected one that begins after slot ${before}, got ${got}`)
    expect(rejected(() => decodeBatch(gaps([19, 2]))).message).toContain('gap: expected to end by slot 20, got 21')
    const beyond = Uint8Array.from(bytes)
    beyond[at + 3] = 0x1f
    expect(rejected(() => decodeBatch(beyond)).message).toContain('present: expected no bit beyond 20 slots')
  })

  it('asks for no more memory than the bytes can be of', () => {
    const bytes = encodeBatch(seal(home, readingsOf('memory', 2)))
    const slots = Uint8Array.from(bytes)
    slots.set(u32(0xffff_ffff), 1 + 32 + 4 + 4 + 8)
    expect(rejected(() => decodeBatch(slots)).message).toContain('slots: expected at most 131072, got 4294967295')
  })
})

/** Of {@link household} 7, key epoch 3, three half-hours from {@link FIRST}, both lanes, the second a gap. */
const KNOWN_BATCH = [
  '02ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c030000000807000060820b000000000003000000020a',
  '312d303a312e32392e300a312d303a322e32392e300105345574e752e6b8b895ecbd39dfc941e9e6a3061f7b52865bbbf1091f324563a4',
  'd4389966a62f0c478b1f991a230a2d187f91c2c7fb489912b899f9db4c2bf2011655a00247a8f2f016c8fe0ddf6e4ad50647a28e84c3cd',
  '4291e0d5cf1fa2f401'
].join('')
