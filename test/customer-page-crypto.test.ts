// The customer's page has an implementation of its own of what opens readings. Here it opens what the customer's own
// programs wrap and the meters seal, and refuses what they would refuse.
import { decodeBatch as decodeSealed, encodeBatch, keyEpoch, type MeterKey, openBatch, sealBatch } from '@hushgrid/billing'
import { syntheticNeighbourhood } from '@hushgrid/load-profiles'
import { ARGON2ID, decodeAccount, encodeAccount, PBKDF2, Vault } from '@hushgrid/node-customer'
import { EXPORT_LANE, IdentityKey, IMPORT_LANE, type ObisCode, SeededRng, type Slot, systemRng } from '@hushgrid/primitives'
import {
  type Bytes,
  Committer,
  decodeBatch,
  decodeRecord,
  decryptBatch,
  encodeRecord,
  type MeterKeys,
  passwordKeys,
  resealRecord,
  signatureHolds,
  unwrapMeterKeys
} from '@hushgrid/web/customer-crypto'
import type { PasswordScheme } from '@hushgrid/web-api'
import { beforeAll, describe, expect, it } from 'vitest'

const PASSWORD = 'correct horse battery'
const rng = new SeededRng('customer page')
const METERS = [IdentityKey.generate(rng), IdentityKey.generate(rng), IdentityKey.generate(rng)] as const
/** Each meter's key, of an epoch of its own. */
const KEYS = METERS.map((_, i): MeterKey => ({ epoch: keyEpoch(i * 1000), key: rng.bytes(32) }))
const committer = new Committer()

async function vaultBy(scheme: PasswordScheme, password = PASSWORD): Promise<Vault> {
  const empty = await Vault.create('ada', password, systemRng, scheme)
  return METERS.reduce((vault, meter, i) => vault.withKey(meter.id, KEYS[i] as MeterKey), empty)
}

function expected({ record }: Vault): Parameters<typeof decodeRecord>[1] {
  return { account: record.account, scheme: record.scheme, salt: Uint8Array.from(record.salt) }
}

async function unlocked(vault: Vault, password = PASSWORD): Promise<MeterKeys> {
  const terms = expected(vault)
  const { wrapping } = await passwordKeys(password, terms.scheme, terms.salt)
  return await unwrapMeterKeys(decodeRecord(encodeAccount(vault.record), terms), wrapping)
}

describe('a vault', () => {
  it.each([ARGON2ID, PBKDF2])('made with $scheme opens on the page', async scheme => {
    const keys = await unlocked(await vaultBy(scheme))
    expect(keys.map(({ meterId }) => meterId)).toEqual(METERS.map(({ id }) => id).sort())
    expect(keys.map(({ keyEpoch: epoch }) => epoch).sort()).toEqual(KEYS.map(({ epoch }) => epoch))
  })

  it('opens with the same password in other code points, and with no other', async () => {
    const vault = await vaultBy(PBKDF2, 'lange Sätze sind gut')
    expect(await unlocked(vault, 'lange Sätze sind gut'.normalize('NFD'))).toHaveLength(3)
    await expect(unlocked(vault, 'lange Saetze sind gut')).rejects.toMatchObject({ fault: 'password' })
  })

  it.each([ARGON2ID, PBKDF2])('that the page sealed anew by $scheme opens on the customer’s own device', async scheme => {
    const vault = await vaultBy(scheme)
    const terms = expected(vault)
    const { wrapping } = await passwordKeys(PASSWORD, scheme, terms.salt)
    const salt = Uint8Array.from(rng.bytes(16))
    const password = 'another horse battery'
    const sealing = await passwordKeys(password, scheme, salt)
    const record = decodeRecord(encodeAccount(vault.record), terms)
    const text = encodeRecord(await resealRecord(record, wrapping, { wrapping: sealing.wrapping, salt }))
    const opened = await Vault.unlock(decodeAccount(text, 'the page'), password, systemRng)
    for (const [i, { id }] of METERS.entries()) expect(opened.keysOf(id)).toEqual([KEYS[i]])
    expect(opened.signInProof()).toBe(sealing.proof)
  })

  it('without a meter opens, too', async () => {
    expect(await unlocked(await Vault.create('bob', PASSWORD, systemRng, PBKDF2))).toEqual([])
  })
})

