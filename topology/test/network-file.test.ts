// Network files: what they come to, and where each mistake is.
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeNetwork, laneCodes, type Network } from '../src/network/network.ts'
import { NetworkFileError, parseNetwork } from '../src/network/network-file.ts'
import { networkJsonSchema } from '../src/network/network-schema.ts'
import { NoDegreeError, resolveDegree } from '../src/ring/resolve-degree.ts'

const directory = new URL('../networks/', import.meta.url)
const files = readdirSync(directory).filter(name => name.endsWith('.yaml'))
const read = (file: string) => readFileSync(new URL(file, directory), 'utf8')

function mistake(text: string): NetworkFileError {
  try {
    parseNetwork(text, 'a.yaml')
  } catch (error) {
    if (error instanceof NetworkFileError) return error
    throw error
  }
  throw new Error('expected a NetworkFileError')
}

describe('the networks of this repository', () => {
  it('has one for each size people start with', () => {
    expect(files.sort()).toEqual([
      'classroom-10.yaml',
      'district-100.yaml',
      'district-200.yaml',
      'field-200.yaml',
      'london-half-hourly.yaml',
      'neighbourhood-50.yaml',
      'plain-ring-10.yaml',
      'street-25.yaml',
      'town-1000.yaml',
      'town-500.yaml'
    ])
  })

  it.each(files)('%s parses, is named after its file and its size, and has a degree', file => {
    const text = read(file)
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./network.schema.json')
    const network = parseNetwork(text, file)
    expect(`${network.name}.yaml`).toBe(file)
    expect(network.description).toBeTruthy()
    const size = /-(\d+)\.yaml$/.exec(file)
    if (size) expect(network.members).toBe(Number(size[1]))
    const { degree, assessment } = resolveDegree(network, network.members)
    // Only the plain ring may miss the conditions, and it says what it is.
    expect(assessment.holds).toBe(degree !== 2)
    if (degree === 2) expect(text).toMatch(/for teaching/i)
  })

  it('london-half-hourly is what the London data needs', () => {
    expect(parseNetwork(read('london-half-hourly.yaml'), 'london')).toMatchObject({
      slotSeconds: 1800,
      lanes: [{ obis: '1-0:1.29.0', maxReading: 22_000, support: 6 }],
      members: 50,
      start: Date.UTC(2013, 1, 4)
    })
  })

  it('has a JSON schema that is up to date (pnpm generate)', () => {
    expect(JSON.parse(read('network.schema.json'))).toEqual(networkJsonSchema())
  })
})

