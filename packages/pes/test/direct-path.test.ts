// The variant `direct` with the supplier's key really split in two: totals, what neither holder can open alone, and what is
// dropped at the PES.
import { decodeEnvelope, MessageType } from '@hushgrid/messages'
import {
  type Ciphertext,
  combinePartials,
  generateKeyPair,
  PartialDecryption,
  PartialDecryptionError,
  PlaintextProofs
} from '@hushgrid/paillier'
import { fromHex, HushgridError, IdentityKey, lanesFromIntegers, signedLanes } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { proofContext } from '../src/reading.ts'
import { passSlot } from './support/pass-slot.ts'
import { pesShare, publicKey, reasons, rng, SplitPath, supplierShare, upTo, without } from './support/split-path.ts'
import { FIRST_SLOT, paillier, reading, sumOf } from './support/virtual-path.ts'

/** What an attempt to decrypt came to: a number, or undefined where it was refused. */
function attempted(attempt: () => bigint): bigint | undefined {
  try {
    return attempt()
  } catch (cause) {
    if (cause instanceof HushgridError) return undefined
    throw cause
  }
}

describe('with the supplier’s key split in two', () => {
  it('slot totals and households’ billing periods are exact; missing meters are not in the sum, and contributors are told', () => {
    const path = new SplitPath({ members: 8, batch: 3 })
    const present = (slot: number): number[] => (slot === 2 || slot === 5 ? without(8, 3, 6) : slot === 3 ? without(8, 3) : upTo(8))
    for (let slot = 0; slot < 9; slot++) {
      path.meters.forEach((meter, index) => {
        meter.up = present(slot).includes(index)
      })
      path.slot(FIRST_SLOT + slot)
    }
    expect(path.totals()).toHaveLength(9)
    for (const { slot, contributors, missing, lanes } of path.totals()) {
      const there = present(slot - FIRST_SLOT)
      expect(contributors).toEqual(there)
      expect(missing).toEqual(without(8, ...there))
      expect(signedLanes(lanes)).toEqual(sumOf(there, slot))
    }
    const bills = path.outputs.supplier.filter(output => output.type === 'consumption')
    expect(bills).toHaveLength(8)
    for (const { meterId, firstSlot, slots, readings, lanes } of bills) {
      const index = path.meters.findIndex(({ identity }) => identity.id === meterId)
      const read = upTo(8).filter(slot => present(slot).includes(index))
      expect({ firstSlot, slots, readings }).toEqual({ firstSlot: FIRST_SLOT, slots: 8, readings: read.length })
      expect(signedLanes(lanes)).toEqual(
        [0, 1].map(lane => read.reduce((sum, slot) => sum + (signedLanes(reading(index, FIRST_SLOT + slot))[lane] as bigint), 0n))
      )
    }
    // One partial decryption an aggregate, and no other.
    expect([path.partials, path.decryptions]).toEqual([17, 17])
    expect(reasons([...path.outputs.concentrator, ...path.outputs.pes, ...path.outputs.supplier])).toEqual([])
  })

  it('the largest readings of either sign are added up exactly', () => {
    const path = new SplitPath({ members: 7 })
    const most = 2n ** 47n - 1n
    passSlot(path, FIRST_SLOT, index => lanesFromIntegers(index < 6 ? [most, -most] : [-most, most]))
    expect(path.totals().map(({ lanes }) => signedLanes(lanes))).toEqual([[5n * most, -5n * most]])
  })

  it('an aggregate is no product of the ciphertexts that were sent', () => {
    const path = new SplitPath({ members: 6 })
    path.slot(FIRST_SLOT)
    const product = upTo(6).reduce(
      (value, index) => (value * path.opened(index, path.sent(index)).ciphertext.value) % publicKey.nSquared,
      1n
    )
    const [aggregate] = path.aggregates()
    const given = publicKey.decodeCiphertext(aggregate?.payload.ciphertext as Uint8Array)
    expect(given.value).not.toBe(product)
    expect(paillier.decrypt(given)).toBe(paillier.decrypt(publicKey.ciphertext(product)))
  })
})

