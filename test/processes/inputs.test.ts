// What the programs of nodes/ do with wrong input and with trouble while they run: one sentence, and the exit status.
import { appendFileSync, chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { KnownReadings } from '../support/known-readings.ts'
import { killAllNodes, NodeProcess, type Role, runToEnd } from '../support/node-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-inputs-'))
const inFolder = (name: string): string => join(folder, name)
const network = inFolder('network.yaml')
const dealt = inFolder('dealt.yaml')
const recording = inFolder('readings.csv')
/** A peer that is not there. */
const PEER = '12D3KooWErYVbTadgSJVjq2G9jgjnK5xqpAB8oHLcgtgEvWnKrEp'
const NOWHERE = `/ip4/127.0.0.1/tcp/9/p2p/${PEER}`
const LOCAL = ['--listen', '/ip4/127.0.0.1/tcp/0']
/** Several processes, on two busy cores. */
const LONG = 120_000

beforeAll(() => {
  writeFileSync(network, 'name: inputs\nslotSeconds: 2\nmembers: 7\nrecovery: none\n')
  writeFileSync(dealt, `name: dealt\nslotSeconds: 2\nmembers: 7\ndealerKey: ${'5f'.repeat(32)}\n`)
  writeFileSync(inFolder('one-id.txt'), `${'0'.repeat(64)}\n`)
  writeFileSync(inFolder('double.yaml'), 'name: double\nslotSeconds: 2\nmembers: 7\nrecovery: double-mask\n')
  writeFileSync(inFolder('wide.yaml'), 'name: wide\nmembers: 300\ndegree: complete\nrecovery: double-mask\n')
  writeFileSync(inFolder('bad.yaml'), 'name: inputs\nmembers: few\n')
  writeFileSync(inFolder('allow.txt'), `# meters\n${'0'.repeat(64)}\nabc\n`)
  new KnownReadings(3, 2, 679_968_000, 20).write(recording)
  for (const name of ['open-key', 'short-key']) mkdirSync(inFolder(name))
  writeFileSync(inFolder('open-key/identity.key'), Buffer.alloc(32, 1))
  chmodSync(inFolder('open-key/identity.key'), 0o644)
  writeFileSync(inFolder('short-key/identity.key'), Buffer.alloc(31, 1), { mode: 0o600 })
})

afterEach(killAllNodes)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Options that are right, but for those given. */
function argsOf(role: Role, more: readonly string[], dataDir = inFolder(`data-${role}`)): string[] {
  const given = (option: string): boolean => more.includes(option)
  const own = role === 'registrar' || given('--registrar') ? [] : PEERS[role]
  const readings = role !== 'meter' || given('--data') || given('--synthetic') || given('--no-readings') ? [] : ['--synthetic', 'a:1']
  return [
    ...(given('--network') ? [] : ['--network', network]),
    ...(given('--data-dir') ? [] : ['--data-dir', dataDir]),
    ...(given('--listen') ? [] : LOCAL),
    ...own,
    ...readings,
    ...more.filter(text => text !== '--no-readings')
  ]
}

/** Whom a role cannot start without. */
const PEERS: Readonly<Record<Role, readonly string[]>> = {
  registrar: [],
  aggregator: ['--registrar', NOWHERE],
  meter: ['--registrar', NOWHERE],
  concentrator: ['--supplier', NOWHERE],
  pes: ['--supplier', NOWHERE, '--concentrator-key', '0'.repeat(64)],
  mdms: []
}