describe('parseNetwork', () => {
  it('fills in the defaults and freezes', () => {
    const network = parseNetwork('name: a\nmembers: 10\n', 'a.yaml')
    expect(network).toEqual({
      name: 'a',
      slotSeconds: 900,
      changeSlots: 1,
      seasonSlots: 96,
      lanes: [
        { obis: '1-0:1.29.0', maxReading: 11_000, support: 6 },
        { obis: '1-0:2.29.0', maxReading: 11_000, support: 6 }
      ],
      members: 10,
      degree: 'auto',
      recovery: 'edge-release',
      minMembers: 6,
      collusion: 0.1,
      dropout: 0.1
    })
    expect(Object.isFrozen(network)).toBe(true)
    expect(Object.isFrozen(network.lanes)).toBe(true)
    expect(network.lanes.every(Object.isFrozen)).toBe(true)
  })

  it('gives back what was written', () => {
    const whole = fc.record({
      name: fc.stringMatching(/^[a-z0-9]{1,10}(-[a-z0-9]{1,5}){0,3}$/),
      description: fc.stringMatching(/^[A-Za-z][A-Za-z ,.]{0,40}[a-z]$/),
      slotSeconds: fc.integer({ min: 1, max: 86_400 }),
      seasonSlots: fc.constant(7),
      changeSlots: fc.integer({ min: 1, max: 7 }),
      members: fc.integer({ min: 2000, max: 65_535 }),
      minMembers: fc.integer({ min: 3, max: 20 }),
      degree: fc.oneof(
        fc.constantFrom('auto', 'complete'),
        fc.integer({ min: 1, max: 127 }).map(half => 2 * half)
      ),
      recovery: fc.constantFrom('none', 'edge-release', 'double-mask'),
      collusion: fc.integer({ min: 0, max: 99 }).map(percent => percent / 100),
      dropout: fc.integer({ min: 0, max: 99 }).map(percent => percent / 100)
    })
    fc.assert(
      fc.property(whole, wanted => {
        const lanes = [{ obis: '1-0:16.7.0', maxReading: 1, support: 2000 }]
        const text = Object.entries({ ...wanted, lanes }).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
        expect(parseNetwork(text.join('\n'), 'x')).toEqual({ ...wanted, lanes })
      })
    )
  })

  it('has the dealer’s key in the notation of ids, where there is one', () => {
    const of = (key: string) => parseNetwork(`name: a\nmembers: 10\ndealerKey: ${key}\n`, 'x').dealerKey
    expect(of('AB'.repeat(32))).toBe('ab'.repeat(32))
    for (const wrong of ['ab'.repeat(31), 'xy'.repeat(32), '7'])
      expect(mistake(`name: a\nmembers: 10\ndealerKey: ${wrong}\n`).message).toMatch(
        /dealerKey: expected an Ed25519 key of 64 hexadecimal digits/
      )
  })

  it.each([
    ['name: a\nmembers: 10\ndegre: 4\n', 3, 1, 'degre', 'one of name, description', 'an unknown key (did you mean degree?)'],
    ['name: a\nmembrs: 10\n', 2, 1, 'membrs', 'one of name, description', 'an unknown key (did you mean members?)'],
    ['nam: a\nmembers: 10\n', 1, 1, 'nam', 'one of name, description', 'an unknown key (did you mean name?)'],
    ['name: a\nmembers: 10\ndegree: atuo\n', 3, 9, 'degree', "'auto', 'complete' or an even number", "'atuo' (did you mean auto?)"],
    ['name: a\nmembers: 10\nrecovery: doubl-mask\n', 3, 11, 'recovery', "'none'", "'doubl-mask' (did you mean double-mask?)"],
    ['name: a\nmembers: 10\nlanes: [{ obs: 1-0:1.29.0 }]\n', 3, 11, 'lanes[0].obs', 'one of obis', 'an unknown key (did you mean obis?)'],
    ['name: a\nmembers: 10\ndegree: 7\n', 3, 9, 'degree', "'auto', 'complete' or an even number from 2 to 65534", '7'],
    ['name: a\nmembers: 10\ndegree: some\n', 3, 9, 'degree', "'auto', 'complete' or an even", "'some'"],
    ['name: a\nmembers: 10\ndegree: 0\n', 3, 9, 'degree', "'auto'", '0'],
    ['name: a\n\nmembers: ten\n', 3, 10, 'members', 'a whole number from 3 to 65535', "'ten'"],
    ['name: a\nmembers: 10.5\n', 2, 10, 'members', 'a whole number', '10.5'],
    ['name: a\nmembers: 2\n', 2, 10, 'members', 'a whole number', '2'],
    ['name: a\nmembers: 5\n', 1, 1, 'minMembers', 'at most the number of members, 5', '6, the default'],
    ['name: a\nmembers: 5\nminMembers: 6', 3, 13, 'minMembers', 'at most the number of members, 5', '6'],
    ['name: a\nmembers:\n', 2, 9, 'members', 'a whole number', 'nothing'],
    ['# hello\nname: a\n', 2, 1, 'members', 'a whole number', 'nothing'],
    ['name: A b\nmembers: 10\n', 1, 7, 'name', 'lower-case letters', "'A b'"],
    ['name: "\\x9b31m\\n"\nmembers: 10\n', 1, 7, 'name', 'lower-case letters', "'?31m\\n'"],
    ['name: [a]\nmembers: 10\n', 1, 7, 'name', 'lower-case letters', 'a list: ["a"]'],
    ['name: {x: 1}\nmembers: 10\n', 1, 7, 'name', 'lower-case letters', 'a mapping'],
    ['name: a\nmembers: 10\nslotSeconds: 86401\n', 3, 14, 'slotSeconds', 'whole seconds from 1 to 86400', '86401'],
    ['name: a\nmembers: 10\nlanes: []\n', 3, 8, 'lanes', '1 to 256 different OBIS codes', 'a list: []'],
    ['name: a\nmembers: 10\nlanes:\n  - 1-0:1.29.0\n  - kWh\n', 5, 5, 'lanes[1]', 'an OBIS code', "'kWh'"],
    ['name: a\nmembers: 10\nlanes: [1-0:1.29.256]\n', 3, 9, 'lanes[0]', 'an OBIS code', "'1-0:1.29.256'"],
    ['name: a\nmembers: 10\nlanes: [1-0:1.29.0, 1-0:1.29.0]\n', 3, 8, 'lanes', 'different', 'a list: ["1-0:1.29.0","1-0:1.29.0"]'],
    ['name: a\nmembers: 10\nlanes: [{ obis: kWh }]\n', 3, 17, 'lanes[0].obis', 'an OBIS code', "'kWh'"],
    ['name: a\nmembers: 10\nlanes: [{ maxReading: 5 }]\n', 3, 9, 'lanes[0].obis', 'an OBIS code', 'nothing'],
    ['name: a\nmembers: 10\nlanes: [7]\n', 3, 9, 'lanes[0]', 'an OBIS code, for example 1-0:1.29.0, or a mapping of obis', '7'],
    ['name: a\nmembers: 10\nlanes: [{ obis: 1-0:1.29.0, max: 5 }]\n', 3, 29, 'lanes[0].max', 'one of obis, max', 'an unknown key'],
    [
      'name: a\nmembers: 10\nlanes: [{ obis: 1-0:1.29.0, maxReading: 140737488355328 }]\n',
      3,
      41,
      'lanes[0].maxReading',
      'a whole number from 1 to 140737488355327',
      '140737488355328'
    ],
    ['name: a\nmembers: 10\nlanes: [{ obis: 1-0:1.29.0, support: 0 }]\n', 3, 38, 'lanes[0].support', 'a whole number from 1', '0'],
    ['name: a\nmembers: 10\nlanes: [{ obis: 1-0:1.29.0, support: 11 }]\n', 3, 38, 'lanes[0].support', 'at most the number of', '11'],
    ['name: a\nmembers: 10\nlanes: [1-0:1.29.0, { obis: 1-0:1.29.0 }]\n', 3, 8, 'lanes', 'different', 'a list'],
    ['name: a\nmembers: 10\nchangeSlots: 0\n', 3, 14, 'changeSlots', 'a whole number from 1', '0'],
    ['name: a\nmembers: 10\nchangeSlots: 97\n', 3, 14, 'changeSlots', 'at most the slots of a season, 96', '97'],
    ['name: a\nmembers: 10\nchangeSlots: 9\nseasonSlots: 8\n', 3, 14, 'changeSlots', 'at most the slots of a season, 8', '9'],
    ['name: a\nmembers: 10\nseasonSlots: 0\n', 3, 14, 'seasonSlots', 'a whole number of slots from 1', '0'],
    ['name: a\nmembers: 10\nseasonSlots: 673\n', 3, 14, 'seasonSlots', 'at most seven days, 672 slots of 900 s', '673'],
    ['name: a\nmembers: 25\nminMembers: 23\n', 3, 13, 'minMembers', 'at most 22, since 3 of 25 members may be missing', '23'],
    ['name: a\nmembers: 6\n', 1, 1, 'minMembers', 'at most 5, since 1 of 6 members may be missing', '6, the default'],
    ['name: a\nmembers: 10\nrecovery: edge\n', 3, 11, 'recovery', "'none', 'edge-release' or 'double-mask'", "'edge'"],
    ['name: a\nmembers: 10\ncollusion: 1\n', 3, 12, 'collusion', 'a fraction from 0 to below 1', '1'],
    ['name: a\nmembers: 10\ndropout: -0.1\n', 3, 10, 'dropout', 'a fraction', '-0.1'],
    ['name: a\nmembers: 10\ndropout: .nan\n', 3, 10, 'dropout', 'a fraction', '.nan'],
    ['name: a\nmembers: 10\nstart: 2013-02-30T00:00:00Z\n', 3, 8, 'start', 'a time in UTC', "'2013-02-30T00:00:00Z'"],
    ['name: a\nmembers: 10\nstart: 2013-02-03T00:00:00+01:00\n', 3, 8, 'start', 'ends in Z', "'2013-02-03T00:00:00+01:00'"],
    ['name: a\nmembers: 10\nstart: 1969-12-31T00:00:00Z\n', 3, 8, 'start', 'from 1970 on', "'1969-12-31T00:00:00Z'"],
    ['name: a\nmembers: 10\nstart: 2013-02-04T00:10:00Z\n', 3, 8, 'start', 'a multiple of 900 s', "'2013-02-04T00:10:00Z'"],
    ['name: a\nmembers: 300\nrecovery: double-mask\ndegree: 256\n', 4, 9, 'degree', 'at most 254 with double mask', '256'],
    ['name: a\nname: b\nmembers: 10\n', 2, 1, '', 'YAML', 'something else: Map keys must be unique'],
    ['name: a\nmembers: [10\n', 3, 1, '', 'YAML', 'something else'],
    ['name: !secret a\nmembers: 10\n', 1, 7, '', 'YAML', 'something else: Unresolved tag: !secret'],
    ['name: &n a\nmembers: 10\ndescription: *n\n', 3, 14, '', 'a value', 'the alias *n'],
    ['name: a\nmembers: 10\n---\nname: b\n', 3, 1, '', 'YAML', 'something else'],
    ['? [name]\n: a\n', 1, 3, '', 'YAML', 'something else'],
    ['', 1, 1, '', 'a mapping with name, members and more', 'nothing'],
    ['- a\n- b\n', 1, 1, '', 'a mapping', 'a list: ["a","b"]'],
    ['hello', 1, 1, '', 'a mapping', "'hello'"]
  ])('%j is refused at line %i, column %i', (text, line, column, key, expected, got) => {
    const error = mistake(text)
    expect(error).toMatchObject({ name: 'NetworkFileError', file: 'a.yaml', line, column, key })
    expect(error.expected).toContain(expected)
    expect(error.got).toContain(got)
    expect(error.message).toMatch(new RegExp(`^a\\.yaml:${line}:${column}: `))
    expect(error.message).not.toContain('\n')
  })

  it('names the first mistake of several', () => {
    expect(mistake('minMembers: 1\nname: B\nextra: 1\nmembers: 1')).toMatchObject({ line: 1, key: 'minMembers' })
  })

  it('refuses a file that is no network file by its size, and cuts long values', () => {
    expect(mistake('#'.repeat(100_001)).message).toBe('a.yaml:1:1: expected at most 100000 characters, got 100001')
    expect(mistake(`name: ${'A'.repeat(1000)}\nmembers: 10\n`).message.length).toBeLessThan(200)
  })

  it('throws nothing but NetworkFileError, whatever it is given', () => {
    const line = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }).map(text => `name: ${JSON.stringify(text)}`),
      fc.constantFrom(
        'name: a',
        'members: 10',
        'lanes:',
        '  - x',
        '---',
        'degree: &a 2',
        'recovery: *a',
        '\t',
        'start: 2013-02-04T00:00:00Z',
        '? {a: b}'
      )
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), lines => {
        try {
          parseNetwork(lines.join('\n'), 'a.yaml')
        } catch (error) {
          expect(error).toBeInstanceOf(NetworkFileError)
          expect((error as Error).message).not.toMatch(/\p{Cc}/u)
        }
      }),
      { numRuns: 300 }
    )
  })
})

