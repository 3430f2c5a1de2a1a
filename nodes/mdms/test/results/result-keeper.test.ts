// Results of the supplier's machine in a real store, also one that is away for a while.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Actor, keyRing, openStore, type Store, StoreUnavailableError } from '@hushgrid/mdms'
import type { PesTerms, SupplierOutput } from '@hushgrid/pes'
import {
  EXPORT_LANE,
  IdentityKey,
  IMPORT_LANE,
  lanesFromIntegers,
  type Millis,
  type ObisCode,
  SeededRng,
  type Slot,
  sha256,
  utf8
} from '@hushgrid/primitives'
import { logLines } from '@hushgrid/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPseudonyms, type Pseudonyms } from '../../src/household/pseudonyms.ts'
import { MdmsEvents } from '../../src/results/mdms-events.ts'
import { FollowedKeeper, NotKeptError, ResultKeeper } from '../../src/results/result-keeper.ts'

const NETWORK = 'elm-street'
const FIRST = 1_900_800
const NOW = (FIRST + 200) * 900_000
const rng = new SeededRng('result keeper')
const meters = [IdentityKey.generate(rng).id, IdentityKey.generate(rng).id] as const
const terms = { lanes: [IMPORT_LANE, EXPORT_LANE] } as unknown as PesTerms
const PASSWORD = 'correct horse battery'
const admin: Actor = { account: 'ada', role: 'admin' }
const as = (role: Actor['role']): Actor => ({ account: 'eve', role })
const DAY = { from: FIRST as Slot, until: (FIRST + 96) as Slot }

/** A store that can be taken away and brought back, as a database server that is restarted is. */
class Server {
  readonly #location: string
  #open: Store | undefined
  /** What the keeper is given: always the store that is open now, or the closed one. */
  readonly store: Store

  private constructor(location: string, open: Store) {
    this.#location = location
    this.#open = open
    this.store = new Proxy(open, {
      get: (_, name) => {
        const now = this.#open as Store
        const value: unknown = Reflect.get(now, name, now)
        return typeof value === 'function' ? value.bind(now) : value
      }
    })
  }

  static async start(location: string): Promise<Server> {
    const server = new Server(location, await opened(location))
    await server.store.registerNetwork({ network: NETWORK, slotSeconds: 900 })
    return server
  }

