// Gains of each step from plain BigInts to this project's Paillier, beside paillier-bigint.

import { median } from '@hushgrid/lab'
import { FixedBase, type KeyPair, Modulus, ObfuscatorPool, type PublicKey, plainPower, toPaillierBigintPrivate } from '@hushgrid/paillier'
import { HushgridError, SeededRng } from '@hushgrid/primitives'
import { PrivateKey as ReferencePrivateKey, PublicKey as ReferencePublicKey } from 'paillier-bigint'
import { type Figure, figure, microseconds, type Work } from '../../results/measure.ts'
import { randomBits, seededPaillierKey } from './seeded-paillier-key.ts'

/** Typical reading, mWh. */
const READING = 123_456_789n
/** Calls of a step in a round: few where one takes tens of milliseconds, more where one takes microseconds. */
const SLOW = 1
const QUICK = 8
const INSTANT = 60

/** Piece of work that is timed in turn with the others. */
interface Step {
  readonly name: string
  readonly calls: number
  readonly work: Work
  /** Prepares each round, not timed. */
  readonly before?: () => void
  /** Most that its time may be as a multiple of the reference's. */
  readonly goal?: number
}

/** Times the reference and then each step, round by round, so that a change of the machine's speed meets all of them. */
function steps(prefix: string, rounds: number, reference: Step, list: readonly Step[]): Figure[] {
  const all = [reference, ...list]
  const times = all.map((): number[] => [])
  // The extra first round makes handles and warms the code up.
  for (let round = 0; round <= rounds; round++) {
    all.forEach(({ calls, work, before }, i) => {
      before?.()
      const [time] = microseconds(1, calls, work)
      if (round > 0) times[i]?.push((time ?? Number.NaN) / 1000)
    })
  }
  const speedUp = (at: number): number => median((times[at - 1] ?? []).map((time, round) => time / (times[at]?.[round] ?? time))) ?? 0
  return list.map(({ name, goal }, i) =>
    figure(
      {
        name: `${prefix}: ${name}`,
        unit: 'ms',
        ...(goal === undefined ? {} : { goal }),
        ...(i === 0 ? {} : { gain: speedUp(i + 1) })
      },
      times[i + 1] ?? [],
      { name: reference.name, values: times[0] ?? [] }
    )
  )
}

function encryptionFigures({ publicKey: key }: KeyPair, reference: ReferencePublicKey, rng: SeededRng, rounds: number): Figure[] {
  const { n, nSquared, g, bits } = key
  const hs = key.hs ?? 1n
  const modulus = new Modulus(nSquared)
  const r = (): bigint => randomBits(rng, bits) % n
  const a = (): bigint => randomBits(rng, bits / 2)
  const long = key.maxPlaintext - READING
  const table = new FixedBase(hs, n, bits / 2, 6)
  const pool: ObfuscatorPool = new ObfuscatorPool(key, { capacity: 2 * INSTANT, low: 0 }, count =>
    pool.put(Array.from({ length: count }, () => table.power(a())))
  )
  const plain = (m: bigint) => () => (plainPower(g, m, nSquared) * plainPower(r(), n, nSquared)) % nSquared
  const shortG = (m: bigint) => () => ((1n + m * n) * plainPower(r(), n, nSquared)) % nSquared
  key.prepare()
  return [
    ...steps(
      `encrypt a full plaintext, ${bits} bits`,
      rounds,
      { name: 'paillier-bigint', calls: SLOW, work: () => reference.encrypt(long) },
      [
        { name: 'plain BigInt', calls: SLOW, work: plain(long) },
        { name: 'g = n + 1', calls: SLOW, work: shortG(long) }
      ]
    ),
    ...steps(`encrypt a reading, ${bits} bits`, rounds, { name: 'paillier-bigint', calls: SLOW, work: () => reference.encrypt(READING) }, [
      { name: 'plain BigInt', calls: SLOW, work: plain(READING) },
      { name: 'g = n + 1', calls: SLOW, work: shortG(READING) },
      { name: 'r^n by OpenSSL', calls: SLOW, work: () => key.encryptWith(READING, modulus.power(r(), n)) },
      { name: 'short exponents (hs^a)', calls: QUICK, work: () => key.encryptWith(READING, modulus.power(hs, a())) },
      { name: 'fixed-base table', calls: QUICK, work: () => key.encrypt(READING, rng), goal: 1 / 25 },
      { name: 'filled pool', calls: INSTANT, before: () => pool.request(), work: () => pool.encrypt(READING, rng) }
    ])
  ]
}

function decryptionFigures(
  { publicKey: key, privateKey }: KeyPair,
  reference: ReferencePrivateKey,
  rng: SeededRng,
  rounds: number
): Figure[] {
  const { n, nSquared, bits } = key
  const { lambda, mu, p, q } = toPaillierBigintPrivate(privateKey)
  const ciphertext = key.encrypt(READING, rng)
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
  if (plain() !== READING || byRemainders() !== READING)
    throw new HushgridError('decrypt: expected all steps to agree, got different plaintexts')
  return steps(`decrypt, ${bits} bits`, rounds, { name: 'paillier-bigint', calls: SLOW, work: () => reference.decrypt(c) }, [
    { name: 'plain BigInt', calls: SLOW, work: () => plain() },
    { name: 'modulo p² and q² (CRT)', calls: SLOW, work: () => byRemainders() },
    { name: 'CRT by OpenSSL', calls: QUICK, work: () => privateKey.decrypt(ciphertext), goal: 1 / 9 }
  ])
}

function operationFigures(key: PublicKey, reference: ReferencePublicKey, rng: SeededRng, rounds: number): Figure[] {
  const { bits } = key
  const [x, y] = [key.encrypt(READING, rng), key.encrypt(-READING, rng)]
  const bytes = x.toBytes()
  const one = (name: string, theirs: Work, ours: Work, calls: number): Figure[] =>
    steps(`${name}, ${bits} bits`, rounds, { name: 'paillier-bigint', calls, work: theirs }, [{ name: 'as it is', calls, work: ours }])
  const alone = (name: string, calls: number, work: Work): Figure =>
    figure(
      { name: `${name}, ${bits} bits`, unit: 'ms' },
      microseconds(rounds, calls, work).map(time => time / 1000)
    )
  return [
    ...one(
      'add',
      () => reference.addition(x.value, y.value),
      () => key.add(x, y),
      INSTANT
    ),
    ...one(
      'multiply by −1000',
      () => reference.multiply(x.value, -1000n),
      () => key.multiply(x, -1000n),
      QUICK
    ),
    alone('read a ciphertext and check that it is a unit', INSTANT, () => key.decodeCiphertext(bytes)),
    alone('make the table', SLOW, () => new FixedBase(key.hs ?? 1n, key.n, bits / 2, 6))
  ]
}

/** Times everything at each size of key, medians of so many rounds; sizes below 2048 only show that it runs. */
export function paillierFigures(seed: string, rounds: number, bits: readonly number[]): Figure[] {
  return bits.flatMap(size => {
    const pair = seededPaillierKey(size, seed)
    const rng = new SeededRng(`${seed} paillier figures ${size}`)
    const { lambda, mu, publicKey, p, q } = toPaillierBigintPrivate(pair.privateKey)
    const reference = new ReferencePublicKey(publicKey.n, publicKey.g)
    return [
      ...encryptionFigures(pair, reference, rng, rounds),
      ...decryptionFigures(pair, new ReferencePrivateKey(lambda, mu, reference, p, q), rng, rounds),
      ...operationFigures(pair.publicKey, reference, rng, rounds)
    ]
  })
}
