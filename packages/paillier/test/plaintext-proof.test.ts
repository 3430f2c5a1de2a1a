// Proofs that the maker of a ciphertext knows its plaintext: what they are, what they bind, and what a batch lets through.
import { concatBytes, InvalidArgumentError, SeededRng, sha256, u32, u64, utf8 } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inverse, modulo, randomBits, toBytes } from '../src/arithmetic/integers.ts'
import { plainPower } from '../src/arithmetic/modular-exponent.ts'
import { CiphertextError, KeySizeError, PlaintextRangeError } from '../src/errors.ts'
import { generateKeyPair } from '../src/keys/key.ts'
import { PublicKey } from '../src/keys/public-key.ts'
import { PlaintextProofs, type ProvenCiphertext } from '../src/proofs/plaintext-proof.ts'
import { full } from './test-keys.ts'

const rng = new SeededRng('plaintext proofs')
const { publicKey: key, privateKey } = generateKeyPair(512, { insecure: true })
const { n, nSquared } = key
const hs = key.hs as bigint
const PLAIN_BITS = 128
const proofs = new PlaintextProofs(key, PLAIN_BITS)
const context = concatBytes(utf8('a test\0'), u64(7))
const prove = (m: bigint): ProvenCiphertext => proofs.prove(m, context, rng)
const verify = (proven: ProvenCiphertext, within = context): boolean => proofs.verify({ context: within, proven })
const plain = fc.bigInt({ min: 1n - (1n << 128n), max: (1n << 128n) - 1n })

/** The challenge as its definition has it. */
function challengeOf({ ciphertext, announcement }: ProvenCiphertext, within = context): bigint {
  const lengths = [toBytes(n, 64), toBytes(hs, 128)].map(bytes => concatBytes(u32(bytes.byteLength), bytes))
  const fingerprint = sha256(utf8('hushgrid/v2/paillier-key'), ...lengths)
  const hash = sha256(within, fingerprint, toBytes(ciphertext.value, 128), toBytes(announcement, 128))
  return BigInt(`0x${Buffer.from(hash.subarray(0, 16)).reverse().toString('hex')}`)
}

/** Whether the equation holds, without any of the code under test. */
function holds(proven: ProvenCiphertext, within = context): boolean {
  const { ciphertext, announcement, plaintextResponse, exponentResponse } = proven
  const left = (plainPower(n + 1n, plaintextResponse, nSquared) * plainPower(hs, exponentResponse, nSquared)) % nSquared
  return left === (announcement * plainPower(ciphertext.value, challengeOf(proven, within), nSquared)) % nSquared
}

/** A proof without a plaintext, for a challenge that is chosen first: what a simulator makes. */
function simulated(c: bigint, e: bigint): ProvenCiphertext {
  const [zm, zu] = [randomBits(rng, PLAIN_BITS + 256), randomBits(rng, 512)]
  const power = plainPower(inverse(c, nSquared) as bigint, e, nSquared)
  const announcement = (((1n + modulo(zm, n) * n) * plainPower(hs, zu, nSquared)) % nSquared) * power
  return { ciphertext: key.ciphertext(c), announcement: announcement % nSquared, plaintextResponse: zm, exponentResponse: zu }
}

