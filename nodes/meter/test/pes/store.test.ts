// The store of a meter behind a concentrator: what outlives a restart, and what a lost or damaged journal means.
import { generateKeyPairSync } from 'node:crypto'
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageType, PaillierKeyPayload, PesJoinReply, PesReading, PesVariant, sealEnvelope } from '@hushgrid/messages'
import { createPesMeter, type PesMeterOutput, type PesMeterRecord, type PesMeterState, sealPesSetup, stepPesMeter } from '@hushgrid/pes'
import {
  type Epoch,
  IdentityKey,
  IMPORT_LANE,
  lanesFromIntegers,
  type Millis,
  SeededRng,
  type Slot,
  slotTimes,
  systemRng
} from '@hushgrid/primitives'
import { RecordLog, RecordLogError, SecretFileError } from '@hushgrid/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MeterStore } from '../../src/dcnet/store.ts'
import { PesMeterStore } from '../../src/pes/store.ts'

let folder = ''
let opened: PesMeterStore[] = []
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'hushgrid-pes-meter-')), 'data')
  opened = []
})
afterEach(() => {
  for (const store of opened) store.close()
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

const file = (name: string): string => join(folder, name)
const rng = new SeededRng('pes meter store')
const NETWORK = new Uint8Array(32).fill(5)
const signer = IdentityKey.generate(rng)

function open(): PesMeterStore {
  const store = PesMeterStore.open(folder, systemRng, false)
  opened.push(store)
  return store
}

function sealed(type: MessageType, slot: number, payload: Uint8Array, by = signer): Uint8Array {
  return sealEnvelope(by, type, NETWORK, 0 as Epoch, slot as Slot, payload)
}

function submission(slot: number, length = 44): PesMeterRecord {
  const bytes = new Uint8Array(length).fill(slot)
  return { kind: 'submission', slot: slot as Slot, bytes: sealed(MessageType.PesReading, slot, PesReading.encode({ sealed: bytes })) }
}

function append(...records: readonly PesMeterRecord[]): void {
  const store = open()
  for (const each of records) store.append(each)
  store.close()
}

/** What a start finds; undefined where it is not to be relied on. */
function journalAfterRestart(): readonly PesMeterRecord[] | undefined {
  const store = open()
  store.close()
  return store.journal
}

const LOSSES = [
  ['torn at its end', () => appendFileSync(file('pes-journal.log'), 'torn')],
  ['cut short', () => truncateSync(file('pes-journal.log'), statSync(file('pes-journal.log')).size - 1)],
  ['emptied', () => truncateSync(file('pes-journal.log'))],
  ['gone', () => rmSync(file('pes-journal.log'))]
] as const

describe('the store of a meter on the path by concentrator and PES', () => {
  it('gives back what was sent in the order it was written; only its owner may read it, and the keys stay', () => {
    const store = open()
    expect(store.journal).toEqual([])
    expect(store.secret.byteLength).toBe(32)
    const records = [submission(4), submission(5), submission(200, 1024)]
    for (const each of records) store.append(each)
    store.close()
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    for (const name of ['identity.key', 'aes.key', 'pes-journal.log']) expect(statSync(file(name)).mode & 0o777, name).toBe(0o600)
    for (let restart = 0; restart < 2; restart++) {
      const again = open()
      expect(again.journal).toEqual(records)
      expect([again.identity.id, again.secret]).toEqual([store.identity.id, store.secret])
      again.close()
    }
    expect(existsSync(file('pes-journal.lost'))).toBe(false)
  })

  it('gives back the last sixteen, and is written anew when it has grown', () => {
    const store = open()
    let largest = 0
    for (let slot = 0; slot < 1100; slot++) {
      store.append(submission(slot, 1000))
      largest = Math.max(largest, statSync(file('pes-journal.log')).size)
    }
    store.close()
    expect(largest).toBeGreaterThan(1_000_000)
    expect(statSync(file('pes-journal.log')).size).toBeLessThan(300_000)
    expect(journalAfterRestart()?.map(({ slot }) => slot)).toEqual(Array.from({ length: 16 }, (_, i) => 1084 + i))
  })

  it('has the identity that the meter has in the DC-net, whose journal does not speak for this one', () => {
    const other = MeterStore.open(folder, systemRng, false)
    other.close()
    const store = open()
    expect(store.identity.id).toBe(other.identity.id)
    expect(store.journal).toBe(undefined)
    store.append(submission(3))
    store.close()
    expect(journalAfterRestart()).toEqual([submission(3)])
    expect(MeterStore.open(folder, systemRng, false).journal).toEqual({ intact: true, records: [] })
  })

  it('with something else in the journal is refused', () => {
    open().close()
    const { log } = RecordLog.open(file('pes-journal.log'), false)
    log.append(sealed(MessageType.PesLeave, 4, new Uint8Array(0)))
    log.close()
    expect(open).toThrow(/^journal: expected readings that were sent, got a PesLeave$/)
    RecordLog.open(file('pes-journal.log'), false).log.replace([new Uint8Array(9)])
    expect(open).toThrow(/^envelope: expected protobuf of an envelope with a known type$|^sender: expected 32 bytes/)
  })

  it('with keys that others may read, or half a key, is refused', () => {
    open().close()
    for (const name of ['identity.key', 'aes.key']) {
      chmodSync(file(name), 0o644)
      expect(open).toThrow(new SecretFileError(`${file(name)}: expected to be readable by its owner only (mode 600), got mode 644`))
      chmodSync(file(name), 0o600)
      const whole = readFileSync(file(name))
      truncateSync(file(name), 12)
      expect(open).toThrow(new SecretFileError(`${file(name)}: expected 32 bytes, got 12`))
      rmSync(file(name))
      // The key as it was.
      PesMeterStore.open(folder, { bytes: () => new Uint8Array(whole) }, false).close()
    }
  })

  it('says so where a record cannot be written', () => {
    const store = open()
    store.append(submission(1))
    store.close()
    expect(() => store.append(submission(2))).toThrow(RecordLogError)
    // Nor is one that cannot be written anew passed over.
    const grown = open()
    mkdirSync(file('pes-journal.log.next'))
    expect(() => {
      for (let slot = 2; slot < 1100; slot++) grown.append(submission(slot, 1000))
    }).toThrow(RecordLogError)
    grown.close()
    rmSync(file('pes-journal.log.next'), { recursive: true })
    expect(journalAfterRestart()).toHaveLength(16)
  })
})

describe.each(LOSSES)('a journal that is %s', (_, harm) => {
  it('counts as lost at every start until the next submission is in it', () => {
    append(submission(1), submission(2))
    harm()
    for (let start = 0; start < 3; start++) expect(journalAfterRestart()).toBe(undefined)
    const failing = open()
    failing.close()
    expect(() => failing.append(submission(8))).toThrow(RecordLogError)
    expect(journalAfterRestart()).toBe(undefined)
    append(submission(9))
    expect(existsSync(file('pes-journal.lost'))).toBe(false)
    expect(journalAfterRestart()?.at(-1)).toEqual(submission(9))
  })
})

describe('a meter that is started again', () => {
  const SECONDS = 900
  const FIRST = 1000
  const times = (slot: number) => slotTimes(slot as Slot, SECONDS)
  const supplier = IdentityKey.generate(rng)
  // Odd and long enough is all that a meter asks of it.
  const n = rng.bytes(64).fill(0xff, 0, 1).fill(0x01, 63)
  const none = new Uint8Array(0)
  const key = PaillierKeyPayload.encode({ variant: PesVariant.Reencrypt, n, hs: none, splitHash: none, dealerSignature: none })
  const paillierKey = sealed(MessageType.PaillierKey, 0, key, supplier)
  const setup = sealPesSetup(
    signer,
    NETWORK,
    { paillierKey, rsaKey: generateKeyPairSync('rsa', { modulusLength: 3072 }).publicKey },
    {
      lanes: [IMPORT_LANE],
      slotSeconds: SECONDS,
      minMembers: 2,
      billingSlots: 8,
      minReadings: 2
    }
  )

  /** A meter with its store, taken in from the first slot on. */
  class Meter {
    readonly store = open()
    #state: PesMeterState

    constructor(at: number) {
      const { identity, secret, journal } = this.store
      const policy = { pes: signer.id, supplier: supplier.id, insecure: true }
      const config = { identity, secret, networkId: NETWORK, slotSeconds: SECONDS, concentrator: signer.id, policy, rng }
      this.#state = createPesMeter(config, journal, at as Millis)
      const admitted = sealed(MessageType.PesJoinReply, FIRST, PesJoinReply.encode({ refused: '', index: 0, firstSlot: FIRST }))
      for (const bytes of [setup, admitted]) this.feed({ type: 'message', from: signer.id, bytes }, at)
    }

    /** Carries out journal outputs at once, as the service does. */
    feed(input: Parameters<typeof stepPesMeter>[1], at: number): readonly PesMeterOutput[] {
      const { state, outputs } = stepPesMeter(this.#state, input, at as Millis)
      this.#state = state
      for (const output of outputs) if (output.type === 'journal') this.store.append(output.record)
      return outputs
    }

    /** Reads a slot when it has ended; what the meter publishes for it. */
    read(slot: number, at = times(slot).end + 1): Uint8Array[] {
      return this.feed({ type: 'reading', slot: slot as Slot, lanes: lanesFromIntegers([BigInt(slot)]) }, at).flatMap(output =>
        output.type === 'publish' ? [output.bytes] : []
      )
    }
  }

  it('sends no slot twice: what is in the journal goes out again only as it was', () => {
    const before = new Meter(times(FIRST).start)
    const [sent] = before.read(FIRST)
    before.store.close()
    const at = times(FIRST).end + 2
    const after = new Meter(at)
    expect(after.read(FIRST, at)).toEqual([])
    expect(after.feed({ type: 'concentrator-back' }, at)).toEqual([{ type: 'resend', bytes: sent }])
    expect(after.read(FIRST + 1)).toHaveLength(1)
  })

  it.each(LOSSES)('with a journal that is %s sends nothing of the slot that may be sent, nor of the one that runs', (_, harm) => {
    const before = new Meter(times(FIRST).start)
    expect(before.read(FIRST)).toHaveLength(1)
    before.store.close()
    harm()
    const at = times(FIRST).end + 2
    for (let start = 0; start < 2; start++) {
      const after = new Meter(at)
      expect(after.read(FIRST, at)).toEqual([])
      expect(after.feed({ type: 'concentrator-back' }, at)).toEqual([])
      expect(after.read(FIRST + 1)).toEqual([])
      if (start === 1) expect(after.read(FIRST + 2)).toHaveLength(1)
      after.store.close()
    }
    // From then on the journal is relied on again.
    const again = new Meter(times(FIRST + 2).end + 2)
    expect(again.read(FIRST + 2, times(FIRST + 2).end + 2)).toEqual([])
    expect(again.read(FIRST + 3)).toHaveLength(1)
  })

  it('whose reading cannot be kept does not send it', () => {
    const meter = new Meter(times(FIRST).start)
    meter.store.close()
    expect(() => meter.read(FIRST)).toThrow(RecordLogError)
  })
})
