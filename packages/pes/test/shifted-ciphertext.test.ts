// A neighbour that has a meter's ciphertexts, by whatever way, and wants its readings. Paillier ciphertexts can be raised and
// hidden anew without the plaintext, and what a neighbour submits comes back decrypted in its bill.
import { decodeEnvelope } from '@hushgrid/messages'
import { type Ciphertext, PlaintextProofs, type ProvenCiphertext } from '@hushgrid/paillier'
import { lanesFromIntegers } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { proofContext } from '../src/reading.ts'
import { passSlot } from './support/pass-slot.ts'
import { publicKey, reasons, rng, SplitPath, upTo, without } from './support/split-path.ts'
import { FIRST_SLOT, paillier } from './support/virtual-path.ts'

const [VICTIM, NEIGHBOUR] = [0, 1]
const PERIOD = 8
/** Readings below 2^6, so that those of a period fit into one beside each other. */
const readingOf = (slot: number): bigint => BigInt((slot * 7) % 61)
const slots = upTo(PERIOD).map(i => FIRST_SLOT + i)

/** The victim's ciphertext at a place of its own, under a new obfuscator. */
function shifted(c: Ciphertext, slot: number): Ciphertext {
  return publicKey.rerandomise(publicKey.multiply(c, 1n << BigInt(6 * (slot - FIRST_SLOT))), rng)
}

/** Readings of a period as they stand beside each other in one number. */
function unshifted(sum: bigint): bigint[] {
  return upTo(PERIOD).map(i => (sum >> BigInt(6 * i)) & 63n)
}

/** Runs a billing period in which the neighbour submits what it makes of the victim's ciphertext, and more. */
function run(made: (path: SplitPath, victim: ProvenCiphertext, slot: number) => Uint8Array): SplitPath {
  const path = new SplitPath({ members: 9 })
  let last: ProvenCiphertext | undefined
  path.onPublish = (bytes, meter) => {
    const { slot } = decodeEnvelope(bytes)
    if (meter === VICTIM) last = path.opened(VICTIM, bytes)
    if (meter !== NEIGHBOUR || slot >= FIRST_SLOT + PERIOD || !last) return bytes
    return path.signed(NEIGHBOUR, slot, made(path, last, slot))
  }
  for (let i = 0; i <= PERIOD; i++) {
    const slot = FIRST_SLOT + i
    passSlot(path, slot, index => lanesFromIntegers([index === VICTIM ? readingOf(slot) : 1n, 0n]))
  }
  return path
}

describe('a neighbour with a meter’s ciphertexts', () => {
  it('would read each slot of a period in a bill over their powers', () => {
    const powers = slots.map(slot => shifted(publicKey.encrypt(readingOf(slot), rng), slot))
    expect(unshifted(paillier.decrypt(publicKey.sum(powers)))).toEqual(slots.map(readingOf))
  })

  const attempts: [string, (path: SplitPath, victim: ProvenCiphertext, slot: number) => Uint8Array][] = [
    [
      'with the proof as it was',
      (path, victim, slot) => path.direct.proofs.encode({ ...victim, ciphertext: shifted(victim.ciphertext, slot) })
    ],
    ['all as it was', (path, victim) => path.direct.proofs.encode(victim)],
    [
      'with the proof raised too, as far as its ranges go',
      ({ direct: { proofs } }, victim, slot) => {
        const k = slot - FIRST_SLOT
        return proofs.encode({
          ciphertext: publicKey.multiply(victim.ciphertext, 1n << BigInt(6 * k)),
          announcement: publicKey.power(victim.announcement, 1n << BigInt(6 * k)),
          plaintextResponse: BigInt.asUintN(384, victim.plaintextResponse << BigInt(6 * k)),
          exponentResponse: BigInt.asUintN(512, victim.exponentResponse << BigInt(6 * k))
        })
      }
    ],
    [
      'with a proof of a plaintext of its own',
      (path, victim, slot) => {
        const own = path.direct.proofs.prove(1n, proofContext(path.origin(NEIGHBOUR, slot)), rng)
        return path.direct.proofs.encode({ ...own, ciphertext: publicKey.add(own.ciphertext, shifted(victim.ciphertext, slot)) })
      }
    ],
    [
      'with a proof that was made under its own name for the same ciphertext under a shorter packing',
      (path, victim, slot) => {
        const own = new PlaintextProofs(publicKey, 64).prove(1n, proofContext(path.origin(NEIGHBOUR, slot)), rng)
        return path.direct.proofs.encode({ ...own, ciphertext: shifted(victim.ciphertext, slot) })
      }
    ]
  ]

  it.each(attempts)('cannot submit them %s', (_, made) => {
    const path = run(made)
    expect(reasons(path.outputs.pes)).toEqual(slots.map(() => 'bad-proof'))
    expect(path.totals().map(({ contributors }) => contributors)).toEqual([...slots.map(() => without(9, NEIGHBOUR)), upTo(9)])
    const bills = path.outputs.supplier.filter(output => output.type === 'consumption')
    expect(bills.map(({ meterId }) => path.meters.findIndex(({ identity }) => identity.id === meterId))).not.toContain(NEIGHBOUR)
    // The meter whose proof did not hold is named where it is counted.
    const dropped = path.outputs.pes.filter(output => output.type === 'dropped')
    expect(dropped.map(({ from }) => from)).toEqual(slots.map(() => path.meter(NEIGHBOUR).identity.id))
  })

  it('does not see them on the way: between meter and PES they are sealed', () => {
    const path = new SplitPath({ members: 6 })
    path.slot(FIRST_SLOT)
    const seen = path.wire.map(bytes => Buffer.from(bytes).toString('latin1'))
    expect(seen.length).toBeGreaterThan(6)
    for (const index of upTo(6)) {
      const { ciphertext, announcement } = path.opened(index, path.sent(index))
      for (const number of [ciphertext.value, announcement]) {
        const text = Buffer.from(publicKey.ciphertext(number).toBytes()).toString('latin1')
        expect(seen.some(bytes => bytes.includes(text))).toBe(false)
      }
    }
  })
})