describe.each([
  ['the PES', pesShare, supplierShare],
  ['the supplier', supplierShare, pesShare]
] as const)('%s, with its share alone', (_, { share: own }, { share: theirs }) => {
  const path = new SplitPath({ members: 6 })
  path.slot(FIRST_SLOT)
  const [c, other] = [0, 1].map(index => path.opened(index, path.sent(index)).ciphertext) as [Ciphertext, Ciphertext]
  const plain = path.terms.packing.pack(signedLanes(reading(0, FIRST_SLOT)))
  const key = own.verificationKey
  const mine = own.partial(c)
  const relabelled = (partial: PartialDecryption, change: Partial<PartialDecryption> = {}): PartialDecryption =>
    new PartialDecryption({ ...partial, holder: theirs.holder, ciphertextHash: mine.ciphertextHash, ...change })

  it('and the other’s as well, would get at a meter’s reading: that the attempts below fail is for want of it', () => {
    expect(key.combine(c, mine, theirs.partial(c))).toBe(plain)
    expect(combinePartials(publicKey, mine, theirs.partial(c))).toBe(plain)
  })

  it('is refused its own part twice, and that of another ciphertext', () => {
    expect(() => combinePartials(publicKey, mine, mine)).toThrow(PartialDecryptionError)
    expect(() => combinePartials(publicKey, mine, theirs.partial(other))).toThrow('expected two of one ciphertext, got two ciphertexts')
    expect(() => key.combine(c, mine, theirs.partial(other))).toThrow('expected one of this ciphertext')
    expect(() => key.combine(c, own.partial(other), theirs.partial(c))).toThrow('expected one of this ciphertext')
  })

  it('gets nothing out of parts that it makes up or relabels', () => {
    const inverse = publicKey.multiply(publicKey.ciphertext(mine.value), -1n).value
    const forged: readonly PartialDecryption[] = [
      // Its own, the other's of another reading, nothing, a random number, and what makes the product 1.
      relabelled(mine),
      relabelled(theirs.partial(other)),
      relabelled(mine, { value: 1n }),
      relabelled(mine, { value: publicKey.obfuscator(rng) }),
      relabelled(mine, { value: inverse }),
      relabelled(mine, { value: c.value })
    ]
    const results = forged.map(partial => attempted(() => combinePartials(publicKey, mine, partial)))
    for (const result of results) expect(result).not.toBe(plain)
    // With the inverse it gets what it put in, which is 0.
    expect(results).toEqual([undefined, undefined, undefined, undefined, 0n, undefined])
    for (const partial of forged) expect(() => key.combine(c, mine, partial)).toThrow(PartialDecryptionError)
  })

  it('gets nothing out of an aggregate’s parts for a single reading in it', () => {
    const [aggregate] = path.aggregates()
    const sum = publicKey.decodeCiphertext(aggregate?.payload.ciphertext as Uint8Array)
    const result = attempted(() => combinePartials(publicKey, mine, relabelled(theirs.partial(sum))))
    expect(result).toBe(undefined)
  })
})

