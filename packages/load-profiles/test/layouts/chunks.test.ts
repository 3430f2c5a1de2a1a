// Files come out the same however they are cut into chunks.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DataFormatError } from '../../src/layouts/data-format-error.ts'
import { detectLayout } from '../../src/layouts/detect-layout.ts'
import { LineSplitter } from '../../src/layouts/line-splitter.ts'
import { ReadingsParser } from '../../src/layouts/readings-parser.ts'

/** A small file of each layout, with what is irregular in it. */
const SNIPPETS: readonly (readonly [name: string, text: string])[] = [
  ['wide.csv', 'slot_start_utc,Zoë,Łukasz\n2020-01-01T00:00Z,10,\n2020-01-01T00:15Z,11,7\n\n2020-01-01T00:45Z,,8'],
  [
    'london.csv',
    'LCLid,tstp,energy(kWh/hh)\nMAC1,2013-01-01 00:00:00.0000000, 0.1 \nMAC1,2012-12-18 15:13:41,Null\nMAC2,2013-01-01 00:30:00, 2 \n'
  ],
  ['Apt1_2016.csv', Array.from({ length: 31 }, (_, i) => `2016-01-01 00:${String(i).padStart(2, '0')}:00,${(i % 7) / 8}`).join('\n')],
  [
    'House1.csv',
    `Time,Unix,Aggregate,Issues\n${Array.from({ length: 260 }, (_, i) => `t,${1388534400 + 7 * i},${100 + (i % 9)},0`).join('\n')}\n`
  ],
  ['house_1/channel_1.dat', Array.from({ length: 260 }, (_, i) => `${1388534400 + 7 * i} ${100 + (i % 9)}`).join('\n')],
  [
    'uci.txt',
    `Date;Time;Global_active_power;x\n${Array.from({ length: 30 }, (_, i) => `1/1/2010;00:${String(i).padStart(2, '0')}:00;${i === 4 ? '?' : 0.24};1`).join('\n')}`
  ]
]

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

function parsed(name: string, text: string, chunks: readonly (string | Uint8Array)[]) {
  const layout = detectLayout(text.split('\n').slice(0, 20), name)
  const parser = new ReadingsParser({ slotSeconds: Math.max(900, layout.stepSeconds) })
  parser.begin(name, layout)
  for (const chunk of chunks) parser.push(chunk)
  parser.end()
  return parser.finish()
}

/** Cuts at the given places, however many fall together. */
function cut<T extends { slice(from: number, until?: number): T }>(whole: T, places: readonly number[]): T[] {
  const sorted = [0, ...[...places].sort((a, b) => a - b)]
  return sorted.map((place, i) => whole.slice(place, sorted[i + 1]))
}

describe.each(SNIPPETS)('%s', (name, text) => {
  test('reads the same however its bytes or characters are cut, with LF or CRLF, with or without a byte order mark', () => {
    const expected = parsed(name, text, [text])
    expect(expected.households.length).toBeGreaterThan(0)
    for (const variant of [text, text.replaceAll('\n', '\r\n'), `\uFEFF${text}`, `\uFEFF${text.replaceAll('\n', '\r\n')}\r\n`]) {
      const bytes = bytesOf(variant)
      fc.assert(
        fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), places => {
          expect(parsed(name, variant, cut(bytes, places))).toEqual(expected)
          expect(parsed(name, variant, cut(variant, places))).toEqual(expected)
        }),
        { numRuns: 25 }
      )
    }
  })

  test('reads the same byte by byte', () => {
    const bytes = bytesOf(text)
    expect(
      parsed(
        name,
        text,
        [...bytes].map(byte => Uint8Array.of(byte))
      )
    ).toEqual(parsed(name, text, [text]))
  })
})

function lines(...chunks: (string | Uint8Array)[]): [string, number][] {
  const out: [string, number][] = []
  const splitter = new LineSplitter('f', (line, lineNumber) => out.push([line, lineNumber]))
  for (const chunk of chunks) splitter.push(chunk)
  splitter.end()
  return out
}

