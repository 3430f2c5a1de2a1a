// The registrar's store: its journal outlives a restart, is written anew when it has grown, and is refused when damaged.
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EnrolledMeter, RECOVERY, type RegistrarRecord, Roster } from '@hushgrid/dcnet'
import { MessageType, RosterPayload, sealEnvelope } from '@hushgrid/messages'
import {
  concatBytes,
  type Epoch,
  IdentityKey,
  IMPORT_LANE,
  type MeterId,
  meterId,
  type Slot,
  systemRng,
  u8,
  utf8
} from '@hushgrid/primitives'
import { RecordLog } from '@hushgrid/runtime'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { keptRegistrarRecords } from '../src/kept-records.ts'
import { RegistrarStore, RegistrarStoreError } from '../src/store.ts'

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
      season: 0,
      lanes: [{ obis: IMPORT_LANE, consent: false }],
      notBefore: 1,
      notAfter: 2,
      signature: Buffer.from(systemRng.bytes(64))
    },
    ...(placed ? { placement: systemRng.bytes(16) } : {}),
    addresses: ['/ip4/127.0.0.1/tcp/1']
  }
}

const registrar = IdentityKey.generate(systemRng)
const aggregatorKey = IdentityKey.generate(systemRng).id
const others = Array.from({ length: 3 }, () => IdentityKey.generate(systemRng).id)

/** A Roster envelope with these members and a few others; form only, as a journal looks at it. */
function roster(epoch: number, members: readonly MeterId[]): RegistrarRecord {
  const made = Roster.create(
    {
      networkId: new Uint8Array(32),
      epoch: epoch as Epoch,
      season: 0,
      seasonFirstSlot: 0 as Slot,
      seasonEndSlot: 96 as Slot,
      previousRosterHash: new Uint8Array(32),
      firstSlot: epoch as Slot,
      slotSeconds: 900,
      lanes: [{ obis: IMPORT_LANE, maxReading: 11_000, support: 3 }],
      degree: 2,
      minMembers: 3,
      recovery: RECOVERY['edge-release'],
      committed: false,
      ringSeed: new Uint8Array(32),
      registrarKey: registrar.id,
      aggregatorKey,
      cuts: []
    },
    [...others, ...members].map(id => ({
      meterId: id,
      blindingKey: systemRng.bytes(32),
      placement: new Uint8Array(16),
      absent: false,
      laneMask: Uint8Array.of(1)
    }))
  )
  const payload = RosterPayload.encode({
    roster: made.encode(),
    signature: new Uint8Array(64),
    credentials: new Array(made.n).fill(new Uint8Array(0)),
    addresses: new Array(made.n).fill(''),
    aggregatorAddress: '',
    leaves: [],
    proofs: []
  })
  return {
    kind: 'roster',
    bytes: sealEnvelope(registrar, MessageType.Roster, made.networkId, made.epoch, made.firstSlot, payload)
  }
}

/** Plain, so that a Buffer equals the bytes in it. */
function plain(records: readonly RegistrarRecord[]): unknown {
  return JSON.parse(
    JSON.stringify(records, (_, value) => (value?.type === 'Buffer' ? value.data : value instanceof Uint8Array ? [...value] : value))
  )
}

it('gives back after a restart what was journalled, in that order, of each meter and the aggregator the last word', () => {
  const [one, two] = [enrolled(false), enrolled(true)]
  const aggregator: RegistrarRecord = { kind: 'aggregator', key: meterId('0'.repeat(64)), address: '/ip4/127.0.0.1/tcp/2' }
  const moved: RegistrarRecord = { ...aggregator, address: '/ip4/127.0.0.1/tcp/3' }
  const admitted = { ...one, placement: systemRng.bytes(16), addresses: [] }
  const rosters = [1, 2, 3].map((byte): RegistrarRecord => ({ kind: 'roster', bytes: new Uint8Array(8).fill(byte) }))
  const faults = (['false-dispute', 'silent', 'two-submissions', 'silent'] as const).map(
    (what, slot): RegistrarRecord => ({ kind: 'fault', meterId: two.credential.meterId, slot: slot as Slot, what })
  )
  const store = open()
  const { id } = store.identity
  expect(store.journal).toEqual([])
  store.append(aggregator)
  for (const meter of [one, two, admitted]) store.append({ kind: 'enrolled', meter, joins: meter === admitted })
  for (const record of [...rosters, moved, ...faults]) store.append(record)
  store.close()
  for (let restart = 0; restart < 2; restart++) {
    const again = open()
    expect(again.identity.id).toBe(id)
    const meters = [two, admitted].map((meter): RegistrarRecord => ({ kind: 'enrolled', meter, joins: meter === admitted }))
    expect(plain(again.journal)).toEqual(plain([...meters, ...rosters, moved, ...faults]))
    again.close()
  }
})

it('keeps a leave until the meter was out of a roster and is in one again', () => {
  const meter = enrolled(true)
  const id = meter.credential.meterId
  const [joined, leaving]: RegistrarRecord[] = [
    { kind: 'enrolled', meter, joins: true },
    { kind: 'leaving', meterId: id, bytes: systemRng.bytes(140) }
  ] as const
  const before = roster(0, [id])
  const without = roster(1, [])
  const back = roster(2, [id])
  const asked = joined as RegistrarRecord
  const left = leaving as RegistrarRecord
  for (const [records, expected] of [
    [
      [asked, before, left],
      [asked, before, left]
    ],
    // The meter may ask to be in again while it leaves, and is still in a roster that was signed meanwhile.
    [
      [asked, before, left, asked, back],
      [before, left, asked, back]
    ],
    [
      [asked, before, left, without],
      [asked, before, left, without]
    ],
    [
      [asked, before, left, without, asked],
      [before, left, without, asked]
    ],
    [
      [asked, before, left, without, asked, back],
      [before, without, asked, back]
    ],
    [
      [asked, before, left, without, asked, back, left],
      [before, without, asked, back, left]
    ],
    [
      [asked, before, left, left],
      [asked, before, left]
    ]
  ] as const) {
    expect(keptRegistrarRecords(records)).toEqual(expected)
    expect(keptRegistrarRecords(expected)).toEqual(expected)
  }
  const store = open()
  for (const record of [asked, before, left]) store.append(record)
  store.close()
  const again = open()
  expect(plain(again.journal)).toEqual(plain([asked, before, left]))
  again.close()
})