  stop(): Promise<void> {
    return (this.#open as Store).close()
  }

  async restart(): Promise<void> {
    this.#open = await opened(this.#location)
  }
}

function opened(location: string): Promise<Store> {
  const keys = keyRing([{ id: 'test', key: sha256(utf8('test key')) }])
  return openStore({ location, keys, clock: { now: () => NOW as Millis }, rng, flush: false })
}

let folder = ''
let server: Server
let keeper: ResultKeeper
let pseudonymOf: Pseudonyms
let told: { refused: string[]; warned: string[]; failed: unknown[] }

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-keeper-'))
  server = await Server.start(join(folder, 'mdms.db'))
  pseudonymOf = openPseudonyms(folder, rng)
  told = { refused: [], warned: [], failed: [] }
  keeper = keeperOf()
})
afterEach(async () => {
  await keeper.stop()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

function keeperOf(network = NETWORK): ResultKeeper {
  return new ResultKeeper({
    store: server.store,
    network,
    pseudonymOf,
    now: () => NOW as Millis,
    refused: reason => told.refused.push(reason),
    warn: message => told.warned.push(message),
    fail: cause => told.failed.push(cause)
  })
}

const hashOf = (text: string): Uint8Array => sha256(utf8(text))

function total(n: number, values: readonly bigint[] = [1000n + BigInt(n), -5n], contributors = [0, 1, 2, 4]): SupplierOutput {
  const hash = hashOf(`aggregate ${n} ${values}`)
  return { type: 'total', slot: (FIRST + n) as Slot, contributors, missing: [3, 7], lanes: lanesFromIntegers(values), hash }
}

function lost(n: number): SupplierOutput {
  return { type: 'lost', reason: 'too-few', slot: (FIRST + n) as Slot, contributors: [0, 5], missing: [1], hash: hashOf(`lost ${n}`) }
}

function consumption(meter: 0 | 1, values: readonly bigint[] = [96_000n, -7n], slots = 96): SupplierOutput {
  const period = { firstSlot: FIRST as Slot, slots, readings: slots }
  return { type: 'consumption', meterId: meters[meter], ...period, lanes: lanesFromIntegers(values) }
}

function take(...outputs: readonly SupplierOutput[]): void {
  for (const output of outputs) keeper.take(output, terms)
}

async function read() {
  const { store } = server
  await store.createFirstAccount(admin.account, PASSWORD)
  await store.createAccount(admin, { account: 'eve', roles: ['supplier-analyst', 'billing', 'auditor'] }, PASSWORD)
  return {
    totals: await store.readTotals(as('supplier-analyst'), NETWORK, DAY),
    lost: await store.readLostSlots(as('supplier-analyst'), NETWORK, DAY),
    consumption: await store.readConsumption(as('billing'), NETWORK, DAY),
    conflicts: await store.readConflicts(as('auditor'), NETWORK)
  }
}

describe('results', () => {
  it('are in the store once they are settled: totals, lost slots, and households under their accounts', async () => {
    take(total(0), lost(1), total(2, [-(2n ** 50n), 2n ** 50n]), consumption(0), consumption(1, [-1n, 0n]))
    await keeper.settled()
    const common = { network: NETWORK, mode: 'pes', received: NOW }
    const kept = await read()
    expect(kept.totals).toEqual([
      {
        ...common,
        slot: FIRST,
        lanes: { [IMPORT_LANE]: 1000n, [EXPORT_LANE]: -5n },
        contributors: 4,
        missing: 2,
        resultHash: hashOf('aggregate 0 1000,-5')
      },
      expect.objectContaining({ slot: FIRST + 2, lanes: { [IMPORT_LANE]: -(2n ** 50n), [EXPORT_LANE]: 2n ** 50n } })
    ])
    expect(kept.lost).toEqual([{ ...common, slot: FIRST + 1, reason: 'too few readings to be added up: 2', resultHash: hashOf('lost 1') }])
    const household = { network: NETWORK, period: DAY, source: 'paillier', received: NOW }
    expect(kept.consumption).toHaveLength(2)
    expect(kept.consumption).toContainEqual({
      ...household,
      household: pseudonymOf(meters[0]),
      lanes: { [IMPORT_LANE]: 96_000n, [EXPORT_LANE]: -7n }
    })
    expect(kept.consumption).toContainEqual({
      ...household,
      household: pseudonymOf(meters[1]),
      lanes: { [IMPORT_LANE]: -1n, [EXPORT_LANE]: 0n }
    })
    expect(told).toEqual({ refused: [], warned: [], failed: [] })
  })

  it('that come again, as after a restart, change nothing; and what is no result is not kept', async () => {
    const results = [total(0), lost(1), consumption(0)]
    take(...results)
    await keeper.settled()
    await keeper.stop()
    await server.stop()
    await server.restart()
    keeper = keeperOf()
    take(
      ...results,
      { type: 'taken', hash: hashOf('anything') },
      { type: 'dropped', reason: 'implausible', from: meters[0] },
      { type: 'evidence', against: meters[0], what: 'two aggregates', envelopes: [] }
    )
    await keeper.settled()
    const kept = await read()
    expect([kept.totals.length, kept.lost.length, kept.consumption.length]).toEqual([1, 1, 1])
    expect(kept.conflicts).toEqual({ results: [], consumption: [], households: [] })
    expect(told).toEqual({ refused: [], warned: [], failed: [] })
  })

  it('that the store refuses for good are told, and hold up no other', async () => {
    take(
      total(0),
      total(0, [1n, 1n]),
      total(1, [5n, 5n], [0]),
      consumption(0, [1n, 1n], 4),
      consumption(1),
      consumption(1, [3n, 3n]),
      total(2)
    )
    await keeper.settled()
    const kept = await read()
    expect(kept.totals.map(({ slot, lanes }) => [slot - FIRST, lanes[IMPORT_LANE]])).toEqual([
      [0, 1000n],
      [2, 1002n]
    ])
    expect(kept.consumption.map(({ lanes }) => lanes[IMPORT_LANE])).toEqual([96_000n])
    expect(kept.conflicts.results.map(({ slot, resultHash }) => [slot, resultHash])).toEqual([[FIRST, hashOf('aggregate 0 1,1')]])
    expect(kept.conflicts.consumption).toHaveLength(1)
    expect(told.refused).toEqual([
      expect.stringMatching(/expected one result, got a second one that differs; the first stays$/),
      expect.stringMatching(/expected a total of 3 meters or more, got 1$/),
      expect.stringMatching(/expected 96 slots or more, got 4$/),
      expect.stringMatching(/expected one figure from paillier, got a second one that differs; the first stays$/)
    ])
    // No figure and no meter in what is told.
    for (const reason of told.refused) for (const meter of meters) expect(reason).not.toContain(meter)
    expect([told.warned, told.failed]).toEqual([[], []])
  })
})

describe('a store that is away', () => {
  it('for a while loses nothing: who waits is told that it is not kept yet, and it is kept once the store is back', async () => {
    take(total(0))
    await keeper.settled()
    await server.stop()
    take(total(1), lost(2), consumption(0))
    const started = performance.now()
    await expect(keeper.settled()).rejects.toThrow(new NotKeptError('the store: expected it to take 3 results by now, got no answer yet'))
    expect(performance.now() - started).toBeGreaterThan(4_000)
    expect(told.warned.length).toBeGreaterThan(1)
    for (const warned of told.warned) expect(warned).toMatch(/^.+mdms\.db: expected to read or write it, got /)
    await server.restart()
    take(total(3))
    await keeper.settled()
    const kept = await read()
    expect(kept.totals.map(({ slot }) => slot - FIRST)).toEqual([0, 1, 3])
    expect([kept.lost.length, kept.consumption.length]).toEqual([1, 1])
    expect([told.refused, told.failed]).toEqual([[], []])
  })

  it('when the node stops: it stops at once, and nobody is told that the result was taken', async () => {
    await server.stop()
    take(total(0), total(1))
    const waiting = keeper.settled()
    const started = performance.now()
    await keeper.stop()
    // It does not wait until it would try again, 2 s after the first time.
    expect(performance.now() - started).toBeLessThan(1_900)
    const message = 'the store: expected it to take all results, got some that it did not'
    await expect(waiting).rejects.toThrow(new NotKeptError(message))
    await expect(keeper.settled()).rejects.toThrow(new NotKeptError(message))
    await server.restart()
    expect((await read()).totals).toEqual([])
    // That it was told to stop is no failure.
    expect(told.failed).toEqual([])
  })

  it('is told from one that fails otherwise, which ends the node', async () => {
    const strange = keeperOf('oak-street')
    strange.take(total(0), terms)
    await expect(strange.settled()).rejects.toThrow(NotKeptError)
    expect(told.failed).toEqual([expect.objectContaining({ name: 'UnknownNetworkError' })])
    expect(told.failed[0]).not.toBeInstanceOf(StoreUnavailableError)
    expect([told.warned, told.refused]).toEqual([[], []])
    await strange.stop()
  })
})

describe('results that a DC-net’s aggregator gives', () => {
  const few = { able: 3, of: 25, needed: 6 }
  const withheld = { [EXPORT_LANE]: few }
  const counts = { contributors: 25, missing: 0 }
  const followed = (n: number, sums: readonly (readonly [ObisCode, bigint])[]) => ({
    ...{ type: 'total' as const, slot: (FIRST + n) as Slot, ...counts, hash: hashOf(`total ${n}`) },
    ...{ lanes: lanesFromIntegers(sums.map(([, sum]) => sum)), open: sums.map(([lane]) => lane), withheld: {} }
  })
  const withoutExport = { ...followed(0, [[IMPORT_LANE, 7n]]), withheld }

  it('are in the store with the reason of a lane that is withheld, which is no zero', async () => {
    const follow = new FollowedKeeper({
      ...{ store: server.store, network: NETWORK, now: () => NOW as Millis },
      refused: reason => told.refused.push(reason),
      warn: message => told.warned.push(message),
      fail: cause => told.failed.push(cause)
    })
    expect(await follow.take(withoutExport)).toBe('new')
    expect(
      await follow.take(
        followed(1, [
          [EXPORT_LANE, -5n],
          [IMPORT_LANE, 7n]
        ])
      )
    ).toBe('new')
    await follow.stop()
    const { totals } = await read()
    expect(totals.map(({ lanes }) => lanes)).toEqual([
      { [IMPORT_LANE]: 7n, [EXPORT_LANE]: few },
      { [IMPORT_LANE]: 7n, [EXPORT_LANE]: -5n }
    ])
    expect(told).toEqual({ refused: [], warned: [], failed: [] })
  })

  it('are logged with it', () => {
    const lines: Record<string, unknown>[] = []
    const log = logLines(
      'mdms',
      true,
      line => lines.push(JSON.parse(line)),
      () => 0
    )
    new MdmsEvents(log, 900, () => FIRST as Slot).followed(withoutExport)
    expect(lines).toMatchObject([{ event: 'total', ...counts, importKWh: 0.007, withheld: '3 of 25 can feed in, 6 are needed' }])
    expect(lines[0]).not.toHaveProperty('exportKWh')
  })
})
