// Joins that nobody honest sends: a key that any signature holds under, an index that no set of members has.
import { decodeEnvelope, MessageType, PesBatch, PesJoin, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, IdentityKey, meterId, type SigningKey, type Slot, signedLanes, toHex } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { stepConcentrator } from '../src/concentrator/machine.ts'
import type { PesVariantName } from '../src/pes/setup.ts'
import { wrapKey } from '../src/reading.ts'
import { reasons, rng, upTo } from './support/split-path.ts'
import { FIRST_SLOT, rsa, sumOf, VirtualPath } from './support/virtual-path.ts'

/** The neutral element of edwards25519, under which a signature of zeros holds for nearly any message (RFC 8032). */
const weak: SigningKey = { id: meterId(Uint8Array.of(1, ...new Uint8Array(31))), sign: () => new Uint8Array(64) }

function joinOf(path: VirtualPath, signer: SigningKey): Uint8Array {
  const { networkId } = path.terms
  const wrappedKey = wrapKey(rsa.publicKey, networkId, signer.id, rng.bytes(32))
  return sealEnvelope(signer, MessageType.PesJoin, networkId, 0 as Epoch, FIRST_SLOT as Slot, PesJoin.encode({ wrappedKey }))
}

describe.each<PesVariantName>(['reencrypt', 'direct'])('with %s', variant => {
  it('the concentrator answers a join under a weak key with a refusal, and goes on', () => {
    const path = new VirtualPath({ variant, members: 7 })
    const { outputs } = stepConcentrator(
      path.concentrator,
      { type: 'enrol', from: weak.id, bytes: joinOf(path, weak), token: 99 },
      path.now
    )
    expect(reasons(outputs)).toEqual(['bad-field'])
    expect(outputs.map(({ type }) => type)).toEqual(['dropped', 'reply'])
    expect(path.concentrator.members.size).toBe(7)
    path.slot(FIRST_SLOT)
    expect(path.totals().map(({ lanes }) => signedLanes(lanes))).toEqual([sumOf(upTo(7), FIRST_SLOT)])
  })

  it.each([
    ['a weak key', 7, 'bad-field'],
    ['an index beyond any neighbourhood’s', 65_535, 'bad-field'],
    ['an index that takes half a gigabyte to write down', 2 ** 32 - 1, 'bad-field']
  ] as const)('the PES drops a join of %s, and the slot is right', (what, index, reason) => {
    const path = new VirtualPath({ variant, members: 7 })
    const join = joinOf(path, what === 'a weak key' ? weak : IdentityKey.generate(rng))
    path.onBatch = bytes => {
      const { slot, payload } = decodeEnvelope(bytes)
      const batch = PesBatch.decode(payload)
      const changed = PesBatch.encode({ ...batch, members: [{ index, join }, ...batch.members] })
      return sealEnvelope(path.concentratorKey, MessageType.PesBatch, path.terms.networkId, 0 as Epoch, slot, changed)
    }
    path.slot(FIRST_SLOT)
    expect(reasons(path.outputs.pes)).toEqual([reason])
    expect(path.totals().map(({ lanes }) => signedLanes(lanes))).toEqual([sumOf(upTo(7), FIRST_SLOT)])
    expect(toHex(path.snapshot ?? new Uint8Array(0))).not.toContain(weak.id)
    expect(path.pes.members.size).toBe(7)
  })
})
