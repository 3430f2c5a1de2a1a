// Costs of a mask: out of the day's batch, at the first reading of a day, and in a new epoch.
import { createCipheriv, createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from 'node:crypto'
import { EpochMasks, MASK_BATCH_SLOTS, networkId, Roster, SharedSecrets } from '@hushgrid/dcnet'
import { BlindingKey, DEFAULT_LANES, type Epoch, IdentityKey, SeededRng, type Slot } from '@hushgrid/primitives'
import { comparedFigure, type Figure } from '../../results/measure.ts'

const NEIGHBOURS = 22
const MEMBERS = 60
/** Bytes of a neighbour's stream that a slot takes for two lanes. */
const SLOT_BYTES = 16
const LANES = DEFAULT_LANES.length
const ABOUT = `${NEIGHBOURS} neighbours, ${LANES} lanes`

interface MaskedMember {
  readonly roster: Roster
  readonly blinding: BlindingKey
  readonly index: number
}

/** Makes a roster just large enough for the neighbours, and the blinding key of its first member. */
function maskedMember(rng: SeededRng): MaskedMember {
  const blinding = BlindingKey.generate(rng)
  const own = IdentityKey.generate(rng).id
  const others = Array.from({ length: MEMBERS - 1 }, () => ({ id: IdentityKey.generate(rng).id, key: BlindingKey.generate(rng).publicKey }))
  const entries = [{ id: own, key: blinding.publicKey }, ...others]
  const roster = Roster.create(
    {
      networkId: networkId('bench'),
      epoch: 0 as Epoch,
      season: 0,
      seasonFirstSlot: 0 as Slot,
      seasonEndSlot: 96 as Slot,
      previousRosterHash: new Uint8Array(32),
      firstSlot: 0 as Slot,
      slotSeconds: 900,
      lanes: DEFAULT_LANES.map(obis => ({ obis, maxReading: 11_000, support: 6 })),
      degree: NEIGHBOURS,
      minMembers: 6,
      recovery: 1,
      committed: false,
      ringSeed: rng.bytes(32),
      registrarKey: IdentityKey.generate(rng).id,
      aggregatorKey: IdentityKey.generate(rng).id,
      cuts: []
    },
    entries.map(({ id, key }) => ({ meterId: id, blindingKey: key, placement: rng.bytes(16), absent: false, laneMask: Uint8Array.of(3) }))
  )
  return { roster, blinding, index: roster.indexOf(own) ?? 0 }
}

/** Times the masks of a meter's whole day: secrets known, keys derived, ciphers set up. */
function warmFigures(rounds: number, { roster, blinding, index }: MaskedMember, key: Uint8Array): Figure[] {
  const masks = new EpochMasks(roster, index, new SharedSecrets(blinding))
  const counter = new Uint8Array(16)
  const zeros = new Uint8Array(NEIGHBOURS * MASK_BATCH_SLOTS * SLOT_BYTES)
  const aes = () => createCipheriv('aes-256-ctr', key, counter).update(zeros)
  const floorName = 'AES-256-CTR over the same bytes, one call'
  let day = 0
  const nextDay = (): void => {
    day += MASK_BATCH_SLOTS
  }
  const perReading = comparedFigure(
    { name: `mask of one reading, ${ABOUT}, day batch`, goal: 5 },
    {
      rounds,
      calls: 60,
      parts: MASK_BATCH_SLOTS,
      // Takes a new day each time, so that the batch is expanded anew; then every reading of it takes its mask.
      work: () => {
        nextDay()
        let last = masks.mask(day as Slot)
        for (let slot = day + 1; slot < day + MASK_BATCH_SLOTS; slot++) last = masks.mask(slot as Slot)
        return last
      },
      floorName,
      floor: aes
    }
  )
  const firstOfDay = comparedFigure(
    { name: `mask of a day's first reading, ${ABOUT}`, note: 'the epoch’s ciphers are set up, the day’s batch is expanded' },
    {
      rounds,
      calls: 60,
      work: () => {
        nextDay()
        return masks.mask(day as Slot)
      },
      floorName,
      floor: aes
    }
  )
  masks.expand(0 as Slot)
  const batch = new BigUint64Array(MASK_BATCH_SLOTS * LANES)
  let at = 0
  const next = (): number => {
    at = (at + 1) % MASK_BATCH_SLOTS
    return at
  }
  const inBatch = comparedFigure(
    { name: `mask of a reading whose day is expanded, ${ABOUT}` },
    {
      rounds,
      calls: 20_000,
      work: () => masks.mask(next() as Slot),
      floorName: 'a copy of two words out of a typed array',
      floor: () => batch.slice(LANES * next(), LANES * at + LANES)
    }
  )
  return [perReading, firstOfDay, inBatch]
}

/** Times a new epoch's first mask, with the neighbours' secrets known from the epoch before, and without. */
function coldFigures(rounds: number, { roster, blinding, index }: MaskedMember, key: Uint8Array): Figure[] {
  const known = new SharedSecrets(blinding)
  new EpochMasks(roster, index, known).erase()
  const firstMask = (secrets: SharedSecrets): void => {
    const masks = new EpochMasks(roster, index, secrets)
    masks.mask(0 as Slot)
    masks.erase()
  }
  const [counter, info, dayBytes] = [new Uint8Array(16), new Uint8Array(80), new Uint8Array(MASK_BATCH_SLOTS * SLOT_BYTES)]
  const deriveAndExpand = (): void => {
    for (let i = 0; i < NEIGHBOURS; i++) {
      hkdfSync('sha256', key, roster.hash, info, 32)
      createCipheriv('aes-256-ctr', key, counter).update(dayBytes)
    }
  }
  const privateKey = createPrivateKey({ key: Buffer.from(blinding.exportSecret()), format: 'raw-private', asymmetricKeyType: 'x25519' })
  const publicKeys = roster
    .neighbours(index)
    .map(neighbour =>
      createPublicKey({ key: Buffer.from(roster.blindingKey(neighbour)), format: 'raw-public', asymmetricKeyType: 'x25519' })
    )
  return [
    comparedFigure(
      { name: `first mask of an epoch, secrets known, ${ABOUT}` },
      {
        rounds,
        calls: 20,
        work: () => firstMask(known),
        floorName: 'bare HKDF and AES-256-CTR, once a neighbour',
        floor: deriveAndExpand
      }
    ),
    comparedFigure(
      { name: `first mask of an epoch, nothing known, ${ABOUT}` },
      {
        rounds,
        calls: 10,
        work: () => firstMask(new SharedSecrets(blinding)),
        floorName: 'bare X25519, HKDF and AES-256-CTR, once a neighbour',
        floor: () => {
          for (const publicKey of publicKeys) diffieHellman({ privateKey, publicKey })
          deriveAndExpand()
        }
      }
    )
  ]
}

/** Times masks from the warmest case to the coldest. */
export function maskFigures(seed: string, rounds: number): Figure[] {
  const rng = new SeededRng(`${seed} masks`)
  const member = maskedMember(rng)
  const key = rng.bytes(32)
  return [...warmFigures(rounds, member, key), ...coldFigures(rounds, member, key)]
}
