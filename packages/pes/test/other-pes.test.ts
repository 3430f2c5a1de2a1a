// A PES that a meter has left, or was once handed in place of the right one, and that hears what the meter sends later.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { decodeEnvelope, PesJoin, PesReading } from '@hushgrid/messages'
import { IdentityKey, SeededRng, type Slot, signedLanes, slotTimes } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { createPesMeter, stepPesMeter } from '../src/meter/machine.ts'
import { sealPaillierKey, sealPesSetup } from '../src/pes/setup.ts'
import { METER_KEY_BYTES, openReading, unwrapKey } from '../src/reading.ts'
import { FIRST_SLOT, paillier, reading, rsa, SLOT_SECONDS, VirtualPath } from './support/virtual-path.ts'

const path = new VirtualPath({ members: 1 })
const { identity, secret } = path.meter(0)
const { networkId, lanes } = path.terms
const other = IdentityKey.generate(new SeededRng('other PES'))
const foreign = generateKeyPairSync('rsa', { modulusLength: 3072 })

/** Starts the meter under a setup of a PES that it is told to go by; gives the key that it wraps in its join. */
function wrappedFor(pes: IdentityKey, rsaKey: KeyObject): Uint8Array {
  const paillierKey = sealPaillierKey(path.supplierKey, networkId, paillier.publicKey)
  const setup = sealPesSetup(pes, networkId, { paillierKey, rsaKey }, path.limits)
  const config = path.meterConfig(identity, secret)
  const meter = createPesMeter({ ...config, policy: { ...config.policy, pes: pes.id } }, [], path.now)
  const { state } = stepPesMeter(meter, { type: 'message', from: path.concentratorKey.id, bytes: setup }, path.now)
  const [join] = stepPesMeter(state, { type: 'join' }, path.now).outputs
  if (join?.type !== 'request') throw new Error('expected a join')
  return PesJoin.decode(decodeEnvelope(join.bytes).payload).wrappedKey
}

/** What the meter sends of a slot, in the network with the right PES. */
function sent(): Uint8Array {
  path.until(slotTimes(FIRST_SLOT as Slot, SLOT_SECONDS).end)
  path.feedMeter(0, { type: 'reading', slot: FIRST_SLOT as Slot, lanes: reading(0, FIRST_SLOT) })
  const { bytes } = path.meter(0).journal.at(-1) as { bytes: Uint8Array }
  return PesReading.decode(decodeEnvelope(bytes).payload).sealed
}

describe('another PES', () => {
  const sealed = sent()
  const origin = { networkId, meter: identity.id, slot: FIRST_SLOT as Slot }

  it.each([
    ['of another party', other, foreign],
    ['of the same party, with another RSA key', path.pesKey, foreign],
    ['of another party, which says that it has the RSA key of the right one', other, rsa]
  ])('%s has no key to what a meter seals for the right one', (_, pes, { publicKey, privateKey }) => {
    const had = unwrapKey(privateKey, networkId, identity.id, wrappedFor(pes, publicKey)) as Uint8Array
    expect(had.byteLength).toBe(METER_KEY_BYTES)
    expect(() => openReading(had, origin, sealed, lanes.length)).toThrow('bad-signature')
  })

  it('is none that is the right one after a restart of the meter', () => {
    const had = unwrapKey(rsa.privateKey, networkId, identity.id, wrappedFor(path.pesKey, rsa.publicKey)) as Uint8Array
    expect(openReading(had, origin, sealed, lanes.length)).toEqual(signedLanes(reading(0, FIRST_SLOT)))
  })
})
