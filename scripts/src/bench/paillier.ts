// What each step of the way from plain BigInts to the Paillier of this project gains, beside paillier-bigint.
import {
  FixedBase,
  generateKeyPair,
  type KeyPair,
  LEAST_KEY_BITS,
  Modulus,
  ObfuscatorPool,
  type PublicKey,
  plainPower,
  toPaillierBigintPrivate
} from '@hushgrid/paillier'
import { type Rng, systemRng, toHex } from '@hushgrid/primitives'
import { PrivateKey as ReferencePrivateKey, PublicKey as ReferencePublicKey } from 'paillier-bigint'
import { median } from '../lab/run.ts'
import { type Figure, microseconds } from './measure.ts'

/** A reading in milliwatt-hours, about. */
const READING = 123_456_789n
/** Calls of a step in a round: few where one takes tens of milliseconds, more where one takes microseconds. */
const SLOW = 1
const QUICK = 8
const INSTANT = 60

/** A piece of work that is timed in turn with the others. */
interface Step {
  readonly name: string
  readonly calls: number
  readonly work: () => void
  /** Done before each round, not timed. */
  readonly before?: () => void
  /** The most that its time may be as a multiple of the reference's. */
  readonly goal?: number
}

/** Times the reference and then each step, round by round, so that a change of the machine's speed meets all of them. */
function steps(prefix: string, rounds: number, reference: Step, list: readonly Step[]): Figure[] {
  const all = [reference, ...list]
  const times = all.map((): number[] => [])
  // One round more than is counted: it makes handles, and the code warm.
  for (let round = 0; round <= rounds; round++) {
    all.forEach(({ calls, work, before }, i) => {
      before?.()
      const [time] = microseconds(1, calls, work)
      if (round > 0) times[i]?.push((time ?? Number.NaN) / 1000)
    })
  }
  const ratio = (at: number, to: number): number => median((times[at] ?? []).map((time, round) => time / (times[to]?.[round] ?? time))) ?? 0
  return list.map(({ name, goal }, i) => {
    const speed = 1 / ratio(i + 1, i)
    const gain = `${speed.toFixed(speed < 10 ? 1 : 0)} × the speed of the step before`
    return {
      name: `${prefix}: ${name}`,
      unit: 'ms',
      value: median(times[i + 1] ?? []) ?? 0,
      floor: i === 0 ? reference.name : `${reference.name}; ${gain}`,
      ratio: ratio(i + 1, 0),
      ...(goal === undefined ? {} : { goal }),
      runs: rounds,
      ...(i === 0 ? {} : { note: gain })
    }
  })
}

/** A number of so many bits, uniform. */
const randomBits = (rng: Rng, bits: number): bigint => BigInt.asUintN(bits, BigInt(`0x${toHex(rng.bytes(Math.ceil(bits / 8)))}`))

function encryptionFigures({ publicKey: key }: KeyPair, reference: ReferencePublicKey, rounds: number): Figure[] {
  const { n, nSquared, g, bits } = key
  const hs = key.hs ?? 1n
  const modulus = new Modulus(nSquared)
  const r = (): bigint => randomBits(systemRng, bits) % n
  const a = (): bigint => randomBits(systemRng, bits / 2)
  const long = key.maxPlaintext - READING
  const table = new FixedBase(hs, n, bits / 2, 6)
  const pool: ObfuscatorPool = new ObfuscatorPool(key, { capacity: 2 * INSTANT, low: 0 }, count =>
    pool.put(Array.from({ length: count }, () => table.power(a())))
  )
  const plain = (m: bigint) => (): void => {
    void ((plainPower(g, m, nSquared) * plainPower(r(), n, nSquared)) % nSquared)
  }
  const shortG = (m: bigint) => (): void => {
    void (((1n + m * n) * plainPower(r(), n, nSquared)) % nSquared)
  }
  key.prepare()
  return [
    ...steps(
      `encrypt a full plaintext, ${bits} bits`,
      rounds,
      { name: 'paillier-bigint', calls: SLOW, work: () => void reference.encrypt(long) },
      [
        { name: 'plain BigInt', calls: SLOW, work: plain(long) },
        { name: 'g = n + 1', calls: SLOW, work: shortG(long) }
      ]
    ),
    ...steps(
      `encrypt a reading, ${bits} bits`,
      rounds,
      { name: 'paillier-bigint', calls: SLOW, work: () => void reference.encrypt(READING) },
      [
        { name: 'plain BigInt', calls: SLOW, work: plain(READING) },
        { name: 'g = n + 1', calls: SLOW, work: shortG(READING) },
        { name: 'r^n by OpenSSL', calls: SLOW, work: () => void key.encryptWith(READING, modulus.power(r(), n)) },
        { name: 'short exponents (hs^a)', calls: QUICK, work: () => void key.encryptWith(READING, modulus.power(hs, a())) },
        { name: 'fixed-base table', calls: QUICK, work: () => void key.encrypt(READING, systemRng), goal: 1 / 25 },
        { name: 'filled pool', calls: INSTANT, before: () => pool.request(), work: () => void pool.encrypt(READING, systemRng) }
      ]
    )
  ]
}

