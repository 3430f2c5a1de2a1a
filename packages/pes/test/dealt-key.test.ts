// The base of the obfuscators: with one that a supplier chooses, every ciphertext shows its reading to everybody who looks.
// Nobody takes a key that the dealer has not signed.
import { decodeEnvelope, MessageType, PaillierKeyPayload, sealEnvelope } from '@hushgrid/messages'
import { PublicKey, splitKey } from '@hushgrid/paillier'
import {
  concatBytes,
  type Epoch,
  fromHex,
  IdentityKey,
  lanesFromIntegers,
  SeededRng,
  type Slot,
  sha256,
  signedLanes,
  utf8
} from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { checkDealt, checkOwnShare, type Dealt, signDealt } from '../src/dealt.ts'
import { createPesMeter, stepPesMeter } from '../src/meter/machine.ts'
import { openPesSetup, sealPaillierKey, sealPesSetup } from '../src/pes/setup.ts'
import { pesShare, publicKey, rng, SplitPath, supplierShare } from './support/split-path.ts'
import { dealerKey, dealt, paillier, rsa, SLOT_SECONDS } from './support/virtual-path.ts'

const path = new SplitPath({ members: 1 })
const { n } = publicKey
const { networkId, packing } = path.terms
/** As the supplier would have it: h = (1 + n)^(2^200). */
const chosen = new PublicKey(n, { insecure: true, hs: 1n + (1n << 200n) * n })

function setupOf(key: PublicKey, word: Dealt | undefined): Uint8Array {
  const paillierKey = sealPaillierKey(path.supplierKey, networkId, key, word)
  return sealPesSetup(path.pesKey, networkId, { paillierKey, rsaKey: rsa.publicKey }, path.limits)
}

function open(setup: Uint8Array, dealer = [dealerKey.id]) {
  return openPesSetup(setup, { networkId, slotSeconds: SLOT_SECONDS, dealer: dealer[0], insecure: true })
}

describe('a base of the obfuscators that the supplier chooses', () => {
  it('shows a reading in its ciphertext, without any key', () => {
    const lanes = signedLanes(lanesFromIntegers([4711n, -12n]))
    const { value } = chosen.encrypt(packing.pack(lanes), rng)
    expect(packing.unpack(BigInt.asIntN(200, (value - 1n) / n), 1)).toEqual(lanes)
  })

  it('is in no setup that a meter, a PES or a supplier takes', () => {
    expect(open(setupOf(publicKey, dealt)).publicKey.hs).toBe(publicKey.hs)
    const own = new IdentityKey(new SeededRng('a dealer of the supplier’s').bytes(32))
    for (const word of [
      // The dealer's word on the true key; the supplier's own; none that is one.
      dealt,
      signDealt(own, networkId, chosen, supplierShare.share),
      { ...dealt, signature: new Uint8Array(64) }
    ])
      expect(() => open(setupOf(chosen, word))).toThrow(/expected the signature of the dealer/)
    const [refused] = path.feedMeter(0, { type: 'message', from: path.concentratorKey.id, bytes: setupOf(chosen, dealt) })
    expect(refused).toMatchObject({ type: 'setup-refused', error: { message: expect.stringMatching(/signature of the dealer/) } })
    // A meter that knows the setup sticks to hs as well as to n.
    const word = signDealt(dealerKey, networkId, chosen, supplierShare.share)
    const [changed] = path.feedMeter(0, { type: 'message', from: path.concentratorKey.id, bytes: setupOf(chosen, word) })
    expect(changed).toMatchObject({ type: 'setup-refused', error: { message: expect.stringMatching(/key as before/) } })
  })

  it('is refused by both holders even with the dealer’s word, since their shares are of another', () => {
    const terms = (key: PublicKey, split = supplierShare.share) => open(setupOf(key, signDealt(dealerKey, networkId, key, split)))
    const [otherSplit] = splitKey(paillier, rng)
    for (const share of [pesShare, supplierShare]) {
      const check = (key: PublicKey, split = supplierShare.share) => {
        checkOwnShare(terms(key, split), share)
      }
      expect(() => check(publicKey)).not.toThrow()
      expect(() => check(chosen)).toThrow('got another hs')
      expect(() => check(publicKey, otherSplit)).toThrow('got one of another split')
    }
    const foreign = new PublicKey(n + 2n, { insecure: true })
    expect(() => checkOwnShare({ publicKey: foreign, direct: undefined }, pesShare)).toThrow('got another n')
    expect(() => checkOwnShare(open(setupOf(publicKey, undefined)), pesShare)).toThrow('got one of another split')
  })
})

