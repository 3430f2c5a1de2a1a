// Cost of the proof that a meter knows what it has encrypted, with the variant `direct`, beside the encryption alone. Times
// are of CPU, since a piece of work takes milliseconds, in which other processes have their turn.
import { MessageType, PesReading, sealEnvelope } from '@hushgrid/messages'
import { Packing, PlaintextProofs } from '@hushgrid/paillier'
import { openProven, sealProven } from '@hushgrid/pes'
import { type Epoch, HushgridError, IdentityKey, lanesFromIntegers, SeededRng, type Slot } from '@hushgrid/primitives'
import { type Figure, figure, type Work } from '../../results/measure.ts'
import { seededPaillierKey } from './seeded-paillier-key.ts'

/** Readings in one message from the concentrator, unless configured. */
const BATCH = 16
const CALLS = 8
const LANES = 2

interface Timed {
  readonly name: string
  readonly rounds: number
  /** Readings that a call of `work` does, and of `before`. */
  readonly readings: number
  readonly work: Work
  readonly before: Work
}

/** Measures CPU ms a call. */
function cpuOf(work: Work): number {
  const begin = process.cpuUsage()
  for (let i = 0; i < CALLS; i++) work()
  const { user, system } = process.cpuUsage(begin)
  return (user + system) / 1000 / CALLS
}

/** Times a reading's work in turn with what it was without the proof, CPU ms a reading. */
function timed({ name, rounds, readings, work, before }: Timed): Figure {
  for (const each of [work, before]) cpuOf(each)
  const ours: number[] = []
  const floor: number[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(cpuOf(work) / readings)
    floor.push(cpuOf(before) / readings)
  }
  return figure({ name, unit: 'ms' }, ours, { name: 'without the proof', values: floor })
}

/** Measures bytes and times of a reading of `direct`, two lanes, at each length of key. */
export function readingProofFigures(seed: string, rounds: number, bits: readonly number[]): Figure[] {
  return bits.flatMap(size => figuresAt(seed, rounds, size))
}

function figuresAt(seed: string, rounds: number, bits: number): Figure[] {
  const { publicKey } = seededPaillierKey(bits, seed)
  const rng = new SeededRng(`${seed} reading proof ${bits}`)
  const packing = new Packing({ lanes: LANES, valueBits: 47, terms: 65_535 })
  const proofs = new PlaintextProofs(publicKey, packing.bits)
  const [identity, key, networkId] = [IdentityKey.generate(rng), rng.bytes(32), rng.bytes(32)]
  const values = [217n, -54n]
  const seal = (slot: number): Uint8Array => {
    const origin = { networkId, meter: identity.id, slot: slot as Slot }
    return sealProven(key, origin, lanesFromIntegers(values), { proofs, packing, rng })
  }
  const encrypt = (): Uint8Array => publicKey.encrypt(packing.pack(values), rng).toBytes()
  publicKey.prepare()
  const sealed = Array.from({ length: BATCH }, (_, slot) => seal(slot))
  const plain = encrypt()
  const check = (readings: readonly Uint8Array[]): boolean[] => {
    const claims = readings.map((reading, slot) => openProven(key, { networkId, meter: identity.id, slot: slot as Slot }, reading, proofs))
    return proofs.verifyAll(claims, rng)
  }
  if (!check(sealed).every(Boolean)) throw new HushgridError('reading proof: expected proofs that hold, got one that does not')
  const enveloped = (reading: Uint8Array): number =>
    sealEnvelope(identity, MessageType.PesReading, networkId, 0 as Epoch, 1 as Slot, PesReading.encode({ sealed: reading })).byteLength
  const decode = (): unknown => publicKey.decodeCiphertext(plain)
  return [
    figure({ name: `a reading in its envelope, ${bits} bits`, unit: 'B', counted: true }, [enveloped(seal(1))], {
      name: 'without the proof',
      values: [enveloped(plain)]
    }),
    timed({ name: `meter: encrypt, prove and seal, ${bits} bits`, rounds, readings: 1, work: () => seal(1), before: encrypt }),
    timed({
      name: `PES: open and check, of a batch of ${BATCH}, ${bits} bits`,
      rounds,
      readings: BATCH,
      work: () => check(sealed),
      before: () => sealed.map(decode)
    }),
    timed({
      name: `PES: open and check by itself, ${bits} bits`,
      rounds,
      readings: 1,
      work: () => check(sealed.slice(0, 1)),
      before: decode
    })
  ]
}
