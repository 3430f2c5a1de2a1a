// Text that fits into 80 columns, whatever its numbers.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tableLines, wrapped, wrappedText } from '../../src/index.ts'

const widest = (lines: readonly string[]): number => Math.max(...lines.map(line => [...line].length))

describe('wrapped text', () => {
  it('breaks between words, and puts the same blanks before each further line', () => {
    expect(wrapped('a bb ccc dddd', { width: 8, first: 'x: ' })).toEqual(['x: a bb', '   ccc', '   dddd'])
    expect(wrapped('a bb ccc', { width: 6, next: '  ' })).toEqual(['a bb', '  ccc'])
    expect(wrapped('')).toEqual([''])
  })

  it('gives a word that is longer than a line a line of its own', () => {
    const path = `/var/lib/${'x'.repeat(90)}`
    expect(wrapped(`written to ${path} now`)).toEqual(['written to', path, 'now'])
  })

  it('counts what a terminal shows, not UTF-16 units', () => {
    expect(wrapped(`${'𝛼'.repeat(39)} ${'𝛽'.repeat(40)}`)).toHaveLength(1)
  })

  it('keeps lines that fit as they are, and how far others are in', () => {
    const long = `  ${'word '.repeat(30).trim()}`
    const lines = wrappedText(`a   b\n\n${long}`).split('\n')
    expect(lines.slice(0, 2)).toEqual(['a   b', ''])
    expect(lines.slice(2).every(line => /^ {2}word/.test(line) && line.length <= 80)).toBe(true)
  })
})

describe('a table', () => {
  it('has the cells of a column below each other, and no blanks at the end', () => {
    expect(
      tableLines(
        [
          ['a', '1', 'x'],
          ['bcd', '22', '']
        ],
        { right: [false, true] }
      )
    ).toEqual(['a     1  x', 'bcd  22'])
  })

  it('wraps sentences in its last column', () => {
    const lines = tableLines([['condition 1', 'holds', 'one sentence '.repeat(12).trim()]])
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.slice(1).every(line => line.startsWith(' '.repeat(20)))).toBe(true)
    expect(widest(lines)).toBeLessThanOrEqual(80)
  })

  it('has remarks, which have no heading, below their rows where there is no room beside them', () => {
    const cells = ['2026-03-17 06:00', '123456.789', '123456.789', '10000', '10000', 'dcnet']
    const head = ['slot start', 'import kWh', 'export kWh', 'meters', 'missing', 'mode', '']
    const lines = tableLines([head, [...cells, ''], [...cells, 'withheld: 3 of 49 can feed in, 6 are needed']])
    expect(lines).toHaveLength(4)
    expect(lines[3]).toBe('  withheld: 3 of 49 can feed in, 6 are needed')
  })

  it('comes in parts where it is too wide, each with the first column', () => {
    const rows = [
      ['n', ...Array.from({ length: 9 }, (_, i) => `column ${i}`)],
      ['10000', ...Array(9).fill('1234567.890')]
    ]
    const lines = tableLines(rows, { right: rows[0]?.map((_, i) => i > 0) ?? [] })
    expect(widest(lines)).toBeLessThanOrEqual(80)
    expect(lines.filter(line => line.startsWith('10000'))).toHaveLength(2)
    expect(lines.join(' ').match(/1234567\.890/g)).toHaveLength(9)
  })

  it('never breaks a number, and keeps to its width', () => {
    const cell = fc.oneof(
      fc.integer().map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value.toFixed(3).slice(-30))
    )
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 7, maxLength: 7 }), { minLength: 1, maxLength: 5 }), rows => {
        const lines = tableLines(rows, { right: Array(7).fill(true) })
        expect(widest(lines)).toBeLessThanOrEqual(80)
        const words = new Set(lines.flatMap(line => line.split(/ +/)))
        for (const each of rows.flat()) expect(words.has(each)).toBe(true)
      }),
      { seed: 80 }
    )
  })
})