test('lines are numbered from 1, blank ones too, and a carriage return within a line stays', () => {
  expect(lines('a\n\nb\rc\r\n', 'd')).toEqual([
    ['a', 1],
    ['', 2],
    ['b\rc', 3],
    ['d', 4]
  ])
  expect(lines('')).toEqual([])
  expect(lines('a\n')).toEqual([['a', 1]])
  expect(lines('a\uFEFF\n')).toEqual([['a\uFEFF', 1]])
})

test('what is no text is refused', () => {
  const cases: (string | Uint8Array)[][] = [
    [Uint8Array.of(0x1f, 0x8b, 0x08, 0x00)],
    ['a\nb\0c\n'],
    [Uint8Array.of(0x61, 0x0a, 0xc3)],
    ['x'.repeat(65 * 2 ** 20)]
  ]
  for (const chunks of cases) expect(() => lines(...chunks)).toThrow(DataFormatError)
  expect(() => lines(Uint8Array.of(0x61, 0x0a, 0xff))).toThrow(/f, line 1: expected a text file \(UTF-8\), got bytes that are not UTF-8/)
})

test('a household that goes on in the next file goes on in its series', () => {
  const parser = new ReadingsParser({ slotSeconds: 1800 })
  const head = 'LCLid,tstp,energy(kWh/hh)\n'
  for (const [file, row] of [
    ['a.csv', 'MAC1,2013-01-01 00:00:00,0.1\n'],
    ['b.csv', 'MAC1,2013-01-01 01:00:00,0.3\n']
  ] as const) {
    parser.begin(file, detectLayout([head, row], file))
    parser.push(head + row)
    parser.end()
  }
  const { households, gaps } = parser.finish()
  expect(households).toHaveLength(1)
  expect(gaps[0]).toMatchObject({ slots: 3, covered: 2, gaps: 1 })
  expect(parser.finish().households).toEqual([])
})

test('a file is begun once and fed only between its begin and end', () => {
  const parser = new ReadingsParser({ slotSeconds: 1800 })
  expect(() => parser.push('x')).toThrow(/push: expected a file that was begun/)
  const layout = detectLayout(['LCLid,tstp,energy(kWh/hh)'], 'a.csv')
  parser.begin('a.csv', layout)
  expect(() => parser.begin('b.csv', layout)).toThrow(/begin: expected the file before to have ended/)
})

test('UTF-16 with its mark is read, however the bytes are cut', () => {
  const text = 'slot_start_utc;Zoë\r\n2020-01-01T00:00Z;10\r\n'
  const little = Uint8Array.from([0xff, 0xfe, ...[...text].flatMap(letter => [letter.charCodeAt(0) & 255, letter.charCodeAt(0) >> 8])])
  const big = Uint8Array.from([0xfe, 0xff, ...[...text].flatMap(letter => [letter.charCodeAt(0) >> 8, letter.charCodeAt(0) & 255])])
  for (const bytes of [little, big]) {
    const lines: string[] = []
    const splitter = new LineSplitter('wide.csv', line => lines.push(line))
    for (let at = 0; at < bytes.length; at += 3) splitter.push(bytes.slice(at, at + 3))
    splitter.end()
    expect(lines).toEqual(['slot_start_utc;Zoë', '2020-01-01T00:00Z;10'])
  }
})

test('the encoding is found in chunks of one byte, and an empty file is none', () => {
  const read = (bytes: readonly number[]): string[] => {
    const lines: string[] = []
    const splitter = new LineSplitter('f', line => lines.push(line))
    for (const byte of bytes) splitter.push(Uint8Array.of(byte))
    splitter.end()
    return lines
  }
  expect(read([0xff, 0xfe, 0x61, 0, 0x0a, 0, 0xeb, 0])).toEqual(['a', 'ë'])
  expect(read([0x61])).toEqual(['a'])
  expect(read([])).toEqual([])
})
