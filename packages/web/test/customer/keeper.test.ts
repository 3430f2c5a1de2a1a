// The keeper opens what is the customer's and refuses what was changed.
import { describe, expect, it } from 'vitest'
import { Keeper } from '../../src/customer/keeper/keeper.ts'
import type { ReceivedBatch } from '../../src/customer/keeper/keeper-messages.ts'
import { ACCOUNT, AT, BATCH, BATCH_FIRST, flipped, METER, PASSWORD, PROOF, READINGS, RECORD, TERMS } from './vectors.ts'

const quiet = (): void => undefined
const SLOT = 900

function received(batch: Uint8Array, change: Partial<ReceivedBatch> = {}): ReceivedBatch {
  return { firstSlot: BATCH_FIRST, slots: 8, batch: Buffer.from(batch).toString('base64'), ...change }
}

async function opened(): Promise<Keeper> {
  const keeper = new Keeper()
  await keeper.tasks['make-key']({ account: ACCOUNT, password: PASSWORD, terms: TERMS }, quiet)
  await keeper.tasks.unlock({ record: RECORD }, quiet)
  return keeper
}

describe('the keeper of the keys', () => {
  it('signs in, opens the record, takes batches in, reads and checks them', async () => {
    const keeper = new Keeper()
    expect(await keeper.tasks['make-key']({ account: ACCOUNT, password: PASSWORD, terms: TERMS }, quiet)).toEqual({ proof: PROOF })
    expect(await keeper.tasks.unlock({ record: RECORD }, quiet)).toEqual({ meters: [METER] })
    const { batches } = await keeper.tasks.take({ batches: [received(BATCH)], slotSeconds: SLOT }, quiet)
    expect(batches).toMatchObject([{ meterId: METER, firstSlot: BATCH_FIRST, slots: 8, gaps: 3, encryptedBytes: 80 }])
    expect(await keeper.tasks.read({ batch: 0 }, quiet)).toEqual({ readings: READINGS })
    expect(await keeper.tasks.check({ batch: 0 }, quiet)).toMatchObject({ holds: true })
  })

  it('makes the proof again, of no other password than the first', async () => {
    const keeper = await opened()
    expect(await keeper.tasks['prove-again']({ password: PASSWORD }, quiet)).toEqual({ proof: PROOF })
    await expect(keeper.tasks['prove-again']({ password: 'something else' }, quiet)).rejects.toMatchObject({ fault: 'password' })
  })

  describe('a new password', () => {
    const NEW = 'ein anderer langer Satz'
    const change = async (keeper: Keeper, current: string, password: string) =>
      (await keeper.tasks['change-password']({ current, password }, quiet)).change

    it('seals the keys anew, and is that of the account once the server has it', async () => {
      const keeper = await opened()
      const made = await change(keeper, PASSWORD, NEW)
      expect(made.current).toBe(PROOF)
      expect(made.record).not.toContain(TERMS.salt)
      // The server has not answered yet: the password is still the first.
      expect(await keeper.tasks['prove-again']({ password: PASSWORD }, quiet)).toEqual({ proof: PROOF })
      await keeper.tasks['password-changed']({}, quiet)
      expect(await keeper.tasks['prove-again']({ password: NEW }, quiet)).toEqual({ proof: made.proof })
      await expect(keeper.tasks['prove-again']({ password: PASSWORD }, quiet)).rejects.toMatchObject({ fault: 'password' })
      const again = new Keeper()
      const { salt } = JSON.parse(made.record)
      const terms = { ...TERMS, salt }
      expect(await again.tasks['make-key']({ account: ACCOUNT, password: NEW, terms }, quiet)).toEqual({ proof: made.proof })
      expect(await again.tasks.unlock({ record: made.record }, quiet)).toEqual({ meters: [METER] })
      await again.tasks.take({ batches: [received(BATCH)], slotSeconds: SLOT }, quiet)
      expect(await again.tasks.read({ batch: 0 }, quiet)).toEqual({ readings: READINGS })
    })

    it('is the same change when it is asked for again, of which the server may have a part', async () => {
      const keeper = await opened()
      const made = await change(keeper, PASSWORD, NEW)
      expect(await change(keeper, PASSWORD, NEW)).toEqual(made)
      expect((await change(keeper, PASSWORD, `${NEW}!`)).proof).not.toBe(made.proof)
    })

    it('takes the present one, and is long enough', async () => {
      const keeper = await opened()
      await expect(change(keeper, 'something else', NEW)).rejects.toMatchObject({ fault: 'password' })
      await expect(change(keeper, PASSWORD, 'elevenchars')).rejects.toThrow('has to have 12 to 256 characters; that one has 11')
      await expect(change(new Keeper(), PASSWORD, NEW)).rejects.toMatchObject({ fault: 'password' })
    })
  })

  it('uses a password for no scheme or salt that is none', async () => {
    const keeper = new Keeper()
    const weak = { ...TERMS, scheme: { scheme: 'pbkdf2-sha256', iterations: 1000 } }
    for (const terms of [undefined, weak, { ...TERMS, salt: TERMS.salt.slice(2) }, { ...TERMS, salt: 5 }])
      await expect(keeper.tasks['make-key']({ account: ACCOUNT, password: PASSWORD, terms }, quiet)).rejects.toMatchObject({
        fault: 'scheme'
      })
  })

  it('has nothing before it has a key', async () => {
    const keeper = new Keeper()
    await expect(keeper.tasks.unlock({ record: RECORD }, quiet)).rejects.toMatchObject({ fault: 'password' })
    await expect(keeper.tasks.read({ batch: 0 }, quiet)).rejects.toMatchObject({ fault: 'batch' })
  })

  it('says of each batch why it is refused, and takes the others', async () => {
    const keeper = await opened()
    const given = [
      received(BATCH, { batch: 'no base64' }),
      received(BATCH.slice(1)),
      received(BATCH, { firstSlot: BATCH_FIRST + 1 }),
      received(BATCH, { slots: 9 }),
      received(flipped(BATCH, AT.meterId)),
      received(flipped(BATCH, AT.keyEpoch)),
      received(BATCH)
    ]
    const { batches } = await keeper.tasks.take({ batches: given, slotSeconds: SLOT }, quiet)
    expect(batches.map(batch => ('refused' in batch ? batch.refused : 'taken'))).toEqual([
      expect.stringContaining('base64'),
      expect.stringContaining('cannot be read'),
      expect.stringContaining('another time'),
      expect.stringContaining('another time'),
      expect.stringContaining('no key of'),
      expect.stringContaining('paired anew'),
      'taken'
    ])
    const { batches: others } = await keeper.tasks.take({ batches: [received(BATCH)], slotSeconds: 1800 }, quiet)
    expect(others).toMatchObject([{ refused: expect.stringContaining('another time') }])
  })

  it('finds a flipped bit', async () => {
    const keeper = await opened()
    await keeper.tasks.take({ batches: [received(flipped(BATCH, AT.ciphertexts, 4))], slotSeconds: SLOT }, quiet)
    const { readings } = await keeper.tasks.read({ batch: 0 }, quiet)
    expect(readings[0]).toEqual([124n, 0n])
    expect(await keeper.tasks.check({ batch: 0 }, quiet)).toMatchObject({ holds: false })
  })
})