describe('what is dropped and counted at the PES, with the slot right all the same', () => {
  it('is replayed, altered, of another slot, a second one of a meter, or a stranger’s', () => {
    const path = new SplitPath({ members: 9 })
    path.slot(FIRST_SLOT)
    const stranger = IdentityKey.generate(rng)
    path.alterBatches(({ readings }, slot) => {
      const own = (index: number): Uint8Array =>
        readings.find(bytes => decodeEnvelope(bytes).sender === path.meter(index).identity.id) as Uint8Array
      const { payload } = decodeEnvelope(own(4))
      const altered = Buffer.from(own(2))
      const at = altered.indexOf(decodeEnvelope(own(2)).payload) + 40
      altered.writeUInt8(altered.readUInt8(at) ^ 1, at)
      return {
        readings: [
          // A replay of the slot before, and meter 1's ciphertext of it under this slot.
          path.sent(0, 0),
          path.signed(1, slot - 1, path.proven(1, slot - 1, 1n)),
          altered,
          ...readings,
          ...readings.slice(0, 2),
          path.signed(3, slot, path.proven(3, slot, 5n)),
          path.seal(stranger, MessageType.PesReading, slot, payload)
        ]
      }
    })
    path.slot(FIRST_SLOT + 1)
    expect(reasons(path.outputs.pes)).toEqual([
      'wrong-epoch',
      'wrong-epoch',
      'bad-signature',
      'duplicate',
      'duplicate',
      'duplicate',
      'unknown-sender'
    ])
    expect(path.pes.drops.counts).toEqual({ 'wrong-epoch': 2, 'bad-signature': 1, duplicate: 3, 'unknown-sender': 1 })
    expect(path.totals().at(-1)).toMatchObject({ slot: FIRST_SLOT + 1, contributors: upTo(9), missing: [] })
    expect(path.totals().map(({ lanes }) => signedLanes(lanes))).toEqual([FIRST_SLOT, FIRST_SLOT + 1].map(slot => sumOf(upTo(9), slot)))
  })

  it('is no ciphertext of the key: not a unit, out of range, of another length or key', () => {
    const path = new SplitPath({ members: 14 })
    const { p } = paillier.exportPrimes()
    /** A meter's own ciphertext and proof, with another number in the ciphertext's place. */
    const numbered = (meter: number, value: bigint): Uint8Array => {
      const bytes = path.proven(meter, FIRST_SLOT + 1, 1n)
      bytes.set(fromHex(value.toString(16).padStart(2 * publicKey.ciphertextBytes, '0')))
      return bytes
    }
    const values = [0n, publicKey.n, 7n * p, publicKey.nSquared, (1n << BigInt(8 * publicKey.ciphertextBytes)) - 1n]
    const wrong: readonly Uint8Array[] = [
      ...values.map((value, meter) => numbered(meter, value)),
      path.proven(5, FIRST_SLOT + 1, 1n).subarray(1),
      new Uint8Array([...path.proven(6, FIRST_SLOT + 1, 1n), 0]),
      new Uint8Array(0)
    ]
    path.onPublish = (bytes, meter) => {
      const plain = wrong[meter]
      const { slot } = decodeEnvelope(bytes)
      return plain && slot === FIRST_SLOT + 1 ? path.signed(meter, slot, plain) : bytes
    }
    for (let slot = 0; slot < 9; slot++) path.slot(FIRST_SLOT + slot)
    // That n and 7p are no units shows in their proofs.
    expect(path.pes.drops.counts).toEqual({ 'wrong-shape': wrong.length - 2, 'bad-proof': 2 })
    const honest = upTo(14).slice(wrong.length)
    expect(path.totals()[1]).toMatchObject({ slot: FIRST_SLOT + 1, contributors: honest, missing: upTo(wrong.length) })
    for (const { slot, lanes } of path.totals())
      expect(signedLanes(lanes)).toEqual(sumOf(slot === FIRST_SLOT + 1 ? honest : upTo(14), slot))
    // It is not in the household's billing period either.
    const bills = path.outputs.supplier.filter(output => output.type === 'consumption')
    const readings = path.meters.map(({ identity }) => bills.find(({ meterId }) => meterId === identity.id)?.readings)
    expect(readings).toEqual(upTo(14).map(index => (index < wrong.length ? 7 : 8)))
  })

  it('a ciphertext under another key of the same length, proven under that, though it looks like one of ours', () => {
    const path = new SplitPath({ members: 7 })
    const foreign = new PlaintextProofs(generateKeyPair(512, { insecure: true }).publicKey, path.terms.packing.bits)
    path.onPublish = (bytes, meter) => {
      const { slot } = decodeEnvelope(bytes)
      if (meter !== 2 || slot !== FIRST_SLOT) return bytes
      for (;;) {
        const proven = foreign.prove(1n, proofContext(path.origin(meter, slot)), rng)
        if ([proven.ciphertext.value, proven.announcement].some(value => value >= publicKey.nSquared)) continue
        return path.signed(meter, slot, foreign.encode(proven))
      }
    }
    for (const slot of [0, 1]) path.slot(FIRST_SLOT + slot)
    expect(reasons(path.outputs.pes)).toEqual(['bad-proof'])
    expect(path.totals()).toMatchObject([{ contributors: without(7, 2), missing: [2] }, { contributors: upTo(7) }])
    expect(path.totals().map(({ lanes }) => signedLanes(lanes))).toEqual([sumOf(without(7, 2), FIRST_SLOT), sumOf(upTo(7), FIRST_SLOT + 1)])
  })
})

describe('a member whose ciphertext is of the right form and no reading', () => {
  it('spoils the slot, which is lost and done with: the concentrator does not bring it again', () => {
    const path = new SplitPath({ members: 9 })
    path.slot(FIRST_SLOT)
    // Longer than a reading, and short enough that the responses of its proof are in their ranges.
    path.alterBatches(({ readings }, slot) => ({
      readings: readings.map(bytes =>
        decodeEnvelope(bytes).sender === path.meter(4).identity.id ? path.signed(4, slot, path.provenLong(4, slot, 1n << 200n)) : bytes
      )
    }))
    path.slot(FIRST_SLOT + 1)
    expect(path.totals().map(({ slot }) => slot)).toEqual([FIRST_SLOT])
    const lost = path.outputs.supplier.filter(output => output.type === 'lost')
    expect(lost).toMatchObject([{ slot: FIRST_SLOT + 1, reason: 'unfit', contributors: upTo(9), missing: [] }])
    expect(reasons(path.outputs.supplier)).toEqual(['implausible'])
    expect(path.supplier.drops.counts).toEqual({ implausible: 1 })
    expect(path.concentrator.outgoing.size).toBe(0)
  })
})