it('keeps the last request of a meter to be in beside its last credential, which is no request', () => {
  const meter = enrolled(true)
  const joins: RegistrarRecord = { kind: 'enrolled', meter, joins: true }
  const renews: RegistrarRecord = { kind: 'enrolled', meter: { ...meter, next: enrolled(true).credential }, joins: false }
  for (const [records, expected] of [
    [
      [joins, renews],
      [joins, renews]
    ],
    [
      [renews, joins, renews, renews],
      [joins, renews]
    ],
    [[joins, renews, joins], [joins]],
    [[renews, renews], [renews]]
  ] as const)
    expect(keptRegistrarRecords(records)).toEqual(expected)
})

it('keeps the last sixteen rosters, or as many as fit 64 MB, and the last one in any case', () => {
  const sized = (lengths: readonly number[]) =>
    lengths.map((length): RegistrarRecord => ({ kind: 'roster', bytes: new Uint8Array(length * 1024 * 1024) }))
  const small = Array.from({ length: 20 }, (_, i) => roster(i, []))
  expect(keptRegistrarRecords(small)).toEqual(small.slice(-16))
  const [, b, c] = sized([1, 20, 44])
  expect(keptRegistrarRecords(sized([1, 20, 44]))).toHaveLength(2)
  expect(keptRegistrarRecords([b, c] as RegistrarRecord[])).toHaveLength(2)
  expect(keptRegistrarRecords(sized([1, 65]))).toHaveLength(1)
})

it('does not write a journal anew that was altered while it is in use', () => {
  const store = open()
  store.append({ kind: 'leaving', meterId: aggregatorKey, bytes: systemRng.bytes(140) })
  const journal = join(folder, 'registrar.log')
  const bytes = readFileSync(journal)
  bytes[bytes.byteLength - 1] = 0
  writeFileSync(journal, bytes)
  const large: RegistrarRecord = { kind: 'roster', bytes: new Uint8Array(33 * 1024 * 1024) }
  store.append(large)
  expect(() => store.append(large)).toThrow(RegistrarStoreError)
  store.close()
  expect(open).toThrow(RegistrarStoreError)
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

it('begins again where a process was killed while it made the key', () => {
  const module = new URL('../src/store.ts', import.meta.url).href
  const script = `
    import { RegistrarStore } from ${JSON.stringify(module)}
    const rng = { bytes: () => process.kill(process.pid, 'SIGKILL') }
    RegistrarStore.open(${JSON.stringify(folder)}, rng, false)`
  expect(spawnSync(process.execPath, ['--input-type=module', '-e', script]).signal).toBe('SIGKILL')
  const store = open()
  const { id } = store.identity
  store.close()
  const again = open()
  expect(again.identity.id).toBe(id)
  again.close()
})

it('lifts a bar for the next start, of a meter that is barred only', () => {
  const [barred, free] = others as [MeterId, MeterId]
  const store = open()
  store.append({ kind: 'barred', meterId: barred, until: undefined, why: 'proven', proofs: [systemRng.bytes(8)] })
  store.close()
  const stopped = open()
  expect(() => stopped.lift(free)).toThrow(new RegistrarStoreError(`meter ${free}: expected one that is barred, got one that is not`))
  stopped.lift(barred)
  stopped.close()
  const again = open()
  expect(again.journal).toEqual([])
  expect(() => again.lift(barred)).toThrow(/expected one that is barred/)
  again.close()
})

it('keeps no fault from before a lift, and the proven one for which a meter is barred however old', () => {
  const [lifted, barred, old] = others as [MeterId, MeterId, MeterId]
  const fault = (meterId: MeterId, slot: number): RegistrarRecord => ({ kind: 'fault', meterId, slot: slot as Slot, what: 'silent' })
  const bar = (meterId: MeterId): RegistrarRecord => ({ kind: 'barred', meterId, until: undefined, why: 'proven', proofs: [] })
  const records = [fault(barred, 5), bar(barred), fault(lifted, 190), bar(lifted), { kind: 'lifted', meterId: lifted } as const]
  expect(keptRegistrarRecords([fault(old, 6), ...records, fault(lifted, 200)])).toEqual([fault(barred, 5), bar(barred), fault(lifted, 200)])
})

it('refuses the folder of a registrar of protocol version 1', () => {
  open().close()
  const enrolment = { kind: 'enrolled', meterId: others[0], blindingKey: '00'.repeat(32), credential: '00'.repeat(80), addresses: [] }
  const { log } = RecordLog.open(join(folder, 'registrar.log'), false)
  log.append(concatBytes(u8(1), utf8(JSON.stringify(enrolment))))
  log.close()
  const before = readFileSync(join(folder, 'registrar.log'))
  expect(open).toThrow(
    new RegistrarStoreError(
      `${folder}: expected a registrar's folder of protocol version 2, got one of version 1. Begin in an empty folder`
    )
  )
  expect(readFileSync(join(folder, 'registrar.log'))).toEqual(before)
})
