// Machines that are restored from a snapshot of their memory draw the same random numbers again.
import { createHmac } from 'node:crypto'
import { decodeEnvelope, PesAggregate } from '@hushgrid/messages'
import {
  concatBytes,
  hkdfSha256,
  IdentityKey,
  type LaneVector,
  lanesFromIntegers,
  lanesToBytes,
  SeededRng,
  type Slot,
  u64,
  utf8
} from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { hedgedRng } from '../src/hedged-rng.ts'
import { sealProven, sealReading } from '../src/reading.ts'
import { passSlot } from './support/pass-slot.ts'
import { publicKey, SplitPath } from './support/split-path.ts'
import { FIRST_SLOT, type PathOptions, VirtualPath } from './support/virtual-path.ts'

const differ = (...values: readonly (string | bigint)[]): boolean => new Set(values).size === values.length

describe('a meter', () => {
  const { networkId, packing, direct } = new SplitPath({ members: 0 }).terms
  const key = new SeededRng('key').bytes(32)
  const meter = IdentityKey.generate(new SeededRng('meter')).id
  const lanes = (value: bigint): LaneVector => lanesFromIntegers([value, -1n])
  const origin = (slot: number, network = networkId) => ({ networkId: network, meter, slot: slot as Slot })
  if (!direct) throw new Error('expected a setup of direct')
  const { proofs } = direct
  /** Seals with the same random numbers each time. */
  const proven = (value: bigint, slot: number) =>
    sealProven(key, origin(slot), lanes(value), { proofs, packing, rng: new SeededRng('again') })
  const nonceOf = (sealed: Uint8Array): string => Buffer.from(sealed.subarray(0, 12)).toString('hex')

  it('takes as nonce what HMAC-SHA-256 makes of slot and lanes', () => {
    const expected = createHmac('sha256', hkdfSha256(key, networkId, utf8('nonce'), 32))
      .update(concatBytes(u64(FIRST_SLOT), lanesToBytes(lanes(7n))))
      .digest()
    expect(nonceOf(sealReading(key, origin(FIRST_SLOT), lanes(7n)))).toBe(expected.subarray(0, 12).toString('hex'))
  })

  it('repeats no nonce for another reading, slot or network, and all of it for the same', () => {
    for (const seal of [(value: bigint, slot: number) => sealReading(key, origin(slot), lanes(value)), proven]) {
      expect(seal(7n, FIRST_SLOT)).toEqual(seal(7n, FIRST_SLOT))
      expect(differ(...[seal(7n, FIRST_SLOT), seal(8n, FIRST_SLOT), seal(7n, FIRST_SLOT + 1)].map(nonceOf))).toBe(true)
    }
    const elsewhere = sealReading(key, origin(FIRST_SLOT, key), lanes(7n))
    expect(nonceOf(elsewhere)).not.toBe(nonceOf(sealReading(key, origin(FIRST_SLOT), lanes(7n))))
  })

  it('repeats no obfuscator and no announcement: what two ciphertexts have in common is not their readings’ difference', () => {
    const path = (slot: number, read: bigint) => {
      const made = new SplitPath({ members: 6 })
      passSlot(made, slot, () => lanesFromIntegers([read, 0n]))
      return made.opened(0, made.sent(0))
    }
    const [one, same, other, later] = [path(FIRST_SLOT, 7n), path(FIRST_SLOT, 7n), path(FIRST_SLOT, 8n), path(FIRST_SLOT + 1, 7n)]
    expect([same.ciphertext.value, same.announcement]).toEqual([one.ciphertext.value, one.announcement])
    const obfuscators = [
      [one, 7n],
      [other, 8n],
      [later, 7n]
    ] as const
    expect(differ(...obfuscators.map(([{ ciphertext }, m]) => publicKey.addPlain(ciphertext, -m).value))).toBe(true)
    expect(differ(one.announcement, other.announcement, later.announcement)).toBe(true)
  })

  it('draws other numbers about another message or with another secret, and the same about the same', () => {
    const drawn = (secret: string, seed: string, ...about: readonly string[]): string => {
      const hedged = hedgedRng(new SeededRng(seed), utf8(secret), ...about.map(utf8))
      return Buffer.from(concatBytes(hedged.bytes(5), hedged.bytes(40))).toString('hex')
    }
    expect(drawn('a', 'b', 'c')).toBe(drawn('a', 'b', 'c'))
    expect(differ(drawn('a', 'b', 'c'), drawn('b', 'b', 'c'), drawn('a', 'c', 'c'), drawn('a', 'b', 'd'))).toBe(true)
    expect(drawn('a', 'b', 'c')).not.toContain('0'.repeat(20))
  })
})

describe('a PES', () => {
  it.each(['reencrypt', 'direct'] as const)('with %s hides two sums under two obfuscators', variant => {
    /** Obfuscator of a slot's aggregate, where the PES draws the same numbers each time. */
    const hider = (options: PathOptions, read: bigint): bigint => {
      const path = variant === 'direct' ? new SplitPath(options) : new VirtualPath(options)
      const repeated = { bytes: (length: number) => new SeededRng('again').bytes(length) }
      path.pes = { ...path.pes, config: { ...path.pes.config, rng: repeated, obfuscator: () => publicKey.obfuscator(repeated) } }
      passSlot(path, FIRST_SLOT, () => lanesFromIntegers([read, 0n]))
      const [bytes] = path.outputs.concentrator.flatMap(output => (output.type === 'forward' ? [output.bytes] : []))
      const sum = publicKey.decodeCiphertext(PesAggregate.decode(decodeEnvelope(bytes as Uint8Array).payload).ciphertext)
      return publicKey.addPlain(sum, -6n * read).value
    }
    expect(hider({ members: 6 }, 7n)).toBe(hider({ members: 6 }, 7n))
    expect(hider({ members: 6 }, 7n)).not.toBe(hider({ members: 6 }, 8n))
  })
})
