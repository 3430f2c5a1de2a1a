// Lines of a log: plain or JSON, repetitions held back, and nothing a peer sent that passes for a line of ours.
import { describe, expect, it } from 'vitest'
import { logLines } from '../../src/program/log-lines.ts'

/** A log whose clock is set by hand; what it has written so far. */
function recorded(json: boolean) {
  const lines: string[] = []
  const clock = { now: Temporal.Instant.from('2026-01-01T00:00:00Z').epochMilliseconds }
  const log = logLines(
    'meter',
    json,
    line => lines.push(line),
    () => clock.now
  )
  return { log, lines, clock }
}

describe('plain lines', () => {
  it('are one an event: time in UTC, role, event, fields', () => {
    const { log, lines, clock } = recorded(false)
    log.info('slot', { slot: 7, total: -3, ok: true })
    clock.now += 1234
    log.warn('late')
    log.info('stopped')
    expect(lines).toEqual([
      '2026-01-01T00:00:00.000Z meter slot slot=7 total=-3 ok=true\n',
      '2026-01-01T00:00:01.234Z meter warning: late\n',
      '2026-01-01T00:00:01.234Z meter stopped\n'
    ])
  })

  it('stay one line, and one field each, whatever a peer put into a value', () => {
    const { log, lines } = recorded(false)
    const hostile = 'no\n2026-01-01T00:00:00.000Z meter total watts=0'
    for (const reason of [hostile, 'a\rb', 'a\u2028b', '\u001b[2Jb', 'a b=c', 'quoted "so"', 'a=b', 'so"', '', '\u202egnp'])
      log.info('refused', { reason, slot: 7 })
    for (const line of lines) {
      expect(line.slice(0, -1)).not.toMatch(/[\p{C}\u2028\u2029]/u)
      expect(line).toMatch(/^2026-01-01T00:00:00\.000Z meter refused reason="(?:[^"\\]|\\.)*" slot=7\n$/)
    }
    expect(lines).toHaveLength(10)
  })
})

describe('lines that follow on each other', () => {
  const lose = (json: boolean): string[] => {
    const { log, lines } = recorded(json)
    for (const slot of [7, 8, 9]) log.info('lost', { slot, reason: 'away' }, 'away')
    log.info('total', { slot: 10 })
    log.info('lost', { slot: 11, reason: 'away' }, 'away')
    log.info('stopping')
    return lines
  }

  it('are one plain line with their number and the last slot, before the next other line', () => {
    expect(lose(false).map(line => line.slice(25))).toEqual([
      'meter lost slot=7 reason=away slots=3 last=9\n',
      'meter total slot=10\n',
      'meter lost slot=11 reason=away\n',
      'meter stopping\n'
    ])
  })

  it('are all there as JSON', () => {
    expect(lose(true)).toHaveLength(6)
  })
})

describe('JSON lines', () => {
  it('are one object an event', () => {
    const { log, lines } = recorded(true)
    log.info('slot', { slot: 7, ok: false })
    log.warn('late', { reason: 'no\nline "of" its own' })
    expect(lines.every(line => line.endsWith('\n') && line.indexOf('\n') === line.length - 1)).toBe(true)
    expect(lines.map(line => JSON.parse(line))).toEqual([
      { time: '2026-01-01T00:00:00.000Z', level: 'info', role: 'meter', event: 'slot', slot: 7, ok: false },
      { time: '2026-01-01T00:00:00.000Z', level: 'warn', role: 'meter', event: 'late', reason: 'no\nline "of" its own' }
    ])
  })
})

describe('warnings', () => {
  it('that repeat are held back for ten seconds, and counted with the next one', () => {
    const { log, lines, clock } = recorded(true)
    const warn = (i: number) => log.warn('dropped', { i })
    for (let i = 0; i < 5; i++) warn(i)
    clock.now += 9_999
    warn(5)
    expect(lines).toHaveLength(1)
    clock.now += 1
    warn(6)
    warn(7)
    clock.now += 10_000
    warn(8)
    clock.now += 10_000
    warn(9)
    expect(lines.map(line => JSON.parse(line)).map(({ i, repeated }) => [i, repeated])).toEqual([
      [0, undefined],
      [6, 5],
      [8, 1],
      [9, undefined]
    ])
  })

  it('of different kinds do not hold each other back, and informations are never held back', () => {
    const { log, lines } = recorded(true)
    for (let i = 0; i < 3; i++) {
      log.warn('one')
      log.warn('two', {}, 'two of this kind')
      log.warn('three', {}, 'two of this kind')
      log.info('one')
    }
    const written = lines.map(line => JSON.parse(line)).map(({ level, event }) => `${level} ${event}`)
    expect(written).toEqual(['warn one', 'warn two', 'info one', 'info one', 'info one'])
  })

  it('of ever new kinds take no ever growing memory, and the latest are still held back', () => {
    const { log, lines } = recorded(true)
    for (let i = 0; i < 1000; i++) log.warn(`kind ${i}`)
    expect(lines).toHaveLength(1000)
    log.warn('kind 999')
    log.warn('kind 900')
    expect(lines).toHaveLength(1000)
    log.warn('kind 0')
    expect(lines).toHaveLength(1001)
  })
})