describe('n · (1 − dropout) >= minMembers', () => {
  it.each([
    [25, 25, 0],
    [25, 22, 0.1],
    [100, 93, 0.07],
    [50, 40, 0.2]
  ])('%i members take minMembers %i with dropout %d, and not one more', (members, minMembers, dropout) => {
    const text = (least: number) => `name: a\nmembers: ${members}\ndropout: ${dropout}\nminMembers: ${least}\n`
    expect(parseNetwork(text(minMembers), 'a.yaml')).toMatchObject({ minMembers })
    expect(mistake(text(minMembers + 1))).toMatchObject({ key: 'minMembers' })
  })
})

describe('changeNetwork', () => {
  const network = (more = ''): Network => parseNetwork(`name: a\nmembers: 50\n${more}`, 'a.yaml')

  it('lets what follows from other keys follow them, unless it is set', () => {
    const lanes = 'lanes: [1-0:1.29.0, { obis: 1-0:2.29.0, maxReading: 4000, support: 9 }]'
    const plain = changeNetwork(network(lanes), { slotSeconds: 1800, minMembers: 8 })
    expect(plain).toEqual(parseNetwork(`name: a\nmembers: 50\nslotSeconds: 1800\nminMembers: 8\n${lanes}`, 'a.yaml'))
    expect(plain).toMatchObject({
      seasonSlots: 48,
      lanes: [
        { maxReading: 22_000, support: 8 },
        { maxReading: 4000, support: 9 }
      ]
    })
    expect(changeNetwork(network('seasonSlots: 90'), { slotSeconds: 1800 }).seasonSlots).toBe(90)
  })

  it('changes nothing by itself, and nothing by what is undefined', () => {
    const whole = network('start: 2013-02-04T00:00:00Z\ndescription: x\nchangeSlots: 4')
    expect(changeNetwork(whole, {})).toEqual(whole)
    expect(changeNetwork(whole, { degree: undefined, slotSeconds: undefined })).toEqual(whole)
    expect(Object.isFrozen(changeNetwork(whole, {}))).toBe(true)
  })

  it('leaves the description out where it would be of another network', () => {
    const described = network('degree: 2\ndescription: The plain ring.')
    expect(changeNetwork(described, { degree: 2, members: 50 }).description).toBe('The plain ring.')
    expect(changeNetwork(described, { degree: 4 })).not.toHaveProperty('description')
    expect(changeNetwork(described, { members: 20 })).not.toHaveProperty('description')
  })

  it('takes lanes as a file writes them', () => {
    const changed = changeNetwork(network(), { lanes: ['1-0:16.7.0', { obis: '1-0:2.29.0', maxReading: 5 }] })
    expect(laneCodes(changed)).toEqual(['1-0:16.7.0', '1-0:2.29.0'])
    expect(changed.lanes[1]).toEqual({ obis: '1-0:2.29.0', maxReading: 5, support: 6 })
  })

  it('refuses slots of a length that season, change slots or start do not fit', () => {
    expect(() => changeNetwork(network('seasonSlots: 672'), { slotSeconds: 1800 })).toThrow(
      'seasonSlots: expected at most seven days, 336 slots of 1800 s, got 672'
    )
    expect(() => changeNetwork(network('changeSlots: 96'), { slotSeconds: 1800 })).toThrow(
      'changeSlots: expected at most the slots of a season, 48, got 96'
    )
    expect(() => changeNetwork(network('start: 2013-02-04T00:15:00Z'), { slotSeconds: 1800 })).toThrow(
      /^start: expected the start of a slot/
    )
  })
})