describe('a supplier’s key of before, when the network had the other variant', () => {
  const old = setupOf(publicKey, undefined)
  /** A meter that starts, and is handed the setup; what it sends of its first slot. */
  function started(variant: 'direct' | undefined) {
    const config = path.meterConfig(path.meter(0).identity, path.meter(0).secret)
    const meter = createPesMeter({ ...config, policy: { ...config.policy, variant } }, [], path.now)
    return stepPesMeter(meter, { type: 'message', from: path.concentratorKey.id, bytes: old }, path.now)
  }

  it('is taken by a meter that is told of none, whose readings the PES would see', () => {
    expect(started(undefined).outputs).toMatchObject([{ type: 'set-up', terms: { variant: 'reencrypt', direct: undefined } }])
  })

  it('is refused by one that is told which', () => {
    const { state, outputs } = started('direct')
    expect(outputs[0]).toMatchObject({
      type: 'setup-refused',
      error: { message: 'setup of the PES: expected the variant direct, got reencrypt' }
    })
    expect(state.terms).toBe(undefined)
  })
})

describe('the dealer’s word', () => {
  it('is a signature on network, key with hs, and split', () => {
    const split = sha256(utf8('hushgrid/v2/paillier-split'), supplierShare.share.verificationKey.toBytes())
    const message = concatBytes(utf8('hushgrid/v2/paillier-dealt'), Uint8Array.of(0), networkId, fromHex(publicKey.fingerprint), split)
    expect(dealt).toEqual({ splitHash: split, signature: dealerKey.sign(message) })
    expect(pesShare.dealt).toEqual(dealt)
    const check = (of: Partial<{ networkId: Uint8Array; dealer: typeof dealerKey.id }>, word = dealt) =>
      checkDealt({ networkId, dealer: dealerKey.id, ...of }, publicKey, word)
    expect(() => check({})).not.toThrow()
    for (const wrong of [
      () => check({ networkId: sha256(networkId) }),
      () => check({ dealer: path.supplierKey.id }),
      () => check({}, { ...dealt, splitHash: sha256(dealt.splitHash) })
    ])
      expect(wrong).toThrow(/expected the signature of the dealer/)
  })

  it('is nothing where the network names no dealer, or one whose key any signature holds under', () => {
    expect(() => open(setupOf(publicKey, dealt), [])).toThrow(/expected the dealer's key in the network file/)
    const weak = `01${'00'.repeat(31)}` as typeof dealerKey.id
    expect(() => open(setupOf(publicKey, { ...dealt, signature: new Uint8Array(64) }), [weak])).toThrow(/small order/)
  })

  it('comes in its one length with direct, and not at all with reencrypt', () => {
    const { payload } = decodeEnvelope(sealPaillierKey(path.supplierKey, networkId, publicKey, dealt))
    const fields = PaillierKeyPayload.decode(payload)
    for (const change of [{ dealerSignature: new Uint8Array(63) }, { splitHash: new Uint8Array(0) }]) {
      const wrong = PaillierKeyPayload.encode({ ...fields, ...change })
      const paillierKey = sealEnvelope(path.supplierKey, MessageType.PaillierKey, networkId, 0 as Epoch, 0 as Slot, wrong)
      expect(() => open(sealPesSetup(path.pesKey, networkId, { paillierKey, rsaKey: rsa.publicKey }, path.limits))).toThrow(
        /expected (64|32) bytes/
      )
    }
    expect(open(setupOf(publicKey, undefined))).toMatchObject({ variant: 'reencrypt', direct: undefined })
  })
})