describe('a proof of a plaintext', () => {
  it('holds as the equation says, for plaintexts of either sign, and its ciphertext decrypts to the plaintext', () => {
    fc.assert(
      fc.property(plain, m => {
        const proven = prove(m)
        expect([holds(proven), verify(proven), privateKey.decrypt(proven.ciphertext)]).toEqual([true, true, m])
        expect(proven.plaintextResponse >> 384n).toBe(0n)
        expect(proven.exponentResponse >> 512n).toBe(0n)
      }),
      { numRuns: 30, seed: 1 }
    )
  })

  it('is c ‖ a ‖ z_m ‖ z_u in fixed widths, and comes back from its bytes', () => {
    const proven = prove(-5n)
    const { ciphertext, announcement, plaintextResponse, exponentResponse } = proven
    const bytes = proofs.encode(proven)
    expect(bytes).toEqual(
      concatBytes(toBytes(ciphertext.value, 128), toBytes(announcement, 128), toBytes(plaintextResponse, 48), toBytes(exponentResponse, 64))
    )
    expect([bytes.byteLength, proofs.byteLength]).toEqual([368, 368])
    expect(proofs.decode(bytes)).toEqual(proven)
    // 2048 bits, two lanes of 64.
    expect(new PlaintextProofs(full.publicKey, 128).byteLength).toBe(512 + 512 + 48 + 160)
  })

  it('binds key, context, ciphertext, announcement and both responses', () => {
    const proven = prove(77n)
    const { ciphertext, announcement, plaintextResponse, exponentResponse } = proven
    const lies: Partial<ProvenCiphertext>[] = [
      { ciphertext: key.addPlain(ciphertext, 1n) },
      { ciphertext: key.rerandomise(ciphertext, rng) },
      { announcement: (announcement * (n + 1n)) % nSquared },
      { announcement: nSquared - announcement },
      { plaintextResponse: plaintextResponse + 1n },
      { exponentResponse: exponentResponse + 1n }
    ]
    for (const lie of lies) expect(verify({ ...proven, ...lie })).toBe(false)
    expect(verify(proven, concatBytes(utf8('a test\0'), u64(8)))).toBe(false)
    const other = new PublicKey(n, { insecure: true, hs: (hs * hs) % nSquared })
    expect(new PlaintextProofs(other, PLAIN_BITS).verify({ context, proven })).toBe(false)
  })

  it('cannot be made over for the same plaintext in another form, nor simulated for the challenge that the hash gives', () => {
    const proven = prove(21n)
    const { ciphertext, announcement, plaintextResponse, exponentResponse } = proven
    // Everything raised to 2^k satisfies the equation of the challenge before; the hash asks another.
    const raised = {
      ciphertext: key.multiply(ciphertext, 64n),
      announcement: plainPower(announcement, 64n, nSquared),
      plaintextResponse: 64n * plaintextResponse,
      exponentResponse: 64n * exponentResponse
    }
    expect(verify(raised)).toBe(false)
    const e = randomBits(rng, 128)
    expect(verify(simulated(ciphertext.value, e))).toBe(false)
    // That it fails is for the challenge alone.
    const { announcement: a, plaintextResponse: zm, exponentResponse: zu } = simulated(ciphertext.value, e)
    const left = (plainPower(n + 1n, zm, nSquared) * plainPower(hs, zu, nSquared)) % nSquared
    expect(left).toBe((a * plainPower(ciphertext.value, e, nSquared)) % nSquared)
  })

  it('gives the plaintext away where two share an announcement: it can be extracted, and x must never be repeated', () => {
    const same = (label: string): ProvenCiphertext => proofs.prove(4711n, utf8(label), new SeededRng('the same again'))
    const [one, two] = [same('slot 1'), same('slot 2')]
    expect(one.announcement).toBe(two.announcement)
    const e = challengeOf(one, utf8('slot 1')) - challengeOf(two, utf8('slot 2'))
    expect((one.plaintextResponse - two.plaintextResponse) / e).toBe(4711n)
    expect((one.exponentResponse - two.exponentResponse) % e).toBe(0n)
  })

  it('is the same with the table made before', () => {
    const fresh = generateKeyPair(512, { insecure: true })
    const own = new PlaintextProofs(fresh.publicKey, PLAIN_BITS)
    const made = () => own.encode(own.prove(5n, context, new SeededRng('the same again')))
    const before = made()
    own.prepare()
    expect(made()).toEqual(before)
    expect(own.verify({ context, proven: own.decode(before) })).toBe(true)
  })

  it('is refused out of its ranges: of another length, with numbers too long, 0 or beyond n²', () => {
    const bytes = proofs.encode(prove(3n))
    for (const wrong of [bytes.subarray(1), concatBytes(bytes, Uint8Array.of(0)), new Uint8Array(0)])
      expect(() => proofs.decode(wrong)).toThrow(CiphertextError)
    const number = (at: number, value: bigint): Uint8Array => {
      const changed = Uint8Array.from(bytes)
      changed.set(toBytes(value, 128), at)
      return changed
    }
    for (const at of [0, 128])
      for (const value of [0n, nSquared, (1n << 1024n) - 1n]) expect(() => proofs.decode(number(at, value))).toThrow(/ranges/)
    const proven = prove(3n)
    // Too long by multiples of what changes nothing in the equation: only the range forbids it.
    const { p, q } = privateKey.exportPrimes()
    const order = ((p - 1n) * (q - 1n)) / 2n
    for (const same of [
      { ...proven, plaintextResponse: proven.plaintextResponse + n },
      { ...proven, plaintextResponse: proven.plaintextResponse - n },
      { ...proven, exponentResponse: proven.exponentResponse + order * (1n << 10n) },
      { ...proven, exponentResponse: proven.exponentResponse - order * (1n << 10n) }
    ]) {
      if (same.plaintextResponse >= 0n && same.exponentResponse >= 0n) expect(holds(same)).toBe(true)
      expect([verify(same), proofs.verifyAll([{ context, proven: same }], rng)]).toEqual([false, [false]])
    }
  })

  it('does not hold for a ciphertext or an announcement that is no unit', () => {
    const { p } = privateKey.exportPrimes()
    const proven = prove(3n)
    for (const lie of [{ ciphertext: { ...proven.ciphertext, value: p, toBytes: () => toBytes(p, 128) } as never }, { announcement: p }]) {
      expect(verify({ ...proven, ...lie })).toBe(false)
      expect(
        proofs.verifyAll(
          [
            { context, proven: { ...proven, ...lie } },
            { context, proven }
          ],
          rng
        )
      ).toEqual([false, true])
    }
  })

  it('is not made of longer plaintexts, nor under a key without hs or with primes as short as a challenge', () => {
    for (const m of [1n << 128n, -(1n << 128n)]) expect(() => prove(m)).toThrow(PlaintextRangeError)
    expect(() => new PlaintextProofs(new PublicKey(n, { insecure: true }), 64)).toThrow(KeySizeError)
    expect(() => new PlaintextProofs(generateKeyPair(256, { insecure: true }).publicKey, 64)).toThrow(KeySizeError)
    expect(() => new PublicKey(n, { insecure: true }).powerOfHs(1n)).toThrow(InvalidArgumentError)
  })

  it('is simulated: responses of a short plaintext and of a long one are spread alike', () => {
    const top = (m: bigint): number[] => Array.from({ length: 400 }, () => Number(prove(m).plaintextResponse >> 380n))
    for (const m of [0n, (1n << 128n) - 1n, 1n - (1n << 128n)]) {
      const counts = new Array<number>(16).fill(0)
      for (const cell of top(m)) counts[cell] = (counts[cell] as number) + 1
      // 15 degrees of freedom: beyond 45 once in 10,000.
      expect(counts.reduce((sum, count) => sum + (count - 25) ** 2 / 25, 0)).toBeLessThan(45)
    }
  }, 60_000)
})