describe('resolveDegree', () => {
  const network = (more: string): Network => parseNetwork(`name: a\nmembers: 50\n${more}`, 'a.yaml')

  it('takes the degree of auto for as many members as there are', () => {
    expect(resolveDegree(network(''), 50)).toMatchObject({ degree: 14, neighbours: 14, chosenBy: 'auto' })
    expect(resolveDegree(network(''), 100)).toMatchObject({ degree: 24, chosenBy: 'auto' })
    expect(resolveDegree(network('recovery: double-mask'), 50)).toMatchObject({ degree: 18 })
    expect(resolveDegree(network(''), 12)).toMatchObject({ degree: 12, neighbours: 11, chosenBy: 'auto' })
    expect(resolveDegree(network(''), 50).why).toBe(
      "the smallest even degree that meets PROTOCOL.md section 5 with 10 % colluding, 10 % missing and recovery 'edge-release'"
    )
  })

  it('takes the number that is asked for, and says what it lacks', () => {
    const plain = resolveDegree(network('degree: 2'), 50)
    expect(plain).toMatchObject({ degree: 2, neighbours: 2, chosenBy: 'number', assessment: { holds: false } })
    expect(plain.why).toBe('the network asks for 2; PROTOCOL.md section 5, conditions 1 and 2 and 3, not met')
    expect(resolveDegree(network('degree: 20'), 50).why).toBe('the network asks for 20')
    expect(resolveDegree(network('degree: 20'), 10)).toMatchObject({
      degree: 10,
      neighbours: 9,
      why: 'the network asks for 20, and 10 members are a complete graph at 10'
    })
  })

  it('writes the complete graph as section 5 does', () => {
    expect(resolveDegree(network('degree: complete'), 50)).toMatchObject({ degree: 50, neighbours: 49, chosenBy: 'complete' })
    expect(resolveDegree(network('degree: complete'), 51)).toMatchObject({ degree: 50, neighbours: 50 })
  })

  it('throws a typed error when there is no degree', () => {
    const impossible = () => resolveDegree(network('dropout: 0.4\nrecovery: double-mask'), 1000)
    expect(impossible).toThrow(NoDegreeError)
    expect(impossible).toThrow(
      /expected one up to 254 that meets PROTOCOL.md section 5 for 1000 members .* got none \(condition 2: a present member has fewer than 170/
    )
    const many = () => resolveDegree(network('degree: complete\nrecovery: double-mask'), 256)
    expect(many).toThrow(NoDegreeError)
    expect(many).toThrow("degree 'complete': expected at most 254 mask neighbours with double mask, got 255 (256 members)")
    expect(() => resolveDegree(network(''), 1)).toThrow('members: expected')
  })
})
