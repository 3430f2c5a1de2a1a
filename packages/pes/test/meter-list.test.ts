// The list of meters that the dealer signs, and a concentrator that invents meters to single one out.
import { decodeEnvelope, MessageType, PesBatch, PesJoin, PesReading } from '@hushgrid/messages'
import {
  concatBytes,
  fromHex,
  IdentityKey,
  lanesFromIntegers,
  SeededRng,
  type Slot,
  sha256,
  signedLanes,
  toHex,
  utf8
} from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { openMeterList, signMeterList } from '../src/meter-list.ts'
import { createPes } from '../src/pes/machine.ts'
import { sealReading, wrapKey } from '../src/reading.ts'
import { reasons, upTo } from './support/split-path.ts'
import { dealerKey, FIRST_SLOT, type PathOptions, reading, rsa, VirtualPath } from './support/virtual-path.ts'

const rng = new SeededRng('meter list')
const networkId = sha256(utf8('a network'))
const ids = upTo(4).map(() => IdentityKey.generate(rng).id)
const open = (text: string, of = {}) => openMeterList(text, 'meters.signed', { networkId, dealer: dealerKey.id, ...of })

describe('a signed list', () => {
  it('is ids and a signature on them for one network, whatever their order and what is beside them', () => {
    const text = signMeterList(dealerKey, networkId, new Set(ids))
    expect(open(text)).toEqual(new Set([...ids].sort()))
    const [signature = ''] = text.match(/^signature .*$/m) ?? []
    const digest = sha256(concatBytes(...[...ids].sort().map(id => fromHex(id))))
    const message = concatBytes(utf8('hushgrid/v2/pes-meters'), Uint8Array.of(0), networkId, digest)
    expect(signature).toBe(`signature ${toHex(dealerKey.sign(message))}`)
    const again = ['# of November', signature, ...ids.map(id => `${id.toUpperCase()} # a house`), ''].join('\r\n')
    expect(open(again)).toEqual(new Set(ids))
    expect(open(`\ufeff${text.replace('signature', 'Signature').replaceAll('\n', '\r')}`)).toEqual(new Set(ids))
  })

  it('is refused with a sentence where it is another', () => {
    const text = signMeterList(dealerKey, networkId, new Set(ids))
    const more = IdentityKey.generate(rng).id
    for (const [wrong, says, of] of [
      [`${more}\n${text}`, /^meters\.signed: expected the signature of the dealer [0-9a-f]{64} for this network, got another$/, {}],
      [text.replace(`${ids[0]}\n`, ''), /got another$/, {}],
      [text, /got another$/, { networkId: sha256(networkId) }],
      [text, /got another$/, { dealer: ids[0] }],
      [text, /expected the key of who signs it in the network file \(dealerKey\), got a file without/, { dealer: undefined }],
      [ids.join('\n'), /^meters\.signed: expected a line with the dealer's signature, got none$/, {}],
      [`abc\n${text}`, /^meters\.signed:1: expected a meter id of 64 hexadecimal digits, got "abc"$/, {}],
      [text + text, /^meters\.signed:10: expected a meter id/, {}],
      ['# nobody\n', /^meters\.signed: expected at least one meter id, got none$/, {}]
    ] as const)
      expect(() => open(wrong, of), wrong.slice(0, 20)).toThrow(says)
  })
})

describe('a concentrator that invents meters to single one out', () => {
  /** Passes one true reading on, among those of meters that it has made. */
  function singledOut(options: PathOptions): VirtualPath {
    const path = new VirtualPath({ ...options, members: 1 })
    const invented = upTo(5).map(() => ({ identity: IdentityKey.generate(rng), key: rng.bytes(32) }))
    path.onBatch = bytes => {
      const { slot, payload } = decodeEnvelope(bytes)
      const batch = PesBatch.decode(payload)
      const of = path.terms.networkId
      const members = invented.map(({ identity, key }, i) => {
        const join = PesJoin.encode({ wrappedKey: wrapKey(rsa.publicKey, of, identity.id, key) })
        return { index: 10 + i, join: path.seal(identity, MessageType.PesJoin, slot, join) }
      })
      const readings = invented.map(({ identity, key }) => {
        const sealed = sealReading(key, { networkId: of, meter: identity.id, slot: slot as Slot }, lanesFromIntegers([0n, 0n]))
        return path.seal(identity, MessageType.PesReading, slot, PesReading.encode({ sealed }))
      })
      const changed = { ...batch, members: [...batch.members, ...members], readings: [...batch.readings, ...readings] }
      return path.seal(path.concentratorKey, MessageType.PesBatch, slot, PesBatch.encode(changed))
    }
    path.slot(FIRST_SLOT)
    return path
  }

  it('would have a meter’s reading as the total, of a PES without a list', () => {
    expect(
      singledOut({})
        .totals()
        .map(({ lanes }) => signedLanes(lanes))
    ).toEqual([signedLanes(reading(0, FIRST_SLOT))])
  })

  it('gets nothing from one with a list', () => {
    const listed = new Set([new VirtualPath({ members: 1 }).meter(0).identity.id])
    const path = singledOut({ listed })
    expect(path.totals()).toEqual([])
    expect(reasons(path.outputs.pes)).toEqual(upTo(10).map(() => 'unknown-sender'))
    expect([...path.pes.members.values()].map(({ id }) => id)).toEqual([...listed])
    expect(path.outputs.supplier).toContainEqual(expect.objectContaining({ type: 'lost', reason: 'too-few', slot: FIRST_SLOT }))
  })

  it('gets nothing for members from before the list, nor for one that is struck off it', () => {
    const path = new VirtualPath({ members: 7 })
    path.slot(FIRST_SLOT)
    const allowed = new Set(path.meters.slice(1).map(({ identity }) => identity.id))
    path.pes = createPes({ ...path.pesConfig(), allowed }, path.snapshot, path.now)
    path.slot(FIRST_SLOT + 1)
    expect(path.totals().map(({ contributors }) => contributors)).toEqual([upTo(7), [1, 2, 3, 4, 5, 6]])
  })
})