describe('a batch of proofs', () => {
  const honest = Array.from({ length: 6 }, (_, i) => ({ context: u64(i), proven: proofs.prove(BigInt(i), u64(i), rng) }))
  const wrong = (i: number, lie: Partial<ProvenCiphertext>) =>
    ({ ...honest[i], proven: { ...honest[i]?.proven, ...lie } }) as (typeof honest)[0]

  it('holds where all do; of none is none', () => {
    expect(proofs.verifyAll(honest, rng)).toEqual(honest.map(() => true))
    expect(proofs.verifyAll(honest.slice(0, 1), rng)).toEqual([true])
    expect(proofs.verifyAll([], rng)).toEqual([])
  })

  it('names those that do not hold, wherever they stand, and those that stand in for each other', () => {
    const [first, second] = honest.map(({ proven }) => proven) as [ProvenCiphertext, ProvenCiphertext]
    // Errors of opposite sign cancel in a product without weights.
    const plus = wrong(0, { plaintextResponse: first.plaintextResponse + 1n })
    const minus = wrong(1, { plaintextResponse: second.plaintextResponse - 1n })
    expect(proofs.verifyAll([plus, minus, ...honest.slice(2)], rng)).toEqual([false, false, true, true, true, true])
    expect(proofs.verifyAll([...honest.slice(2), minus], rng)).toEqual([true, true, true, true, false])
    expect(proofs.verifyAll([plus], rng)).toEqual([false])
  })

  it('lets errors of −1 through half of the time, which have plaintext 0, and never one that has another', () => {
    /** A proof whose equation is off by a factor. */
    const offBy = (factor: bigint, i: number) => {
      const [m, r, x, u] = [BigInt(i), ...[256, 384, 512].map(bits => randomBits(rng, bits))] as [bigint, bigint, bigint, bigint]
      const opened = (plaintext: bigint, exponent: bigint) => key.encryptWith(plaintext, key.powerOfHs(exponent))
      const made = { ciphertext: opened(m, r), announcement: (opened(x, u).value * factor) % nSquared }
      const e = challengeOf({ ...made, plaintextResponse: 0n, exponentResponse: 0n }, u64(i))
      return { context: u64(i), proven: { ...made, plaintextResponse: x + e * m, exponentResponse: u + e * r } }
    }
    const accepted = (factor: bigint): number => {
      const claims = [0, 1].map(i => offBy(factor, i))
      for (const claim of claims) expect(proofs.verify(claim)).toBe(factor === 1n)
      return Array.from({ length: 40 }, () => proofs.verifyAll(claims, rng)).filter(results => results.every(Boolean)).length
    }
    expect([accepted(1n), accepted(n + 1n), accepted(modulo(1n - n, nSquared))]).toEqual([40, 0, 0])
    const flipped = accepted(nSquared - 1n)
    expect(flipped).toBeGreaterThan(5)
    expect(flipped).toBeLessThan(35)
    expect(privateKey.decrypt(offBy(nSquared - 1n, 5).proven.ciphertext)).toBe(5n)
    expect(privateKey.decrypt(key.ciphertext(nSquared - 1n))).toBe(0n)
  })

  it('draws its weights from the verifier', () => {
    const drawn: number[] = []
    const noting = {
      bytes: (length: number) => {
        drawn.push(length)
        return rng.bytes(length)
      }
    }
    proofs.verifyAll(honest, noting)
    expect(drawn).toEqual(honest.map(() => 16))
  })
})
