// What meters and customers bring to the supplier's node, which runs as a process of its own, in either mode.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseBands } from '@hushgrid/billing'
import { openKeyFile, openStore, type Store } from '@hushgrid/mdms'
import { bringBill, DeliveryRefusedError, deliverBatch, NetworkNode, presetNamed, SystemClock } from '@hushgrid/network'
import { IdentityKey, systemRng } from '@hushgrid/primitives'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPseudonyms } from '../../src/household/pseudonyms.ts'
import { expectRefused, LONG, runMdms } from '../support/command-tools.ts'
import { DYNAMIC, FROM, House, SLOT_SECONDS, tariffText, UNTIL } from '../support/delivered-house.ts'
import { RunningNode } from '../support/node-tools.ts'

const NETWORK = 'elm-street'
const ADA = 'correct horse battery'
const BILL = 'a password for billing'
const CHEAP = tariffText('cheap', '12')
/** An aggregator that nobody is: the node goes on asking. */
const AGGREGATOR = '/ip4/127.0.0.1/tcp/9/p2p/12D3KooWEgrYMYx3eSWv6mWyeXyaAZ9BBk3b3yNkEPPVqHRxtLcN'

describe.each([
  { mode: 'dcnet', more: ['--aggregator', AGGREGATOR] },
  { mode: 'pes', more: ['--bits', '2048'] }
])('by $mode', ({ mode, more }) => {
  const folder = mkdtempSync(join(tmpdir(), 'hushgrid-deliveries-'))
  const data = join(folder, 'mdms')
  const networkFile = join(folder, 'network.yaml')
  const bandsFile = join(folder, 'bands.csv')
  const at = (args: readonly string[]): string[] => [...args, '--data-dir', data]
  const house = new House(`house by ${mode}`)
  const other = new House(`other house by ${mode}`)
  const period = { from: FROM, until: UNTIL }
  let running: RunningNode
  let node: NetworkNode
  let address = ''

  const deliver = (identity: IdentityKey, batch: Uint8Array) =>
    deliverBatch({ node, identity, network: NETWORK, address }, batch, AbortSignal.timeout(30_000))
  const bring = (identity: IdentityKey, bill: Uint8Array) =>
    bringBill({ node, identity, network: NETWORK, address }, bill, AbortSignal.timeout(30_000))
  const refusal = async (delivery: Promise<void>): Promise<string> => {
    const cause: unknown = await delivery.then(
      () => 'taken',
      error => error
    )
    expect(cause).toBeInstanceOf(DeliveryRefusedError)
    return (cause as Error).message
  }

  async function withStore<T>(run: (store: Store) => Promise<T>): Promise<T> {
    const keys = openKeyFile(join(data, 'mdms.keys'), systemRng)
    const store = await openStore({ location: join(data, 'mdms.db'), keys, clock: new SystemClock() })
    try {
      return await run(store)
    } finally {
      await store.close()
    }
  }

  const householdOf = ({ meter }: House): string => openPseudonyms(data, systemRng)(meter.id)
  const storedBills = () => withStore(store => store.readBills({ account: 'bill', role: 'billing' }, NETWORK, period))

  beforeAll(async () => {
    writeFileSync(networkFile, `name: ${NETWORK}\nslotSeconds: ${SLOT_SECONDS}\nmembers: 6\nminMembers: 6\ndropout: 0\nrecovery: none\n`)
    const hours = Array.from({ length: 24 }, (_, i) => `2026-03-02T${String(i).padStart(2, '0')}:00Z,${i < 20 ? 'low' : 'high'}`)
    writeFileSync(bandsFile, `slot_start_utc,band\n${hours.join('\n')}\n`)
    const listen = ['--listen', '/ip4/127.0.0.1/tcp/0']
    running = new RunningNode(at(['--network', networkFile, ...listen, ...more, '--bands', bandsFile]))
    address = String((await running.event('listening')).address)
    node = await NetworkNode.start({
      identity: IdentityKey.generate(systemRng),
      network: NETWORK,
      listen: [],
      preset: presetNamed('lab', NETWORK, 4)
    })
    expect(await runMdms(at(['account', 'add', 'ada', '--roles', 'admin']), [ADA])).toMatchObject({ status: 0 })
    expect(await runMdms(at(['account', 'add', 'bill', '--roles', 'billing', '--as', 'ada']), [ADA, BILL])).toMatchObject({ status: 0 })
  }, LONG)

  afterAll(async () => {
    await node.stop()
    await running.stop()
    rmSync(folder, { recursive: true })
  }, LONG)

  it('a batch is kept as it came, under a pseudonym, and twice is once', { timeout: LONG }, async () => {
    const household = householdOf(house)
    await deliver(house.meter, house.batch())
    await deliver(house.meter, house.batch())
    const batches = await running.events('batch', 2)
    expect(batches.map(({ firstSlot, slots, recorded }) => [firstSlot, slots, recorded])).toEqual([
      [FROM, 24, 'new'],
      [FROM, 24, 'known']
    ])
    await withStore(async store => {
      await store.createAccount(
        { account: 'ada', role: 'admin' },
        { account: 'kim', roles: ['customer'], household },
        'a password of Kim’s'
      )
      const [kept, ...others] = await store.readReadings({ account: 'kim', role: 'customer' }, household, period)
      expect(others).toEqual([])
      expect(kept).toMatchObject({ network: NETWORK, household, period })
      expect(Buffer.from(kept?.batch ?? []).equals(house.batch())).toBe(true)
    })
  })

  it('a batch that differs is refused, and so is one that another meter signs', { timeout: LONG }, async () => {
    const conflict = await refusal(deliver(house.meter, house.batch(1n)))
    expect(conflict).toMatch(/^readings of this household in slots .*expected each slot in one batch, got a second one.*the first stays$/)
    const stolen = await refusal(deliver(other.meter, house.batch()))
    expect(stolen).toBe(`batch: expected one of the meter that signs the delivery, ${other.meter.id}, got one of ${house.meter.id}`)
    const cut = await refusal(deliver(house.meter, house.batch().subarray(0, 150)))
    expect(cut).toMatch(/^batch, encoding: /)
    // The last of the three: had one of them been kept, that would have been logged before.
    await running.event('refused', ({ reason }) => reason === cut)
    expect(running.all('refused').map(({ reason }) => reason)).toContain(stolen)
    expect(running.all('batch')).toHaveLength(2)
  })

  it('a bill by a tariff that the store does not have is refused, and taken once it has', { timeout: LONG }, async () => {
    const sentence = await refusal(bring(house.customer, house.bill(CHEAP)))
    expect(sentence).toMatch(/^bill, tariff: expected the prices of a tariff of the supplier for slots \d+ to \d+, got others/)
    const file = join(folder, 'cheap.yaml')
    writeFileSync(file, CHEAP)
    expect(await runMdms(at(['tariff', 'add', file, '--as', 'bill']), [BILL])).toMatchObject({ status: 0, out: 'tariff cheap: added\n' })
    await bring(house.customer, house.bill(CHEAP))
    await bring(other.customer, house.bill(CHEAP))
    const logged = await running.events('bill', 2)
    expect(logged.map(({ firstSlot, slots, recorded }) => [firstSlot, slots, recorded])).toEqual([
      [FROM, 24, 'new'],
      [FROM, 24, 'known']
    ])
    const bills = await storedBills()
    expect(bills).toEqual([expect.objectContaining({ household: householdOf(house), period, tariff: 'cheap', gaps: 0 })])
  })

  it('a bill that is a unit lower, or by another tariff, is refused by what failed', { timeout: LONG }, async () => {
    expect(await refusal(bring(other.customer, other.bill(CHEAP, 1n)))).toMatch(/^bill, opening: /)
    expect(await refusal(bring(other.customer, other.bill(tariffText('dear', '13'))))).toMatch(/^bill, tariff: /)
    expect(await storedBills()).toHaveLength(1)
  })

  it('a bill by a dynamic tariff is checked with the bands', { timeout: LONG }, async () => {
    const file = join(folder, 'windy.yaml')
    writeFileSync(file, DYNAMIC)
    const added = ['tariff', 'add', file, '--as', 'bill', '--from', '2026-03-01T00:00:00Z', '--until', '2026-04-01T00:00:00Z']
    expect(await runMdms(at(added), [BILL])).toMatchObject({ status: 0 })
    const rows = (low: number): string =>
      Array.from({ length: 24 }, (_, i) => `2026-03-02T${String(i).padStart(2, '0')}:00Z,${i < low ? 'low' : 'high'}\n`).join('')
    const bands = (low: number) => parseBands(`slot_start_utc,band\n${rows(low)}`, 'bands.csv', SLOT_SECONDS)
    // The customer has one hour more at the lower price than the supplier says.
    expect(await refusal(bring(other.customer, other.bill(DYNAMIC, 0n, {}, bands(21))))).toMatch(/^bill, tariff: /)
    await bring(other.customer, other.bill(DYNAMIC, 0n, {}, bands(20)))
    expect((await storedBills()).map(each => each.tariff).sort()).toEqual(['cheap', 'windy'])
    const { out } = await runMdms(at(['tariff', 'list', '--as', 'bill']), [BILL])
    expect(out).toMatch(/cheap +always/)
    expect(out).toMatch(/windy +2026-03-01T00:00:00Z +2026-04-01T00:00:00Z/)
  })

  it('a bill that comes as a file is checked in the same way', { timeout: LONG }, async () => {
    const third = new House(`third house by ${mode}`)
    const file = join(folder, 'march.bill')
    const take = (...args: string[]) => runMdms(at(['bill', 'take', file, ...args]))
    writeFileSync(file, third.bill(CHEAP, 1n))
    await expectRefused(take(), /bill, opening: /, [ADA, BILL])
    writeFileSync(file, third.bill(CHEAP))
    const said = `bill of ${householdOf(third)}, 2026-03-02T00:00:00Z to 2026-03-03T00:00:00Z, tariff cheap: checked`
    expect(await take()).toEqual({ status: 0, out: `${said} and kept\n`, errors: '' })
    expect(await take('--bands', bandsFile)).toEqual({ status: 0, out: `${said}, and kept before\n`, errors: '' })
    await expectRefused(take('--network', 'oak-street'), /--network: expected one of elm-street, got "oak-street"/, [])
  })

  it('the log has no amount, no household and no meter that brought anything that was kept', { timeout: LONG }, async () => {
    const bills = await storedBills()
    expect(bills).toHaveLength(3)
    expect(await running.stop()).toBe(0)
    // A port or an id may have the digits of an amount by chance.
    const output = running.output.replaceAll(/\/tcp\/\d+\/p2p\/\w+|[0-9a-f]{64}/g, '')
    for (const { amount, household } of bills) {
      expect(output).not.toContain(String(amount))
      expect(running.output).not.toContain(household)
    }
    const kept = JSON.stringify([...running.all('batch'), ...running.all('bill')])
    for (const each of [house, other]) for (const { id } of [each.meter, each.customer]) expect(kept).not.toContain(id)
  })
})
