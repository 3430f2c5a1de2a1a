// Options that the programs of all roles have in common, and how their values are read.
import { describe, expect, it } from 'vitest'
import { autoOr, listensOnLoopbackOnly, moment, type NodeOptions, nodeCommand, wholeNumber } from '../../src/program/node-command.ts'

const NEEDED = ['--network', 'n.yaml', '--data-dir', 'd']

function parse(...args: readonly string[]): NodeOptions {
  const command = nodeCommand('node', 'a node', '/ip4/0.0.0.0/tcp/7400')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  let options: NodeOptions | undefined
  command.action(given => {
    options = given
  })
  command.parse([...NEEDED, ...args], { from: 'user' })
  if (!options) throw new Error('the action was not called')
  return options
}

describe('options of every node', () => {
  it('are the ones given, with a default to listen on', () => {
    expect(parse()).toEqual({ network: 'n.yaml', dataDir: 'd', listen: ['/ip4/0.0.0.0/tcp/7400'] })
    const listen = ['/ip4/127.0.0.1/tcp/0', '/ip6/::1/tcp/1']
    expect(parse('--listen', ...listen).listen).toEqual(listen)
    expect(parse('--listen', listen[0] ?? '', '--json', '--listen', listen[1] ?? '').listen).toEqual(listen)
    expect(parse('--announce', '/dns4/meter.example/tcp/7400').announce).toEqual(['/dns4/meter.example/tcp/7400'])
    expect(parse('--preset', 'lab', '--json')).toMatchObject({ preset: 'lab', json: true })
  })

  it('take no address that cannot be listened on, or that nobody could dial', () => {
    for (const listen of [
      '7400',
      '/ip4/1.2.3.4',
      '/ip4/1.2.3.4/udp/1',
      '/ip4/1.2.3.4/tcp/65536',
      '/dns4/a/tcp/1',
      '/ip4/1.2.3.4/tcp/1/p2p/x'
    ]) {
      expect(() => parse('--listen', listen), listen).toThrow(/^--listen: expected a multiaddr such as/)
    }
    for (const announce of ['/ip4/1.2.3.4/tcp/0', '/dns4/a b/tcp/1', '/dns4//tcp/1']) {
      expect(() => parse('--announce', announce), announce).toThrow(/^--announce: expected a multiaddr such as/)
    }
  })

  it('have a lab clock of three parts', () => {
    expect(parse('--lab-clock', '2026-11-20T23:40:00Z,2013-02-04T00:00:00+00:00,1.5').labClock).toEqual({
      real: Date.UTC(2026, 10, 20, 23, 40),
      protocol: Date.UTC(2013, 1, 4),
      rate: 1.5
    })
    for (const wrong of ['', '2026-11-20T23:40:00Z', '2026-11-20T23:40:00Z,2013-02-04T00:00:00Z,1,2']) {
      expect(() => parse('--lab-clock', wrong), wrong).toThrow(/expected REAL,PROTOCOL,RATE/)
    }
    for (const rate of ['0', '-1', '1e3', 'fast', '1000001']) {
      expect(() => parse('--lab-clock', `2026-11-20T23:40:00Z,2013-02-04T00:00:00Z,${rate}`), rate).toThrow(/expected a rate above 0/)
    }
  })
})

it('reads moments from 1970 on, with a zone', () => {
  expect(moment('--at', '1970-01-01T00:00:01Z')).toBe(1000)
  expect(moment('--at', '2013-02-04T01:00:00+01:00')).toBe(Date.UTC(2013, 1, 4))
  for (const wrong of ['', 'now', '2013-02-04', '2013-02-04T00:00:00', '1969-12-31T23:59:59Z', '2013-02-30T00:00:00Z']) {
    expect(() => moment('--at', wrong), wrong).toThrow(/^--at: expected a time from 1970 on/)
  }
})

it('reads whole numbers within their limits', () => {
  const number = wholeNumber('--n', 3, 10)
  expect([number('3'), number('10')]).toEqual([3, 10])
  for (const wrong of ['2', '11', '3.5', '-3', '0x5', '', 'many'])
    expect(() => number(wrong), wrong).toThrow(/^--n: expected a whole number/)
})

it('reads auto where that is offered, and says so where neither came', () => {
  const length = autoOr(wholeNumber('--slot-ms', 100, 900))
  expect([length('auto'), length('300')]).toEqual(['auto', 300])
  for (const wrong of ['Auto', '50', ''])
    expect(() => length(wrong), wrong).toThrow(/^--slot-ms: expected auto, or a whole number from 100 to 900, got /)
})

it('tells whether only this machine can reach what listens', () => {
  expect(listensOnLoopbackOnly(['/ip4/127.0.0.1/tcp/0', '/ip6/::1/tcp/0'])).toBe(true)
  expect(listensOnLoopbackOnly(['/ip4/127.0.0.1/tcp/0', '/ip4/0.0.0.0/tcp/0'])).toBe(false)
  expect(listensOnLoopbackOnly(['/ip6/::/tcp/0'])).toBe(false)
})