function decryptionFigures({ publicKey: key, privateKey }: KeyPair, reference: ReferencePrivateKey, rounds: number): Figure[] {
  const { n, nSquared, bits } = key
  const { lambda, mu, p, q } = toPaillierBigintPrivate(privateKey)
  const ciphertext = key.encrypt(READING, systemRng)
  const c = ciphertext.value
  const [hp, hq] = [[p, q] as const, [q, p] as const].map(([own, other]) => plainPower(own - (other % own), own - 2n, own))
  const qInverse = plainPower(q % p, p - 2n, p)
  const half = (prime: bigint, h: bigint | undefined): bigint =>
    (((plainPower(c % (prime * prime), prime - 1n, prime * prime) - 1n) / prime) * (h ?? 0n)) % prime
  const plain = (): bigint => (((plainPower(c, lambda, nSquared) - 1n) / n) * mu) % n
  const byRemainders = (): bigint => {
    const [inP, inQ] = [half(p, hp), half(q, hq)]
    return inQ + (((((inP - inQ) * qInverse) % p) + p) % p) * q
  }
  if (plain() !== READING || byRemainders() !== READING) throw new Error('the steps of decryption do not agree')
  return steps(`decrypt, ${bits} bits`, rounds, { name: 'paillier-bigint', calls: SLOW, work: () => void reference.decrypt(c) }, [
    { name: 'plain BigInt', calls: SLOW, work: () => void plain() },
    { name: 'modulo p² and q² (CRT)', calls: SLOW, work: () => void byRemainders() },
    { name: 'CRT by OpenSSL', calls: QUICK, work: () => void privateKey.decrypt(ciphertext), goal: 1 / 9 }
  ])
}

function operationFigures(key: PublicKey, reference: ReferencePublicKey, rounds: number): Figure[] {
  const { bits } = key
  const [x, y] = [key.encrypt(READING, systemRng), key.encrypt(-READING, systemRng)]
  const bytes = x.toBytes()
  const one = (name: string, theirs: () => void, ours: () => void, calls: number): Figure[] =>
    steps(`${name}, ${bits} bits`, rounds, { name: 'paillier-bigint', calls, work: theirs }, [{ name: 'as it is', calls, work: ours }])
  const alone = (name: string, calls: number, work: () => void): Figure => ({
    name: `${name}, ${bits} bits`,
    unit: 'ms',
    value: (median(microseconds(rounds, calls, work)) ?? 0) / 1000,
    runs: rounds
  })
  return [
    ...one(
      'add',
      () => void reference.addition(x.value, y.value),
      () => void key.add(x, y),
      INSTANT
    ),
    ...one(
      'multiply by −1000',
      () => void reference.multiply(x.value, -1000n),
      () => void key.multiply(x, -1000n),
      QUICK
    ),
    alone('read a ciphertext and check that it is a unit', INSTANT, () => void key.decodeCiphertext(bytes)),
    alone('make the table', SLOW, () => void new FixedBase(key.hs ?? 1n, key.n, bits / 2, 6))
  ]
}

/** Everything at each size of key, medians of so many rounds; sizes below 2048 only show that it runs. */
export function paillierFigures(rounds: number, bits: readonly number[]): Figure[] {
  return bits.flatMap(size => {
    const pair = generateKeyPair(size, { insecure: size < LEAST_KEY_BITS })
    const { lambda, mu, publicKey, p, q } = toPaillierBigintPrivate(pair.privateKey)
    const reference = new ReferencePublicKey(publicKey.n, publicKey.g)
    return [
      ...encryptionFigures(pair, reference, rounds),
      ...decryptionFigures(pair, new ReferencePrivateKey(lambda, mu, reference, p, q), rounds),
      ...operationFigures(pair.publicKey, reference, rounds)
    ]
  })
}