const WRONG: readonly (readonly [role: Role, options: readonly string[], sentence: RegExp])[] = [
  ['registrar', ['--nope'], /unknown option '--nope'/],
  ['registrar', ['--json', 'stray'], /too many arguments/],
  ['registrar', ['--network', inFolder('none.yaml')], /none\.yaml: expected a network file, got no such file/],
  ['registrar', ['--network', inFolder('bad.yaml')], /bad\.yaml:2:10: members: expected a whole number/],
  ['registrar', ['--network', inFolder('wide.yaml')], /degree 'complete': expected at most 254 mask neighbours with double mask, got 299/],
  ['registrar', ['--members', '5'], /--members: expected at least the network's minMembers, 6, got 5/],
  ['registrar', ['--allow', inFolder('allow.txt')], /allow\.txt:3: expected a meter id of 64 hexadecimal digits, got "abc"/],
  ['registrar', ['--preset', 'field'], /^--allow: expected a list of the meters that may enrol .*, or --open to take any; got neither/],
  [
    'registrar',
    ['--preset', 'field', '--open'],
    /^--aggregator-key: expected with the preset field, which takes nobody on trust; got none/
  ],
  ['registrar', ['--open', '--allow', inFolder('allow.txt')], /^--open: expected without --allow, which says who may enrol/],
  ['registrar', ['--aggregator-key', '12'], /--aggregator-key: expected 64 hexadecimal digits or a multiaddr/],
  ['registrar', ['--aggregator-key', '/ip4/1.2.3.4/tcp/1/p2p/xyz'], /expected the peer id of an Ed25519 key/],
  ['registrar', ['--listen', '/ip4/127.0.0.1/udp/1'], /--listen: expected a multiaddr such as/],
  ['registrar', ['--lab-clock', '2026-11-20T23:40:00Z,noon,900'], /--lab-clock: expected a time from 1970 on such as .*, got "noon"/],
  [
    'registrar',
    ['--data-dir', inFolder('open-key')],
    /identity\.key: expected to be readable by its owner only \(mode 600\), got mode 644/
  ],
  ['aggregator', ['--preset', 'house'], /^--preset: expected one of lab, field, got 'house'/],
  ['aggregator', ['--registrar', '/ip4/127.0.0.1/tcp/9'], /expected a multiaddr that ends in \/p2p\/ and the peer id/],
  ['aggregator', ['--data-dir', network], /network\.yaml: expected a folder that can be written to, got EEXIST/],
  ['aggregator', ['--data-dir', inFolder('short-key')], /aggregator\.db: expected an intact file, got none/],
  ['aggregator', ['--reader', '12'], /--reader: expected 64 hexadecimal digits or a multiaddr/],
  ['meter', ['--mode', 'pes'], /--registrar: expected with --mode dcnet only/],
  ['meter', ['--concentrator', NOWHERE], /--concentrator: expected with --mode pes only/],
  ['meter', ['--variant', 'direct'], /--variant: expected with --mode pes only/],
  ['meter', ['--mode', 'ring'], /^--mode: expected one of dcnet, pes, got 'ring'/],
  ['concentrator', ['--pes', NOWHERE, '--billing-slots', '4'], /--billing-slots: expected without --pes, the PES there has its own/],
  [
    'concentrator',
    ['--billing-slots', '4', '--min-readings', '5'],
    /--min-readings: expected at most the 4 slots of a billing period, got 5/
  ],
  ['concentrator', ['--pes-share', inFolder('none.share')], /none\.share: expected a file, got none there/],
  ['concentrator', ['--preset', 'field'], /^--allow: expected with the preset field/],
  ['concentrator', ['--pes', '/ip4/127.0.0.1/tcp/9'], /expected a multiaddr that ends in \/p2p\/ and the peer id/],
  ['concentrator', ['--allow', inFolder('allow.txt')], /allow\.txt: expected the key of who signs it in the network file \(dealerKey\)/],
  ['concentrator', ['--network', dealt, '--allow', inFolder('allow.txt')], /allow\.txt:3: expected a meter id of 64 .*, got "abc"/],
  ['pes', ['--network', dealt, '--allow', inFolder('one-id.txt')], /one-id\.txt: expected a line with the dealer's signature, got none/],
  ['pes', ['--preset', 'field'], /--allow: expected with the preset field, which takes nobody on trust; got none/],
  ['pes', ['--pes-share', recording], /expected to be readable by its owner only|expected a share of a Paillier key/],
  ['pes', ['--concentrator-key', '12'], /--concentrator-key: expected 64 hexadecimal digits or a multiaddr/],
  ['mdms', ['--preset', 'field'], /^--pes-key: expected with the preset field/],
  ['mdms', ['--preset', 'field', '--pes-key', '0'.repeat(64)], /^--concentrator-key: expected with the preset field/],
  ['mdms', ['--bits', '1024'], /--bits: expected one of 2048, 3072, 4096, got "1024"/],
  ['mdms', ['--share', recording], /expected to be readable by its owner only|expected a share of a Paillier key/],
  ['mdms', ['--store', 'postgres://127.0.0.1:9/none'], /127\.0\.0\.1/],
  ['mdms', ['--store', 'postgres:none'], /^--store: expected postgres:\/\/user@host:port\/database, got something else/],
  ['mdms', ['--store', 'postgres://mdms:hunter2@127.0.0.1:9/none'], /^--store: expected an address without a password(?!.*hunter2)/],
  ['mdms', ['--store', 'Postgres://127.0.0.1:9/none?password=hunter2'], /^--store: expected an address without a password(?!.*hunter2)/],
  ['mdms', ['--store', 'postgresql://mdms:hunter2@:x/none'], /^--store: expected postgres:(?!.*hunter2)/],
  ['mdms', ['--aggregator', '/ip4/127.0.0.1/tcp/9'], /expected a multiaddr that ends in \/p2p\/ and the peer id/],
  ['mdms', ['--aggregator', NOWHERE, '--bits', '2048'], /--bits: expected without --aggregator/],
  ['mdms', ['--aggregator', NOWHERE, '--share', recording], /--share: expected without --aggregator/],
  ['mdms', ['--aggregator', NOWHERE, '--pes-key', '0'.repeat(64)], /--pes-key: expected without --aggregator/],
  ['mdms', ['--aggregator', NOWHERE, '--concentrator-key', '0'.repeat(64)], /--concentrator-key: expected without --aggregator/],
  ['mdms', ['--aggregator', NOWHERE, '--min-period-slots', '4'], /--min-period-slots: expected without --aggregator/],
  ['mdms', ['--pes-key', 'pes.example'], /--pes-key: expected 64 hexadecimal digits or a multiaddr/],
  ['meter', ['--registrar', 'registrar.example'], /expected a multiaddr such as \/ip4\//],
  ['meter', ['--no-readings'], /expected either --data or --synthetic, got neither/],
  ['meter', ['--data', recording, '--synthetic', 'a'], /expected either --data or --synthetic, got both/],
  ['meter', ['--synthetic', 'a', '--household', '1'], /--household: expected with --data only/],
  ['meter', ['--data', inFolder('none.csv')], /none\.csv: no such file or folder/],
  ['meter', ['--data', network], /network\.yaml, line 1: expected a table with a column of stamps/],
  ['meter', ['--data', recording], /expected one household, got several, such as house-0 and house-1/],
  ['meter', ['--data', recording, '--household', 'house-9'], /no household house-9 there/],
  ['meter', ['--data', recording, '--household', '3'], /expected a household 3, got 3 households/],
  [
    'meter',
    ['--data', recording, '--household', '0', '--replay-from', '2014-01-01T00:00:00Z'],
    /--replay-from: expected a time from 2013-/
  ],
  ['meter', ['--min-recovery', 'some'], /--min-recovery: expected one of none, edge-release, double-mask, got 'some'/],
  ['meter', ['--data-dir', inFolder('open-key')], /identity\.key: expected to be readable by its owner only/]
]

describe('wrong input', () => {
  for (const role of ['registrar', 'aggregator', 'meter', 'concentrator', 'pes', 'mdms'] as const) {
    it(`${role}: is one clear sentence and status 2`, { timeout: LONG }, async () => {
      const cases = WRONG.filter(([of]) => of === role)
      const next = async (): Promise<void> => {
        for (let wrong = cases.shift(); wrong; wrong = cases.shift()) {
          const [, options, sentence] = wrong
          // Two run at once, and some have claimed their folder when they find what is wrong.
          const { status, out, errors } = await runToEnd(role, argsOf(role, options, inFolder(`wrong-${WRONG.indexOf(wrong)}`)))
          expect.soft(errors, options.join(' ')).toMatch(sentence)
          expect.soft(errors.trimEnd().split('\n'), options.join(' ')).toHaveLength(1)
          expect.soft([status, out], options.join(' ')).toEqual([2, ''])
        }
      }
      await Promise.all([next(), next()])
    })

    it(`${role}: explains itself with --help, with examples`, { timeout: LONG }, async () => {
      const { status, out, errors } = await runToEnd(role, ['--help'])
      expect([status, errors]).toEqual([0, ''])
      expect(out).toMatch(new RegExp(`^Usage: pnpm node:${role}`))
      expect(out).toMatch(new RegExp(`Examples:\n +pnpm node:${role} --`))
    })
  }
})

describe('a registrar', () => {
  it('takes a network that recovers by double mask', { timeout: LONG }, async () => {
    const registrar = new NodeProcess('registrar', [
      ...['--network', inFolder('double.yaml'), '--data-dir', inFolder('double'), '--json'],
      ...LOCAL
    ])
    expect(await registrar.event('starting')).toMatchObject({ network: 'double' })
    await registrar.event('listening')
    expect(await registrar.stop()).toMatchObject({ status: 0 })
  })
})

describe('a data directory', () => {
  const registrar = (name: string, more: readonly string[] = LOCAL): string[] => [
    ...['--network', network, '--data-dir', inFolder(name), '--json'],
    ...more
  ]

  it('belongs to one process at a time, and so does a port', { timeout: LONG }, async () => {
    const first = new NodeProcess('registrar', registrar('shared'))
    const address = String((await first.event('listening')).address).replace(/\/p2p\/.*/, '')
    const second = await runToEnd('registrar', registrar('shared'))
    expect([second.status, second.errors]).toEqual([
      2,
      expect.stringMatching(/shared: expected a data directory of our own, got one that another running node uses/)
    ])
    const third = await runToEnd('registrar', registrar('other', ['--listen', address]))
    expect([third.status, third.errors]).toEqual([2, expect.stringContaining(`${address}: expected a free TCP address`)])
    expect(await first.stop('SIGINT')).toMatchObject({ status: 0 })
    // The claim went with the process.
    const again = new NodeProcess('registrar', registrar('shared'))
    await again.event('listening')
    await again.kill()
    const after = new NodeProcess('registrar', registrar('shared'))
    await after.event('listening')
  })

  it('with a damaged registrar journal is refused, however often it is tried, and left as it is', { timeout: LONG }, async () => {
    const first = new NodeProcess('registrar', registrar('damaged'))
    await first.event('listening')
    await first.stop()
    const journal = inFolder('damaged/registrar.log')
    appendFileSync(journal, 'torn')
    const before = readFileSync(journal)
    for (let attempt = 0; attempt < 2; attempt++) {
      const { status, errors } = await runToEnd('registrar', registrar('damaged'))
      expect([status, errors]).toEqual([
        2,
        expect.stringMatching(/registrar\.log: expected the registrar's intact journal, got a damaged one/)
      ])
      expect(readFileSync(journal)).toEqual(before)
    }
    rmSync(journal)
    const { status, errors } = await runToEnd('registrar', registrar('damaged'))
    expect([status, errors]).toEqual([2, expect.stringMatching(/intact journal, got none/)])
  })

  it('that takes no more bytes ends the node with one sentence and status 1, and is whole afterwards', { timeout: LONG }, async () => {
    // A block of 512 or 1024 bytes: room for the key and the journal's beginning, and not for three enrolments.
    const first = new NodeProcess('registrar', registrar('full'), 1)
    const address = String((await first.event('listening')).address)
    for (let meter = 0; meter < 3; meter++)
      new NodeProcess(
        'meter',
        argsOf('meter', ['--registrar', address, '--data-dir', inFolder(`full-${meter}`), '--synthetic', `a:${meter}`])
      )
    const ending = await first.ended()
    expect(ending).toEqual({ status: 1, signal: null })
    expect(first.errors).toMatch(/^.*registrar\.log: expected to write .*\n$/)
    expect(first.all('stopped')).toHaveLength(1)
    await killAllNodes()
    const again = new NodeProcess('registrar', registrar('full'))
    await again.event('listening')
  })
})

describe('a meter', () => {
  it('that is not on the list ends with the registrar’s reason and status 1', { timeout: LONG }, async () => {
    copyFileSync(inFolder('allow.txt'), inFolder('one.txt'))
    writeFileSync(inFolder('one.txt'), `${'0'.repeat(64)}\n`)
    const listed = new NodeProcess('registrar', [
      '--network',
      network,
      '--data-dir',
      inFolder('listed'),
      ...LOCAL,
      '--allow',
      inFolder('one.txt'),
      '--json'
    ])
    const address = String((await listed.event('listening')).address)
    const meter = await runToEnd('meter', argsOf('meter', ['--registrar', address, '--data-dir', inFolder('unlisted')]))
    expect([meter.status, meter.errors]).toEqual([
      1,
      'the registrar refuses this meter: this meter is not on the list of meters that may enrol\n'
    ])
  })

  it('is told what its clock, its recording and its floors mean before it waits for a registrar', { timeout: LONG }, async () => {
    writeFileSync(inFolder('ring.yaml'), 'name: ring\nslotSeconds: 2\nmembers: 7\nminMembers: 3\ndegree: 2\n')
    const options = ['--network', inFolder('ring.yaml'), '--data', recording, '--household', 'house-1', '--json']
    const clock = `${new Date(Date.now() + 3_600_000).toISOString()},2013-02-04T00:00:00Z,900`
    const meter = new NodeProcess('meter', argsOf('meter', [...options, '--data-dir', inFolder('told'), '--lab-clock', clock]))
    expect(await meter.event('starting')).toMatchObject({ preset: 'lab', clock: '900 times as fast', network: 'ring' })
    await meter.event('early')
    await meter.event('readings', entry => entry.level === 'warn')
    await meter.event('trouble')
    expect(meter.all('floor')).toHaveLength(2)
    expect(await meter.stop()).toMatchObject({ status: 0 })

    const played = [...options, '--replay-from', '2013-02-04T00:00:10Z', '--data-dir', inFolder('played')]
    const replaying = new NodeProcess('meter', argsOf('meter', played))
    expect(await replaying.event('readings')).toMatchObject({ household: 'house-1', playedLaterBySlots: expect.any(Number) })
    await replaying.event('trouble')
    expect(replaying.all('readings')).toHaveLength(1)
    expect(await replaying.stop()).toMatchObject({ status: 0 })
  })
})
