import { InvalidArgumentError, type Millis, sha256, utf8 } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { ConflictError, StoreDamagedError } from '../../src/errors.ts'
import { actors, behind, freshStore, NETWORK, onEachBackend } from '../support/store-backends.ts'

const text = 'name: Tag und Nacht – zwölf Cent\nrates:\n  - from: "00:00"\n    price: 0.12\n'
const tariff = { tariff: 'day-and-night', text, from: 1000 as Millis, until: 2000 as Millis }

onEachBackend(backend => {
  it('gives tariffs back byte for byte, with their hash, by validity', async () => {
    const open = await freshStore(backend)
    const { billing } = await actors(open)
    expect(await open.store.addTariff(billing, tariff)).toBe('new')
    expect(await open.store.addTariff(billing, tariff)).toBe('known')
    const { until: _until, ...openEnded } = tariff
    await open.store.addTariff(billing, { ...openEnded, tariff: 'flat', from: 0 as Millis })
    expect(await open.store.readTariffs(billing)).toEqual([
      { ...openEnded, tariff: 'flat', from: 0, hash: sha256(utf8(text)) },
      { ...tariff, hash: sha256(utf8(text)) }
    ])
  })

  it('tells the node what it checks by: networks and tariffs, for which nobody signs in', async () => {
    const open = await freshStore(backend)
    const { billing, auditor } = await actors(open)
    const networks = [{ network: NETWORK, slotSeconds: 900 }]
    expect(await open.store.readTerms()).toEqual({ networks, tariffs: [] })
    await open.store.addTariff(billing, tariff)
    const before = (await open.store.readAuditLog(auditor)).length
    expect(await open.store.readTerms()).toEqual({ networks, tariffs: await open.store.readTariffs(billing) })
    // The line of the first look at the log, and that of readTariffs.
    expect((await open.store.readAuditLog(auditor)).length).toBe(before + 2)
    await behind(open, database => database.transaction(transaction => transaction.run("UPDATE tariffs SET text = 'price: 0'")))
    await expect(open.store.readTerms()).rejects.toThrow(StoreDamagedError)
  })

  it('never changes one', async () => {
    const open = await freshStore(backend)
    const { billing } = await actors(open)
    await open.store.addTariff(billing, tariff)
    for (const fields of [{ text: `${text} ` }, { from: 1 as Millis }, { until: 3000 as Millis }]) {
      await expect(open.store.addTariff(billing, { ...tariff, ...fields })).rejects.toThrow(ConflictError)
    }
    await behind(open, database => database.transaction(transaction => transaction.run("UPDATE tariffs SET text = 'price: 0'")))
    await expect(open.store.readTariffs(billing)).rejects.toThrow(StoreDamagedError)
  })

  it('refuses what it cannot keep', async () => {
    const open = await freshStore(backend)
    const { billing } = await actors(open)
    for (const fields of [
      { text: '' },
      { text: 'a\0' },
      { text: '\ud800' },
      { text: 'x'.repeat(2 ** 20 + 1) },
      { until: 1000 as Millis },
      { tariff: '' }
    ]) {
      await expect(open.store.addTariff(billing, { ...tariff, ...fields })).rejects.toThrow(InvalidArgumentError)
    }
    expect(await open.store.readTariffs(billing)).toEqual([])
  })
})
