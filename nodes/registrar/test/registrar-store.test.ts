import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EnrolledMeter, RegistrarRecord } from '@hushgrid/dcnet'
import { IdentityKey, meterId, systemRng } from '@hushgrid/primitives'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { RegistrarStore, RegistrarStoreError } from '../src/index.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-registrar-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (): RegistrarStore => RegistrarStore.open(folder, systemRng, false)

/** Bytes as they come out of a decoded message: a Buffer. */
function enrolled(placed: boolean): EnrolledMeter {
  return {
    credential: {
      meterId: IdentityKey.generate(systemRng).id,
      blindingKey: Buffer.from(systemRng.bytes(32)),
      notBefore: 1,
      notAfter: 2,
      signature: Buffer.from(systemRng.bytes(64))
    },
    ...(placed ? { placement: systemRng.bytes(16) } : {}),
    addresses: ['/ip4/127.0.0.1/tcp/1']
  }
}

/** Plain, so that a Buffer equals the bytes in it. */
function plain(records: readonly RegistrarRecord[]): unknown {
  return JSON.parse(
    JSON.stringify(records, (_, value) => (value?.type === 'Buffer' ? value.data : value instanceof Uint8Array ? [...value] : value))
  )
}

it('gives back after a restart what was journalled, the last word on each meter first of all', () => {
  const [one, two] = [enrolled(false), enrolled(true)]
  const aggregator: RegistrarRecord = { kind: 'aggregator', key: meterId('0'.repeat(64)), address: '/ip4/127.0.0.1/tcp/2' }
  const moved: RegistrarRecord = { ...aggregator, address: '/ip4/127.0.0.1/tcp/3' }
  const admitted = { ...one, placement: systemRng.bytes(16), addresses: [] }
  const rosters = [1, 2, 3].map((byte): RegistrarRecord => ({ kind: 'roster', bytes: new Uint8Array(8).fill(byte) }))
  const store = open()
  const { id } = store.identity
  expect(store.journal).toEqual([])
  for (const meter of [one, two, admitted]) store.append({ kind: 'enrolled', meter })
  for (const record of [aggregator, moved, ...rosters]) store.append(record)
  store.close()
  for (let restart = 0; restart < 2; restart++) {
    const again = open()
    expect(again.identity.id).toBe(id)
    const meters = [admitted, two].map((meter): RegistrarRecord => ({ kind: 'enrolled', meter }))
    expect(plain(again.journal)).toEqual(plain([moved, ...meters, ...rosters.slice(-2)]))
    again.close()
  }
})

it('refuses a journal that is damaged or gone, each time, and leaves it as it is', () => {
  open().close()
  const journal = join(folder, 'registrar.log')
  appendFileSync(journal, 'torn')
  const before = readFileSync(journal)
  for (let attempt = 0; attempt < 2; attempt++) {
    expect(open).toThrow(RegistrarStoreError)
    expect(readFileSync(journal)).toEqual(before)
  }
  rmSync(journal)
  for (let attempt = 0; attempt < 2; attempt++) expect(open).toThrow(/expected the registrar's intact journal, got none/)
})