describe('batches', () => {
  let keys: MeterKeys
  beforeAll(async () => {
    keys = await unlocked(await vaultBy(PBKDF2))
  })

  interface Sealed {
    readonly meter: number
    readonly slotSeconds: number
    readonly firstSlot: number
    readonly lanes: readonly ObisCode[]
    readonly readings: readonly (readonly bigint[] | undefined)[]
  }

  function sealed({ meter, slotSeconds, firstSlot, lanes, readings }: Sealed): Bytes {
    const { epoch, key } = KEYS[meter] as MeterKey
    const secrets = { identity: METERS[meter] as IdentityKey, key, keyEpoch: epoch }
    return Uint8Array.from(encodeBatch(sealBatch({ ...secrets, slotSeconds, firstSlot: firstSlot as Slot, lanes, readings }).batch))
  }

  async function opened(bytes: Bytes, meter: number): Promise<{ readings: unknown; holds: boolean }> {
    const batch = decodeBatch(bytes)
    const key = keys.find(({ meterId }) => meterId === METERS[meter]?.id)?.key as CryptoKey
    const readings = await decryptBatch(batch, key)
    return { readings, holds: await signatureHolds(batch, readings, key, committer) }
  }

  const most = 2n ** 47n - 1n
  const lanes = [IMPORT_LANE, EXPORT_LANE]
  const some = (slots: number, every: number): Sealed['readings'] =>
    Array.from({ length: slots }, (_, i) => (i % every === every - 1 ? undefined : [BigInt(i * i), BigInt(i % 3)]))

  it.each<[string, Sealed]>([
    ['one slot', { meter: 0, slotSeconds: 1, firstSlot: 0, lanes, readings: [[0n, most]] }],
    ['gaps only', { meter: 1, slotSeconds: 86_400, firstSlot: 20_000, lanes, readings: [undefined, undefined, undefined] }],
    ['gaps as a list', { meter: 2, slotSeconds: 900, firstSlot: 1_988_000, lanes, readings: some(672, 300) }],
    ['gaps as a bitmap', { meter: 0, slotSeconds: 900, firstSlot: 1_988_000, lanes, readings: some(96, 2) }],
    ['no gap', { meter: 0, slotSeconds: 1800, firstSlot: 2 ** 48 - 96, lanes, readings: some(96, 1000) }],
    [
      'other lanes',
      {
        ...{ meter: 1, slotSeconds: 60, firstSlot: 7, readings: [[1n, most, 3n]] },
        lanes: ['1-0:99.1.0*255', '0-0:96.1.0', '1-0:1.29.0'] as ObisCode[]
      }
    ]
  ])('of %s open to what was sealed, and the signature holds', async (_, batch) => {
    expect(await opened(sealed(batch), batch.meter)).toEqual({ readings: batch.readings, holds: true })
  })

  it('of a synthetic household’s day open as the customer’s own programs open them', async () => {
    const source = syntheticNeighbourhood({ seed: 'customer page', households: 1, slotSeconds: 900 })
    const firstSlot = Date.parse('2026-10-01T00:00Z') / 900_000
    const readings = Array.from({ length: 96 }, (_, i) =>
      source.readingAt(0, (firstSlot + i) as Slot).map(value => BigInt(Math.round(value)))
    )
    const bytes = sealed({ meter: 0, slotSeconds: 900, firstSlot, lanes: source.lanes, readings })
    const own = openBatch(decodeSealed(bytes), (KEYS[0] as MeterKey).key)
    expect(await opened(bytes, 0)).toEqual({ readings: own.readings, holds: true })
  })

  it('in which any byte of readings or signature was changed do not hold', async () => {
    const bytes = sealed({ meter: 0, slotSeconds: 900, firstSlot: 5, lanes, readings: [[1n, 2n], undefined, [3n, 4n]] })
    const variable = 4 * 8 + 64
    for (let at = bytes.length - variable; at < bytes.length; at++) {
      const changed = bytes.slice()
      changed[at] = (changed[at] as number) ^ (1 << (at % 8))
      const outcome = await opened(changed, 0).then(
        ({ holds }) => (holds ? 'holds' : 'refused'),
        (cause: Error) => (cause.name === 'CustomerCryptoError' ? 'refused' : cause.message)
      )
      expect([at, outcome]).toEqual([at, 'refused'])
    }
  })

  it('of another meter’s key do not open or do not hold', async () => {
    const bytes = sealed({
      meter: 0,
      slotSeconds: 900,
      firstSlot: 5,
      lanes: [IMPORT_LANE],
      readings: Array.from({ length: 8 }, () => [1n])
    })
    const outcome = await opened(bytes, 1).then(
      ({ holds }) => (holds ? 'holds' : 'refused'),
      (cause: { fault?: string }) => cause.fault
    )
    expect(['refused', 'batch']).toContain(outcome)
  })
})
